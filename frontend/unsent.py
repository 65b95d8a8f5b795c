"""Words typed for what cannot be done with a concern any more: shown once again to be copied, and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from frontend.acting import ACTIONS


def texts(action: str, given: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """The label of each text of the action's form, and what was typed in it; nothing for an action that is none."""
    if action not in ACTIONS:
        return []
    form = ACTIONS[action].form(prefix=action)
    typed = {name: str(given.get(form.add_prefix(name), "")).strip() for name in form.fields}
    return [
        (field.label, typed[name])
        for name, field in form.fields.items()
        if isinstance(field.widget, forms.Textarea) and typed[name]
    ]
