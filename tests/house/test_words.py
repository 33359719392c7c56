"""Every Chinese sentence that a page can show has its Korean and its English (design.md D11)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from odr import ladder
from odr.actions import calendar, consents
from web import words

WEB = Path(words.__file__).parent
ROOT = WEB.parent
VOCABULARIES = (
    "odr/errors.py",
    "odr/queries/journal_words.py",
    "odr/queries/turn_words.py",
    "odr/rules/companions.py",
    "odr/rules/jurisdiction.py",
    "web/acts.py",
    "web/forms/words.py",
    "web/labels.py",
    "web/moments.py",
    "web/paper_words.py",
)
HAN = re.compile(r"[\u4e00-\u9fff]")
FIELD = re.compile(r"%\((\w+)\)")


def in_templates() -> Iterator[tuple[str, str]]:
    """(area, sentence) of every translated text in the templates."""
    found = extract_from_dir(
        WEB / "templates",
        method_map=[("**.html", "jinja2")],
        options_map={"**.html": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}},
    )
    for file, _line, message, _comments, _context in found:
        for text in message if isinstance(message, tuple) else (message,):
            if text:
                yield f"templates/{file}", text


def in_python() -> Iterator[tuple[str, str]]:
    """(file, sentence) of every `say("…")`."""
    for path in sorted(WEB.rglob("*.py")):
        if "node_modules" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _name(node.func) == "say" and node.args:
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield str(path.relative_to(WEB)), part.value


def in_vocabularies() -> Iterator[tuple[str, str]]:
    """(file, sentence) of every table of words that is translated where it is shown."""
    for name in VOCABULARIES:
        tree = ast.parse((ROOT / name).read_text())
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
                yield name, node.value


TELLERS = {"tell", "tell_parties", "_tell", "_warn"}
STAFF = {"judge", "officer"}  # colleagues: the court writes to them in its own language
OF_STAFF = {"odr/actions/roster_approval.py", "odr/actions/staff.py"}


def in_notices() -> Iterator[tuple[str, str]]:
    """(file, sentence) of every message to a party, and of every word that fills a blank in one."""
    for path in sorted((ROOT / "odr").rglob("*.py")):
        name, tree = str(path.relative_to(ROOT)), ast.parse(path.read_text())
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for said in _said_in(function) if name not in OF_STAFF else ():
                yield from ((name, text) for text in _texts(said, function, tree))
    fillings = (*ladder.STEPS.values(), *ladder.NEXT.values(), *calendar.MODES.values())
    yield from (("fillings of messages", text) for text in (*fillings, consents.REGISTERED, consents.FREE))


def _said_in(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """Subject and body of every message that goes to a party."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and _name(node.func) in TELLERS and len(node.args) >= 4:
            yield from () if _name(node.args[1]) in STAFF else node.args[2:4]


def _texts(said: ast.expr, function: ast.FunctionDef, module: ast.Module) -> Iterator[str]:
    """The sentences that this may be; a sentence put together on the spot is nobody's to translate."""
    match said:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr():
            yield f"an f-string in {function.name} 不能翻译"
        case ast.IfExp(body=one, orelse=other):
            yield from (*_texts(one, function, module), *_texts(other, function, module))
        case ast.Name(id=name):
            for node in (*ast.walk(function), *module.body):
                if isinstance(node, ast.Assign):
                    yield from (t for v in _assigned(node, name) for t in _texts(v, function, module))


def _assigned(node: ast.Assign, name: str) -> Iterator[ast.expr]:
    """What an assignment gives this name."""
    for target in node.targets:
        if _name(target) == name:
            yield node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            for one, value in zip(target.elts, node.value.elts, strict=True):
                if _name(one) == name:
                    yield value


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def source() -> dict[str, str]:
    """Every Chinese sentence, with the first place it stands."""
    found: dict[str, str] = {}
    for place, text in (*in_templates(), *in_python(), *in_vocabularies(), *in_notices()):
        if HAN.search(text):
            found.setdefault(text, place)
    return found


def test_the_walk_finds_the_sentences_it_must() -> None:
    assert len(source()) > 300
    assert source()["获取验证码"] == "templates/accounts/login.html"
    assert "操作太频繁，请稍后再试。" in source()
    assert source()["材料已移送立案，案号%(number)s。"] == "odr/actions/mediation.py"
    assert len(list(in_notices())) > 80


@pytest.mark.parametrize("name", ["ko", "en"])
def test_every_sentence_is_translated(name: str) -> None:
    known = words.catalogue(name)
    missing: dict[str, list[str]] = {}
    for text, place in source().items():
        if text not in known:
            missing.setdefault(place, []).append(text)
    lines = [
        f"{place}: {len(texts)}\n    " + "\n    ".join(texts) for place, texts in sorted(missing.items())
    ]
    assert not missing, f"{sum(map(len, missing.values()))} without {name}\n" + "\n".join(lines)


@pytest.mark.parametrize("name", ["ko", "en"])
def test_a_translation_keeps_every_blank_to_fill(name: str) -> None:
    wrong = [
        (source_text, text)
        for source_text, text in words.catalogue(name).items()
        if sorted(FIELD.findall(source_text)) != sorted(FIELD.findall(text))
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["ko", "en"])
def test_no_translation_is_chinese(name: str) -> None:
    """A court's number or a language's own name may stay; a sentence may not."""
    left = [
        t
        for t in words.catalogue(name).values()
        if len(HAN.findall(t)) > 3 and "〔" not in t and "（" not in t
    ]
    assert left == []


@pytest.mark.parametrize("name", ["ko", "en"])
def test_catalogues_agree_on_what_they_share(name: str) -> None:
    seen: dict[str, tuple[str, str]] = {}
    torn = []
    for path in sorted((words.FOLDER / name).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id and message.id in seen and seen[message.id][1] != message.string:
                    torn.append((message.id, path.name, *seen[message.id]))
                seen.setdefault(message.id, (path.name, message.string))
    assert torn == []
