"""The whole URL map on one page."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path, register_converter
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularSwaggerSplitView

from frontend.sealed import Sealed
from frontend.views import (
    account,
    address,
    administration,
    audit,
    begun,
    citizen_watch,
    concerns,
    contacting,
    data,
    exports,
    following,
    home,
    hours,
    invitations,
    notifications,
    own_data,
    own_places,
    pages,
    partner,
    passwords,
    proconnect,
    report,
    saved,
    second_factor,
    sectors_on,
    sessions,
    tokens,
    what,
)
from frontend.views.administration import access, announcements, letters, partners, people, roles, rules, templates
from frontend.views.desk import concern as desk_concern
from frontend.views.desk import delays, several, triage, undelivered
from frontend.views.desk import home as desk
from frontend.views.desk import sector as desk_sector
from frontend.views.editions import border_agreements, checking, comparing, drawing, importing, previewing, what_if
from frontend.views.editions import home as editions
from frontend.views.groups import charter, evaluation, judging, meeting, problem, promises, proposing, suggestions
from frontend.views.groups import figures as group_figures
from frontend.views.groups import home as groups
from frontend.views.posts import calendar as post_calendar
from frontend.views.posts import competences, successions
from incidents import views as incidents
from partnership import views as partnership
from psq_geo import health
from psq_geo.entrance import IndexView, schema
from psq_geo.ogc import API
from psq_geo.wfs import wfs
from sectors.views import areas
from sectors.views.batch import BatchView
from sectors.views.locate import LocateView


class Reference:
    """A concern's reference in an address; anything of another shape is no address at all."""

    regex = "[0-9A-Za-z-]{1,20}"
    to_python = to_url = staticmethod(str)


register_converter(Reference, "reference")
register_converter(Sealed, "sealed")

