"""What of a person shows in a text, and above all what does not."""

import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incidents import screening
from incidents.screening import Finding, FindingKind, refusals, screen

CERTAIN, WARNING = True, False

SEEN = [
    # text                                          kind      certain   what is seen
    # -- phone: France, as people write it
    ("Appelez le 06 12 34 56 78 svp",               "phone",  CERTAIN,  "06 12 34 56 78"),
    ("tél. 0612345678.",                            "phone",  CERTAIN,  "0612345678"),
    ("tel0612345678",                               "phone",  CERTAIN,  "0612345678"),
    ("06.12.34.56.78",                              "phone",  CERTAIN,  "06.12.34.56.78"),
    ("06-12-34-56-78",                              "phone",  CERTAIN,  "06-12-34-56-78"),
    ("06/12/34/56/78",                              "phone",  CERTAIN,  "06/12/34/56/78"),
    ("06 - 12 - 34 - 56 - 78",                      "phone",  CERTAIN,  "06 - 12 - 34 - 56 - 78"),
    ("06-12 34 56 78",                              "phone",  CERTAIN,  "06-12 34 56 78"),
    ("06 12345678",                                 "phone",  CERTAIN,  "06 12345678"),
    ("0612 345 678",                                "phone",  CERTAIN,  "0612 345 678"),
    ("0 6 1 2 3 4 5 6 7 8",                         "phone",  CERTAIN,  "0 6 1 2 3 4 5 6 7 8"),
    ("le 10-12-2026 au 04 92 53 00 00",             "phone",  CERTAIN,  "04 92 53 00 00"),
    ("le 10-12-2026 06 12 34 56 78",                "phone",  CERTAIN,  "06 12 34 56 78"),
    ("+33 6 12 34 56 78",                           "phone",  CERTAIN,  "+33 6 12 34 56 78"),
    ("+33612345678",                                "phone",  CERTAIN,  "+33612345678"),
    ("+33(0)6 12 34 56 78",                         "phone",  CERTAIN,  "+33(0)6 12 34 56 78"),
    ("+33 (0)612345678",                            "phone",  CERTAIN,  "+33 (0)612345678"),
    ("0033 6 12 34 56 78",                          "phone",  CERTAIN,  "0033 6 12 34 56 78"),
    ("0033612345678",                               "phone",  CERTAIN,  "0033612345678"),
    # -- phone: the neighbours of Briançon and of Belfort
    ("+39 347 123 4567",                            "phone",  CERTAIN,  "+39 347 123 4567"),
    ("+41 79 123 45 67",                            "phone",  CERTAIN,  "+41 79 123 45 67"),
    # -- phone: it may be something else
    ("lignes 01 02 03 04 05",                       "phone",  WARNING,  "01 02 03 04 05"),
    ("à 05 10 15 20 25",                            "phone",  WARNING,  "05 10 15 20 25"),
    ("06 12 34 56 78 90 12",                        "phone",  WARNING,  "06 12 34 56 78"),
    ("0 800 123 456",                               "phone",  WARNING,  "0 800 123 456"),  # a service
    ("dossier AB0612345678",                        "phone",  WARNING,  "0612345678"),
    ("06 123 4 5678",                               "phone",  WARNING,  "06 123 4 5678"),  # oddly cut
    # -- e-mail
    ("écrire à jean.dupont@example.fr.",            "email",  CERTAIN,  "jean.dupont@example.fr"),
    ("<jean+bus@mail.example.co.uk>",               "email",  CERTAIN,  "jean+bus@mail.example.co.uk"),
    ("RENÉ@EXEMPLE.FR",                             "email",  CERTAIN,  "RENÉ@EXEMPLE.FR"),
    ("0612345678@example.fr",                       "email",  CERTAIN,  "0612345678@example.fr"),
    ("jean.dupont @ example.fr",                    "email",  WARNING,  "jean.dupont @ example.fr"),
    ("jean(at)example.fr",                          "email",  WARNING,  "jean(at)example.fr"),
    ("jean [at] example.fr",                        "email",  WARNING,  "jean [at] example.fr"),
    ("jean arobase example.fr",                     "email",  WARNING,  "jean arobase example.fr"),
    # -- number plates since 2009
    ("une Clio AA-123-AA grise",                    "plate",  CERTAIN,  "AA-123-AA"),
    ("AB 123 CD",                                   "plate",  CERTAIN,  "AB 123 CD"),
    ("AB123CD",                                     "plate",  CERTAIN,  "AB123CD"),
    ("ab-123-cd",                                   "plate",  CERTAIN,  "ab-123-cd"),
    ("fg123hj",                                     "plate",  CERTAIN,  "fg123hj"),
    ("AB-123-CD-05",                                "plate",  CERTAIN,  "AB-123-CD"),
    ("AB.123.CD",                                   "plate",  CERTAIN,  "AB.123.CD"),
    ("WW-123-AB",                                   "plate",  CERTAIN,  "WW-123-AB"),  # provisional
    ("MM-123-AB",                                   "plate",  CERTAIN,  "MM-123-AB"),  # a title elsewhere
    ("fg 123 hj",                                   "plate",  WARNING,  "fg 123 hj"),
    ("EN 123 RT",                                   "plate",  WARNING,  "EN 123 RT"),  # "en" is a word
    ("le-105-de",                                   "plate",  WARNING,  "le-105-de"),
    ("LOT-GL-123-AB",                               "plate",  WARNING,  "GL-123-AB"),  # a part of a code
    ("GL-123-AB-2026",                              "plate",  WARNING,  "GL-123-AB"),
    # -- number plates before
    ("1234 AB 05",                                  "plate",  CERTAIN,  "1234 AB 05"),
    ("123 ABC 90",                                  "plate",  CERTAIN,  "123 ABC 90"),
    ("1234AB05",                                    "plate",  CERTAIN,  "1234AB05"),
    ("1234-AB-2A",                                  "plate",  CERTAIN,  "1234-AB-2A"),
    ("123 AB 974",                                  "plate",  CERTAIN,  "123 AB 974"),
    ("12 AB 05",                                    "plate",  WARNING,  "12 AB 05"),
    ("1234 A 05",                                   "plate",  WARNING,  "1234 A 05"),
    ("1234ab05",                                    "plate",  WARNING,  "1234ab05"),
    # -- social security number: 38 is the key of 2 55 08 14 168 025
    ("255081416802538",                             "nir",    CERTAIN,  "255081416802538"),
    ("2 55 08 14 168 025 38",                       "nir",    CERTAIN,  "2 55 08 14 168 025 38"),
    ("2.55.08.14.168.025.38",                       "nir",    CERTAIN,  "2.55.08.14.168.025.38"),
    ("n° 2 55 08 14 168 025 / 38",                  "nir",    CERTAIN,  "2 55 08 14 168 025 / 38"),
    ("2 55 08 14 168 025 39",                       "nir",    WARNING,  "2 55 08 14 168 025 39"),  # wrong key
    ("2550 8141 6802 538",                          "nir",    WARNING,  "2550 8141 6802 538"),  # oddly cut
    ("2 55 08 14 168 025",                          "nir",    WARNING,  "2 55 08 14 168 025"),  # no key
    ("2550814168025",                               "nir",    WARNING,  "2550814168025"),
    # -- bank account: the examples that the banks publish
    ("FR14 2004 1010 0505 0001 3M02 606",           "iban",   CERTAIN,  "FR14 2004 1010 0505 0001 3M02 606"),
    ("FR7630006000011234567890189",                 "iban",   CERTAIN,  "FR7630006000011234567890189"),
    ("fr76 3000 6000 0112 3456 7890 189",           "iban",   CERTAIN,  "fr76 3000 6000 0112 3456 7890 189"),
    ("FR 76-3000-6000-0112-3456-7890-189",          "iban",   CERTAIN,  "FR 76-3000-6000-0112-3456-7890-189"),
    ("DE89 3704 0044 0532 0130 00",                 "iban",   CERTAIN,  "DE89 3704 0044 0532 0130 00"),
    ("GB29 NWBK 6016 1331 9268 19",                 "iban",   CERTAIN,  "GB29 NWBK 6016 1331 9268 19"),
    ("IT60 X054 2811 1010 0000 0123 456",           "iban",   CERTAIN,  "IT60 X054 2811 1010 0000 0123 456"),
    ("FR76 3000 6000 0112 3456 7890 188",           "iban",   WARNING,  "FR76 3000 6000 0112 3456 7890 188"),
    # -- a title and a name
    ("M. Durand du 3e",                             "name",   WARNING,  "M. Durand"),
    ("M.Durand",                                    "name",   WARNING,  "M.Durand"),
    ("M Durand",                                    "name",   WARNING,  "M Durand"),
    ("Mr DURAND",                                   "name",   WARNING,  "Mr DURAND"),
    ("Mme DUPONT crie",                             "name",   WARNING,  "Mme DUPONT"),
    ("mme Dupont",                                  "name",   WARNING,  "mme Dupont"),
    ("Mlle Élodie Dupont",                          "name",   WARNING,  "Mlle Élodie Dupont"),
    ("Monsieur Jean-Pierre Le Gall",                "name",   WARNING,  "Monsieur Jean-Pierre Le Gall"),
    ("Madame de La Tour",                           "name",   WARNING,  "Madame de La Tour"),
    ("M. d’Artagnan",                               "name",   WARNING,  "M. d’Artagnan"),
    ("M. Le Gall",                                  "name",   WARNING,  "M. Le Gall"),
    ("M. J.-P. Durand",                             "name",   WARNING,  "M. J.-P. Durand"),
    ("MM. Durand et Martin",                        "name",   WARNING,  "MM. Durand"),
    ("Mademoiselle Nguyễn",                         "name",   WARNING,  "Mademoiselle Nguyễn"),
    ("rue de Mme Durand",                           "name",   WARNING,  "Mme Durand"),  # where she lives
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "certain", "excerpt"), SEEN)
def test_what_is_seen(text, kind, certain, excerpt):
    start = text.index(excerpt)
    assert screen(text) == [Finding(FindingKind(kind), certain, start, start + len(excerpt), excerpt)]
    assert bool(refusals(screen(text))) is certain


