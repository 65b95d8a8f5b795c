"""Minutes as a PDF: tagged, in the language of its reader, without what is confidential for whom it must not reach."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import AccessLog
from frontend import printing
from partnership import changes
from partnership.marks import mark
from partnership.models import Meeting
from tests.frontend.groups.test_meetings import at, called, opened, referent
from tests.frontend.groups.test_pages import text
from tests.partnership.groups import does, landlord, retained

__all__ = ["opened", "referent"]
pytestmark = pytest.mark.django_db
SECRET = ("Squat du 3 rue Elisée", "Couper l’eau du squat", "Lire squat et non caravane", "Le squat est occupé")


@pytest.fixture
def validated(person: Any, referent: Any) -> Meeting:
    """Minutes with one confidential point, decision and addendum, and one of each that is not."""
    now = timezone.now()
    retained(referent, now, title="Bruit rue Carnot")
    hidden = retained(referent, now, title=SECRET[0], confidential=True)
    meeting: Meeting = does(changes.hold, referent, now, meeting=called(referent))
    for point in meeting.agenda.all():
        said = SECRET[3] if point.problem == hidden else "La rue est bruyante le soir."
        does(changes.note_point, referent, now, meeting=meeting, point=point.pk, text=said)
    does(changes.attend, referent, now, meeting=meeting, partner=landlord(), presence="present",
         came=[person("partner_a").pk])  # fmt: skip
    day = timezone.localdate()
    does(changes.decide, referent, now, meeting=meeting, text=SECRET[1], problem=hidden, due_on=day, owner=landlord())
    does(changes.decide, referent, now, meeting=meeting, text="Poser un panneau.", confidential=False)
    does(changes.draft_minutes, referent, now, meeting=meeting, text="Le groupe s’est réuni à l’heure.")
    does(changes.validate_minutes, referent, now, meeting=meeting)
    does(changes.add_addendum, referent, now, meeting=meeting, text=SECRET[2], confidential=True)
    does(changes.add_addendum, referent, now, meeting=meeting, text="Lire 20 h et non 22 h.")
    return meeting


def read(client: Any, url: str) -> PdfReader:
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    return PdfReader(io.BytesIO(answer.content))


def words(document: PdfReader) -> str:
    """All that it says, also aside, however its lines were broken."""
    said = (
        " ".join(page.extract_text() for page in document.pages) + str(document.metadata) + str(document.xmp_metadata)
    )
    return " ".join(said.replace("-\n", "").split())


def test_the_members_document_says_it_all_and_is_accessible(seen_by: Any, person: Any, validated: Meeting) -> None:
    document = read(seen_by("partner_a"), at(validated, "releve.pdf")[:-1])
    said = words(document)
    for shown in (*SECRET, "Bruit rue Carnot", "Poser un panneau.", "Lire 20 h", str(person("partner_a")), "Mairie"):
        assert shown in said, shown
    catalogue: Any = document.root_object
    assert catalogue["/Lang"] == "fr"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/StructTreeRoot"]
    assert catalogue["/ViewerPreferences"]["/DisplayDocTitle"]
    assert document.metadata is not None
    assert str(document.metadata.title).startswith("Relevé de décisions du ")
    sheets: list[Any] = list(document.pages)
    fonts = {str(font.get_object()["/BaseFont"]) for page in sheets for font in page["/Resources"]["/Font"].values()}
    assert all("Printed" in each for each in fonts), fonts
    row = AccessLog.objects.get(operation="minutes.print")
    assert (row.reference, row.recipient) == (f"meeting:{validated.reference}", "membres")


def test_the_document_for_the_clspd_has_nothing_confidential_in_it(
    seen_by: Any, person: Any, validated: Meeting
) -> None:
    document = read(seen_by("referent_a"), at(validated, "releve-clspd.pdf")[:-1])
    said = words(document)
    for shown in (
        "Bruit rue Carnot",
        "La rue est bruyante",
        "Poser un panneau.",
        "Lire 20 h",
        "à l’heure",
        landlord().name,
    ):
        assert shown in said, shown
    hidden = validated.agenda.get(confidential=True).problem
    assert hidden is not None
    for secret in (*SECRET, "squat", hidden.reference, str(person("partner_a")), "Confidentiel"):
        assert secret not in said, secret
    assert AccessLog.objects.get(operation="minutes.print").recipient == "clspd"


def test_a_confidential_text_is_for_the_members_alone(seen_by: Any, person: Any, referent: Any) -> None:
    now = timezone.now()
    meeting = does(changes.hold, referent, now, meeting=called(referent))
    desk = seen_by("referent_a")
    page = desk.get(at(meeting, "releve")).content.decode()
    assert 'name="rediger-confidential"' in page
    desk.post(
        at(meeting, "agir/rediger"),
        {"rediger-text": "Le squat est occupé.", "rediger-confidential": "on", "rediger-seen": mark("")},
    )
    assert (
        'name="rediger-confidential" id="id_rediger-confidential" checked'
        in desk.get(at(meeting, "releve")).content.decode()
    )
    does(changes.validate_minutes, referent, now, meeting=meeting)
    whole, public = (words(read(desk, at(meeting, name)[:-1])) for name in ("releve.pdf", "releve-clspd.pdf"))
    assert "Le squat est occupé." in whole
    assert "squat" not in public
    assert "En quelques mots" not in public


def test_it_is_in_the_language_of_its_reader(seen_by: Any, validated: Meeting) -> None:
    client = seen_by("referent_a")
    client.cookies["django_language"] = "en"
    document = read(client, at(validated, "releve-clspd.pdf")[:-1])
    catalogue: Any = document.root_object
    assert catalogue["/Lang"] == "en"
    assert "Minutes of" in words(document)


def test_a_draft_is_no_document_and_foreign_minutes_are_not_there(
    seen_by: Any, opened: Meeting, validated: Meeting
) -> None:
    for name in ("releve.pdf", "releve-clspd.pdf"):
        assert seen_by("referent_a").get(at(opened, name)[:-1]).status_code == 404
        assert seen_by("partner_b").get(at(validated, name)[:-1]).status_code == 404
        assert seen_by("mayor_gap").get(at(validated, name)[:-1]).status_code == 403
        assert seen_by("director").get(at(validated, name)[:-1])["Location"] == at(validated)


def test_where_none_can_be_made_the_page_is_read_all_the_same(
    seen_by: Any, validated: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "_WAIT_S", 0.01)
    with printing._TURN:
        answer = seen_by("referent_a").get(at(validated, "releve.pdf")[:-1], follow=True)
    assert answer.redirect_chain == [(at(validated, "releve"), 302)]
    assert "Imprimez cette page" in answer.content.decode()


def test_what_was_typed_is_text_and_no_markup(seen_by: Any, referent: Any, opened: Meeting) -> None:
    now = timezone.now()
    typed = "<img src='http://127.0.0.1:9/x'><style>*{display:none}</style> & fin"
    does(changes.draft_minutes, referent, now, meeting=opened, text=typed)
    does(changes.validate_minutes, referent, now, meeting=opened)
    assert "<style>*{display:none}</style>" in words(read(seen_by("referent_a"), at(opened, "releve.pdf")[:-1]))
    assert "&lt;style&gt;" in text(seen_by("referent_a"), at(opened, "releve"))


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a server of this machine, and what it was asked."""
    found: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Listening)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", found
    server.shutdown()
    thread.join()
    server.server_close()


