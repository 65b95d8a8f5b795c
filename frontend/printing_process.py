"""A page of ours as a PDF: HTML from standard input, the document to standard output.

It runs as a process of its own, with little memory and time, nothing of the environment and no network: what people
typed is laid out here, and what they typed to harm breaks this process alone. It imports nothing of the house. The
first line it reads says where the one font lies; of all addresses in the page that font alone is opened.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from pathlib import Path
from typing import Any, Final

from weasyprint import HTML
from weasyprint.urls import URLFetcher, URLFetcherResponse

FONT: Final = "psq:font"
VARIANT: Final = "pdf/ua-1"
MEMORY_BYTES: Final = 1024 * 1024 * 1024
CPU_S: Final = 20
WRITTEN_BYTES: Final = 16 * 1024 * 1024
LIMITS: Final = (
    (resource.RLIMIT_AS, MEMORY_BYTES),
    (resource.RLIMIT_CPU, CPU_S),
    (resource.RLIMIT_FSIZE, WRITTEN_BYTES),
    (resource.RLIMIT_CORE, 0),
    (resource.RLIMIT_NOFILE, 128),
)


class OneFont(URLFetcher):
    """Opens the font that was named, and nothing else: no file, no address, no data of the page's own."""

    def __init__(self, font: Path) -> None:
        super().__init__(allowed_protocols=[], allow_redirects=False)  # type: ignore[no-untyped-call]
        self._font = font

    def fetch(self, url: str, headers: Any = None) -> Any:
        """The font. Raises ValueError for any other address."""
        if url != FONT:
            raise ValueError(url[:80])
        return URLFetcherResponse(url, io.BytesIO(self._font.read_bytes()), {"Content-Type": "font/woff2"})


def main() -> None:
    """Writes the document: tagged, with the language and the title of the page."""
    for kind, most in LIMITS:
        resource.setrlimit(kind, (most, most))
    head = json.loads(sys.stdin.buffer.readline())
    page = sys.stdin.buffer.read().decode()
    printed = HTML(string=page, url_fetcher=OneFont(Path(head["font"])), base_url=None)
    sys.stdout.buffer.write(printed.write_pdf(pdf_variant=VARIANT, pdf_tags=True))


if __name__ == "__main__":
    main()
