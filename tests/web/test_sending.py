"""Messages leave by a real mail server under TLS; a server that cannot be trusted gets nothing."""

from __future__ import annotations

import email
import email.policy
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import IO

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from odr import clock, ladder, notices, outbox, settings
from odr.actions.calendar import MODES
from odr.db import Database
from odr.rules import pack
from odr.rules.words import Mode, Side
from odr.tables.people import Message
from odr.vault import Vault
from tests.make import Make, moment
from web import jobs, sending
from web.beside import beside
from web.jobs import Office

AT = moment("2026-03-02 09:00")


class MailServer(threading.Thread):
    """Takes mail over TLS, one connection after the other, and keeps what it was given."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.certificate = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, folder / "mail.key")
        self.socket = context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True)
        self.port = self.socket.getsockname()[1]
        self.letters: list[EmailMessage] = []

    def run(self) -> None:
        while True:
            try:
                connection, _address = self.socket.accept()
            except ssl.SSLError:  # a client that does not trust us
                continue
            except OSError:
                return
            with connection, connection.makefile("rwb") as wire:
                self._talk(wire)

    def _talk(self, wire: IO[bytes]) -> None:
        def say(line: str) -> None:
            wire.write(line.encode() + b"\r\n")
            wire.flush()

        say("220 mail")
        for line in wire:
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                say("354 go on")
                body = b"".join(iter(wire.readline, b".\r\n"))
                self.letters.append(email.message_from_bytes(body, policy=email.policy.default))
            say("221 bye" if word == b"QUIT" else "250 ok")
            if word == b"QUIT":
                return


def certificate(folder: Path) -> Path:
    """A certificate for localhost, with its key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "mail.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "mail.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "mail.pem"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    server = MailServer(tmp_path)
    server.start()
    yield server
    server.socket.close()


def send(db: Database, tmp_path: Path, url: str, whom: str) -> Message:
    """One message through the job worker's handler."""
    given = {"ODR_SMTP_URL": url, "ODR_MAIL_FROM": "court@odr.example", "ODR_ORIGIN": "https://odr.example"}
    chosen = settings.read(given, data=tmp_path / "data")
    with db.transaction() as s:
        (message,) = notices.tell(s, whom, "文书送达", "请查看。", about="/documents/7", at=AT)
        (item,) = outbox.held(s)
    jobs.run(Office(chosen, db, Vault(chosen.vault)), item)
    with db.reading() as s:
        return s.get_one(Message, message.id)


def test_a_message_arrives_as_it_was_written(
    db: Database, tmp_path: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))

    message = send(db, tmp_path, f"smtps://localhost:{server.port}", "zhang@example.org")

    (letter,) = server.letters
    assert message.sent_at is not None
    assert (letter["To"], letter["From"], letter["Subject"]) == (
        "zhang@example.org",
        "court@odr.example",
        "文书送达",
    )
    assert letter["Message-ID"] == f"<{message.id}@odr.example>"
    assert letter.get_content().split() == ["请查看。", "https://odr.example/documents/7"]


def test_a_text_message_goes_to_the_gateway(
    db: Database, tmp_path: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))

    send(db, tmp_path, f"smtps://localhost:{server.port}?sms=sms.example.org", "13900001111")

    assert [letter["To"] for letter in server.letters] == ["13900001111@sms.example.org"]


def test_a_server_nobody_vouches_for_gets_nothing(db: Database, tmp_path: Path, server: MailServer) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        send(db, tmp_path, f"smtps://localhost:{server.port}", "zhang@example.org")

    assert server.letters == []


def test_a_text_message_without_a_gateway_is_marked_as_not_sent(
    db: Database, tmp_path: Path, server: MailServer
) -> None:
    message = send(db, tmp_path, f"smtps://localhost:{server.port}", "13900001111")

    assert (message.sent_at, message.failure) == (None, "no-gateway")


@pytest.mark.parametrize(
    ("locale", "subject", "said"),
    [
        ("zh_CN", None, ()),
        ("ko", "조정 통지", ("2026년 3월 2일 (월) 09:00", "동시 화상")),
        ("en", "Notice of a sitting", ("2 Mar 2026 (Mon) 09:00", "test your device")),
    ],
)
def test_a_reader_gets_their_own_language_beside_the_chinese(
    db: Database, tmp_path: Path, locale: str, subject: str | None, said: tuple[str, ...]
) -> None:
    words = "%(number)s定于%(when)s调解，方式：%(mode)s。请提前测试设备。"
    with db.transaction() as s:
        reader = Make(s).account("金美兰", locale=locale, phone="", email="jin@example.org")
        fields = {"number": "调1号", "when": AT, "mode": MODES[Mode.SYNC]}
        message = notices.tell(s, reader, "调解通知", words, about="/sittings/7", at=AT, **fields)[0]

    letter = sending.letter(message, settings.read({"ODR_MAIL_FROM": "court@odr.example"}, data=tmp_path))

    chinese, *other = letter.get_content().strip().split("\n\n")
    assert message.body == chinese
    assert chinese.startswith("调1号定于2026年3月2日09时00分调解，方式：")
    assert letter["Subject"] == (f"调解通知 / {subject}" if subject else "调解通知")
    assert len(other) == (2 if subject else 1)  # and the link
    assert all(words in other[0] for words in said)


def test_a_law_s_own_words_are_told_in_the_readers_language_too(db: Database) -> None:
    with db.transaction() as s:
        law = pack.load().clocks["T-REG"]
        fields = {"number": "1号", "rule": law.name, "step": ladder.STEPS[90], "end": AT.date(), "next": ""}
        message = notices.tell(s, Make(s).account("李四"), ladder.SUBJECT, ladder.BODY, at=AT, **fields)[0]

    assert message.subject == f"{law.name.zh}即将届满"
    assert beside(message, "en").subject == f"{law.name.en} is about to end"
    assert law.name.ko in beside(message, "ko").body


@pytest.mark.parametrize(("bilingual", "locale"), [(True, "ko"), (False, "zh_CN")])
def test_who_has_not_come_in_yet_reads_the_languages_of_the_court(
    db: Database, bilingual: bool, locale: str
) -> None:
    with db.transaction() as s:
        make = Make(s)
        court = make.court()
        court.settings = {"bilingual": bilingual}
        s.add(court)
        party = make.party(make.dispute(), Side.RESPONDENT, phone="13900001111")

        assert {row.locale for row in notices.tell(s, party, "文书送达", "请查看。", at=AT)} == {locale}
