"""Every table says who its rows are shown to: by `visible_to`, by a rule that is named here, or to nobody (ADR 12)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import SavedFilter
from incidents import changes
from incidents.models import Incident, Photo, Remark
from sectors.scope import scope_of
from tests.incidents.sending import reported

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("accounts", "incidents", "partnership", "sectors", "messaging")

# The rule needs to know more than the model's room may: it is one function, which every page calls.
RULES = {
    "accounts.AccessLog": "sectors.mandates.accesses_seen_by",
    "accounts.User": "sectors.mandates.accounts_of",
    "messaging.Message": "sectors.letters.messages_of",
    "sectors.Mandate": "sectors.mandates.mandates_over",
    "sectors.Holding": "sectors.mandates.holdings_over",
}
# Told of a concern at hand, which was reached by `Incident.visible_to`, to whoever may read all of it.
OF_A_CONCERN = {
    "incidents.Escalation",
    "incidents.Handover",
    "incidents.Merge",
    "incidents.Routing",
    "incidents.Satisfaction",
    "incidents.StatusChange",
    "incidents.Support",
    "incidents.Suspension",
    "incidents.Transfer",
}
# Told of a problem, an action or a meeting at hand, which was reached by its own `visible_to`.
OF_A_GROUP = {
    "partnership.ActionChange",
    "partnership.Addendum",
    "partnership.AgendaItem",
    "partnership.Attendance",
    "partnership.CoSignature",
    "partnership.Decision",
    "partnership.Minutes",
    "partnership.ProblemChange",
    "partnership.ProblemConcern",
    "partnership.ProblemSuspension",
}
# What a territory is made of: public, or set on pages that ask for the territories administered.
OF_A_TERRITORY = {
    "incidents.Announcement",
    "incidents.StandardAnswer",
    "sectors.BorderAgreement",
    "sectors.Category",
    "sectors.CategoryRule",
    "sectors.CitizenWatch",
    "sectors.Commune",
    "sectors.Competence",
    "sectors.CompetenceChange",
    "sectors.DraftStep",
    "sectors.Edition",
    "sectors.MapVersion",
    "sectors.Membership",
    "sectors.MessageTemplate",
    "sectors.Partner",
    "sectors.PartnershipGroup",
    "sectors.Post",
    "sectors.PublicPlace",
    "sectors.Sector",
    "sectors.ServiceHours",
    "sectors.Territory",
    "sectors.Unit",
}
SHOWN_TO_NOBODY = {
    "accounts.RetentionRun": "numbers without a person; the page is for auditors",
    "accounts.TokenBucket": "how often somebody asked",
    "incidents.IdempotencyKey": "an answer kept for the one who asked, found by their key",
    "incidents.StatisticalRow": "counted, never listed, and hidden under five",
    "partnership.StatisticalProblem": "counted, never listed",
    "messaging.Enclosure": "goes with its message, and is read in a mailbox",
    "messaging.PeriodicRun": "when a task is due",
}
ELSEWHERE = (set(RULES), OF_A_CONCERN, OF_A_GROUP, OF_A_TERRITORY, set(SHOWN_TO_NOBODY))

# file, model -> why a page asks for rows otherwise than by `visible_to`
OTHERWISE = {
    ("frontend/own_data.py", "Incident"): "what a person wrote themselves, whatever they may see today",
    ("frontend/own_data.py", "Remark"): "what a person wrote themselves, whatever they may see today",
    ("incidents/views/grouping.py", "Incident"): "the concern at hand, read again after it was changed",
    ("incidents/views/listing.py", "Incident"): "conditions on what `visible_to` found",
    ("frontend/views/invitations.py", "Invitation"): "the link that was sent names it, signed",
}


def models() -> dict[str, type[Model]]:
    return {each._meta.label: each for room in ROOMS for each in apps.get_app_config(room).get_models()}


def with_rule() -> dict[str, type[Model]]:
    return {label: each for label, each in models().items() if hasattr(each._default_manager, "visible_to")}


@pytest.mark.parametrize("label", sorted(models()))
def test_every_model_says_who_sees_its_rows_and_once(label):
    stands = [label in with_rule(), *(label in each for each in ELSEWHERE)]
    assert stands.count(True) == 1, "give it `visible_to`, or write here why it has none"


def test_no_reason_is_left_of_a_model_that_went():
    assert set().union(*ELSEWHERE) <= set(models())


@pytest.mark.parametrize("rule", RULES.values())
def test_the_rules_named_are_there(rule):
    assert callable(import_string(rule))


def pages() -> list[Path]:
    found = [*ROOT.glob("frontend/**/*.py"), *ROOT.glob("*/views/**/*.py")]
    return sorted({path for path in found if "node_modules" not in path.parts})


def test_pages_ask_for_rows_by_the_rule_and_keep_no_second_copy_of_it():
    names = "|".join(sorted(each.__name__ for each in with_rule().values()))
    by_the_rule = r"visible_to\b|filter\((reached|seen_in_full)\("
    asked = re.compile(rf"\b({names})\.objects\s*\.(?!{by_the_rule})")
    found = {
        (str(path.relative_to(ROOT)), match[1]) for path in pages() for match in asked.finditer(path.read_text("utf-8"))
    }
    assert found == set(OTHERWISE)


OWN = sorted(label for label, each in with_rule().items() if "user" in {field.name for field in each._meta.fields})


@pytest.mark.parametrize("label", OWN)
def test_what_is_a_persons_own_is_asked_by_the_one_rule(label, person):
    queryset: Any = models()[label]._default_manager
    asked = str(queryset.visible_to(person("partner_a")).query)
    assert asked == str(queryset.filter(user=person("partner_a")).query)
    assert not queryset.visible_to(None).exists()


def test_a_filter_kept_is_seen_by_its_person_alone(person):
    SavedFilter.objects.create(user=person("partner_a"), name="Les miens", query="status=nouvelle")
    assert SavedFilter.objects.visible_to(person("partner_a")).count() == 1
    assert SavedFilter.objects.visible_to(person("director")).count() == 0


@pytest.fixture
def talked(person, monday) -> Incident:
    """A concern of the landlord in the hyper-centre of Gap, with a message, a note of the desk, and a photo of each."""
    incident = reported(person("partner_a"), monday)
    desk = person("referent_a")
    for rank, internal in ((1, False), (2, True)):
        changes.remark(incident=incident, author=desk, scope=scope_of(desk, monday), text="Vu.", internal=internal)
        remark = Remark.objects.latest("pk")
        photo(incident, desk, rank, remark)
    photo(incident, person("partner_a"), 3, None)
    return incident


def photo(incident: Incident, author: Any, rank: int, remark: Remark | None) -> None:
    Photo.objects.create(
        incident=incident,
        author=author,
        remark=remark,
        rank=rank,
        key=f"{rank:032x}",
        digest=f"{rank:064x}",
        width=1,
        height=1,
        size_bytes=1,
    )


@pytest.mark.parametrize(
    ("who", "remarks", "photos"),
    [
        ("referent_a", [False, True], [1, 2, 3]),
        ("partner_a", [False], [1, 3]),
        ("partner_b", [], []),
        ("referent_b", [], []),
        ("mayor_gap", [], []),
        ("administrator", [], []),
        ("auditor", [], []),
    ],
)
def test_remarks_and_photos_are_seen_with_the_concern_and_notes_by_its_desk_alone(
    talked, person, monday, who, remarks, photos
):
    scope = scope_of(person(who), monday)
    assert [each.internal for each in Remark.objects.visible_to(scope).order_by("pk")] == remarks
    assert [each.rank for each in Photo.objects.visible_to(scope).order_by("rank")] == photos


def test_a_photo_of_a_note_is_no_file_for_the_reporter(talked, client_of, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    address = f"/api/incidents/{talked.reference}/photos/"
    assert client_of("partner_a").get(f"{address}{2:032x}/").status_code == 404
    assert [each["id"] for each in client_of("partner_a").get(address).json()["photos"]] == [f"{3:032x}"]


def test_nobody_without_a_role_sees_anything(talked, person):
    user = person("partner_a")
    user.mandates.all().delete()
    scope = scope_of(user, timezone.now())
    for model in (Incident, Remark, Photo):
        assert not model.objects.visible_to(scope).exists()
