"""What a text message holds, and what a text would cost."""

from __future__ import annotations

import pytest

from messaging.short_texts import LONGEST, Cost, cost, short


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Cost("GSM-7", 0, 1)),
        ("x" * 160, Cost("GSM-7", 160, 1)),
        ("x" * 161, Cost("GSM-7", 161, 2)),
        ("x" * 306, Cost("GSM-7", 306, 2)),
        ("x" * 307, Cost("GSM-7", 307, 3)),
        ("é" * 160, Cost("GSM-7", 160, 1)),
        ("€" * 80, Cost("GSM-7", 160, 1)),
        ("[" * 81, Cost("GSM-7", 162, 2)),
        ("ê" * 70, Cost("UCS-2", 70, 1)),
        ("ê" * 71, Cost("UCS-2", 71, 2)),
        ("`", Cost("UCS-2", 1, 1)),
        ("ç", Cost("UCS-2", 1, 1)),
        ("Ç", Cost("GSM-7", 1, 1)),
        ("😀" * 35, Cost("UCS-2", 70, 1)),
        ("’" * 134, Cost("UCS-2", 134, 2)),
        ("’" * 135, Cost("UCS-2", 135, 3)),
    ],
)
def test_what_a_text_takes(text, expected):
    assert cost(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Préoccupation 7K3F : reçue",
        "« Où ? » – l’œuvre çà et là…",
        "[a]{b}|c~d^e\\f`",
        "😀 fête à Besançon",
        "x" * 500,
        "",
    ],
)
def test_what_leaves_is_always_one_message(text):
    found = cost(short(text))
    assert (found.alphabet, found.segments) == ("GSM-7", 1)
    assert len(short(text)) <= LONGEST


def test_letters_are_written_otherwise_and_not_lost():
    assert short("« Œuvre çà – l’été »") == '" OEuvre cà - l\'été "'
