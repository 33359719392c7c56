"""Filing through HTTP, as a browser without scripts does it: every step, uploads, the receipt."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from odr.rules import uploads
from odr.tables.disputes import Dispute, Evidence
from tests.web.conftest import Made, once
from web.ask import Site

CLIENT = Callable[..., TestClient]
ZHANG = "11010519491231002X"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x0b\x08\x00\x10\x00\x10\x01\x01\x11\x00"
    b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00\xff\xd9"
)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 2, height: int = 2) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\0\0" * 2)) + chunk(b"IEND", b"")


STEPS: dict[str, dict[str, Any]] = {
    "cause": {"cause": "private-lending"},
    "way": {"asks": "mediation"},
    "me": {
        "capacity": "self",
        "kind": "natural",
        "name": "张三",
        "identity_number": ZHANG,
        "phone": "138 0000 0001",
        "address": "广州市天河区某路1号",
    },
    "other": {"kind": "natural", "name": "李四", "phone": "13800000002", "position": "1"},
    "elements": {
        "e-lent_on": "2025-01-05",
        "e-principal": "10,000",
        "e-paid_by": "transfer",
        "e-note": "yes",
        "story": "2025年1月借给对方一万元，至今未还。",
    },
    "claims": {"claim-1": "返还借款本金", "amount-1": "10000.50"},
    "evidence": {},
    "taking-part": {"mode": "video", "agrees": ["mediation", "video"]},
    "service": {"address": "广州市天河区某路1号", "phone": "13800000001", "e_service": "1"},
}


@pytest.fixture
def applicant(made: Made, client_for: CLIENT) -> TestClient:
    account = made(lambda make: (make.court(), make.account("张三", identity_number=ZHANG))[1])
    return client_for(account)


@pytest.fixture
def draft(applicant: TestClient, site: Site) -> str:
    """The path of a new draft."""
    with site.db.reading() as s:
        court = (
            s.exec(select(Dispute.court_id)).first()
            or re.search(r'name="court" value="(\w+)"', applicant.get("/file?cause=private-lending").text)[1]
        )
    answer = applicant.post("/file", data={"court": court, "cause": "private-lending"} | once())
    return str(answer.headers["location"])


def fill(client: TestClient, draft: str, **changed: dict[str, Any]) -> None:
    for step, data in (STEPS | changed).items():
        answer = client.post(f"{draft}/{step}", data=data | once())
        assert answer.status_code == 303, f"{step}: {answer.text}"


def upload(client: TestClient, draft: str, data: bytes, name: str = "借条.pdf", **fields: str) -> Any:
    return client.post(
        f"{draft}/evidence/add",
        data={"title": "借条", "proves": "借款事实"} | fields | once(),
        files={"file": (name, data, "application/pdf")},
    )


def test_a_stranger_logs_in_first_and_keeps_the_kind_of_dispute(client: TestClient) -> None:
    answer = client.get("/file?cause=labour-pay")
    assert answer.status_code == 303
    assert "cause%3Dlabour-pay" in answer.headers["location"]


def test_filing_without_scripts_ends_with_a_number_and_a_day(applicant: TestClient, draft: str) -> None:
    assert "已完成 1 步，共 9 步" in applicant.get(draft).text
    fill(applicant, draft)
    check = applicant.get(f"{draft}/check").text
    assert "10,000.50 元" in check
    assert f'href="{draft}/declare"' in check

    answer = applicant.post(f"{draft}/submit", data={"truth": "1", "no_collusion": "1"} | once())

    receipt = applicant.get(answer.headers["location"]).text
    assert re.search(r"（\d{4}）粤0106网登1号", receipt)
    assert "data:image/svg+xml" in receipt
    assert "期限怎么算" in receipt


def test_nothing_is_sent_without_both_declarations(applicant: TestClient, draft: str) -> None:
    fill(applicant, draft)
    answer = applicant.post(f"{draft}/submit", data={"truth": "1"} | once())
    assert answer.status_code == 422
    assert 'href="#no_collusion"' in answer.text


def test_a_form_sent_twice_files_once(applicant: TestClient, draft: str, site: Site) -> None:
    fill(applicant, draft)
    form = {"truth": "1", "no_collusion": "1"} | once()
    first = applicant.post(f"{draft}/submit", data=form)
    assert applicant.post(f"{draft}/submit", data=form).headers["location"] == first.headers["location"]


WRONG: tuple[tuple[str, dict[str, str], str], ...] = (
    ("cause", {"cause": "nonsense"}, "cause"),
    ("me", {"identity_number": "110105194912310021"}, "identity_number"),
    ("me", {"phone": "123"}, "phone"),
    ("other", {"phone": "", "email": ""}, "phone"),
    ("other", {"kind": "legal", "identity_number": "91350100M000100Y44"}, "identity_number"),
    ("elements", {"e-principal": "很多"}, "e-principal"),
    ("elements", {"e-principal": ""}, "e-principal"),
    ("elements", {"e-lent_on": "2025-02-30"}, "e-lent_on"),
    ("elements", {"e-paid_by": "gold"}, "e-paid_by"),
    ("elements", {"story": " "}, "story"),
    ("claims", {"claim-1": "", "amount-1": ""}, "claim-1"),
    ("claims", {"amount-1": "-1"}, "amount-1"),
    ("claims", {"amount-1": "1e30"}, "amount-1"),
    ("claims", {"amount-1": "0.001"}, "amount-1"),
    ("claims", {"amount-1": "NaN"}, "amount-1"),
    ("taking-part", {"mode": ""}, "mode"),
    ("service", {"address": ""}, "address"),
)


def test_a_wrong_answer_is_shown_beside_its_question(applicant: TestClient, draft: str) -> None:
    answers = [applicant.post(f"{draft}/{step}", data=STEPS[step] | bad | once()) for step, bad, _ in WRONG]

    assert [answer.status_code for answer in answers] == [422] * len(WRONG)
    shown = [
        f'href="#{field}"' in answer.text and f'id="{field}-wrong"' in answer.text
        for answer, (_, _, field) in zip(answers, WRONG, strict=True)
    ]
    assert shown == [True] * len(WRONG)


def test_every_step_can_be_left_for_later_and_found_again(applicant: TestClient, draft: str) -> None:
    answer = applicant.post(f"{draft}/me", data=STEPS["me"] | {"later": "1"} | once())
    assert answer.headers["location"] == draft
    assert 'value="广州市天河区某路1号"' in applicant.get(f"{draft}/me").text


def test_a_change_link_leads_back_to_the_answers(applicant: TestClient, draft: str) -> None:
    answer = applicant.post(f"{draft}/way", data=STEPS["way"] | {"then": "check"} | once())
    assert answer.headers["location"] == f"{draft}/check"


def test_several_respondents_can_be_named_and_taken_off(applicant: TestClient, draft: str) -> None:
    applicant.post(f"{draft}/other", data=STEPS["other"] | {"another": "1"} | once())
    second = STEPS["other"] | {"name": "赵六", "position": "2"}
    applicant.post(f"{draft}/other", data=second | once())
    assert "赵六" in applicant.get(f"{draft}/check").text
    applicant.post(f"{draft}/other/remove", data={"position": "1"} | once())
    page = applicant.get(f"{draft}/check").text
    assert "李四" not in page
    assert "赵六" in page


def test_a_draft_of_somebody_else_does_not_exist(made: Made, client_for: CLIENT, draft: str) -> None:
    other = client_for(made(lambda make: make.account("别人")))
    paths = ("", "/me", "/check", "/declare", "/receipt", "/evidence")
    assert {other.get(draft + path).status_code for path in paths} == {404}
    assert {other.get("/file/nowhere" + path).status_code for path in paths} == {404}


def test_somebody_else_cannot_write_into_a_draft(made: Made, client_for: CLIENT, draft: str) -> None:
    other = client_for(made(lambda make: make.account("别人")))
    assert other.post(f"{draft}/way", data=STEPS["way"] | once()).status_code == 404
    assert upload(other, draft, PDF).status_code == 404
    assert other.post(f"{draft}/submit", data={"truth": "1", "no_collusion": "1"} | once()).status_code == 404


def test_markup_in_answers_stays_text(applicant: TestClient, draft: str) -> None:
    fill(applicant, draft, other=STEPS["other"] | {"name": "<script>alert(1)</script> 100%"})
    page = applicant.get(f"{draft}/check").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 100%" in page


# uploads


def test_a_file_is_what_its_bytes_say(applicant: TestClient, draft: str, site: Site) -> None:
    files = {"a.exe": PDF, "b.pdf": JPEG, "c": png()}
    assert [upload(applicant, draft, data, name).status_code for name, data in files.items()] == [303] * 3
    with site.db.reading() as s:
        rows = s.exec(select(Evidence).order_by(Evidence.file_name)).all()
    assert [row.file_name for row in rows] == ["a.pdf", "b.jpg", "c.png"]
    assert [site.vault.read(row.digest) for row in rows] == list(files.values())
    assert rows[0].digest in applicant.get(f"{draft}/evidence").text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"PK\x03\x04" + b"\0" * 40,
        b"GIF89a" + b"\0" * 40,
        b"MZ" + b"\0" * 40,
        PDF[:-7],
        b"\n" + PDF,
        PDF + b"PK\x03\x04" + b"\0" * 40,
        PDF + b"<html>",
        PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
        PDF.replace(b"trailer<<", b"trailer<</Encrypt 2 0 R"),
        b"%PDF-1.4<html><script>" + PDF,
        JPEG + b"<html>",
        JPEG[:-2],
        JPEG + PDF,
        png() + b"PK\x03\x04",
        png() + PDF,
        png(65_000, 65_000),
        png(0, 5),
        png()[:-12],
    ],
    ids=lambda data: repr(data[:12]) + str(len(data)),
)
def test_anything_else_is_nothing_we_take(data: bytes) -> None:
    assert uploads.kind_of(data) is None


def test_a_refused_file_leaves_no_trace(applicant: TestClient, draft: str, site: Site) -> None:
    refused = [upload(applicant, draft, data) for data in (b"", b"<html>", PDF + b"<html>")]
    assert [answer.status_code for answer in refused] == [422] * 3
    assert all('id="file-wrong"' in answer.text for answer in refused)
    with site.db.reading() as s:
        assert s.exec(select(Evidence)).all() == []


def test_twenty_megabytes_are_enough(applicant: TestClient, draft: str) -> None:
    padding = b"%" + b" " * (uploads.LARGEST - len(PDF) - 2) + b"\n"
    assert upload(applicant, draft, b"%PDF-1.4\n" + padding + PDF[9:]).status_code == 303
    assert upload(applicant, draft, b"%PDF-1.4\n " + padding + PDF[9:]).status_code == 422


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\a\\借条.jpg.exe", "借条.jpg.pdf"),
        ("..", "材料.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
    ],
)
def test_a_name_is_only_a_name(name: str, kept: str) -> None:
    assert uploads.safe_name(name, uploads.PDF) == kept


def test_a_file_comes_back_as_a_download_and_nothing_else(
    applicant: TestClient, draft: str, site: Site
) -> None:
    upload(applicant, draft, PDF)
    with site.db.reading() as s:
        row = s.exec(select(Evidence)).one()
    answer = applicant.get(f"/evidence/{row.id}/file")
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_evidence_taken_back_is_no_longer_shown(applicant: TestClient, draft: str, site: Site) -> None:
    upload(applicant, draft, PDF)
    with site.db.reading() as s:
        row = s.exec(select(Evidence)).one()
    answer = applicant.post(f"/evidence/{row.id}/withdraw", data={"wizard": "1"} | once())
    assert answer.headers["location"] == f"{draft}/evidence"
    assert applicant.get(f"/evidence/{row.id}/file").status_code == 404
