"""Every form and every page with seeded junk, from everybody, on the demonstration: no fault, and no page that writes.

Each form is sent mostly right and partly wrong, by somebody who may, so that the junk gets past the door.
"""

from __future__ import annotations

import datetime as dt
import enum
import random
import shutil
import typing
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlmodel import Session, SQLModel, select
from starlette.datastructures import FormData, UploadFile

from odr import clock, demo, settings, standing
from odr.rules import access, entries, filing, pack, words
from odr.rules.access import Actor
from odr.rules.figures import BY_KEY
from odr.tables.agreements import Clause, Service
from odr.tables.disputes import Invitation
from odr.tables.mediations import Extension, MinutesLine, UndisputedFact
from odr.tables.people import Account
from tests.web.asking import asked
from tests.web.conftest import token_for
from web import logins, table
from web.app import create_app
from web.ask import Site
from web.forms.base import Form
from web.routes import ROUTES
from web.table import SUBJECTS, Page

ROUNDS = 4  # of each form
JUNK = [
    "", " ", "0", "-1", "9" * 40, "9" * 5000, "1e999", "NaN", "-Infinity", "\ufffd", "\u202e", "😀" * 60, "x" * 30_000,
    "9999-12-31", "0001-01-01", "9999-12-31T23:59", "0001-01-01T00:00+14:00", "2026-02-30", "25:00", "9999-12-31_evening", "0001-01-01_morning", "null", "[]", "true",
    "{{7*7}}", "%(x)s", "%s", "{0}", "../../etc/passwd", "//evil.example", "'\"><script>", "¼", "٣", "十", "1.005", "一二",
]  # fmt: skip
FILES = [
    b"",
    b"%PDF-1.4",
    b"PK\x03\x04",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    "姓名\n张三".encode(),
    b"a,b\n\"'",
    b"\0" * 99,
]
KEYS = ["x", "-1", "a b", "x" * 300, "\ufffd", "none", "..", "%s", "me"]
OTHERS = {
    "clause": Clause,
    "extension": Extension,
    "fact": UndisputedFact,
    "line": MinutesLine,
    "service_id": Service,
    "colleague": Account,
}
WRITING = {  # pages that keep who looked, or that what was sent has arrived
    "/disputes/{dispute}",
    "/disputes/{dispute}/evidence",
    "/evidence/{evidence}/file",
    "/triage/{dispute}",
    "/cases/{case}",
    "/agreements/{agreement}",
    "/confirmations/{confirmation}",
    "/recordings/{recording}",
    "/documents/{document}",
    "/documents/{document}/pdf",
    "/i/{code}",
}
ROWS = [row for row in ROUTES if isinstance(row, Page)]


