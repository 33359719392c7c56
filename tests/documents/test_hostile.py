"""No text is ever a program, and no address that it mentions is ever opened."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

import documents
from documents import check, compose, reading
from tests.documents.conftest import sample

ADDRESSES = ["file:///etc/passwd", "http://169.254.169.254/latest/", "data:image/png;base64,iVBORw0KGgo="]
HOLES = [
    '<img src="{}">', '<link rel=stylesheet href="{}">', '<link rel=attachment href="{}">', '<a rel=attachment href="{}">x</a>',
    '<object data="{}"></object>', '<embed src="{}">', '<style>@import "{}";</style>', '<p style="background:url({})">x</p>',
    '<style>@font-face{{font-family:q;src:url("{}")}}p{{font-family:q}}</style><p>x</p>', '<svg><image href="{}" width="9" height="9"/></svg>',
    '<ul style="list-style-image:url({})"><li>x</ul>', '<p style="content:url({})">x</p>',
]  # fmt: skip


MARKUP = "#$\\\"'`[]{}()<>*_=~@/-+^&|:;,.%!? evalreadimportimage\u201c\u201d龑"  # all that means something to typst


@pytest.mark.parametrize("hole", ['#read("/etc/passwd")', '#read("../compose.py")', '#include "/../../etc/passwd"',
                                  '#image("file:///etc/passwd")', '#read("http://127.0.0.1/")'])  # fmt: skip
def test_a_hole_in_the_style_would_still_open_no_file(hole):
    compiler, _ = compose._typesetter()

    with pytest.raises(typst.TypstError):
        compiler.compile(input=hole.encode())


@settings(max_examples=12, deadline=None)
@given(words=st.text(st.sampled_from(MARKUP), min_size=1, max_size=80))
def test_what_would_be_markup_prints_as_it_is_written(words):
    kind, f = sample("extension")

    pdf = documents.render(kind, replace(f, reason=words))

    with pikepdf.open(BytesIO(pdf)) as document:
        assert "".join(words.split()) in "".join(check.text(document).split())


@pytest.mark.parametrize(
    "words", ['#eval("1+1")', '"+read("/etc/passwd")+"', "\\u{41}", "#let x = 1; x", "$x^2$", "= 标题", "<seal-court>", "//注释", "/*注释*/"]
)  # fmt: skip
def test_a_program_in_a_text_is_not_run(words):
    kind, f = sample("extension")

    with pikepdf.open(BytesIO(documents.render(kind, replace(f, reason=words)))) as document:
        assert "".join(words.split()) in "".join(check.text(document).split())
        assert "/Dests" not in document.Root.Names  # this paper has no place for a seal


def test_a_text_full_of_addresses_prints_as_text():
    kind, f = sample("agreement")
    hostile = "".join(hole.format(address[:60]) for hole in HOLES for address in ADDRESSES) + "{{7*7}}{% x %}"

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
