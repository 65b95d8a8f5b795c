"""The strict reader as a REST framework parser, for views that use `request.data`."""

from collections.abc import Mapping
from typing import IO, Any, ClassVar

from rest_framework.parsers import BaseParser

from .documents import read_json
from .refusals import refusal


class StrictJSONParser(BaseParser):
    """`request.data` is the dict of `read_json`; the charset declared is never obeyed. Raises Refused."""

    media_type = "application/json"
    max_bytes: ClassVar[int] = 1024 * 1024

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The object in the body, which stays readable as `request.body` afterwards."""
        request = (parser_context or {})["request"]
        # Refused by its own declaration before it is read into memory.
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.max_bytes:
            raise refusal("", "too_large", limit=self.max_bytes)
        return read_json(
            request.body,
            content_type=media_type,
            accepted=(self.media_type,),
            max_bytes=self.max_bytes,
        )


class StrictGeoJSONParser(StrictJSONParser):
    """The same for `application/geo+json`."""

    media_type = "application/geo+json"
