"""One's own data, taken away and erased, as a person does it on the pages."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from accounts.models import AccessLog
from incidents.models import Incident
from sectors.management.commands.seed_demo import PASSWORD

pytestmark = pytest.mark.django_db


def test_the_file_tells_all_that_is_kept_and_no_secret(seen_by, reported, person):
    mine, others = reported(description="Bruit dans le hall du 12"), reported("partner_b")
    client = seen_by("partner_a")
    answer = client.post(reverse("own_data_download"))
    told = json.loads(answer.content)
    assert answer["Content-Disposition"].startswith('attachment; filename="mes-donnees-')
    assert told["account"]["email"] == "partenaire.bailleur@psq.example"
    assert [(each["role"], each["over"]) for each in told["mandates"]] == [("partner", "bailleur")]
    assert [each["reference"] for each in told["concerns_written"]] == [mine.reference]
    assert told["concerns_written"][0]["description"] == "Bruit dans le hall du 12"
    assert [each["subject"] for each in told["messages"]]
    assert {each["operation"] for each in told["access_log"]} >= {"incident.report", "account.export"}
    assert told["access_log_total"] == len(told["access_log"])
    assert len(told["sessions"]) == 1
    text = answer.content.decode()
    user = person("partner_a")
    assert user.password not in text
    assert "digest" not in text
    assert others.reference not in text
    assert AccessLog.objects.filter(operation="account.export", reference=f"account:{user.pk}").count() == 1


def test_the_file_opens_nothing(seen_by, person):
    user = person("partner_a")
    seen_by("").post(reverse("password_reset"), {"email": user.email})
    told = json.loads(seen_by("partner_a").post(reverse("own_data_download")).content)
    letter = told["messages"][-1]
    assert "mot de passe" in letter["subject"]
    assert "[…]" in letter["body"]
    assert "/mot-de-passe/" not in json.dumps(told), "an open session alone would choose a new password by it"


def test_the_text_of_an_organisation_one_has_left_stays_with_it(seen_by, reported, person):
    reported(description="Bruit dans le hall du 12")
    person("partner_a").mandates.all().delete()
    told = json.loads(seen_by("partner_a").post(reverse("own_data_download")).content)
    assert told["concerns_written"][0]["description"] is None


def test_the_number_of_questions_does_not_grow(seen_by, reported, django_assert_max_num_queries):
    for _ in range(5):
        reported()
    client = seen_by("partner_a")
    client.post(reverse("own_data_download"))
    # session, account, scope twice, log; then a question a kind of data, two for concerns and for what was said
    with django_assert_max_num_queries(23):
        assert client.post(reverse("own_data_download")).status_code == 200


def test_a_file_is_not_asked_for_by_a_link_and_not_without_end(seen_by, settings):
    client = seen_by("partner_a")
    assert client.get(reverse("own_data_download")).status_code == 405
    settings.THROTTLES = True
    answers = [client.post(reverse("own_data_download")).status_code for _ in range(21)]
    assert answers == [200] * 20 + [429]


def test_erased_for_good_with_the_address_and_the_password(seen_by, reported, person):
    incident = reported()
    client = seen_by("partner_a")
    user = person("partner_a")
    given = {"address": "Partenaire.Bailleur@psq.example", "password": PASSWORD}
    for wrong in ({}, {**given, "password": "not this one"}, {**given, "address": "other@psq.example"}):
        answer = client.post(reverse("own_data_erase"), wrong)
        assert answer.status_code == 200
        user.refresh_from_db()
        assert user.erased_at is None
    answer = client.post(reverse("own_data_erase"), given)
    assert "Votre compte est supprimé" in answer.content.decode()
    assert client.get(reverse("own_data")).status_code == 302
    user.refresh_from_db()
    assert user.erased_at
    # What was written stays with the organisation, and is told to be nobody's.
    assert Incident.objects.get(pk=incident.pk).partner_id == incident.partner_id
    (told,) = json.loads(seen_by("referent_a").get(f"/api/incidents/{incident.reference}/routing/").content)["routings"]
    assert told["author"] == "compte supprimé"
    page = seen_by("referent_a").get(reverse("concern", args=[incident.reference])).content.decode()
    assert "Partenaire bailleur" not in page
    assert "erased.invalid" not in page


@pytest.mark.parametrize("name", ["referent_a", "administrator"])
def test_who_cannot_be_spared_is_told_why(seen_by, person, name):
    client = seen_by(name)
    page = client.get(reverse("own_data")).content.decode()
    assert reverse("own_data_erase") not in page
    pages = [
        client.post(reverse("own_data_erase"), {"address": person(name).email, "password": each})
        for each in (PASSWORD, "not this one")
    ]
    assert [each.status_code for each in pages] == [409, 409]
    assert len({len(each.content) for each in pages}) == 1, "it says nothing of the password"
    assert person(name).is_active


def test_the_account_page_leads_there(seen_by):
    assert reverse("own_data") in seen_by("partner_a").get(reverse("account")).content.decode()
