"""What `changes` refused, said by the form that it was typed into."""

from __future__ import annotations

from django.forms import Form

from ogcapi.geojson import Refused


def tell(form: Form, refused: Refused) -> None:
    """The form says what was refused, each at its field where it has it."""
    for each in refused.errors:
        form.add_error(each.field if each.field in form.fields else None, str(each.message))
