"""The administrator's rules: deadlines, natures of concern, standard answers."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import AccessLog
from frontend.forms import text_mark
from incidents.deadlines import TAKEN_DAYS, Policy, paris_date
from incidents.models import StandardAnswer
from sectors import atlas
from sectors.models import Category, Territory
from tests.conftest import TERRITORY
from tests.incidents.sending import reported as report_at

RULES, NATURES, ANSWERS = "administration_rules", "administration_natures", "administration_answers"
GIVEN = {
    "days": "20", "triage_days": "2", "taken_days": "4", "offer_days": "5", "reminders": "8, 3",
    "nearby_m": "150", "nearby_days": "15", "nearby_natures": "family",
}  # fmt: skip
ANSWER = {"title_fr": "Ronde", "text_fr": "Une ronde passe à {{ commune }}.", "rank": "1", "is_active": "on"}


@pytest.fixture
def admin(seen_by):
    return seen_by("administrator")


def test_deadlines_count_for_what_is_reported_from_now_on(monday, admin, person):
    before = report_at(person("partner_a"), monday)
    answer = admin.post(reverse(RULES), GIVEN, follow=True)
    atlas.forget()
    assert "Les délais sont fixés" in answer.content.decode()
    after = report_at(person("partner_a"), monday)
    assert (after.due_on - monday.date()).days <= 20 < (before.due_on - monday.date()).days
    assert after.policy_version != before.policy_version
    before.refresh_from_db()
    assert before.policy_version != after.policy_version
    territory = Territory.objects.get(code="05")
    assert (territory.reminders, territory.triage_days) == ([8, 3], 2)
    assert (territory.taken_days, territory.offer_days, territory.nearby_natures) == (4, 5, "family")
    # Reported on a Monday: to be taken in charge by the Thursday before, and by the Friday from now on.
    taken = [paris_date(each.taken_due_at).isoweekday() for each in (before, after) if each.taken_due_at]
    assert taken == [4, 5]
    assert AccessLog.objects.get(operation="rules.edit").reference == f"policy:{territory.policy_version}"


def test_what_is_set_on_the_screens_outlives_the_file(admin):
    admin.post(reverse(RULES), GIVEN)
    admin.post(
        reverse("administration_nature", args=["tapage"]),
        {"label_fr": "Bruit", "label_en": "Noise", "rank": "3", "is_active": "on"},
    )
    call_command("load_territory", str(TERRITORY), commit=True, verbosity=0)
    row = Territory.objects.get(code="05")
    assert (row.days, row.taken_days, row.offer_days, row.nearby_natures) == (20, 4, 5, "family")
    assert Category.objects.get(code="tapage").label_fr == "Bruit"


def test_the_same_deadlines_make_no_new_version(admin):
    admin.post(reverse(RULES), GIVEN)
    version = Territory.objects.get(code="05").policy_version
    admin.post(reverse(RULES), GIVEN)
    assert Territory.objects.get(code="05").policy_version == version


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("days", "0"),
        ("days", "366"),
        ("days", "dix"),
        ("reminders", ""),
        ("reminders", "1, 5"),
        ("reminders", "5, 5"),
        ("reminders", "20, 5"),
        ("reminders", "5, 0"),
        ("reminders", "6,5,4,3,2,1"),
        ("reminders", "²"),
        ("nearby_m", "2001"),
        ("nearby_natures", ""),
        ("nearby_natures", "all"),
        ("triage_days", "4"),
        ("taken_days", "0"),
        ("taken_days", "21"),
        ("taken_days", "61"),
        ("offer_days", "0"),
        ("offer_days", "21"),
        ("offer_days", ""),
        ("triage_days", "61"),
    ],
)
def test_what_is_no_deadline_is_refused_in_its_field(admin, field, value):
    page = admin.post(reverse(RULES), {**GIVEN, field: value}).content.decode()
    assert f'href="#id_{field}"' in page
    assert Territory.objects.get(code="05").days == 30


def test_the_triage_is_quicker_than_taking_in_charge(admin):
    """As the territory has it from its file, as one without a word of it has it, and as it is told on the form."""
    row = Territory.objects.get(code="05")
    assert row.triage_days == Territory().triage_days == Policy(version="any", days=30).triage_days == 2 < TAKEN_DAYS
    assert row.taken_days == Territory().taken_days == TAKEN_DAYS
    page = admin.post(reverse(RULES), {**GIVEN, "triage_days": "3", "taken_days": "3"}).content.decode()
    assert "avant les 3 jours ouvrés" in page
    admin.post(reverse(RULES), {**GIVEN, "triage_days": "1"})
    row.refresh_from_db()
    assert row.triage_days == 1


def test_a_nature_is_added_and_offered_to_reporters(admin, seen_by):
    families = Category.objects.filter(code="tapage").values_list("family", flat=True)
    given = {"family": families[0], "label_fr": "Drones", "label_en": "Drones", "rank": "5", "is_active": "on"}
    admin.post(reverse("administration_nature_add"), given)
    made = Category.objects.get(label_fr="Drones")
    atlas.forget()
    assert made.code.startswith("drones_")
    assert made.family == families[0]
    client = seen_by("partner_a")
    client.post("/signaler/ou/", {"lat": "44.5594", "lon": "6.0786"})
    assert "Drones" in client.get("/signaler/quoi/").content.decode()
    admin.post(reverse("administration_nature", args=[made.code]), {**given, "is_active": ""})
    # Every process looks at most a second later.
    atlas.forget()
    assert "Drones" not in client.get("/signaler/quoi/").content.decode()
    assert "n’est plus proposée" in admin.get(reverse(NATURES)).content.decode()
    assert set(AccessLog.objects.filter(operation__startswith="category").values_list("operation", flat=True)) == {
        "category.add",
        "category.edit",
    }


def test_a_standard_answer_is_written_changed_and_offered_on_the_desk(monday, admin, seen_by, person):
    admin.post(reverse("administration_answer_add"), {**ANSWER, "category": "tapage"})
    row = StandardAnswer.objects.get()
    assert (row.title_fr, row.category and row.category.code) == ("Ronde", "tapage")
    admin.post(reverse("administration_answer", args=[row.pk]), {**ANSWER, "title_fr": "Ronde du soir"})
    row.refresh_from_db()
    assert (row.title_fr, row.category) == ("Ronde du soir", None)
    assert "Ronde du soir" in admin.get(reverse(ANSWERS)).content.decode()
    incident = report_at(person("partner_a"), monday)
    desk = seen_by("referent_a")
    desk.post(f"/preoccupations/{incident.reference}/agir/prendre/")
    assert "Ronde du soir" in desk.get(f"/preoccupations/{incident.reference}/").content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"text_fr": "Bonjour {{ inconnu }}"}, "text_fr"),
        ({"text_fr": "Bonjour {{"}, "text_fr"),
        ({"text_en": "Hello {{ nobody }}"}, "text_en"),
        ({"title_fr": ""}, "title_fr"),
        ({"text_fr": "Voyez M. Dupont, AB-123-CD."}, "text_fr"),
        ({"category": "rien"}, "category"),
    ],
)
def test_an_answer_that_could_not_be_filled_in_is_refused(admin, changed, field):
    page = admin.post(reverse("administration_answer_add"), {**ANSWER, **changed}).content.decode()
    assert f'href="#id_{field}"' in page
    assert not StandardAnswer.objects.exists()


@pytest.mark.parametrize("member", ["title_fr", "text_fr", "title_en", "text_en"])
def test_a_standard_answer_that_may_name_a_person_is_read_again(admin, member):
    named = {**ANSWER, member: "Demandez Mme Martin."}
    page = admin.post(reverse("administration_answer_add"), named)
    assert page.context["form"].errors.as_data()[member][0].code == "read_again"
    assert text_mark(named[member]) in page.content.decode()
    before = StandardAnswer.objects.count()
    again = admin.post(reverse("administration_answer_add"), named | {f"{member}-read_again": text_mark(named[member])})
    assert (again.status_code, StandardAnswer.objects.count()) == (302, before + 1)
