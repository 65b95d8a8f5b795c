"""A territory's own words for its notices: previewed, kept, given back, and never in the way of a notice."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from accounts.models import AccessLog
from frontend.forms import text_mark
from incidents.notice_texts import KINDS, product_words
from messaging.models import Message
from sectors import atlas
from sectors.models import MessageTemplate, Territory
from tests.incidents.sending import reported as report_at

PAGE = ("05", "received", "fr")
OWN = {"subject": "Bien reçu : {{ reference }}", "body": "Merci.\r\nRéponse avant le {{ due }} par {{ post }}."}


@pytest.fixture
def admin(seen_by):
    return seen_by("administrator")


def ask(admin, act, **changed):
    return admin.post(reverse("administration_template", args=PAGE), {**OWN, **changed, "act": act})


def to_author(person, monday) -> Message:
    atlas.forget()
    row = report_at(person("partner_a"), monday)
    return Message.objects.get(dedupe_key=f"report:{row.reference}:author")


def test_own_words_serve_for_their_kind_and_language_alone_until_they_are_taken_back(admin, person, monday, seen_by):
    MessageTemplate.objects.create(territory=Territory.objects.get(), kind="received", language="fr", **OWN)
    notice = to_author(person, monday)
    reference = notice.dedupe_key.split(":")[1]
    assert notice.subject == f"Bien reçu : {reference}"
    assert notice.body.endswith("Réponse avant le 23 décembre 2026 par Référent Gap hyper-centre.")
    post = Message.objects.get(dedupe_key=f"report:{reference}:post")
    assert post.subject.startswith("Préoccupation")
    again = seen_by("administrator").post(reverse("administration_template", args=PAGE), {"act": "product"})
    assert again.status_code == 302
    assert not to_author(person, monday).subject.startswith("Bien reçu")


def test_a_preview_shows_it_filled_in_and_keeps_nothing(admin):
    page = ask(admin, "preview").content.decode()
    assert "Bien reçu : 7K3F-9QXM" in page
    assert "par le référent du secteur" in page
    assert not MessageTemplate.objects.exists()


def test_words_are_kept_and_logged(admin):
    assert "{{ reference }}" in admin.get(reverse("administration_template", args=PAGE)).content.decode()
    assert ask(admin, "save").status_code == 302
    kept = MessageTemplate.objects.get()
    assert (kept.subject, kept.body) == (OWN["subject"], "Merci.\nRéponse avant le {{ due }} par {{ post }}.")
    logged = AccessLog.objects.get(operation="template.write")
    assert (logged.reference, logged.territory) == ("template:received:fr", "05")
    assert "texte propre" in admin.get(reverse("administration_templates")).content.decode()


@pytest.mark.parametrize("act", ["preview", "save"])
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"body": "Bonjour {{ name }}"}, "body"),
        ({"body": "Bonjour {{ due"}, "body"),
        ({"subject": "{{ due|upper }}"}, "subject"),
        ({"subject": " "}, "subject"),
        ({"body": "Écrivez à IBAN FR76 3000 6000 0112 3456 7890 189"}, "body"),
    ],
)
def test_what_could_not_be_filled_in_is_refused_where_it_stands(admin, act, changed, field):
    page = ask(admin, act, **changed)
    assert page.status_code == 200
    assert set(page.context["form"].errors) == {field}
    assert not MessageTemplate.objects.exists()


def test_own_words_that_cannot_be_filled_in_give_way(person, monday):
    MessageTemplate.objects.create(
        territory=Territory.objects.get(), kind="received", language="fr", subject="{{ gone }}", body="x"
    )
    notice = to_author(person, monday)
    assert "{{" not in notice.subject
    assert notice.body != "x"


def test_a_change_is_seen_by_every_process(db):
    before = atlas.current().version
    MessageTemplate.objects.create(territory=Territory.objects.get(), kind="received", language="fr", **OWN)
    atlas.forget()
    assert atlas.current().version > before


@pytest.mark.parametrize("page", [("99", "received", "fr"), ("05", "nothing", "fr"), ("05", "received", "de")])
def test_there_is_no_other(admin, page):
    assert admin.get(reverse("administration_template", args=page)).status_code == 404


def test_each_kind_is_listed_in_both_languages_under_whom_it_is_for(admin):
    page = admin.get(reverse("administration_templates"))
    assert len(KINDS) == sum(len(group["rows"]) for group in page.context["groups"])
    for kind in KINDS:
        for language in ("fr", "en"):
            assert reverse("administration_template", args=("05", kind, language)) in page.content.decode()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_words_of_the_product_can_be_kept_as_ones_own(admin, kind, language):
    with translation.override(language):
        subject, body = product_words(kind)
    page = admin.post(
        reverse("administration_template", args=("05", kind, language)),
        {"subject": subject, "body": body, "act": "preview"},
    )
    shown = page.context["preview"]
    assert shown is not None
    assert "{{" not in shown["subject"] + shown["body"]
    assert shown["cost"].segments == 1


def test_a_preview_tells_the_text_message_and_what_it_takes(admin):
    shown = ask(admin, "preview", subject="Reçu – où ? {{ reference }} " + "x" * 80).context["preview"]
    assert shown["text"].startswith("Reçu".replace("ç", "c") + " - où ? 7K3F-9QXM")
    assert (shown["cost"].alphabet, shown["cost"].segments) == ("GSM-7", 1)
    assert (shown["typed"].alphabet, shown["typed"].segments) == ("UCS-2", 2)


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("status_repondue", "Voyez la page.", "answer"),
        ("status_suspendue", "Suspendue : {{ reason }}", "day"),
        ("written", "On vous écrit.", "text"),
    ],
)
def test_what_a_notice_is_there_to_say_is_not_left_out(admin, kind, body, code):
    page = admin.post(
        reverse("administration_template", args=("05", kind, "fr")), {"subject": "A", "body": body, "act": "save"}
    )
    assert f"{{{{ {code} }}}}" in str(page.context["form"].errors["body"])
    assert not MessageTemplate.objects.exists()


def test_what_somebody_typed_is_in_no_subject(admin):
    said = {"subject": "{{ answer }}", "body": "{{ answer }}", "act": "save"}
    page = admin.post(reverse("administration_template", args=("05", "status_repondue", "fr")), said)
    assert set(page.context["form"].errors) == {"subject"}


def test_words_that_may_name_a_person_are_read_again_and_a_service_may_be_named(admin):
    named = {"body": "Mme Martin répond avant le {{ due }}."}
    page = ask(admin, "save", **named)
    assert page.context["form"].errors.as_data()["body"][0].code == "read_again"
    assert text_mark(named["body"]) in page.content.decode()
    assert not MessageTemplate.objects.exists()
    assert ask(admin, "save", **named, **{"body-read_again": text_mark(named["body"])}).status_code == 302
    assert MessageTemplate.objects.get().body == named["body"]
    service = {"body": "Appelez le 04 92 00 00 00 avant le {{ due }}."}
    assert ask(admin, "save", **service).status_code == 302
