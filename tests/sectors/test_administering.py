"""What an administrator changes: every branch, its trace, and what two who act at once come to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.changes import create_user, link
from accounts.models import AccessLog, BrowserSession, Identity, User
from messaging.models import Message
from sectors.changes import administering, mandate, organisations
from sectors.changes.administering import NotAllowed
from sectors.mandates import accesses_seen_by
from sectors.models import Commune, Holding, Mandate, Membership, Partner, PartnershipGroup, Post, Role, Territory
from sectors.scope import scope_of
from tests.conftest import TERRITORY
from tests.factories import LONG_AGO, land, since

pytestmark = pytest.mark.django_db
Cast = Callable[[str], User]


@pytest.fixture
def by(person: Cast) -> User:
    return person("administrator")


def refused(code: str) -> Any:
    return pytest.raises(NotAllowed, match=f"^{code}$")


def log(operation: str) -> AccessLog:
    return AccessLog.objects.filter(operation=operation).latest("pk")


@pytest.mark.parametrize(
    ("role", "over"),
    [
        ("partner", lambda: Partner.objects.get(code="bus")),
        ("mayor", lambda: Commune.objects.get(code="05061")),
        ("director", lambda: Territory.objects.get(code="05")),
        ("auditor", lambda: Territory.objects.get(code="05")),
    ],
)
def test_a_mandate_on_its_dates(by: User, person: Cast, monday: datetime, role: str, over: Callable[[], Any]) -> None:
    user, place = person("gendarme"), over()
    start, end = monday + timedelta(days=3), monday + timedelta(days=9)
    administering.give_role(by=by, user=user, role=role, over=place, start=start, end=end, at=monday)
    for at, held in ((monday, False), (start, True), (end - timedelta(seconds=1), True), (end, False)):
        assert (role in scope_of(user, at).roles) is held, at
    row = log("role.give")
    assert (row.user_id, row.reference, row.territory) == (by.pk, f"account:{user.pk}", "05")
    assert row.references == [f"{role}:{place.code}"]
    with refused("given_already"):
        administering.give_role(by=by, user=user, role=role, over=place, start=end - timedelta(days=1), at=monday)
    administering.give_role(by=by, user=user, role=role, over=place, start=end, at=monday)


def test_a_post_has_one_holder_and_one_stand_in_at_a_time(by: User, person: Cast, monday: datetime) -> None:
    post = Post.objects.get(code="gap-hyper-centre")
    given: dict[str, Any] = {"by": by, "role": "referent", "over": post, "at": monday, "start": monday}
    with refused("post_held"):
        administering.give_role(user=person("referent_b"), **given)
    with refused("given_already"):
        administering.give_role(user=person("referent_a"), **given)
    administering.give_role(user=person("referent_b"), stand_in=True, end=monday + timedelta(days=5), **given)
    with refused("post_held"):
        administering.give_role(user=person("gendarme"), stand_in=True, **given)
    assert post.pk in scope_of(person("referent_b"), monday).posts
    assert post.pk not in scope_of(person("referent_b"), monday + timedelta(days=5)).posts


def test_a_role_ends_and_stays_in_the_record(by: User, person: Cast, monday: datetime) -> None:
    user = person("partner_a")
    row = Mandate.objects.get(user=user)
    administering.end_role(by=by, given=row, end=monday + timedelta(days=2), at=monday)
    assert "partner" in scope_of(user, monday + timedelta(days=1)).roles
    assert "partner" not in scope_of(user, monday + timedelta(days=2)).roles
    administering.end_role(by=by, given=row, end=monday - timedelta(days=400), at=monday)  # at once, never in the past
    row.refresh_from_db()
    assert row.validity.upper == monday
    assert "partner" not in scope_of(user, monday).roles
    assert "partner" in scope_of(user, monday - timedelta(seconds=1)).roles
    with refused("ended"):
        administering.end_role(by=by, given=row, end=monday, at=monday)
    assert log("role.end").references == ["partner:bailleur"]


def test_a_role_to_come_is_taken_back_and_has_never_held(by: User, person: Cast, monday: datetime) -> None:
    user, start = person("partner_b"), monday + timedelta(days=7)
    here = Territory.objects.get(code="05")
    row = administering.give_role(by=by, user=user, role="director", over=here, start=start, at=monday)
    administering.end_role(by=by, given=row, end=monday, at=monday)
    assert Mandate.objects.filter(pk=row.pk).exists()
    for at in (monday, start, start + timedelta(days=30)):
        assert "director" not in scope_of(user, at).roles


def test_a_time_at_a_post_ends(by: User, person: Cast, monday: datetime) -> None:
    row = Holding.objects.get(user=person("referent_a"))
    administering.end_role(by=by, given=row, end=monday, at=monday)
    assert scope_of(person("referent_a"), monday).posts == ()
    assert log("role.end").references == ["referent:gap-hyper-centre"]


def test_nobody_takes_their_own_last_mandate_of_administrator_away(by: User, person: Cast, monday: datetime) -> None:
    own = Mandate.objects.get(user=by)
    for end in (monday, monday + timedelta(days=300)):
        with refused("own_last"):
            administering.end_role(by=by, given=own, end=end, at=monday)
    # Another one of somebody else does not help; another administrator may end it.
    here = Territory.objects.get(code="05")
    other = person("director")
    mandate(user=other, role=Role.ADMINISTRATOR, over=here, start=LONG_AGO)
    with refused("own_last"):
        administering.end_role(by=by, given=own, end=monday, at=monday)
    administering.end_role(by=other, given=own, end=monday, at=monday)
    assert "administrator" not in scope_of(by, monday).roles
    # Who is no administrator any more comes too late with an act of their own.
    with refused("not_administered"):
        administering.suspend(by=by, user=other, motive="Vengeance", at=monday)
    with refused("not_administered"):
        administering.end_role(by=by, given=Mandate.objects.get(user=person("partner_a")), end=monday, at=monday)


def test_a_suspended_administrator_changes_nothing(by: User, person: Cast, monday: datetime) -> None:
    User.objects.filter(pk=by.pk).update(is_active=False)
    with refused("not_administered"):
        administering.describe(by=by, user=person("partner_a"), name="X", phone="", language="fr", at=monday)


def test_another_territory_is_out_of_reach(by: User, person: Cast, monday: datetime) -> None:
    there = land("bzh")
    firm = Partner.objects.create(territory=there.territory, code="firm", name="Firme", kind="commerce")
    stranger = create_user(email="far@elsewhere.example", password=None)
    mandate(user=stranger, role=Role.PARTNER, over=firm, start=LONG_AGO)
    for over in (firm, there.territory, there.post("p")):
        with refused("not_administered"):
            administering.give_role(by=by, user=person("partner_a"), role="x", over=over, start=monday, at=monday)
    with refused("not_administered"):
        administering.end_role(by=by, given=Mandate.objects.get(user=stranger), end=monday, at=monday)
    with refused("no_role"):
        administering.suspend(by=by, user=stranger, motive="Étranger", at=monday)
    # With a role here it stays out of reach as long as it has another one elsewhere, now or to come.
    bus = Partner.objects.get(code="bus")
    administering.give_role(by=by, user=stranger, role="partner", over=bus, start=monday, at=monday)
    with refused("elsewhere"):
        administering.suspend(by=by, user=stranger, motive="Étranger", at=monday)
    elsewhere = Mandate.objects.filter(user=stranger, partner=firm)
    elsewhere.update(validity=since(monday + timedelta(days=30)))
    with refused("elsewhere"):
        administering.suspend(by=by, user=stranger, motive="Étranger", at=monday)
    elsewhere.update(validity=since(LONG_AGO, monday))
    administering.suspend(by=by, user=stranger, motive="Étranger", at=monday)


def test_a_superuser_is_nobody_s_to_change(by: User, person: Cast, monday: datetime) -> None:
    User.objects.filter(pk=person("partner_a").pk).update(is_superuser=True)
    with refused("elsewhere"):
        administering.reset_second_factor(by=by, user=person("partner_a"), motive="Perdu", at=monday)


def test_a_second_factor_is_reset_with_a_motive_and_a_notice(by: User, person: Cast, monday: datetime) -> None:
    user = person("referent_a")
    with refused("no_factor"):
        administering.reset_second_factor(by=by, user=user, motive="Téléphone perdu", at=monday)
    TOTPDevice.objects.create(user=user, name="x", confirmed=True)
    BrowserSession.objects.create(
        session_key="0" * 40, session_data="x", expire_date=monday + timedelta(hours=1), user=user
    )
    administering.reset_second_factor(by=by, user=user, motive="Téléphone perdu", at=monday)
    assert not TOTPDevice.objects.filter(user=user).exists()
    assert not BrowserSession.objects.filter(user=user).exists()
    assert Message.objects.filter(recipient=user.email, dedupe_key__startswith="second_factor:reset:").count() == 1
    row = log("second_factor.reset")
    assert (row.user_id, row.motive, row.reference) == (by.pk, "Téléphone perdu", f"account:{user.pk}")
    # The log names no territory: who acted is of this one, so that its auditor reads it.
    assert row in accesses_seen_by(scope_of(person("auditor"), monday))
    TOTPDevice.objects.create(user=by, name="x", confirmed=True)
    with refused("own_account"):
        administering.reset_second_factor(by=by, user=by, motive="Sans code", at=monday)


def test_an_identity_is_unlinked(by: User, person: Cast, monday: datetime) -> None:
    user = person("referent_a")
    with refused("no_identity"):
        administering.unlink_identity(by=by, user=user, motive="Départ", at=monday)
    link(user=user, issuer="https://idp.example", subject="1")
    administering.unlink_identity(by=by, user=user, motive="Départ", at=monday)
    assert not Identity.objects.filter(user=user).exists()


def test_a_failure_leaves_nothing(by: User, person: Cast, monday: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(administering, "_log", fail)
    before = person("partner_a").name
    with pytest.raises(RuntimeError), transaction.atomic():
        administering.describe(by=by, user=person("partner_a"), name="X", phone="", language="fr", at=monday)
    with pytest.raises(RuntimeError), transaction.atomic():
        administering.suspend(by=by, user=person("partner_a"), motive="Départ", at=monday)
    assert (person("partner_a").name, person("partner_a").is_active) == (before, True)


def test_a_partner_is_made_changed_and_outlives_a_load_of_the_file(by: User, monday: datetime) -> None:
    here = Territory.objects.get(code="05")
    gap, briancon = (
        PartnershipGroup.objects.get(post__code=code) for code in ("gap-hyper-centre", "briancon-hyper-centre")
    )
    made = organisations.make_partner(by=by, territory=here, name="Régie", kind="commerce", groups=[gap], at=monday)
    assert made.code.startswith("regie-")
    assert log("partner.create").reference == f"partner:{made.code}"
    bailleur = Partner.objects.get(code="bailleur")
    organisations.change_partner(
        by=by, partner=bailleur, name="Bailleur des Alpes", kind="bailleur_social", groups=[briancon], at=monday
    )
    call_command("load_territory", str(TERRITORY), commit=True, verbosity=0)
    assert Partner.objects.get(code="bailleur").name == "Bailleur des Alpes"
    held = set(Membership.objects.filter(partner__in=[made, bailleur]).values_list("partner__code", "group_id"))
    assert held == {(made.code, gap.pk), ("bailleur", briancon.pk)}
    assert Membership.objects.filter(partner__code="bus").exists()
    there = land("bzh")
    foreign = PartnershipGroup.objects.create(
        territory=there.territory, code="g", name="G", post=there.post("p", "sector")
    )
    with refused("not_administered"):
        organisations.change_partner(by=by, partner=made, name="R", kind="autre", groups=[foreign], at=monday)


def test_the_territory_is_locked_while_an_administrator_acts(by: User, person: Cast, monday: datetime) -> None:
    with transaction.atomic():
        administering.describe(by=by, user=person("partner_a"), name="X", phone="", language="fr", at=monday)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND mode = 'RowShareLock'"
                " AND relation = 'sectors_territory'::regclass"
            )
            assert cursor.fetchone() == (1,)
