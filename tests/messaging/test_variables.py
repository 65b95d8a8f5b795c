from __future__ import annotations

import pytest

from messaging.variables import NotFilled, check, fill, names

VALUES = {"reference": "7K3F-9QXM", "due": "21 décembre 2026", "phone": ""}


def test_a_text_is_filled_in_whatever_the_blanks_between_its_braces():
    assert fill("{{reference}}, {{ due }}, {{\treference }}.", VALUES) == "7K3F-9QXM, 21 décembre 2026, 7K3F-9QXM."
    assert fill("Sans variable {ni} accolade double.", VALUES) == "Sans variable {ni} accolade double."


def test_the_variables_of_a_text_are_told_once_in_their_order():
    assert names("{{ due }} {{ reference }} {{ due }} {{ Due }}") == ["due", "reference"]


@pytest.mark.parametrize(
    ("text", "code", "what"),
    [
        ("Avant le {{ due }} par {{ nobody }}.", "unknown_variable", "nobody"),
        ("Bonjour {{ Due }}", "braces_left", "{{ Due }}"),
        ("Bonjour {{ due", "braces_left", "{{ due"),
        ("Bonjour due }} !", "braces_left", "}} !"),
        ("Bonjour {{ due|upper }}", "braces_left", "{{ due|upper }}"),
        ("Bonjour {{ due.x }}", "braces_left", "{{ due.x }}"),
        ("{{{{ due }}}}", "braces_left", "{{"),
        ("{{\n}}", "braces_left", "{{\n}}"),
    ],
)
def test_what_nothing_stands_for_is_refused_when_saved_and_when_filled_in(text, code, what):
    for act in (lambda: check(text, VALUES), lambda: fill(text, VALUES)):
        with pytest.raises(NotFilled) as refused:
            act()
        assert refused.value.code == code
        assert refused.value.what.startswith(what[:2])


def test_a_variable_without_a_value_is_refused_when_filled_in():
    check("Appelez le {{ phone }}.", VALUES)
    with pytest.raises(NotFilled, match="unknown_variable: phone"):
        fill("Appelez le {{ phone }}.", VALUES)


def test_a_value_brings_no_braces_in():
    with pytest.raises(NotFilled, match="braces_left"):
        fill("{{ due }}", {"due": "{{ reference }}"})
