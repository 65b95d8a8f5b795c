"""References: drawn, legible, and read back as people write them."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.references import ALPHABET, ReferenceInvalid, new_reference, normalise


def test_the_alphabet_is_crockford_s():
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize(
    ("drawn", "reference"),
    [
        (b"\x00\x00\x00\x00\x00", "0000-0000"),
        (b"\xff\xff\xff\xff\xff", "ZZZZ-ZZZZ"),
        (b"\x00\x00\x00\x00\x01", "0000-0001"),
        (b"\x80\x00\x00\x00\x00", "G000-0000"),
        (b"\x00\x44\x32\x14\xc7", "0123-4567"),  # 00000 00001 00010 00011 00100 00101 00110 00111
    ],
)
def test_five_bytes_make_eight_letters(drawn, reference):
    asked = []

    def random_bytes(count):
        asked.append(count)
        return drawn

    assert new_reference(random_bytes) == reference
    assert asked == [5]


@given(st.binary(min_size=5, max_size=5), st.binary(min_size=5, max_size=5))
def test_every_bit_counts(one, other):
    first, second = new_reference(lambda _: one), new_reference(lambda _: other)
    assert (first == second) is (one == other)
    assert normalise(first) == first


def test_references_are_drawn_and_not_counted():
    drawn = [new_reference() for _ in range(2000)]
    assert len(set(drawn)) == 2000
    assert drawn != sorted(drawn)
    for place in (0, 1, 2, 3, 5, 6, 7, 8):  # the chance that a letter is missing at a place is below 1e-25
        assert {reference[place] for reference in drawn} == set(ALPHABET)
    assert new_reference() != new_reference(os.urandom)


@pytest.mark.parametrize(
    "written",
    [
        "7K3F-9QX0",
        "7k3f-9qx0",
        "7K3F9QX0",
        "7k3f9qx0",
        "7K3F 9QX0",
        "  7K3F-9QX0\n",
        "7K3F-9QXO",
        "7k3f-9qxo",
        "7K3F–9QX0",  # the dash a word processor makes
        "7K3F\u20119QX0",  # the one that does not break
        "7K3F\u00a09QX0",
    ],
)
def test_a_reference_is_read_as_people_write_it(written):
    assert normalise(written) == "7K3F-9QX0"


def test_look_alikes_are_understood():
    assert normalise("oOiI-lL00") == "0011-1100"


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "7K3F",
        "7K3F-9QX",
        "7K3F-9QX00",
        "7K3F--9QX0",
        "7K-3F9QX0",
        "-7K3F9QX0",
        "U000-0000",
        "u000-0000",
        "7K3F-9QX\u0660",  # an Arabic-Indic digit
        "\uff17K3F-9QX0",  # a full-width one
        "ſ000-0000",  # upper-cases to S elsewhere
        "ı000-0000",  # upper-cases to I elsewhere
        "7K3F-9QX\x00",
        "7K3F-9QX0 " * 1000,
        "7K3F-9QX0'--",
        "../../etc",
    ],
)
def test_anything_else_is_no_reference(written):
    with pytest.raises(ReferenceInvalid) as refused:
        normalise(written)
    assert refused.value.code == "reference_malformed"
    assert refused.value.facts == {"length": len(written)}
    assert isinstance(refused.value, ValueError)


@given(st.text())
def test_any_text_is_a_reference_or_refused(text):
    try:
        reference = normalise(text)
    except ReferenceInvalid:
        return
    assert normalise(reference) == reference
    assert set(reference.replace("-", "")) <= set(ALPHABET)
