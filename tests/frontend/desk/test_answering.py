"""An answer begun and read over at the desk, in the language of whoever will read it."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from incidents import changes
from incidents.changes.standard_answers import write_answer
from incidents.models import StandardAnswer
from sectors.models import Territory
from sectors.scope import scope_of


def test_the_answer_is_begun_and_read_over_in_the_language_of_who_will_read_it(seen_by, reported, person):
    user = person("referent_a")
    taken = changes.take(incident=reported(), author=user, scope=scope_of(user, timezone.now()))
    write_answer(
        by=person("administrator"),
        territory=Territory.objects.get(code="05"),
        title_fr="Ronde",
        text_fr="Suivi.",
        title_en="Round",
        text_en="Report {{reference}} is in hand.",
    )
    standard = StandardAnswer.objects.get()
    User.objects.filter(pk=person("partner_a").pk).update(language="en")
    client, address = seen_by("referent_a"), f"/preoccupations/{taken.reference}/agir/repondre/"
    begun = client.post(address, {"repondre-standard": str(standard.pk), "insert": "1"})
    text = f"Report {taken.reference} is in hand."
    assert next(each for each in begun.context["offers"] if each.code == "repondre").form["answer"].value() == text
    read = client.post(address, {"repondre-answer": text, "preview": "1"})
    assert read.context["preview"]["letters"][0].subject.endswith("Answered")
    assert "Ce que le signalant recevra" in read.content.decode()
