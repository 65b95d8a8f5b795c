"""Parts of a file over HTTP, as RFC 9110 has them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory

from ogcapi import ranges

# An answer that is closed has Django look at its connections.
pytestmark = pytest.mark.django_db
WHOLE = bytes(range(256)) * 600
SIZE = len(WHOLE)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "held.fgb"
    path.write_bytes(WHOLE)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def asked(path: Path, method: str = "GET", **headers: str) -> tuple[Any, bytes]:
    request = RequestFactory().generic(
        method, "/", headers={each.replace("_", "-"): text for each, text in headers.items()}
    )
    response: Any = ranges.sent(request, path.open("rb"), kind="application/flatgeobuf", name="held.fgb")
    body = b"".join(response.streaming_content) if response.streaming else response.content
    response.close()
    return response, body


def test_the_whole_says_that_it_may_be_had_in_parts(path):
    response, body = asked(path)
    assert (response.status_code, body) == (200, WHOLE)
    assert response["Accept-Ranges"] == "bytes"
    assert response["Content-Length"] == str(SIZE)
    assert response["Content-Type"] == "application/flatgeobuf"
    assert response["Content-Disposition"] == 'attachment; filename="held.fgb"'
    assert response["ETag"].startswith('"')
    assert response["Last-Modified"] == "Tue, 14 Nov 2023 22:13:20 GMT"


def test_head_tells_the_size_and_sends_nothing(path):
    response, body = asked(path, "HEAD", Range="bytes=0-9")
    assert (response.status_code, body, response["Content-Length"]) == (200, b"", str(SIZE))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("bytes=0-0", 0, 0), ("bytes=0-9", 0, 9), ("bytes=100000-", 100_000, SIZE - 1),
        ("bytes=-10", SIZE - 10, SIZE - 1), (f"bytes=-{SIZE + 5}", 0, SIZE - 1), ("bytes=5-9999999999999", 5, SIZE - 1),
        ("bytes=-1", SIZE - 1, SIZE - 1), (f"bytes={SIZE - 1}-{SIZE - 1}", SIZE - 1, SIZE - 1), ("bytes= 3-4 ", 3, 4),
    ],
)  # fmt: skip
def test_a_part(path, text, first, last):
    response, body = asked(path, Range=text)
    assert response.status_code == 206
    assert body == WHOLE[first : last + 1]
    assert response["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert response["Content-Length"] == str(len(body))


@pytest.mark.parametrize(
    "text", [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 9}", "bytes=-0", "bytes=9999999999999999999-"]
)
def test_what_the_file_does_not_have(path, text):
    response, body = asked(path, Range=text)
    assert (response.status_code, body, response["Content-Range"]) == (416, b"", f"bytes */{SIZE}")


@pytest.mark.parametrize(
    "text",
    ["", "bytes", "bytes=", "bytes=-", "bytes=9-3", "bytes=a-b", "rows=0-1", "bytes=0-1,5-6", "bytes=-1-2",
     "bytes=0x1-2", "bytes=٣-٤", "bytes=" + "9" * 40 + "-"],
)  # fmt: skip
def test_what_means_nothing_and_several_parts_are_answered_with_the_whole(path, text):
    response, body = asked(path, Range=text)
    assert (response.status_code, body) == (200, WHOLE)


def test_a_part_of_another_file_is_never_put_beside_one_of_this(path):
    etag, moment = asked(path)[0]["ETag"], asked(path)[0]["Last-Modified"]
    for known, status in {
        etag: 206, moment: 206, '"another"': 200, f"W/{etag}": 200, "Wed, 15 Nov 2023 22:13:20 GMT": 200, "x": 200,
    }.items():  # fmt: skip
        assert asked(path, Range="bytes=1-2", If_Range=known)[0].status_code == status, known
    path.write_bytes(WHOLE)
    assert asked(path, Range="bytes=1-2", If_Range=etag)[0].status_code == 200


def test_what_the_client_has_is_not_sent_again(path):
    etag, moment = asked(path)[0]["ETag"], asked(path)[0]["Last-Modified"]
    for header, text, status in (
        ("If_None_Match", etag, 304), ("If_None_Match", '"another"', 200), ("If_None_Match", "*", 304),
        ("If_Modified_Since", moment, 304), ("If_Match", '"another"', 412), ("If_Match", etag, 200),
    ):  # fmt: skip
        response, body = asked(path, **{header: text})
        assert (header, response.status_code) == (header, status)
        assert response["ETag"] == etag
        assert bool(body) == (status == 200)