def test_no_address_in_a_page_is_opened(asked: tuple[str, list[str]], tmp_path: Any) -> None:
    site, found = asked
    kept = tmp_path / "kept.svg"
    kept.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text>SECRET</text></svg>")
    page = f"""<html lang="fr"><head><title>t</title><link rel="stylesheet" href="{site}/a.css">
    <link rel="attachment" href="file://{kept}"><style>@import url("{site}/b.css");
    @font-face {{ font-family: x; src: url("{site}/c.woff2") }} body {{ background: url({site}/d.png) }}</style></head>
    <body><p>Bonjour</p><img alt="" src="{site}/e.png"><img alt="" src="file://{kept}">
    <object data="{site}/f.svg"></object><embed src="file://{kept}"></body></html>"""
    document = PdfReader(io.BytesIO(printing.printed(page)))
    assert "Bonjour" in document.pages[0].extract_text()
    assert "SECRET" not in document.pages[0].extract_text()
    assert not document.attachments
    assert found == []


def test_a_page_that_would_never_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(printing.NotPrinted, match="too_long"):
        printing.printed("x" * (printing.MOST_BYTES + 1))
    # Less than any program needs to begin.
    monkeypatch.setattr(printing, "_AT_MOST_S", 0.01)
    with pytest.raises(printing.NotPrinted, match="failed"):
        printing.printed("<html lang='fr'><title>t</title><body><p>Bonjour</p></body></html>")
    # Whoever comes next waits for nobody.
    assert printing._TURN.acquire(blocking=False)
    printing._TURN.release()


def test_the_longest_and_strangest_words_are_laid_out() -> None:
    strange = ("x" * 20_000, "e\u0301\u0302\u0303" * 4_000, "\u202e\u2066أ" * 3_000, "🏠" * 3_000, "\u200b" * 15_000)
    for words_ in strange:
        made = printing.printed(f"<html lang='fr'><title>t</title><body><p>{words_}</p></body></html>")
        assert made.startswith(b"%PDF")
