"""What tests of the door do again and again: send its forms, read its codes."""

from __future__ import annotations

import re

import pyotp
from sqlmodel import col, select
from starlette.testclient import TestClient

from odr.tables.people import Account, Credential, Message
from tests.web.conftest import Made, once
from web.ask import Site

PHONE = "13800000001"
PERSON = "11010519491231002X"
PASSWORD = "river-Stone-42"


def last_code(site: Site, to: str) -> str:
    with site.db.reading() as s:
        query = select(Message).where(Message.destination == to, Message.subject == "验证码")
        letter = s.exec(query.order_by(col(Message.created_at).desc())).first()
    return re.findall(r"\d{6}", letter.body)[0] if letter else ""


def send(client: TestClient, path: str, **fields: str):
    return client.post(path, data=once() | fields)


def attempt_of(answer) -> str:
    return re.search(r"attempt=(\w+)", answer.headers["location"])[1]


def register(client: TestClient, site: Site, **changes: str):
    attempt = attempt_of(send(client, "/register", phone=PHONE))
    given = {
        "attempt": attempt,
        "code": last_code(site, PHONE),
        "kind": "natural",
        "name": "王小明",
        "identity_number": PERSON,
        "true_name": "1",
    }
    return send(client, "/register/details", **(given | changes))


def ask_code(client: TestClient, name: str = PHONE) -> str:
    return attempt_of(send(client, "/login", name=name))


def current(made: Made, account: Account) -> str:
    secret = made(
        lambda make: make.s.exec(select(Credential).where(Credential.account_id == account.id)).one().secret
    )
    return pyotp.TOTP(secret).now()
