"""The only door between a document and the world outside it, and it is shut.

WeasyPrint's own fetcher would open files and addresses that a text mentions; this one hands out the
pieces made for this one document, by name, and refuses every address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse


class Fetcher(URLFetcher):  # type: ignore[misc]  # WeasyPrint carries no types
    """Serves `pieces` by name; anything else stops the rendering and is remembered."""

    def __init__(self, pieces: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
        self.pieces = pieces
        self.refused: list[str] = []

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """A piece of this document, or the end of the rendering."""
        if url in self.pieces:
            return URLFetcherResponse(url, self.pieces[url])
        self.refused.append(url[:200])
        raise FatalURLFetchingError(f"a document asked for {url[:200]}")
