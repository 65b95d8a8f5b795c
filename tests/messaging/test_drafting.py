"""A row made without its constructor is the row that the constructor makes."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import Model
from django.db.models.expressions import DatabaseDefault

from incidents.models import Incident
from messaging.drafting import draft
from messaging.models import Channel, Message

pytestmark = pytest.mark.django_db
ROOMS = {"accounts", "incidents", "messaging", "sectors"}
MODELS = [model for model in apps.get_models() if model._meta.app_label in ROOMS]


def columns(row: Model) -> dict[str, object]:
    written = [field.attname for field in row._meta.concrete_fields if not field.generated]
    found = {name: row.__dict__[name] for name in written}
    return {name: type(value) if isinstance(value, DatabaseDefault) else value for name, value in found.items()}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_it_begins_as_the_constructor_lets_it_begin(model):
    made_anew = [field for field in model._meta.concrete_fields if field.has_default() and callable(field.default)]
    moments = [field.attname for field in made_anew if field.default not in {dict, list}]
    drafted, made = columns(draft(model)), columns(model())
    for name in moments:  # drawn, or of now
        assert type(drafted.pop(name)) is type(made.pop(name))
    assert drafted == made


def test_nothing_is_shared_between_two_rows():
    one, other = draft(Incident, reference="A"), draft(Incident, reference="B")
    one.co_readers.append("x")
    one.reason["x"] = 1
    assert (other.co_readers, other.reason, one.reference, other.reference) == ([], {}, "A", "B")


def test_it_is_stored_as_any_other():
    row = draft(Message, dedupe_key="k", channel=Channel.EMAIL, recipient="a@psq.example", subject="s", body="b")
    assert row._state.adding
    row.save(force_insert=True)
    assert Message.objects.get().dedupe_key == "k"


def test_a_column_that_is_none_is_refused():
    with pytest.raises(TypeError, match="Message has no column author"):
        draft(Message, author=1)
