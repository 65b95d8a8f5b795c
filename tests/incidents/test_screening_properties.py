"""Whatever is typed: disguises, combinations, and a time that grows with the length alone."""

import sys
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incidents import screening
from incidents.screening import FindingKind, refusals, screen


def _whole(text: str) -> list[screening.Finding]:
    """The text taken apart whatever it holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(screening, "_may_show", lambda folded: True)
        return screen(text)


@given(st.text(alphabet="aàmM.dDzZ é@+0 6Ⅷßİ-ohOfamilyneveu", max_size=60) | st.text(max_size=60))
@example("la famille DURAND")
@example("zéro six douze")
@example("M. Durand")
@example("jean arobase exemple point fr")
def test_what_is_not_taken_apart_holds_nothing(text: str) -> None:
    assert screen(text) == _whole(text)


@pytest.mark.parametrize(
    "text",
    [
        "０６ １２ ３４ ５６ ７８",  # full-width digits
        "٠٦ ١٢ ٣٤ ٥٦ ٧٨",  # Arabic-Indic digits
        "𝟎𝟔 𝟏𝟐 𝟑𝟒 𝟓𝟔 𝟕𝟖",  # mathematical digits
        "⓪⑥①②③④⑤⑥⑦⑧",  # circled digits
        "06\u00a012\u00a034\u00a056\u00a078",  # no-break spaces
        "06\u202f12\u202f34\u202f56\u202f78",  # narrow ones
        "06\u300012\u300034\u300056\u300078",  # ideographic ones
        "06\t12\t34\t56\t78",
        "0\u200b6\u200b12\u200b34\u200b5678",  # zero-width spaces
        "06\u2060123\u200d45\ufeff67\u00ad8",  # word joiner, joiner, byte order mark, soft hyphen
        "0\u03366\u0336 12 34 56 78",  # struck through
        "06‑12‑34‑56‑78",  # no-break hyphens
        "06–12–34–56–78",
        "06−12−34−56−78",  # minus signs
        "06·12·34·56·78",
        "06•12•34•56•78",
        "06\x0012\x0034\x0056\x0078",
        "\u202e06 12 34 56 78\u202c",  # written from right to left
        "ﬁn : 06 12 34 56 78",  # after a ligature, which counts as two letters once taken apart
        "Ⅷ㎞ﷺ 06 12 34 56 78",
    ],
)
def test_disguises_do_not_help_and_positions_are_those_of_the_text(text):
    (found,) = screen(text)
    assert (found.kind, found.certain) == (FindingKind.PHONE, True)
    assert found.excerpt == text[found.start : found.end]
    assert next(character for character in found.excerpt if character.isdigit()) in "0０٠𝟎⓪"
    assert sum(character.isdigit() for character in found.excerpt) == 10


def test_other_kinds_in_disguise():
    text = "jean．dupont＠example．fr, ＡＡ－１２３－ＢＢ, Mme\u00a0Dupont, ＦＲ76 3000 6000 0112 3456 7890 189"
    assert [(found.kind, found.certain) for found in screen(text)] == [
        ("email", True),
        ("plate", True),
        ("name", False),
        ("iban", True),
    ]


def test_a_mark_after_a_letter_stays_with_it():
    """An accent typed by itself, after the last letter of what is marked."""
    text = "Mme Andre\u0301 crie, fille Rene\u0301e, 06 12 34 56 78\u0336!"
    assert [one.excerpt for one in screen(text)] == ["Mme Andre\u0301", "fille Rene\u0301e", "06 12 34 56 78\u0336"]


def test_a_whole_report():
    text = (
        "Depuis le 10-12-2026, tapage vers 22 h 30 au 12 rue Jean-Jaurès (05000 Gap). "
        "Mme Dupont (06 12 34 56 78, dupont@example.fr) a noté la voiture AB-123-CD. "
        "M. le maire est prévenu. Bus 05."
    )
    found = screen(text)
    assert [(one.kind, one.excerpt) for one in found] == [
        ("name", "Mme Dupont"),
        ("phone", "06 12 34 56 78"),
        ("email", "dupont@example.fr"),
        ("plate", "AB-123-CD"),
    ]
    assert [one.kind for one in refusals(found)] == ["phone", "email", "plate"]
    assert refusals([]) == []


def test_two_phone_numbers_in_a_row_are_two():
    found = screen("06 12 34 56 78 04 92 53 00 00")
    assert [(one.excerpt, one.certain) for one in found] == [("06 12 34 56 78", True), ("04 92 53 00 00", True)]


PIECES = (
    *("06", "12", "34", "0612345678", "+33", "0033", "2", "55", "08", "14", "168", "025", "38", "FR76", "3000"),
    *("AB", "123", "CD", "05", "@", ".", "-", "/", ",", "(", ")", "[at]", "M.", "Mme", "de", "La", "Durand", "le"),
    *(
        "zéro",
        "six",
        "douze",
        "soixante",
        "dix",
        "quatre",
        "vingt",
        "oh",
        "twelve",
        "O",
        "o6",
        "arobase",
        "point",
        "dot",
    ),
    *("famille", "family", "nommé", "Mrs", "\u0301", ";", "*", "_", "fr"),
    *("maire", "rue", " ", " ", " ", "\u200b", "\u00a0", "é", "ﬁ", "１", "\n"),
)


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=60).map("".join)))
@example("Mme Elodie\u0301 06 12 34 56 7\u0336")
def test_any_text_is_read(text):
    found = screen(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    # No mark of a letter is torn from it.
    assert not any(unicodedata.combining(text[one.end]) for one in found if one.end < len(text))
    assert all(one.excerpt == text[one.start : one.end] != "" for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert screen(text) == found


DIGITS = st.text("0123456789", min_size=8, max_size=8)


@given(
    first=st.sampled_from("12345679"),
    rest=DIGITS,
    separator=st.sampled_from(["", " ", ".", "-", "\u00a0", "\u200b", "\u202f", "  "]),
    before=st.sampled_from(["", "tél : ", "appeler\n", "(", "le 10-12-2026, "]),
    after=st.sampled_from(["", ".", " svp", ")", "\nmerci", ", merci"]),
)
def test_any_french_number_is_seen_however_it_is_cut(first, rest, separator, before, after):
    pairs = ["0" + first, *(rest[place : place + 2] for place in range(0, 8, 2))]
    number = separator.join(pairs)
    (found,) = screen(before + number + after)
    assert (found.kind, found.excerpt) == ("phone", number)
    paces = {int(later) - int(earlier) for earlier, later in pairwise(pairs)}
    is_cut = separator not in {"", "\u200b"}
    assert found.certain is not (is_cut and len(paces) == 1 and min(paces) > 0)  # 01 02 03 04 05 may be bus lines


@given(
    sex=st.sampled_from("12"),
    year=st.integers(0, 99),
    month=st.integers(1, 12),
    place=st.sampled_from(["05", "90", "2A", "2B", "75", "99"]),
    rest=st.integers(0, 999_999),
    separator=st.sampled_from(["", " ", "."]),
    wrong_by=st.integers(1, 96),
)
def test_the_key_of_a_social_security_number_makes_it_certain(sex, year, month, place, rest, separator, wrong_by):
    body = f"{sex}{year:02d}{month:02d}{place}{rest:06d}"
    number = int(body.replace("2A", "19").replace("2B", "18")) if place in {"2A", "2B"} else int(body)
    for shift, certain in ((0, True), (wrong_by, False)):
        key = (97 - number % 97 - 1 + shift) % 97 + 1
        cuts = [sex, f"{year:02d}", f"{month:02d}", place, f"{rest:06d}"[:3], f"{rest:06d}"[3:], f"{key:02d}"]
        text = separator.join(cuts)
        assert [(one.kind, one.certain, one.excerpt) for one in screen(text)] == [("nir", certain, text)]


@given(st.integers(10**22, 10**23 - 1), st.integers(1, 96), st.sampled_from(["", " ", "\u00a0"]))
@example(60_575_219_369_230_311_882_752, 1, " ")  # holds fifteen digits with the key of a social security number
def test_the_key_of_a_bank_account_makes_it_certain(account, wrong_by, separator):
    remainder = int(f"{account}152700") % 97  # F is 15, R is 27
    for shift, certain in ((0, True), (wrong_by, False)):
        key = (98 - remainder - 2 + shift) % 97 + 2  # 02 to 98
        written = f"FR{key:02d}{account}"
        text = separator.join(written[place : place + 4] for place in range(0, len(written), 4))
        found = screen(text)
        assert [(one.kind, one.certain, one.excerpt) for one in found] == [("iban", certain, text)]


HERE = str(Path(screening.__file__).parent)
ADVERSARIAL = [
    "0", "1", "06 ", "1 ", "0 1 ", "2 55 08 ", "12-", "+", "+33", "+33(", "00 ", "@", "a@", "a.", "a@b.", "@.", "(at)",
    "at ", "AA 123 ", "AA-", "AB123", "1234 AB ", "1 A ", "FR76 ", "FR", "FR 1", "M. ", "M. de ", "M. J.-", "Mme Le ",
    "Mme D", "zéro ", "zéro six ", "06 douze ", "dix ", "soixante dix ", "quatre vingt ", "O6 ", "o", "06,", "06;1",
    "arobase ", "a point ", "a at b dot ", "@a . ", "famille ", "famille Le ", "x family ", "nommé De ",
    " ", "\n", "é", "\u200b", "0\u200b", "ﷺ", "\u0336", "-", "'", "M. l'",
]  # fmt: skip


def steps(text: str) -> int:
    """Return how many lines of the screening run on `text`."""
    count = 0

    def on_line(frame, event, _):
        nonlocal count
        count += event == "line"
        return on_line

    def on_call(frame, event, _):
        return on_line if frame.f_code.co_filename.startswith(HERE) else None

    before = sys.gettrace()
    sys.settrace(on_call)
    try:
        screen(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("unit", ADVERSARIAL)
def test_the_work_grows_with_the_length_and_no_faster(unit):
    """Counted in lines run, not in seconds; `screen` is called once before, so that no table is being filled."""
    short, long = ((unit * 1000)[:length] for length in (500, 1000))
    screen(long)
    few, many = steps(short), steps(long)
    assert many <= 2.2 * few + 100
    assert many <= 300 * len(long)