urlpatterns: list[URLPattern | URLResolver] = [
    # Alive and ready
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    # The product's API
    path("api/", IndexView.as_view()),
    path("api/locate/", LocateView.as_view()),
    path("api/locate/batch/", BatchView.as_view()),
    path("api/sectors/", areas.SectorsView.as_view()),
    path("api/sectors/<slug:code>/", areas.SectorView.as_view()),
    path("api/communes/", areas.CommunesView.as_view()),
    path("api/communes/<slug:code>/", areas.CommuneView.as_view()),
    path("api/incidents/", incidents.IncidentsView.as_view()),
    path("api/incidents/<reference:reference>/", incidents.IncidentView.as_view()),
    path("api/incidents/<reference:reference>/routing/", incidents.RoutingsView.as_view()),
    path("api/incidents/<reference:reference>/move/", incidents.MoveView.as_view()),
    path("api/incidents/<reference:reference>/status/", incidents.StatusView.as_view()),
    path("api/incidents/<reference:reference>/transfers/", incidents.TransfersView.as_view()),
    path("api/incidents/<reference:reference>/messages/", incidents.MessagesView.as_view()),
    path("api/incidents/<reference:reference>/timeline/", incidents.TimelineView.as_view()),
    path("api/incidents/<reference:reference>/satisfaction/", incidents.SatisfactionView.as_view()),
    path("api/incidents/<reference:reference>/support/", incidents.SupportView.as_view()),
    path("api/incidents/<reference:reference>/group/", incidents.GroupView.as_view()),
    path("api/incidents/<reference:reference>/photos/", incidents.PhotosView.as_view()),
    path("api/incidents/<reference:reference>/photos/<slug:key>/", incidents.PhotoView.as_view()),
    path("api/problems/", partnership.ProblemsView.as_view()),
    path("api/problems/<reference:reference>/", partnership.ProblemView.as_view()),
    path("api/editions/", incidents.EditionsView.as_view()),
    path("api/editions/<slug:code>/", incidents.EditionView.as_view()),
    path("api/editions/<slug:code>/<slug:verb>/", incidents.EditionActView.as_view()),
    path("api/meetings/", partnership.MeetingsView.as_view()),
    path("api/meetings/<reference:reference>/", partnership.MeetingView.as_view()),
    path("api/statistics/", incidents.StatisticsView.as_view()),
    path("api/statistics/grid/", incidents.GridView.as_view()),
    path("api/schema/", schema, name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema")),
    # OGC API Features, and WFS for older programs
    *API.urls,
    path("wfs", wfs),
    path("wfs/", wfs),
    # Django's admin, for superusers
    path("admin/", admin.site.urls),
    # Screens
    path("", home.home, name="home"),
    path("secteurs/", sectors_on.on_day, name="sectors_on"),
    path("participation-citoyenne/", citizen_watch.protocols, name="citizen_watch"),
    path("qui-repond/", home.who, name="who"),
    path("cartes/<slug:digest>.js", home.map_script, name="map_script"),
    path("lieux/", report.place_names, name="place_names"),
    path("signaler/ou/", report.where, name="report_where"),
    path("signaler/quoi/", what.what, name="report_what"),
    path("signaler/photo/<slug:key>/", what.draft_photo, name="draft_photo"),
    path("signaler/deja/", report.nearby, name="report_nearby"),
    path("signaler/verifier/", report.check, name="report_check"),
    path("signaler/nouveau/", begun.new, name="report_new"),
    path("signaler/brouillon/<slug:key>/", begun.begun, name="report_begun"),
    path("signaler/recu/<reference:reference>/", report.receipt, name="report_receipt"),
    path("bureau/", desk.desk, name="desk"),
    path("bureau/lot/", several.batch, name="desk_batch"),
    path("bureau/lot/separer/", several.separate, name="desk_separate"),
    path("bureau/triage/", triage.triage, name="triage"),
    path("bureau/messages/", undelivered.listing, name="undelivered"),
    path("bureau/delais/", delays.delays, name="delays"),
    path("bureau/contacts/", desk_sector.contacts, name="contacts"),
    path("bureau/secteur/<slug:code>/", desk_sector.sheet, name="sector_sheet"),
    path("bureau/secteur/<slug:code>/reunion/", desk_sector.meeting, name="sector_meeting"),
    path("accueil/", partner.mine, name="mine"),
    path("mon-secteur/", partner.my_sector, name="my_sector"),
    path("mon-secteur/ecrire/<slug:code>/", contacting.write, name="contact_write"),
    path("postes/", post_calendar.calendar, name="post_calendar"),
    path("postes/<slug:code>/confier/", post_calendar.entrust, name="post_entrust"),
    path("passations/", successions.listing, name="successions"),
    path("passations/<slug:code>/mot/", successions.note, name="succession_note"),
    path("passations/<sealed:succession>/", successions.one, name="succession"),
    path("competences/", competences.competences, name="competences"),
    path("competences/<sealed:change>/reprendre/", competences.withdraw, name="competence_withdraw"),
    path("permanences/", hours.listing, name="service_hours"),
    path("permanences/<slug:code>/", hours.edit, name="service_hours_edit"),
    path("permanences/<slug:code>/agenda.ics", hours.agenda, name="service_agenda"),
    path("preoccupations/", concerns.listing, name="concerns"),
    path("preoccupations/filtres/", saved.saved, name="concerns_saved"),
    path("preoccupations/points/", concerns.points, name="concerns_points"),
    path("preoccupations/motif/", concerns.list_motive, name="concerns_motive"),
    path("preoccupations/exporter/", exports.export, name="concerns_export"),
    path("preoccupations/<reference:reference>/", concerns.detail, name="concern"),
    path("preoccupations/<reference:reference>/motif/", concerns.motive, name="concern_motive"),
    path("preoccupations/<reference:reference>/repondre/", following.reply, name="concern_reply"),
    path("preoccupations/<reference:reference>/satisfaction/", following.rate, name="concern_rate"),
    path("preoccupations/<reference:reference>/rouvrir/", following.reopen, name="concern_reopen"),
    path("preoccupations/<reference:reference>/agir/<slug:action>/", desk_concern.act, name="concern_act"),
    path("groupes/<slug:code>/charte/", charter.charter, name="group_charter"),
    path("groupes/<slug:code>/chiffres/", group_figures.figures, name="group_figures"),
    path("groupes/<slug:code>/chiffres.csv", group_figures.table, name="group_figures_table"),
    path("problematiques/suggestions/", suggestions.suggestions, name="problem_suggestions"),
    path("problematiques/suggestions/<reference:suggestion>/", suggestions.suggestion, name="problem_suggestion"),
    path("problematiques/<reference:problem>/evaluation/", evaluation.evaluation, name="problem_evaluation"),
    path("problematiques/<reference:problem>/evaluer/", judging.evaluate, name="problem_evaluate"),
    path("problematiques/<reference:problem>/clore/", judging.close, name="problem_close"),
    path("problematiques/<reference:problem>/avis/", judging.rate, name="problem_rate"),
    path("groupes/", groups.groups, name="groups"),
    path("groupes/<slug:code>/", groups.group, name="group"),
    path("groupes/<slug:code>/reunions/planifier/", meeting.plan, name="meeting_plan"),
    path("reunions/<reference:meeting>/", meeting.meeting, name="meeting"),
    path("reunions/<reference:meeting>/invitation.ics", meeting.calendar, name="meeting_calendar"),
    path("reunions/<reference:meeting>/seance/", meeting.table, name="meeting_table"),
    path("reunions/<reference:meeting>/releve/", meeting.minutes, name="meeting_minutes"),
    path("reunions/<reference:meeting>/releve.pdf", meeting.document, {"to": "membres"}, name="meeting_document"),
    path("reunions/<reference:meeting>/releve-clspd.pdf", meeting.document, {"to": "clspd"}, name="meeting_clspd"),
    path("reunions/<reference:meeting>/agir/<slug:action>/", meeting.act, name="meeting_act"),
    path(
        "reunions/<reference:meeting>/points/<sealed:point>/<slug:action>/", meeting.act_on_point, name="meeting_point"
    ),
    path("engagements/", promises.promises, name="promises"),
    path("problematiques/", groups.listing, name="problems"),
    path("problematiques/proposer/", proposing.propose, name="problem_propose"),
    path("problematiques/<reference:problem>/", problem.problem, name="problem"),
    path("problematiques/<reference:problem>/agir/<slug:action>/", problem.act, name="problem_act"),
    path(
        "problematiques/<reference:problem>/actions/<int:number>/<slug:action>/",
        problem.act_on_action,
        name="problem_action",
    ),
    path("editions/", editions.listing, name="editions"),
    path("nouvelle-edition/", editions.begin, name="edition_begin"),
    path("editions/<slug:code>/", editions.one, name="edition"),
    path("editions/<slug:code>/nom/", editions.rename, name="edition_rename"),
    path("editions/<slug:code>/abandonner/", editions.abandon, name="edition_abandon"),
    path("editions/<slug:code>/fichier/", importing.bring, name="edition_import"),
    path("editions/<slug:code>/controle/", checking.check, name="edition_check"),
    path("editions/<slug:code>/controle/<int:number>/", checking.repair, name="edition_repair"),
    path("editions/<slug:code>/comparaison/", comparing.compare, name="edition_compare"),
    path("editions/<slug:code>/comparaison.geojson", comparing.file, name="edition_compare_file"),
    path("editions/<slug:code>/apercu/", previewing.preview, name="edition_preview"),
    path("editions/<slug:code>/apercu.csv", previewing.table, name="edition_preview_table"),
    path("editions/<slug:code>/approuver/", previewing.approve, name="edition_approve"),
    path("conventions-de-limite/", border_agreements.listing, name="agreements"),
    path("nouvelle-convention-de-limite/", border_agreements.add, name="agreement_add"),
    path("conventions-de-limite/<slug:code>/fin/", border_agreements.end, name="agreement_end"),
    path("editions/<slug:code>/essai/", what_if.what_if, name="edition_what_if"),
    path("editions/<slug:code>/dessin/", drawing.draw, name="edition_draw"),
    path("administration/", administration.overview, name="administration"),
    path("administration/comptes/", people.listing, name="administration_people"),
    path("administration/comptes/<sealed:account>/", people.person, name="administration_person"),
    path("administration/comptes/<sealed:account>/modifier/", people.edit, name="administration_edit"),
    path("administration/comptes/<sealed:account>/fermer/", access.suspend, name="administration_suspend"),
    path("administration/comptes/<sealed:account>/retablir/", access.reinstate, name="administration_reinstate"),
    path("administration/comptes/<sealed:account>/jetons/", access.revoke_tokens, name="administration_tokens"),
    path("administration/comptes/<sealed:account>/sessions/", access.end_sessions, name="administration_sessions"),
    path("administration/comptes/<sealed:account>/facteur/", access.reset_second_factor, name="administration_factor"),
    path("administration/comptes/<sealed:account>/identite/", access.unlink_identity, name="administration_identity"),
    path("administration/comptes/<sealed:account>/roles/", roles.give, name="administration_give"),
    path("administration/mandats/<sealed:mandate>/", roles.end_mandate, name="administration_mandate"),
    path("administration/postes/<sealed:holding>/", roles.end_holding, name="administration_holding"),
    path("administration/partenaires/", partners.listing, name="administration_partners"),
    path("administration/nouveau-partenaire/", partners.add, name="administration_partner_add"),
    path("administration/partenaires/<slug:code>/", partners.edit, name="administration_partner"),
    path("administration/modeles/", templates.listing, name="administration_templates"),
    path(
        "administration/modeles/<slug:code>/<slug:kind>/<slug:language>/",
        templates.edit,
        name="administration_template",
    ),
    path("administration/messages/", letters.listing, name="administration_letters"),
    path("administration/messages/reprendre/", letters.again, name="administration_letters_again"),
    path("administration/reponses/", rules.answers, name="administration_answers"),
    path("administration/nouvelle-reponse/", rules.add_answer, name="administration_answer_add"),
    path("administration/reponses/<sealed:answer>/", rules.answer, name="administration_answer"),
    path("administration/annonces/", announcements.listing, name="administration_announcements"),
    path("administration/nouvelle-annonce/", announcements.add, name="administration_announcement_add"),
    path("administration/annonces/<sealed:announcement>/", announcements.edit, name="administration_announcement"),
    path("administration/natures/", rules.natures, name="administration_natures"),
    path("administration/nouvelle-nature/", rules.add_nature, name="administration_nature_add"),
    path("administration/natures/<slug:code>/", rules.nature, name="administration_nature"),
    path("administration/delais/", rules.deadlines, name="administration_rules"),
    path("audit/", audit.log, name="audit"),
    path("audit/conservation/", audit.retention, name="audit_retention"),
    path("audit/export/", audit.export, name="audit_export"),
    path("connexion/", account.sign_in, name="login"),
    path("connexion/code/", second_factor.code, name="second_factor_code"),
    path("connexion/secours/", second_factor.recovery, name="second_factor_recovery"),
    path("connexion/proconnect/", proconnect.begin, name="proconnect"),
    path("connexion/proconnect/retour/", proconnect.back, name="proconnect_back"),
    path("connexion/proconnect/fin/", proconnect.ended, name="proconnect_ended"),
    path("deconnexion/", account.sign_out, name="logout"),
    path("compte/", account.overview, name="account"),
    path("compte/mot-de-passe/", passwords.change, name="password_change"),
    path("compte/adresse/", address.change, name="address_change"),
    path("compte/adresse/<str:signed>/", address.confirm, name="address_confirm"),
    path("compte/sessions/", sessions.sessions, name="sessions"),
    path("compte/donnees/", own_data.overview, name="own_data"),
    path("compte/donnees/telecharger/", own_data.download, name="own_data_download"),
    path("compte/donnees/effacer/", own_data.erasure, name="own_data_erase"),
    path("compte/second-facteur/", second_factor.overview, name="second_factor"),
    path("compte/second-facteur/installer/", second_factor.set_up, name="second_factor_set_up"),
    path("compte/second-facteur/codes/", second_factor.codes, name="second_factor_codes"),
    path("compte/second-facteur/retirer/", second_factor.remove, name="second_factor_remove"),
    path("compte/notifications/", notifications.wishes, name="notifications"),
    path("notifications/", notifications.bell, name="notices"),
    path("notifications/lues/", notifications.read, name="notices_read"),
    path("compte/lieux/", own_places.listing, name="own_places"),
    path("compte/lieux/retirer/", own_places.remove, name="own_places_remove"),
    path("compte/jetons/", tokens.tokens, name="tokens"),
    path("compte/jetons/revoquer/", tokens.revoke, name="token_revoke"),
    path("invitations/", invitations.listing, name="invitations"),
    path("invitations/nouvelle/", invitations.invite, name="invite"),
    path("invitations/<slug:code>/", invitations.act, name="invitation_act"),
    path("invitation/<str:signed>/", invitations.accept, name="invitation"),
    path("mot-de-passe-oublie/", passwords.forgotten, name="password_reset"),
    path("mot-de-passe-oublie/envoye/", passwords.sent, name="password_reset_sent"),
    path("mot-de-passe/<str:uidb64>/<str:token>/", passwords.choose, name="password_reset_confirm"),
    path("langue/", set_language, name="set_language"),
    path("accessibilite/", pages.accessibility, name="accessibility"),
    path("mentions-legales/", pages.legal, name="legal"),
    path("donnees-personnelles/", pages.data_protection, name="data_protection"),
    path("donnees/", data.page, {"api": API}, name="data"),
    path("donnees/psq_geo.qlr", data.layers, {"api": API}, name="data_layers"),
    path("plan-du-site/", pages.sitemap, name="sitemap"),
    path("favicon.ico", pages.favicon),
]

handler400 = "psq_geo.errors.bad_request"
handler403 = "psq_geo.errors.forbidden"
handler404 = "psq_geo.errors.not_found"
handler500 = "psq_geo.errors.server_error"