NOT_SEEN = [
    # places and addresses
    "rue Jean-Jaurès",
    "le 12 rue Carnot",
    "1234 rue de la Gare",
    "au 12 bis 05000 Gap",
    "05000 Gap, 05100 Briançon, 90000 Belfort",
    "4 bis, 12 ter",
    "RN 85, RD 942 et D1091",
    "RD 942 ET RN 94 AV",
    "place Madame de Sévigné",
    "école Madame Curie, collège Monsieur Vincent",
    "rue Monsieur le Prince",
    "bâtiment M Escalier 2, hall M Nord",
    "44.5594, 6.0786",
    "lon 6.0612345678 lat 44.0612345678",
    "parcelle AB 12, section AC 0123",
    # lines, times and dates
    "bus 05, ligne 2, arrêt 12",
    "lignes 01, 02, 03, 04, 05",
    "le 10-12-2026",
    "du 10/12/2026 au 12/12/2026",
    "le 06 12 2026 à 18 h",
    "le 06 12 2026 18 30",
    "01/02/26 10 30",
    "vers 18 h 05, 22h30, 7 h 30",
    "08:00-12:00 14:00-18:00",
    "08.00-12.00 14.00-18.00",
    "de 08h00 à 12h00 et de 14h05 à 19h15",
    "10 et 12, 20 au 25, 15 à 20",
    "le 105 de la rue, en 123 pas",
    "LE 105 DE LA RUE",
    # measures, counts, codes
    "20 KM 05, 150 EUR 50, 12 TTC 20",
    "100 AB 12 h",
    "SIRET 832 123 456 00012",
    "code-barres 3017620422003",
    "horodatage 1763766000000",
    "réf 7K3F-9QXM",
    "le 17, le 112, le 114, le 3919",
    "0000000000",
    "00 00 00 00 00",
    "+ 15 personnes",
    "SS-123-AB et AB-123-SS",
    "AI-123-AB, AO-123-AB, UA-123-AB",
    "AA-000-AA",
    "AAA-123-AA, AA-1234-AA, AA-12-AA",
    "1234 AB 00, 1234 AB 96, 12345 AB 05",
    "1 99 13 78 006 084",
    # signs
    "RDV @ 10h, @mairie_gap, a@b, jean@localhost",
    "voir example.fr (at) midi",
    # functions, forms of address, initials
    "M. le maire, Mme la directrice, M. l’adjoint",
    "M. Le Maire, Madame La Préfète, Monsieur Le Directeur",
    "MADAME LA PRÉFÈTE, MONSIEUR LE MAIRE",
    "Madame, Monsieur,",
    "Bonjour Madame. Des jeunes crient.",
    "Madame Monsieur bonjour",
    "Mme B. et M. X",
    "une dame, un monsieur qui crie, madame crie",
    "Mme de la Mairie",
    "Mme du 3e étage",
    "MONSIEUR QUI CRIE",
    "devant Mr Bricolage, Monsieur Meuble",
    "5 mm Durand, 12 M Durand",
    "",
    " ",
    "\x00\x00",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_SEEN)
def test_what_is_not_seen(text):
    assert screen(text) == []


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
    *("maire", "rue", " ", " ", " ", "\u200b", "\u00a0", "é", "ﬁ", "１", "\n"),
)


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=60).map("".join)))
def test_any_text_is_read(text):
    found = screen(text)
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
    "Mme D", " ", "\n", "é", "\u200b", "0\u200b", "ﷺ", "\u0336", "-", "'", "M. l'",
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