class Stranger:
    """Knows every id of the court, every name of a field, and nothing of manners."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site, self.dice = site, random.Random(seed)  # junk, not secrets
        with site.db.reading() as s:
            known: dict[str, type[SQLModel]] = {**SUBJECTS, **OTHERS}
            self.ids = {name: [row.id for row in s.exec(select(kind))] for name, kind in known.items()}  # type: ignore[attr-defined]
            self.ids["code"] = list(s.exec(select(Invitation.code)))
        self.ids |= {"step": list(filing.KEYS), "figure": list(BY_KEY), "kind": ["xlsx", "csv"]}
        self.ids |= {"name": ["ko"], "size": ["large"]}
        self.fields = _fields()
        self.closed = [member.value for kind in _enums() for member in kind] + [
            key for grounds in pack.load().grounds.values() for key in grounds
        ]
        self.log_in()

    def params(self, row: Page) -> dict[str, str]:
        """Ids that exist for the most part."""
        names = [part[1:-1] for part in row.path.split("/") if part.startswith("{")]
        return {
            name: self.dice.choice(self.ids.get(name) or KEYS if self.dice.random() < 0.9 else KEYS)
            for name in names
        }

    def log_in(self) -> None:
        """Everybody, anew: some forms end logins."""
        tokens = [token_for(self.site, key) for key in self.ids["account"]]
        with self.site.db.reading() as s:
            known = [(token, logins.who(s, {logins.COOKIE: token}, clock.now())[0]) for token in tokens]
        self.people = [(token, actor) for token, actor in known if actor.account_id]

    def who(self, row: Page, params: dict[str, str]) -> str | None:
        """Somebody who may do this; anybody if nobody may; sometimes nobody."""
        if self.dice.random() < 0.1:
            return None
        self.dice.shuffle(self.people)
        with self.site.db.reading() as s:
            subject = s.get(SUBJECTS[row.subject], params[row.subject]) if row.subject else None
            may = (token for token, actor in self.people if _may(s, actor, row, subject))
            return next(may, self.people[0][0])

    def form(self, row: Page) -> FormData:
        """Every field there is, most of them as they should be."""
        sent: list[tuple[str, Any]] = [
            (name, self._value(kinds)) for name, kinds in self.fields.items() if self.dice.random() < 0.95
        ]
        if self.dice.random() < 0.7:
            sent.append(
                ("file", UploadFile(BytesIO(self.dice.choice(FILES)), filename=self.dice.choice(KEYS)))
            )
        return FormData(sent)

    def _value(self, kinds: list[Any]) -> str:
        roll = self.dice.random()
        if roll < 0.15:
            return self.dice.choice(JUNK)
        kind = self.dice.choice(kinds) if kinds else None
        return self._fit(kind) if kind is not None and roll < 0.7 else self.dice.choice(self.closed)

    def _fit(self, kind: Any) -> str:
        if typing.get_origin(kind) is list:
            kind = typing.get_args(kind)[0]
        if typing.get_origin(kind) is typing.Literal:
            return str(self.dice.choice(typing.get_args(kind)))
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return str(self.dice.choice(list(kind)).value)
        fitting = {
            bool: ["true", "0"],
            int: ["1", "2", "7", "60"],
            dt.date: ["2099-03-02"],
            dt.time: ["10:00"],
        }
        words = ["x", "13900000001", "a@b.cn", "full", "typed", "2099-03-02_morning", "110105199003072338"]
        some = fitting.get(kind, [*words, *self.dice.choice(list(self.ids.values()))[:3]])
        return self.dice.choice(some)


def _may(s: Session, actor: Actor, row: Page, subject: SQLModel | None) -> bool:
    return access.may(row.do, standing.hats(s, actor, subject)) and (subject is not None or not row.subject)


def _fields() -> dict[str, list[Any]]:
    """The name of every field of every form, with what it may hold."""
    found: dict[str, list[Any]] = {
        "claim-1": [str],
        "amount-1": [int],
        "position": [int],
        "once": [str],
        "back": [],
    }
    for form in _forms(Form):
        for name, field in form.model_fields.items():
            found.setdefault(name, []).append(field.annotation)
    law = pack.load()
    names = [element.key for clause in law.clauses.values() for element in clause.fields]
    names += [f"{name}-{part}" for name in names for part in ("day", "amount")]
    names += [f"e-{element.key}" for cause in law.causes.values() for element in cause.elements]
    names += [column.key for columns in entries.COLUMNS.values() for column in columns]
    return {name: [] for name in names} | found


def _forms(kind: type[Form]) -> Iterator[type[Form]]:
    for form in kind.__subclasses__():
        yield form
        yield from _forms(form)


def _enums() -> Iterator[type[enum.Enum]]:
    return (kind for kind in vars(words).values() if isinstance(kind, type) and issubclass(kind, enum.Enum))


@pytest.fixture(scope="module")
def site(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("forms")
    shutil.copy(empty_database, data / "odr.db")
    app = create_app(settings.read({"ODR_DEMO": "1"}, data=data))
    demo.build(app.state.site.db, clock.now())
    yield app.state.site
    app.state.site.db.close()


def answer(site: Site, stranger: Stranger, row: Page) -> tuple[int, int, str]:
    """Its status, how many rows it touched, and what was asked."""
    params = stranger.params(row)
    token = stranger.who(row, params)
    names = ("page", "period", "on", "next", "at", "cause", "amount", "matter", "n", "h")
    query = "&".join(f"{name}={quote(stranger.dice.choice(JUNK))}" for name in names)
    sent = stranger.form(row) if row.method == "POST" else None
    ask = asked(site, row, token, params, query=query, sent=sent, address=f"{stranger.dice.random()}")
    before = touched(site)
    given = table.answer(row, ask)
    return given.status_code, touched(site) - before, f"{row.name} {params}"


def touched(site: Site) -> int:
    """How many rows the only writer has touched so far."""
    with site.db.writer.connect() as connection:
        return int(connection.connection.driver_connection.total_changes)  # type: ignore[union-attr]


def test_no_page_ends_in_a_fault_or_writes_what_it_may_not(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = Stranger(site, seed=1)
    pages = [row for row in ROWS if row.method == "GET"] * (ROUNDS // 2)
    found = [(row, *answer(site, stranger, row)) for row in pages]

    assert [place for _row, status, _rows, place in found if status >= 500] == [], caplog.text
    assert [place for row, _status, rows, place in found if rows and row.path not in WRITING] == []


def test_no_form_ends_in_a_fault(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    stranger = Stranger(site, seed=2)
    forms = [row for row in ROWS if row.method == "POST"] * ROUNDS
    stranger.dice.shuffle(forms)
    found = []
    for number, row in enumerate(forms):
        if number % 150 == 149:
            stranger.log_in()
        found.append(answer(site, stranger, row))

    assert [place for status, _rows, place in found if status >= 500] == [], caplog.text
    assert {status for status, _rows, _place in found} >= {303, 403, 404, 409, 422}
