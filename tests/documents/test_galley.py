"""What a template says in HTML reaches the typesetter whole, as data."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from documents import columns, galley
from documents.galley import BREAK

WORDS = st.text(
    st.characters(exclude_characters="\r\n\t \x00" + BREAK, exclude_categories=("Cs",)), max_size=200
)


def page(body: str, shape: str = "ruling") -> galley.Element:
    made = galley.page(
        f'<!doctype html><html><head><title>t</title></head><body class="{shape}">{body}</body></html>'
    )
    columns.measure(made)
    return made


def table(*rows: str, shape: str = "ruling", sort: str = "") -> galley.Element:
    (made,) = page(f'<table class="{sort}">{"".join(rows)}</table>', shape).elements("table")
    return made


@given(WORDS)
def test_any_words_pass_as_they_are(words):
    (paragraph,) = page(f"<p>{escape(words)}</p>").elements("p") if words else [galley.Element("p")]

    assert paragraph.text().replace(BREAK, "") == words
    assert json.loads(json.dumps(paragraph.data()))["kids"] == paragraph.kids


def test_spaces_are_as_a_browser_shows_them():
    (section,) = page(
        "<section>\n <p>  甲\n 乙 <span>丙</span> </p>\n\n<p>丁<br> 戊</p> </section>"
    ).elements("section")

    first, second = section.kids
    assert first.kids[0] == "甲 乙 "
    assert first.text() == "甲 乙 丙"
    assert [kid if isinstance(kid, str) else kid.tag for kid in second.kids] == ["丁", "br", "戊"]


def test_a_long_figure_may_be_broken_and_a_short_one_not():
    assert BREAK not in page("<p>合同编号HT-2026-0001。</p>").text()
    (paragraph,) = page(f"<p>{'7' * 64}</p>").elements("p")
    assert paragraph.text().split(BREAK) == ["7777"] * 16


def test_a_digest_is_broken_to_the_width_of_its_cell():
    digest = "sha256:" + "3f" * 32
    made = table(
        f'<tr><th scope="row">摘要</th><td><p class="hash">{digest}</p></td><td>{"长" * 200}</td></tr>'
    )

    assert made.text().replace(BREAK, "") == f"摘要{digest}{'长' * 200}"
    assert max(map(len, made.text().split(BREAK)[1:-1])) == columns.STEP


def test_columns_fill_the_sheet_and_follow_what_they_say():
    made = table("<tr><td class='n'>1</td><td>短</td><td>这一列说的话要比前面一列多得多</td></tr>")
    number, little, much = made.marks["columns"]

    assert sum(made.marks["columns"]) == pytest.approx(columns.WHOLE, abs=0.1)
    assert number == pytest.approx(3.9)
    assert number < little < much


WHEN, LONG = "<td class='when'>2026年11月22日15:30</td>", f"<td>{'双方再无其他争议。' * 9}</td>"


@pytest.mark.parametrize(
    "cells", ["<td>甲</td>" * 9, WHEN * 5, WHEN * 4 + LONG, LONG * 9, "<th>甲</th>" * 8 + LONG]
)
@pytest.mark.parametrize("sort", ["", "rows", "list"])
@pytest.mark.parametrize("shape", ["ruling", "form"])
def test_columns_never_run_over_the_edge_of_the_sheet(cells, sort, shape):
    wide = table(f"<tr>{cells}</tr>", shape=shape, sort=sort).marks["columns"]

    assert sum(wide) <= (columns.FORM if shape == "form" else columns.WHOLE) + 0.1
    assert min(wide) > columns.PADDING


def test_columns_of_long_words_share_what_there_is():
    made = table(f"<tr><td>{'长' * 300}</td><td>{'长' * 100}</td><td>短</td></tr>")

    assert sum(made.marks["columns"]) == pytest.approx(columns.WHOLE, abs=0.1)
    assert min(made.marks["columns"]) >= columns.LEAST


def test_the_heads_of_a_form_stand_under_each_other():
    made = table(
        '<tr><th scope="row">案由</th><td>甲</td><th scope="row">案号</th><td>乙</td></tr>',
        '<tr><th scope="row">概要</th><td colspan="3">丙</td></tr>',
        shape="form",
    )

    assert made.marks["columns"][0] == made.marks["columns"][2] == pytest.approx(5.9)
    assert [cell.span for cell in made.elements("td")] == [1, 1, 3]


def test_only_a_row_higher_than_half_a_page_may_be_broken():
    short, tall = table(f"<tr><td>{'字' * 100}</td></tr>", f"<tr><td>{'字' * 900}</td></tr>").elements("tr")

    assert not short.marks["tall"]
    assert tall.marks["tall"]
