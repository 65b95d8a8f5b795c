"""Which step of a draft is undone next, and which is done again: from the verbs of its steps alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stacks:
    """The numbers of the steps that may be undone and done again, the next one last."""

    undo: tuple[int, ...]
    redo: tuple[int, ...]


def stacks(steps: Iterable[tuple[int, str]]) -> Stacks:
    """What these steps, as (number, verb) in their order, leave to undo and to do again.

    Whoever draws after an undo takes away what could have been done again, as in every editor; the steps stay.
    """
    undo: list[int] = []
    redo: list[int] = []
    for number, verb in steps:
        match verb:
            case "draw":
                undo.append(number)
                redo.clear()
            case "undo":
                redo.append(undo.pop())
            case "redo":
                undo.append(redo.pop())
    return Stacks(tuple(undo), tuple(redo))
