"""A territory's own words serve for every kind of notice, with all of which the kind may speak."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from incidents import changes
from incidents.changes.escalating import escalate
from incidents.changes.satisfaction import ask_again
from incidents.models import Incident
from incidents.notice_kinds import TYPED
from incidents.notice_texts import KINDS, of_status, product_words, words_of
from incidents.notices_of_boundaries import owe_boundary_notices
from incidents.words import STATUSES
from incidents.workflow import Status
from messaging.models import Message
from sectors import atlas
from sectors.models import MessageTemplate, Post, Territory
from sectors.scope import scope_of
from tests.incidents.life.living import brought, moved
from tests.incidents.sending import reported

pytestmark = pytest.mark.django_db
# A move may be made without one.
OPTIONAL = {"reason"}
# Two months after the closing the day is over, and is told no more.
OVER = {"settled": {"due"}}


@pytest.fixture
def own(person, settings):
    """Every kind has words of its own, which speak of all that is known each time."""
    settings.THROTTLES = False
    territory = Territory.objects.get()
    MessageTemplate.objects.bulk_create(
        MessageTemplate(
            territory=territory,
            kind=kind,
            language="fr",
            subject=f"own {kind} {{{{ reference }}}}",
            body=" / ".join(
                f"{name}={{{{ {name} }}}}"
                for name in words.names
                if name not in OPTIONAL - set(words.needs) | OVER.get(kind, set())
            ),
        )
        for kind, words in KINDS.items()
    )
    atlas.forget()


def lived_through(person, monday) -> None:
    """Whatever can become of concerns."""
    row = reported(person("partner_a"), monday)
    by: Any = lambda name: {"author": person(name), "scope": scope_of(person(name), monday)}  # noqa: E731
    changes.remark(incident=row, text="Depuis quand ?", **by("referent_a"))
    changes.remark(incident=row, text="Depuis lundi.", **by("partner_a"))
    offer: dict[str, Any] = {"incident": row, "to_post": "gap-economique", "reason": "Zone commerciale"}
    changes.offer(**offer, **by("referent_a"))
    changes.withdraw(incident=row, **by("referent_a"))
    changes.offer(**offer, **by("referent_a"))
    changes.refuse(incident=row, reason="Hors de mon secteur", out_of_sector=True, **by("referent_b"))
    changes.offer(**offer, **by("referent_a"))
    changes.accept(incident=row, **by("referent_b"))
    changes.assign(incident=row, to_post="gap-hyper-centre", reason="Tranché", **by("director"))
    changes.hand_over(incident=row, to="mairie", recipient="Voirie", reason="Dépôt", **by("referent_a"))
    changes.acknowledge(incident=row, to="mairie", **by("referent_a"))
    referent = person("referent_a")
    for to in ("qualifiee", "suspendue", "qualifiee", "prise_en_charge", "repondue", "close"):
        moved(Incident.objects.get(pk=row.pk), referent, to)
    changes.rate(incident=Incident.objects.get(pk=row.pk), answer="en_partie", **by("partner_a"))
    ask_again(at=monday + timedelta(days=80))
    moved(Incident.objects.get(pk=row.pk), person("partner_a"), "rouverte")
    again = brought(reported(person("partner_a"), monday), referent, "non_retenue")
    moved(again, referent, "rouverte")
    first, second = (reported(person("partner_a"), monday) for _ in range(2))
    changes.merge_many(incidents=[first, second], **by("referent_a"))
    changes.unmerge(incident=Incident.objects.get(merged_into__isnull=False), **by("referent_a"))
    reported(person("partner_a"), monday, (2.35, 48.85))
    changes.offer(
        incident=reported(person("partner_a"), monday), to_post="gap-economique", reason="Zone", **by("referent_a")
    )
    by_map = reported(person("partner_a"), monday)
    routing = by_map.routings.get()
    routing.author = person("director")
    owe_boundary_notices(by_map, Post.objects.get(code="gap-economique"), routing, monday)
    for days in (25, 45):
        escalate(at=monday + timedelta(days=days))


def test_they_serve_whatever_becomes_of_a_concern(own, person, monday):
    lived_through(person, monday)
    owed = {row.subject.split()[1]: row for row in Message.objects.all() if row.subject.startswith("own ")}
    assert set(owed) == set(KINDS)
    others = Message.objects.exclude(subject__startswith="own ").exclude(dedupe_key__startswith="reminders:")
    assert not [row.subject for row in others]
    assert "reason=Action attendue d’un partenaire" in owed["status_suspendue"].body
    assert "text=Depuis quand ?" in owed["written"].body
    assert "from=Référent Gap hyper-centre / to=" in owed["transfer_offered_to"].body
    assert "recipient=Voirie" in owed["handed_over"].body
    assert "left=" in owed["step_reminder"].body


def test_without_them_the_product_speaks(person, monday, settings):
    settings.THROTTLES = False
    lived_through(person, monday)
    for row in Message.objects.all():
        assert row.subject
        assert row.body.strip()
        assert "{{" not in row.subject + row.body
        assert "%(" not in row.subject + row.body


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_is_whole(kind):
    words = KINDS[kind]
    assert set(words.needs) <= set(words.names)
    subject, body = product_words(kind)
    assert "%(" not in subject + body


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_subject_alone_tells_every_notice_from_all_others(language):
    status = {of_status(code): str(code) for code in Status}
    with override(language):
        told = {
            kind: words_of(
                kind,
                atlas.current().directory,
                0,
                {name: name for name in words.names if name not in TYPED}
                | dict.fromkeys(TYPED, "TYPED")
                | {"status": str(STATUSES[status[kind]]) if kind in status else ""},
            )[0]
            for kind, words in KINDS.items()
        }
    assert len(set(told.values())) == len(KINDS)
    assert all("reference" in subject for subject in told.values())
    assert "TYPED" not in "".join(told.values())
