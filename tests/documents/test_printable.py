"""What the domain believes can be printed, the typefaces print."""

from __future__ import annotations

from dataclasses import replace

import pytest

from documents import compose, faces, ink
from odr.errors import BadInput, Unprintable
from odr.facts import printable
from tests.documents.samples import ALL, SIGNED

REGISTRATION = next(f for kind, _name, f in ALL if kind == "registration")


def drawn_by_all() -> set[str]:
    """Characters that every face has, in one of its files that is trusted with it."""
    each = [
        {chr(code) for path, kept in faces.chain(face) for code in faces.opened(path).cmap if code in kept}
        for face in faces.CHAINS
    ]
    return set.intersection(*each)


def test_every_listed_character_is_in_every_face() -> None:
    assert printable.characters() - {"\n"} - drawn_by_all() == set()


def test_the_list_leaves_out_little_that_the_faces_have() -> None:
    assert len(drawn_by_all() - printable.characters()) < 100


def test_a_paper_takes_every_listed_character() -> None:
    compose.require_printable(replace(REGISTRATION, brief="".join(sorted(printable.characters()))))


@pytest.mark.parametrize("text", ["还款😀", "อักษรไทย", "\u202eabc", "a\r\nb", "\x00"])
def test_what_a_paper_refuses_is_not_listed(text: str) -> None:
    with pytest.raises(Unprintable) as refused:
        printable.require("还款", text)

    assert "U+" in str(refused.value.details["characters"])
    with pytest.raises(Unprintable):
        compose.require_printable(replace(REGISTRATION, brief=text))


def test_a_character_that_only_some_faces_have_is_refused() -> None:
    lone = min({chr(code) for code in faces.opened(faces._KAI_LIGHT).cmap} - drawn_by_all())

    with pytest.raises(Unprintable):
        compose.require_printable(replace(REGISTRATION, brief=f"还款{lone}"))


def test_a_signature_is_a_picture() -> None:
    assert ink.clean(SIGNED[0].image).startswith(b"\x89PNG")
    for junk in ("", "iVBORw0KGgo=", "iVBORw0KGgo" + "A" * 400 + "=", "~~~"):
        with pytest.raises(BadInput):
            ink.clean(junk)
