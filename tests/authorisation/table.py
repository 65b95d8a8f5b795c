"""Who gets which answer where: a row for each method of each address of psq_geo/urls.py.

The concern asked for was reported by the landlord in the hyper-centre of Gap. A column is a person before it:

    ano  nobody has signed in                        hol  référent who holds the sector
    sus  an account that is suspended                nei  référent of the next sector
    own  of the organisation that reported it        may  mayor of the commune
    ally of another organisation of the GPO          oth  mayor of another commune
    for  of an organisation of another GPO           gen  gendarme référent
    far  of an organisation of another territory     dir  director of the territory
    adm  administrator of the territory              xdi  director of another territory
    aud  auditor of the territory                    sup  superuser without any mandate

`in` is a redirect to the sign-in page. A method without a row is never answered with a success. After `admin/`, one row
stands for every address of Django's admin. What programs ask stands in programs.py, entering and one's own account in
accounts.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from django.utils import timezone

from tests.authorisation.accounts import ACCOUNTS
from tests.authorisation.programs import PROGRAMS
from tests.incidents.images import encoded

# A day to come, as documents say it.
SOON: Final = (timezone.localdate() + timedelta(days=30)).isoformat()
# fmt: off
TABLE: Final = """
method address                                        ano sus own ally for far hol nei may oth gen dir xdi adm aud sup
GET    admin/                                         in  in  403 403 403 403 403 403 403 403 403 403 403 403 403 200
GET                                                   200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    secteurs/                                      200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    participation-citoyenne/                       200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    qui-repond/                                    200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    cartes/<slug:digest>.js                        200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    lieux/                                         200 200 200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    signaler/ou/                                   in  in  200 200 200 200 200 200 200 200 200 200 403 403 403 403
POST   signaler/ou/                                   in  in  302 302 302 302 302 302 302 302 302 302 403 403 403 403
GET    signaler/quoi/                                 in  in  302 302 302 302 302 302 302 302 302 302 403 403 403 403
POST   signaler/quoi/                                 in  in  302 302 302 302 302 302 302 302 302 302 403 403 403 403
GET    signaler/photo/<slug:key>/                     in  in  404 404 404 404 404 404 404 404 404 404 403 403 403 403
GET    signaler/deja/                                 in  in  302 302 302 302 302 302 302 302 302 302 403 403 403 403
POST   signaler/deja/                                 in  in  302 302 302 302 302 302 302 302 302 302 403 403 403 403
GET    signaler/verifier/                             in  in  302 302 302 302 302 302 302 302 302 302 403 403 403 403
POST   signaler/verifier/                             in  in  302 302 302 302 302 302 302 302 302 302 403 403 403 403
POST   signaler/nouveau/                              in  in  302 302 302 302 302 302 302 302 302 302 403 403 403 403
POST   signaler/brouillon/<slug:key>/                 in  in  302 404 404 404 404 404 404 404 404 404 403 403 403 403
GET    signaler/recu/<reference:reference>/           in  in  200 404 404 404 200 404 404 404 404 200 403 403 403 403
GET    bureau/                                        in  in  403 403 403 403 200 200 403 403 200 200 200 403 403 403
GET    bureau/lot/separer/                            in  in  403 403 403 403 302 302 403 403 302 302 302 403 403 403
POST   bureau/lot/separer/                            in  in  403 403 403 403 302 302 403 403 302 302 302 403 403 403
GET    bureau/triage/                                 in  in  403 403 403 403 403 403 403 403 403 200 200 403 403 403
GET    bureau/messages/                               in  in  403 403 403 403 403 403 403 403 403 200 200 403 403 403
GET    bureau/delais/                                 in  in  403 403 403 403 200 200 403 403 200 200 200 403 403 403
GET    bureau/contacts/                               in  in  403 403 403 403 200 200 403 403 200 200 200 403 403 403
GET    bureau/secteur/<slug:code>/                    in  in  403 403 403 403 200 404 403 403 404 200 404 403 403 403
GET    bureau/secteur/<slug:code>/reunion/            in  in  403 403 403 403 200 404 403 403 404 200 404 403 403 403
POST   bureau/lot/                                    in  in  403 403 403 403 302 302 403 403 302 302 302 403 403 403
GET    accueil/                                       in  in  200 200 200 200 200 200 200 200 200 200 403 403 403 403
GET    mon-secteur/                                   in  in  200 200 200 200 200 200 200 200 200 200 403 403 403 403
GET    mon-secteur/ecrire/<slug:code>/                in  in  200 200 404 404 404 404 200 404 404 404 403 403 403 403
POST   mon-secteur/ecrire/<slug:code>/                in  in  200 200 404 404 404 404 200 404 404 404 403 403 403 403
GET    permanences/                                   in  in  403 403 403 403 200 200 403 403 200 200 403 200 403 403
GET    permanences/<slug:code>/                       in  in  403 403 403 403 200 404 403 403 404 404 403 200 403 403
POST   permanences/<slug:code>/                       in  in  403 403 403 403 200 404 403 403 404 404 403 200 403 403
GET    permanences/<slug:code>/agenda.ics             404 404 404 404 404 404 404 404 404 404 404 404 404 404 404 404
GET    preoccupations/                                in  in  200 200 200 200 200 200 200 200 200 200 200 403 403 403
GET    preoccupations/points/                         in  in  200 200 200 200 200 200 200 200 200 200 200 403 403 403
POST   preoccupations/filtres/                        in  in  302 302 302 302 302 302 302 302 302 302 302 403 403 403
POST   preoccupations/motif/                          in  in  200 200 200 200 200 200 200 200 200 200 200 403 403 403
GET    preoccupations/exporter/                       in  in  200 200 200 200 200 200 200 200 200 200 200 403 403 403
POST   preoccupations/exporter/                       in  in  200 200 200 200 200 200 200 200 200 200 200 403 403 403
GET    preoccupations/<reference:reference>/          in  in  200 200 404 404 200 404 200 404 404 200 404 403 403 403
GET    preoccupations/<reference:reference>/repondre/ 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
POST   preoccupations/<reference:reference>/repondre/ in  in  302 404 404 404 302 404 404 404 404 302 404 403 403 403
GET    preoccupations/<reference:reference>/satisfaction/ 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
POST   preoccupations/<reference:reference>/satisfaction/ in  in  200 404 404 404 302 404 404 404 404 302 404 403 403 403
GET    preoccupations/<reference:reference>/rouvrir/  303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
POST   preoccupations/<reference:reference>/rouvrir/ in  in  200 404 404 404 302 404 404 404 404 302 404 403 403 403
GET    preoccupations/<reference:reference>/motif/    303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
POST   preoccupations/<reference:reference>/motif/    in  in  200 200 404 404 200 404 200 404 404 200 404 403 403 403
GET    preoccupations/<reference:reference>/agir/<slug:action>/ 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303 303
POST   preoccupations/<reference:reference>/agir/<slug:action>/ in in 403 403 403 403 302 404 403 403 404 200 404 403 403 403
GET    groupes/<slug:code>/charte/                    in  in  200 200 404 404 200 404 404 404 404 200 404 403 403 403
POST   groupes/<slug:code>/charte/                    in  in  403 403 404 404 200 404 404 404 404 403 404 403 403 403
GET    groupes/<slug:code>/chiffres/                  in  in  200 200 404 404 200 404 403 403 404 200 404 403 403 403
GET    groupes/<slug:code>/chiffres.csv               in  in  200 200 404 404 200 404 403 403 404 200 404 403 403 403
GET    problematiques/suggestions/                    in  in  403 403 403 403 200 200 403 403 200 200 403 403 403 403
GET    problematiques/suggestions/<reference:suggestion>/ in  in  403 403 403 403 200 404 403 403 404 404 403 403 403 403
POST   problematiques/suggestions/<reference:suggestion>/ in  in  403 403 403 403 200 404 403 403 404 404 403 403 403 403
GET    problematiques/<reference:problem>/evaluation/ in  in  200 200 404 404 200 404 403 403 404 200 404 403 403 403
GET    problematiques/<reference:problem>/evaluer/    in  in  403 403 404 404 200 404 403 404 404 403 404 403 403 403
GET    problematiques/<reference:problem>/clore/      in  in  403 403 404 404 200 404 403 404 404 403 404 403 403 403
GET    problematiques/<reference:problem>/avis/       in  in  200 200 404 404 403 404 403 404 404 403 404 403 403 403
POST   problematiques/<reference:problem>/evaluer/    in  in  403 403 404 404 200 404 403 404 404 403 404 403 403 403
POST   problematiques/<reference:problem>/clore/      in  in  403 403 404 404 200 404 403 404 404 403 404 403 403 403
POST   problematiques/<reference:problem>/avis/       in  in  200 200 404 404 403 404 403 404 404 403 404 403 403 403
GET    groupes/                                       in in 200 302 302 302 302 302 302 302 302 200 302 403 403 403
GET    groupes/<slug:code>/                           in in 200 200 404 404 200 404 404 404 404 200 404 403 403 403
GET    engagements/                                   in in 200 200 200 200 200 200 200 200 200 200 200 403 403 403
GET    groupes/<slug:code>/reunions/planifier/ in in 403 403 403 403 200 404 403 403 404 403 403 403 403 403
POST   groupes/<slug:code>/reunions/planifier/ in in 403 403 403 403 200 404 403 403 404 403 403 403 403 403
GET    reunions/<reference:meeting>/ in in 200 200 404 404 200 404 403 403 404 200 404 403 403 403
POST   reunions/<reference:meeting>/ in in 200 200 404 404 200 404 403 403 404 200 404 403 403 403
GET    reunions/<reference:meeting>/invitation.ics in in 200 200 404 404 200 404 403 403 404 200 404 403 403 403
GET    reunions/<reference:meeting>/seance/ in in 403 403 404 404 200 404 403 403 404 403 404 403 403 403
GET    reunions/<reference:meeting>/releve/ in in 404 404 404 404 302 404 403 403 404 302 404 403 403 403
GET    reunions/<reference:meeting>/releve.pdf in in 404 404 404 404 404 404 403 403 404 302 404 403 403 403
GET    reunions/<reference:meeting>/releve-clspd.pdf in in 404 404 404 404 404 404 403 403 404 302 404 403 403 403
POST   reunions/<reference:meeting>/agir/<slug:action>/ in in 403 403 404 404 302 404 403 403 404 403 404 403 403 403
POST   reunions/<reference:meeting>/points/<sealed:point>/<slug:action>/ in in 403 403 404 404 302 404 403 403 404 403 404 403 403 403
GET    problematiques/                                     in in 200 200 200 200 200 200 200 200 200 200 200 403 403 403
GET    problematiques/proposer/                            in in 200 200 200 200 200 200 200 200 200 200 403 403 403 403
GET    problematiques/<reference:problem>/                 in in 200 200 404 404 200 404 200 404 404 200 404 403 403 403
POST   problematiques/proposer/                            in in 200 200 200 200 200 200 200 200 200 200 403 403 403 403
POST   problematiques/<reference:problem>/                 in in 200 200 404 404 200 404 200 404 404 200 404 403 403 403
POST   problematiques/<reference:problem>/agir/<slug:action>/ in in 200 200 404 404 200 404 403 404 404 302 404 403 403 403
POST   problematiques/<reference:problem>/actions/<int:number>/<slug:action>/ in in 302 302 404 404 302 404 403 404 404 302 404 403 403 403
GET    editions/                                      in  in  403 403 403 403 403 403 403 403 403 200 200 200 403 403
GET    nouvelle-edition/                              in  in  403 403 403 403 403 403 403 403 403 200 200 200 403 403
POST   nouvelle-edition/                              in  in  403 403 403 403 403 403 403 403 403 302 302 302 403 403
GET    editions/<slug:code>/                          in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
GET    editions/<slug:code>/nom/                      in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
POST   editions/<slug:code>/nom/                      in  in  403 403 403 403 403 403 403 403 403 302 404 302 403 403
GET    editions/<slug:code>/dessin/                   in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
POST   editions/<slug:code>/dessin/                   in  in  403 403 403 403 403 403 403 403 403 409 404 409 403 403
GET    conventions-de-limite/                         in  in  403 403 403 403 403 403 403 403 403 200 200 200 403 403
GET    nouvelle-convention-de-limite/                 in  in  403 403 403 403 403 403 403 403 403 200 200 200 403 403
POST   nouvelle-convention-de-limite/                 in  in  403 403 403 403 403 403 403 403 403 200 200 200 403 403
GET    conventions-de-limite/<slug:code>/fin/         in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
POST   conventions-de-limite/<slug:code>/fin/         in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
GET    editions/<slug:code>/essai/                    in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
POST   editions/<slug:code>/essai/                    in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
GET    editions/<slug:code>/abandonner/               in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
POST   editions/<slug:code>/abandonner/               in  in  403 403 403 403 403 403 403 403 403 409 404 409 403 403
GET    editions/<slug:code>/fichier/                  in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
POST   editions/<slug:code>/fichier/                  in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
GET    editions/<slug:code>/controle/                 in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
POST   editions/<slug:code>/controle/                 in  in  403 403 403 403 403 403 403 403 403 302 404 302 403 403
GET    editions/<slug:code>/controle/<int:number>/    in  in  403 403 403 403 403 403 403 403 403 302 404 302 403 403
POST   editions/<slug:code>/controle/<int:number>/    in  in  403 403 403 403 403 403 403 403 403 302 404 302 403 403
GET    editions/<slug:code>/comparaison/              in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
GET    editions/<slug:code>/comparaison.geojson       in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
GET    editions/<slug:code>/apercu/                   in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
POST   editions/<slug:code>/apercu/                   in  in  403 403 403 403 403 403 403 403 403 200 404 200 403 403
GET    editions/<slug:code>/apercu.csv                in  in  403 403 403 403 403 403 403 403 403 302 404 302 403 403
GET    editions/<slug:code>/approuver/                in  in  403 403 403 403 403 403 403 403 403 302 404 302 403 403
POST   editions/<slug:code>/approuver/                in  in  403 403 403 403 403 403 403 403 403 302 404 302 403 403
GET    administration/                                in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/comptes/                        in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/comptes/<sealed:account>/       in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/comptes/<sealed:account>/modifier/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/comptes/<sealed:account>/modifier/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/comptes/<sealed:account>/fermer/   in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/comptes/<sealed:account>/fermer/   in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/comptes/<sealed:account>/retablir/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/comptes/<sealed:account>/retablir/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/comptes/<sealed:account>/jetons/ in  in  403 403 403 403 403 403 403 403 403 403 403 302 403 403
POST   administration/comptes/<sealed:account>/sessions/ in  in  403 403 403 403 403 403 403 403 403 403 403 302 403 403
GET    administration/comptes/<sealed:account>/roles/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/comptes/<sealed:account>/roles/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/mandats/<sealed:mandate>/       in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/mandats/<sealed:mandate>/       in  in  403 403 403 403 403 403 403 403 403 403 403 302 403 403
GET    administration/postes/<sealed:holding>/        in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/postes/<sealed:holding>/        in  in  403 403 403 403 403 403 403 403 403 403 403 302 403 403
GET    administration/comptes/<sealed:account>/facteur/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/comptes/<sealed:account>/facteur/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/comptes/<sealed:account>/identite/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/comptes/<sealed:account>/identite/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/partenaires/                    in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/nouveau-partenaire/             in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/nouveau-partenaire/             in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/partenaires/<slug:code>/        in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/partenaires/<slug:code>/        in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/modeles/                        in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/modeles/<slug:code>/<slug:kind>/<slug:language>/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/modeles/<slug:code>/<slug:kind>/<slug:language>/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/messages/                       in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/messages/reprendre/             in  in  403 403 403 403 403 403 403 403 403 403 403 302 403 403
GET    administration/reponses/                       in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/nouvelle-reponse/               in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/nouvelle-reponse/               in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/reponses/<sealed:answer>/       in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/reponses/<sealed:answer>/       in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/annonces/                       in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/nouvelle-annonce/               in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/nouvelle-annonce/               in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/annonces/<sealed:announcement>/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/annonces/<sealed:announcement>/ in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/natures/                        in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/nouvelle-nature/                in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/nouvelle-nature/                in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/natures/<slug:code>/            in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/natures/<slug:code>/            in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    administration/delais/                         in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   administration/delais/                         in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    postes/                                        in  in  403 403 403 403 403 403 403 403 403 200 200 200 403 403
GET    postes/<slug:code>/confier/                    in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
POST   postes/<slug:code>/confier/                    in  in  403 403 403 403 403 403 403 403 403 403 403 200 403 403
GET    passations/                                    in  in  200 200 200 200 200 200 200 200 200 200 200 200 200 200
GET    passations/<slug:code>/mot/                    in  in  404 404 404 404 200 404 404 404 404 404 404 404 404 404
POST   passations/<slug:code>/mot/                    in  in  404 404 404 404 200 404 404 404 404 404 404 404 404 404
GET    passations/<sealed:succession>/                in  in  404 404 404 404 200 404 404 404 404 404 404 404 404 404
POST   passations/<sealed:succession>/                in  in  404 404 404 404 302 404 404 404 404 404 404 404 404 404
GET    competences/                                   in  in  403 403 403 403 403 403 403 403 403 200 200 200 403 403
POST   competences/                                   in  in  403 403 403 403 403 403 403 403 403 200 200 200 403 403
POST   competences/<sealed:change>/reprendre/         in  in  403 403 403 403 403 403 403 403 403 302 404 302 403 403
GET    audit/conservation/                            in  in  403 403 403 403 403 403 403 403 403 403 403 403 200 403
GET    audit/                                         in  in  403 403 403 403 403 403 403 403 403 403 403 403 200 403
POST   audit/export/                                  in  in  403 403 403 403 403 403 403 403 403 403 403 403 200 403
"""  # noqa: E501

# What is sent where an empty request would say nothing: (query string, content type, body).
SENT: Final[dict[tuple[str, str], tuple[str, str, bytes]]] = {
    ("GET", "api/locate/"): ("lon=6.0786&lat=44.5594", "", b""),
    ("GET", "wfs"): ("SERVICE=WFS&REQUEST=GetCapabilities", "", b""),
    ("GET", "wfs/"): ("SERVICE=WFS&REQUEST=GetCapabilities", "", b""),
    ("POST", "api/locate/batch/"): ("", "application/json", b'{"points": [[6.0786, 44.5594]]}'),
    ("POST", "api/incidents/"): ("", "application/geo+json",
        b'{"type": "Feature", "geometry": {"type": "Point", "coordinates": [6.0786, 44.5594]},'
        b' "properties": {"category": "tapage", "description": "Bruit chaque soir"}}'),
    ("POST", "editions/<slug:code>/dessin/"): ("", "application/x-www-form-urlencoded", b"act=undo&version=0"),
    ("POST", "api/editions/"): ("", "application/json", b"{}"),
    ("POST", "api/editions/<slug:code>/<slug:verb>/"): ("", "application/json", b'{"version": 0}'),
    ("POST", "ogc/collections/<slug:name>/items"): ("", "application/geo+json",
        b'{"type": "Feature", "geometry": {"type": "Point", "coordinates": [6.0786, 44.5594]},'
        b' "properties": {"category": "tapage", "description": "Bruit chaque soir"}}'),
    ("POST", "api/problems/"): ("", "application/geo+json",
        b'{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[6.078, 44.559], [6.08, 44.559],'
        b' [6.08, 44.561], [6.078, 44.559]]]}, "properties": {"title": "Bruit", "family": "tranquillite"}}'),
    ("POST", "api/meetings/"): ("", "application/json", b'{"group": "gpo-gap-hyper-centre", "place": "Mairie",' +
        f' "begins_at": "{SOON}T14:00:00+01:00", "ends_at": "{SOON}T16:00:00+01:00"}}'.encode()),
    ("POST", "api/meetings/<reference:reference>/"): ("", "application/json", b'{"decision": "build_agenda"}'),
    ("POST", "api/problems/<reference:reference>/"): ("", "application/json", b'{"decision": "retain"}'),
    ("POST", "api/incidents/<reference:reference>/move/"): ("", "application/json",
        b'{"coordinates": [6.0787, 44.5595], "reason": "Mauvaise adresse"}'),
    ("POST", "api/incidents/<reference:reference>/status/"): ("", "application/json", b'{"status": "qualifiee"}'),
    ("POST", "api/incidents/<reference:reference>/transfers/"): ("", "application/json",
        b'{"decision": "offer", "to": "gap-economique", "reason": "Devant la zone commerciale"}'),
    ("POST", "api/incidents/<reference:reference>/messages/"): ("", "application/json", b'{"text": "Encore hier"}'),
    ("POST", "api/incidents/<reference:reference>/satisfaction/"): ("", "application/json", b'{"answer": "non"}'),
    ("POST", "api/incidents/<reference:reference>/support/"): ("", "application/json", b"{}"),
    ("POST", "api/incidents/<reference:reference>/group/"): ("", "application/json", b'{"decision": "separate"}'),
    ("POST", "api/incidents/<reference:reference>/photos/"): ("", "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n' + encoded() + b"\r\n--x--\r\n"),
    ("POST", "preoccupations/<reference:reference>/repondre/"): ("", "application/x-www-form-urlencoded",
        b"text=Encore+hier"),
    ("POST", "preoccupations/<reference:reference>/satisfaction/"): ("", "application/x-www-form-urlencoded",
        b"answer=non"),
    ("POST", "preoccupations/<reference:reference>/rouvrir/"): ("", "application/x-www-form-urlencoded",
        b"reason=Encore+hier"),
    ("POST", "signaler/ou/"): ("", "application/x-www-form-urlencoded", b"lat=44.5594&lon=6.0786"),
}
# fmt: on


def _lines(*parts: str) -> Iterator[tuple[list[str], str]]:
    for part in parts:
        head, *lines = part.strip().splitlines()
        people = head.split()[2:]
        yield from ((people, line) for line in lines)


def rows() -> dict[str, dict[str, dict[str, str]]]:
    """address -> method -> person -> answer."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for people, line in _lines(PROGRAMS, TABLE, ACCOUNTS):
        method, *rest = line.split()
        answers = rest[-len(people) :]
        address = rest[0] if len(rest) > len(people) else ""
        methods = found.setdefault(address, {})
        assert method not in methods, f"{method} {address} has two rows"
        methods[method] = dict(zip(people, answers, strict=True))
    return found
