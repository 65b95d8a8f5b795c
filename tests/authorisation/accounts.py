"""The rows of tests/authorisation/table.py for entering, one's own account, and the pages about the service."""

from __future__ import annotations

from typing import Final

# fmt: off
ACCOUNTS: Final = """
method address                                        ano sus own ally for far hol nei may oth gen dir xdi adm aud sup
GET    connexion/                                     200 200 302 302 302 302 302 302 302 302 302 302 302 302 302 302
POST   connexion/                                     200 200 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET    connexion/code/                                302 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
POST   connexion/code/                                302 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET    connexion/secours/                             302 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
POST   connexion/secours/                             302 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET    connexion/proconnect/                          404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET    connexion/proconnect/retour/                   404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET    connexion/proconnect/fin/                      404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
POST   deconnexion/                                   302 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET    compte/second-facteur/                         in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    compte/second-facteur/installer/               in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   compte/second-facteur/installer/               in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    compte/second-facteur/codes/                   in  in  302 302 302 302 302 302 302 302 302 302 302 302 302 302
POST   compte/second-facteur/codes/                   in  in  302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET    compte/second-facteur/retirer/                 in  in  302 302 302 302 302 302 302 302 302 302 302 302 302 302
POST   compte/second-facteur/retirer/                 in  in  302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET    compte/donnees/                                in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   compte/donnees/telecharger/                    in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    compte/donnees/effacer/                        in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   compte/donnees/effacer/                        in  in  200 200 200 200 409 409 200 200 409 409 200 409 200 409
GET    compte/notifications/                          in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   compte/notifications/                          in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    notifications/                                 in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   notifications/lues/                            in  in  302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET    compte/lieux/                                  in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403
POST   compte/lieux/                                  in  in  200 200 200 200 403 403 403 403 403 403 403 403 403 403
POST   compte/lieux/retirer/                          in  in  302 302 302 302 403 403 403 403 403 403 403 403 403 403
GET    compte/jetons/                                 in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   compte/jetons/                                 in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   compte/jetons/revoquer/                        in  in  404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET    compte/                                        in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    compte/mot-de-passe/                           in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   compte/mot-de-passe/                           in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    compte/adresse/                                in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   compte/adresse/                                in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    compte/adresse/<str:signed>/                   410 410 410 410 410 410 410 410 410 410 410 410 410 410 410 410
POST   compte/adresse/<str:signed>/                   410 410 410 410 410 410 410 410 410 410 410 410 410 410 410 410
GET    compte/sessions/                               in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   compte/sessions/                               in  in  302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET    mot-de-passe-oublie/                           200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
POST   mot-de-passe-oublie/                           200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    mot-de-passe-oublie/envoye/                    200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    mot-de-passe/<str:uidb64>/<str:token>/         410 410 410 410 410 410 410 410 410 410 410 410 410 410 410 410
POST   mot-de-passe/<str:uidb64>/<str:token>/         410 410 410 410 410 410 410 410 410 410 410 410 410 410 410 410
GET    invitations/                                   in  in  403 403 403 403 200 200 403 403 200 200 403 200 403 403
GET    invitations/nouvelle/                          in  in  403 403 403 403 200 200 403 403 200 200 403 200 403 403
POST   invitations/nouvelle/                          in  in  403 403 403 403 200 200 403 403 200 200 403 200 403 403
POST   invitations/<slug:code>/                       in  in  403 403 403 403 404 404 403 403 404 404 403 404 403 403
GET    invitation/<str:signed>/                       410 410 410 410 410 410 410 410 410 410 410 410 410 410 410 410
POST   invitation/<str:signed>/                       410 410 410 410 410 410 410 410 410 410 410 410 410 410 410 410
GET    langue/                                        302 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
POST   langue/                                        302 302 302 302 302 302 302 302 302 302 302 302 302 302 302 302
GET    accessibilite/                                 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    mentions-legales/                              200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    donnees-personnelles/                          200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    donnees/                                       200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    donnees/psq_geo.qlr                            200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    plan-du-site/                                  200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    favicon.ico                                    301 301 301 301 301 301 301 301 301 301 301 301 301 301 301 301
"""
# fmt: on
