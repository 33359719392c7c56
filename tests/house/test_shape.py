"""The shape of our code: sizes, the one clock, words that hide what a thing is."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("odr", "documents", "signaling", "web")
FILES = [
    path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if "node_modules" not in path.parts and "versions" not in path.parts
]
LONGEST_FILE, LONGEST_FUNCTION = 350, 50
VAGUE = re.compile(r"(?:^|_)(utils?|helpers?|managers?|misc|common)(?:_|$)")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", node.end_lineno - node.lineno + 1  # type: ignore[operator]


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    # the route table is data, and one table is its point
    files = [p for p in FILES if p != ROOT / "web/routes.py"]
    long = {
        str(p.relative_to(ROOT)): n for p in files if (n := p.read_text("utf8").count("\n")) > LONGEST_FILE
    }

    assert long == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = [(name, n) for path in FILES for name, n in functions(path) if n > LONGEST_FUNCTION]

    assert long == []


def test_functions_are_small() -> None:
    sizes = [n for path in FILES for _name, n in functions(path)]

    assert statistics.median(sizes) <= 9
    assert sorted(sizes)[len(sizes) * 9 // 10] <= 25


def test_files_are_named_for_what_they_hold() -> None:
    assert [p.name for p in FILES if VAGUE.search(p.stem)] == []


@pytest.mark.parametrize("package", ["odr", "web"])
def test_only_the_clock_reads_the_clock(package: str) -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in FILES
        if path.parts[len(ROOT.parts)] == package
        and re.search(r"datetime\.now\(|datetime\.utcnow\(|date\.today\(", path.read_text("utf8"))
    }

    assert readers == {"odr/clock.py"} & readers


def test_templates_never_switch_escaping_off() -> None:
    templates = [*ROOT.glob("web/templates/**/*.html"), *ROOT.glob("documents/templates/*.html")]

    assert [t.name for t in templates if re.search(r"\|\s*safe\b|autoescape", t.read_text("utf8"))] == []


def test_pages_have_no_inline_code_or_style() -> None:
    inline = re.compile(r"<script(?![^>]*\b(?:src|nonce)=)|\son\w+=\"|\sstyle=\"|javascript:", re.IGNORECASE)
    pages = sorted(ROOT.glob("web/templates/**/*.html"))

    assert [str(p.relative_to(ROOT)) for p in pages if inline.search(p.read_text("utf8"))] == []


def test_the_project_speaks_of_itself_only() -> None:
    foreign = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org|/work/", re.IGNORECASE)
    texts = [
        p
        for pattern in ("*.md", "*.toml", "Makefile", "docs/*.md", "locks/*.txt", "web/*.json", "**/*.py")
        for p in ROOT.glob(pattern)
        if not {"node_modules", ".venv", "var"} & set(p.parts)
    ]

    found = [
        str(p.relative_to(ROOT)) for p in texts if p != Path(__file__) and foreign.search(p.read_text("utf8"))
    ]

    assert found == []
