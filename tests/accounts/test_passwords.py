"""What is too easy to guess although it is long enough and on no list."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.passwords import is_trivial


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaa",
        "abababababab",
        "abcabcabcabc",
        "azertyuiopqsdfgh",
        "AZERTYUIOPQS",
        "qwertyuiop[]",
        "poiuytrezaml",
        "abcdefghijkl",
        "zyxwvutsrqpo",
        "123456789012",
        "12345678azerty",
    ],
)
def test_what_a_hand_makes_without_thinking_is_refused(password):
    assert is_trivial(password)
    with pytest.raises(ValidationError):
        validate_password(password)


@pytest.mark.parametrize(
    "password",
    ["Demonstration-05", "le chat dort sur la table", "kT9!vQ2z#Lm4", "trois petits cochons", "correcthorsebattery"],
)
def test_a_sentence_or_a_random_text_passes(password):
    assert not is_trivial(password)
    validate_password(password)
