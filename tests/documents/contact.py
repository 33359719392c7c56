"""`python -m tests.documents.contact OUT.png [pages/]`: every paper, sealed, on one picture; pages at full size."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

import documents
from documents.authority import Authority
from odr.facts import DocumentFacts
from odr.papers import BY_ORGANISATION
from tests.documents import cast, samples
from tests.documents.conftest import NOW

WIDE, HIGH, GAP, LABEL, ACROSS = 300, 424, 14, 22, 12
FACE = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"


def main(target: str, pages: str = "", only: str = "") -> None:
    """Print, seal, photograph; the picture goes to `target`, full-size pages into the folder `pages`."""
    with tempfile.TemporaryDirectory() as home:
        authority = Authority.open(Path(home) / "keys", NOW)
        shots = [
            (name, shot)
            for _, name, f in samples.ALL
            if only in name
            for shot in photographed(paper(f, authority), name, Path(pages or home), 110 if pages else 40)
        ]
    sheet(shots).save(target)


def paper(f: DocumentFacts, authority: Authority) -> bytes:
    """The paper as it is issued: under the seal of the court or of the organisation."""
    seal = (
        authority.seal_for("0106/1", cast.ORG, "organisation")
        if f.kind in BY_ORGANISATION
        else authority.seal_for("0106", f.court)
    )
    return documents.seal(documents.render(f.kind, f), seal, authority, reason=f.kind, at=NOW)


def photographed(pdf: bytes, name: str, folder: Path, dots: int) -> list[Image.Image]:
    """A picture of every page, as poppler draws it."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}-p*.png"):
        old.unlink()
    subprocess.run(
        ["pdftoppm", "-r", str(dots), "-png", "-", str(folder / f"{name}-p")], input=pdf, check=True
    )
    return [Image.open(one).convert("RGB") for one in sorted(folder.glob(f"{name}-p*.png"))]


def sheet(shots: list[tuple[str, Image.Image]]) -> Image.Image:
    """All pages in rows, each with its name under it."""
    rows = -(-len(shots) // ACROSS)
    made = Image.new("RGB", (ACROSS * (WIDE + GAP) + GAP, rows * (HIGH + LABEL + GAP) + GAP), "#8a8f98")
    pen, face = ImageDraw.Draw(made), ImageFont.truetype(FACE, 14)
    for n, (name, shot) in enumerate(shots):
        x, y = GAP + n % ACROSS * (WIDE + GAP), GAP + n // ACROSS * (HIGH + LABEL + GAP)
        shot.thumbnail((WIDE, HIGH), Image.Resampling.LANCZOS)
        made.paste(shot, (x, y))
        pen.text((x, y + HIGH + 3), name, font=face, fill="white")
    return made


if __name__ == "__main__":
    main(*sys.argv[1:])
