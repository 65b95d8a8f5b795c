"""Every text of the screens and of the API is in French, and the catalogue is complete."""

from __future__ import annotations

import re
import subprocess

from tests.conftest import ROOT

CATALOGUE = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
ENTRY = re.compile(
    r'(?P<flags>(?:#[^~\n].*\n)*)msgid (?P<id>(?:".*"\n)+)(?:msgid_plural (?:".*"\n)+)?'
    r'(?P<strings>(?:msgstr(?:\[\d\])? (?:".*"\n?)+)+)'
)
EMPTY = re.compile(r'msgstr(?:\[\d\])? ""(?!\n")')


def text_of(quoted: str) -> str:
    return "".join(re.findall(r'"(.*)"', quoted))


def entries() -> list[re.Match[str]]:
    """The entries in use, but for the header."""
    text = re.sub(r"^#~.*\n?", "", CATALOGUE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [entry for entry in ENTRY.finditer(text) if text_of(entry["id"])]


def test_no_entry_is_empty_or_fuzzy():
    assert len(entries()) > 150
    bad = [text_of(e["id"]) for e in entries() if "fuzzy" in e["flags"] or EMPTY.search(e["strings"])]
    assert bad == []


def test_no_entry_is_kept_that_nothing_says():
    assert "#~" not in CATALOGUE.read_text(encoding="utf-8")


def test_every_text_of_the_code_is_in_the_catalogue(tmp_path):
    """Gathered anew, aside from the repository, the texts are those of the catalogue."""
    sources = [
        str(path.relative_to(ROOT))
        for app in ("accounts", "frontend", "incidents", "messaging", "ogcapi", "partnership", "psq_geo", "sectors")
        for path in (ROOT / app).rglob("*.py")
        if "node_modules" not in path.parts
    ]
    keywords = ["gettext_noop", "gettext_lazy", "ngettext_lazy:1,2", "pgettext:1c,2", "pgettext_lazy:1c,2"]
    gathered = tmp_path / "texts.pot"
    subprocess.run(
        ["xgettext", "--language=Python", "--from-code=UTF-8", "--no-location", "--no-wrap", f"--output={gathered}"]
        + [f"--keyword={keyword}" for keyword in keywords]
        + sources,
        cwd=ROOT,
        check=True,
    )
    known = {text_of(entry["id"]) for entry in entries()}
    pot = gathered.read_text(encoding="utf-8")
    said = {text_of(entry["id"]) for entry in ENTRY.finditer(pot)} - {""}
    assert len(said) > 100
    assert said - known == set()
