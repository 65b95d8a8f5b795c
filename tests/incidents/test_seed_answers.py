from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from incidents.models import StandardAnswer
from incidents.standard_answers import answer_from
from tests.incidents.sending import reported


def test_the_demonstration_has_answers_that_can_be_filled_in_and_has_them_once(person, monday):
    call_command("seed_answers", verbosity=0)
    call_command("seed_answers", verbosity=0)
    answers = list(StandardAnswer.objects.all())
    assert len(answers) == 3
    concern = reported(person("partner_a"), monday)
    for answer in answers:
        said = {answer_from(answer, concern, language=language) for language in ("fr", "en")}
        assert len(said) == 2
        assert all(concern.reference in each for each in said)
        with override("en"):
            assert answer.title != answer.title_fr


def test_what_was_changed_or_withdrawn_stays_so(db):
    call_command("seed_answers", verbosity=0)
    StandardAnswer.objects.exclude(rank=1).delete()
    call_command("seed_answers", verbosity=0)
    assert StandardAnswer.objects.count() == 1


def test_nowhere_but_in_a_demonstration(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("seed_answers")
