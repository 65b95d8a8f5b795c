"""An e-mail in its two forms, in its own language, with links where the site is known."""

from __future__ import annotations

import re

import pytest
from django.utils.translation import override

from messaging.changes import message
from messaging.letters import written
from messaging.models import Message

SITE = "https://psq.example"


def letter(key: str = "status:7K3F-9QXM:1", language: str = "fr", body: str = "Un <b> & deux.\nLigne 2.") -> Message:
    with override(language):
        return message(dedupe_key=key, channel="email", recipient="a@psq.example", subject="Sujet <1>", body=body)


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE = {**settings.SITE, "url": SITE + "/"}


def test_news_of_a_concern_lead_to_it_and_to_how_one_is_told():
    text, html = written(letter())
    for each in (text, html):
        assert f"{SITE}/preoccupations/7K3F-9QXM/" in each
        assert f"{SITE}/compte/notifications/" in each
    assert text.startswith("Un <b> & deux.\nLigne 2.\n")
    assert "Un &lt;b&gt; &amp; deux.<br>Ligne 2." in html
    assert "<title>Sujet &lt;1&gt;</title>" in html


@pytest.mark.parametrize("key", ["reset:17:00ff", "invitation:abc:1", "password:1:x"])
def test_a_letter_leads_nowhere_but_where_it_says(key):
    text, html = written(letter(key, body=f"Choisissez : {SITE}/mot-de-passe/x/y/"))
    assert re.findall(r"https?://[^\s\"<]+", text) == [f"{SITE}/mot-de-passe/x/y/"]
    assert set(re.findall(r"https?://[^\s\"<]+", html)) == {f"{SITE}/mot-de-passe/x/y/"}


def test_it_is_in_the_language_it_was_written_in_whatever_the_workers():
    with override("fr"):
        text, html = written(letter(language="en"))
    assert "Open the concern" in text
    assert '<html lang="en">' in html
    with override("en"):
        text, html = written(letter())
    assert "Ouvrir la préoccupation" in text
    assert '<html lang="fr">' in html


def test_without_a_known_address_there_is_no_link(settings):
    settings.SITE = {**settings.SITE, "url": ""}
    assert "http" not in "".join(written(letter()))


def test_it_asks_nothing_of_anybody_elses_server():
    _text, html = written(letter())
    assert not re.search(r"<(img|link|script|iframe)|style=|url\(", html)


@pytest.mark.parametrize("key", ["status:7K3F-9QXM:1", "remark:7K3F-9QXM:1", "digest:17:2026-11-23"])
def test_an_address_that_somebody_typed_is_no_link_of_ours(key):
    _text, html = written(letter(key, body="Voir https://evil.example/ et a@evil.example"))
    assert "https://evil.example/" in html
    assert not re.search(r"href=[^>]*evil", html)


@pytest.mark.parametrize(
    ("key", "page"),
    [("problem.retained:7K3F-9QXM:2026:4", ""), ("problem.rate:7K3F-9QXM:2026:4", "avis/")],
)
def test_news_of_a_problem_lead_to_it_or_to_what_is_asked(key, page):
    text, html = written(letter(key))
    for each in (text, html):
        assert f"{SITE}/problematiques/7K3F-9QXM/{page}\n" in each or f'{SITE}/problematiques/7K3F-9QXM/{page}"' in each
        assert f"{SITE}/compte/notifications/" in each
    assert "Ouvrir la problématique : " in text
    assert "Ouvrir la problématique" in html
