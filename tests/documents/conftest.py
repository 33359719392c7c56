"""Keys, seals and one press for the whole run; every test has its own key folder if it asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

import documents
from documents.authority import Authority, Seal
from odr.facts import DocumentFacts
from tests.documents import samples

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority.open(tmp_path_factory.mktemp("keys"), NOW)


@pytest.fixture(scope="session")
def court(authority: Authority) -> Seal:
    return authority.seal_for("0106", samples.COURT)


@pytest.fixture(scope="session")
def organisation(authority: Authority) -> Seal:
    return authority.seal_for("org-7", samples.ORG, "organisation")


@pytest.fixture(scope="session")
def printed() -> Callable[[str], bytes]:
    """The PDF of a sample by its name, made once."""
    made: dict[str, bytes] = {}

    def make(name: str) -> bytes:
        if name not in made:
            made[name] = documents.render(*sample(name))
        return made[name]

    return make


@pytest.fixture(scope="session")
def sealed(printed: Callable[[str], bytes], court: Seal, authority: Authority) -> bytes:
    """A confirmation ruling under the court's seal."""
    return documents.seal(printed("ruling_confirm"), court, authority, reason="司法确认裁定", at=NOW)


def sample(name: str) -> tuple[str, DocumentFacts]:
    return next((kind, f) for kind, n, f in samples.ALL if n == name)
