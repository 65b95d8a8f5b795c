"""The demonstration has an example of a border agreement, once, and it is the one that decides there."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from sectors import atlas
from sectors.models import BorderAgreement
from sectors.routing import choose

pytestmark = pytest.mark.django_db


def test_the_demonstration_has_an_agreement_once() -> None:
    for _time in range(2):
        call_command("seed_map", verbosity=0)
    made = BorderAgreement.objects.get()
    assert "(démonstration)" in made.reason_fr
    middle = made.location.interpolate_normalized(0.5)
    decided = choose(atlas.read(timezone.now()).facts(middle.x, middle.y))
    assert decided.sector is not None
    assert (decided.why["agreement"], decided.sector.code) == (made.code, made.sector_code)


def test_it_is_for_the_demonstration_alone(settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError):
        call_command("seed_map")
