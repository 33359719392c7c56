"""No address that a text mentions is ever opened."""

from __future__ import annotations

import socket
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError

import documents
from documents import reading
from documents.fetcher import Fetcher
from tests.documents.conftest import sample

ADDRESSES = [
    "file:///etc/passwd", "FILE:///etc/passwd", "file://localhost/etc/passwd", "file:/etc/shadow",
    "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:18000/", "https://example.com/a.png",
    "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0x7f000001/", "http://2130706433/", "http://127.1/",
    "http://user@localhost/", "http://localhost.example.com/", "ftp://127.0.0.1/a", "gopher://127.0.0.1/",
    "data:image/png;base64,iVBORw0KGgo=", "data:text/css,*{}", "data:," + "x" * 100_000, "jar:file:///a!/b",
    "javascript:alert(1)", "ink:1", "face:../../etc/passwd", "face:fang/../../x", "about:blank", "blob:x",
]  # fmt: skip
HOLES = [
    '<img src="{}">', '<link rel=stylesheet href="{}">', '<link rel=attachment href="{}">', '<a rel=attachment href="{}">x</a>',
    '<object data="{}"></object>', '<embed src="{}">', '<style>@import "{}";</style>', '<p style="background:url({})">x</p>',
    '<style>@font-face{{font-family:q;src:url("{}")}}p{{font-family:q}}</style><p>x</p>', '<svg><image href="{}" width="9" height="9"/></svg>',
    '<ul style="list-style-image:url({})"><li>x</ul>', '<p style="content:url({})">x</p>',
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda a: a[:40])
def test_the_fetcher_refuses_every_address(address):
    fetcher = Fetcher({"face:fang": b"font"})

    with pytest.raises(FatalURLFetchingError):
        fetcher.fetch(address)

    assert fetcher.refused == [address[:200]]


@pytest.mark.parametrize(
    ("hole", "address"),
    [(hole, "http://127.0.0.1:{}/x") for hole in HOLES]
    + [(hole, "file:///etc/passwd") for hole in HOLES[:4]],
)
def test_a_hole_in_a_template_would_still_open_nothing(hole, address):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        fetcher = Fetcher({})
        target = address.format(listener.getsockname()[1])
        try:
            pdf = HTML(string=hole.format(target), url_fetcher=fetcher).write_pdf()
        except FatalURLFetchingError:
            pdf = b""

        with pytest.raises(BlockingIOError):
            listener.accept()

    assert b"root:" not in pdf
    assert not pdf or not list(pikepdf.open(BytesIO(pdf)).attachments)


def test_a_text_full_of_addresses_prints_as_text():
    kind, f = sample("agreement")
    hostile = (
        "".join(hole.format(address[:60]) for hole in HOLES for address in ADDRESSES[:3]) + "{{7*7}}{% x %}"
    )

    pdf = documents.render(kind, replace(f, brief=hostile, default_clause="</p><script>alert(1)</script>"))

    with pikepdf.open(BytesIO(pdf)) as document:
        assert list(document.attachments) == ["facts.json"]


def test_the_paper_on_a_screen_holds_no_markup_of_a_person():
    _, f = sample("agreement")
    forged = replace(f.signatures[0], image='A" onerror="alert(1)')

    shown = reading.fragment(replace(f, brief="<script>x</script>", signatures=(forged,)))

    assert "onerror" not in shown
    assert "<script" not in shown


def test_the_paper_on_a_screen_shows_the_drawn_signatures():
    _, f = sample("agreement")

    assert f"data:image/png;base64,{f.signatures[0].image}" in reading.fragment(f)
