"""Bytes of a request to a Python object, by rules stricter than any JSON library's own."""

import math
import re
from collections import Counter
from collections.abc import Collection
from json import JSONDecodeError, JSONDecoder
from typing import Any, Final

import numpy as np

from .refusals import Findings, member_path, refusal

DEEPEST: Final = 20

_UTF8 = {"utf-8", "utf8"}
_BRACKETS = b"[]{}"
_ALL_BUT_BRACKETS = bytes(set(range(256)) - set(_BRACKETS))
# Possessive, and content with a string that never ends: linear whatever the body, exact up to the first syntax error.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


def read_json(body: bytes, *, content_type: str | None, accepted: Collection[str], max_bytes: int) -> dict[str, Any]:
    """The JSON object in the body of a request: dict, list, str, int, float, bool and None, with finite numbers only.

    Integers stay int and may exceed 64 bits. Raises Refused: 413 beyond `max_bytes`, 415 for a media type that is not
    `accepted` or a charset other than UTF-8, 400 for the rest, naming the members concerned.
    """
    check_envelope(body, content_type=content_type, accepted=accepted, max_bytes=max_bytes)
    document = parse_object(body)
    findings = Findings()
    check_content(document, "", findings)
    findings.refuse_if_any()
    return document


def check_envelope(body: bytes, *, content_type: str | None, accepted: Collection[str], max_bytes: int) -> None:
    """Nothing, or Refused for the size (413), the media type or the charset (415)."""
    if len(body) > max_bytes:
        raise refusal("", "too_large", limit=max_bytes)
    media_type, *parameters = (content_type or "").split(";")
    if media_type.strip().lower() not in accepted:
        raise refusal("", "unsupported_media_type", accepted=", ".join(sorted(accepted)))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        # The charset is never obeyed: frameworks were made to decompress bodies that way.
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in _UTF8:
            raise refusal("", "unsupported_charset")


def parse_object(body: bytes) -> dict[str, Any]:
    """The top-level object, syntax and depth checked; its content is still to be passed through `check_content`."""
    if not body.strip(b" \t\r\n"):
        raise refusal("", "empty_body")
    if body.startswith(b"\xef\xbb\xbf"):
        raise refusal("", "byte_order_mark")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise refusal("", "invalid_encoding") from None
    if "\0" in text:
        raise refusal("", "null_character")
    if depth(body) > DEEPEST:
        raise refusal("", "too_deep", limit=DEEPEST)
    try:
        document = _DECODER.decode(text)
    except JSONDecodeError as error:
        raise refusal("", "invalid_json", line=error.lineno, column=error.colno) from None
    if not isinstance(document, dict):
        raise refusal("", "not_an_object")
    return document


def depth(body: bytes) -> int:
    """How deep brackets nest outside strings, at most; needs no recursion, and no valid syntax."""
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return 0
    brackets = np.frombuffer(_STRING.sub(b"", body).translate(None, _ALL_BUT_BRACKETS), dtype=np.uint8)
    if not brackets.size:
        return 0
    steps = np.where((brackets == ord("[")) | (brackets == ord("{")), np.int32(1), np.int32(-1))
    return int(np.cumsum(steps, dtype=np.int32).max())


def check_content(value: Any, at: str, findings: Findings) -> None:
    """Note every duplicate member, number that is not finite, null character and lone surrogate below `value`."""
    _check(value, (at,) if at else (), findings)


def _check(value: Any, path: tuple[str | int, ...], findings: Findings) -> None:
    # Recursive, because the depth is bounded before; paths are put into words only when something is wrong.
    if findings.full:
        return
    if isinstance(value, float):
        if not math.isfinite(value):
            findings.add(_words(path), "not_finite")
    elif isinstance(value, str):
        _check_text(value, path, findings)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if type(item) is not int:
                _check(item, (*path, index), findings)
    elif isinstance(value, dict):
        if isinstance(value, _Repeating):
            for name in value.repeated:
                findings.add(_words((*path, name)), "duplicate_member")
        for name, item in value.items():
            _check_text(name, (*path, name), findings)
            _check(item, (*path, name), findings)


def _check_text(text: str, path: tuple[str | int, ...], findings: Findings) -> None:
    """Note what no database can store."""
    if "\0" in text:
        findings.add(_words(path), "null_character")
    elif not text.isascii() and _SURROGATE.search(text):
        findings.add(_words(path), "lone_surrogate")


def _words(path: tuple[str | int, ...]) -> str:
    """`properties.category`, `points[17]`."""
    words = ""
    for step in path:
        words = f"{words}[{step}]" if isinstance(step, int) else member_path(words, step)
    return words


class _Repeating(dict[str, Any]):
    """An object in which a name came more than once; never leaves this module alive."""

    repeated: tuple[str, ...] = ()


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    repeating = _Repeating(members)
    repeating.repeated = tuple(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
    return repeating


def _integer(digits: str) -> int | float:
    """An int where a double reaches as far, else an infinity for `check_content` to name."""
    infinity = float("-inf") if digits.startswith("-") else float("inf")
    if len(digits) > 310:  # the largest double has 309 digits; int() takes quadratic time on long ones
        return infinity
    value = int(digits)
    try:
        float(value)
    except OverflowError:
        return infinity
    return value


_DECODER = JSONDecoder(object_pairs_hook=_members, parse_int=_integer, parse_constant=float)
