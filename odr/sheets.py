"""A table of texts as XLSX or CSV bytes, in and out. Nothing in a sheet is ever executed.

What arrives is a stranger's file: calamine keeps a dense grid, so two cells in opposite corners of a tiny
file would ask for terabytes. `_within_bounds` reads the positions before calamine sees them.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from odr.errors import BadInput
from odr.rules.texts import tidy

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 60
MOST_UNPACKED = 50 * 1024 * 1024
DIGITS_LOST = "#####"  # a spreadsheet keeps 15 digits; the rest of an identity number is gone

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

Row = tuple[int, list[str]]  # its number in the file, as the person sees it, and its cells

_ACTIVE = "=+-@\t\r"  # what a spreadsheet takes for the beginning of a formula
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,12})(\d{1,12})["']""", re.IGNORECASE)


def read(data: bytes) -> list[Row]:
    """The rows that hold anything; BadInput says what is wrong with the file."""
    if len(data) > MOST_BYTES:
        raise BadInput(file="file-too-large")
    rows = _read_xlsx(data) if data.startswith(b"PK") else _read_csv(data)
    filled = [(number, cells) for number, cells in rows if any(cells)]
    if not filled:
        raise BadInput(file="sheet-empty")
    if len(filled) > MOST_ROWS + 1:
        raise BadInput(file="sheet-too-long")
    if max(len(cells) for _, cells in filled) > MOST_COLUMNS:
        raise BadInput(file="sheet-too-wide")
    return filled


def xlsx(headings: Sequence[str], rows: Iterable[Sequence[str]], *, title: str) -> bytes:
    """A workbook with one sheet; every cell is text, a formula stays the characters it is made of."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet, bold, text = (
            book.add_worksheet(title),
            book.add_format({"bold": True}),
            book.add_format({"num_format": "@"}),
        )
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headings) - 1, 16, text)
        sheet.write_row(0, 0, headings, bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, text)
    return target.getvalue()


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV as Excel opens it: with a byte-order mark, and nothing it would take for a formula."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(headings)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return target.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell[:1] and cell[0] in _ACTIVE + "'" else cell


def _plain(cell: str) -> str:
    """The cell without the quote that `_harmless` put before it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] and cell[1] in _ACTIVE + "'" else cell


def _read_csv(data: bytes) -> list[Row]:
    reader = csv.reader(io.StringIO(_decoded(data), newline=""), strict=True)
    rows: list[Row] = []
    try:
        begins = 1  # a quoted cell may run over several lines: the row is called by its first
        for cells in reader:
            rows.append((begins, [tidy(_plain(cell)) for cell in cells]))
            begins = reader.line_num + 1
            if len(rows) > 2 * MOST_ROWS:
                raise BadInput(file="sheet-too-long")
    except csv.Error as error:
        raise BadInput(file="sheet-broken") from error
    return rows


def _decoded(data: bytes) -> str:
    """UTF-8, or the national encoding that Chinese Excel writes."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(file="sheet-broken")


def _read_xlsx(data: bytes) -> list[Row]:
    _within_bounds(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        return [(number, [_text(cell) for cell in cells]) for number, cells in enumerate(rows, 1)]
    except (CalamineError, IndexError, ValueError, OverflowError) as error:
        raise BadInput(file="sheet-broken") from error


def _within_bounds(data: bytes) -> None:
    """An ordinary workbook of ordinary size, with every cell near the top left corner."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _ordinary(archive)
            for info in archive.infolist():
                _small_grid(archive.read(info))  # checks the length and checksum the directory promised
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BadInput(file="sheet-broken") from error
    except (ValueError, KeyError, UnicodeDecodeError) as error:
        raise BadInput(file="sheet-broken") from error


def _ordinary(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    # calamine guesses the format from the content: let it find no other than the one we looked at
    if "xl/workbook.xml" not in names or names & {"content.xml", "xl/workbook.bin"}:
        raise BadInput(file="sheet-kind")
    if sum(info.file_size for info in archive.infolist()) > MOST_UNPACKED or len(names) > 500:
        raise BadInput(file="file-too-large")


def _small_grid(xml: bytes) -> None:
    if b"sheetData" not in xml:  # no grid; a theme has `r="50000"` of its own
        return
    rows = _ROW.split(xml)
    if len(rows) > 2 * MOST_ROWS or max(len(_CELL.findall(row)) for row in rows) > 2 * MOST_COLUMNS:
        raise BadInput(file="sheet-too-long")
    for letters, digits in _PLACE.findall(xml):
        if int(digits) > 2 * MOST_ROWS:
            raise BadInput(file="sheet-too-long")
        if len(letters) > 2 or (len(letters) == 2 and letters.upper() > b"DZ"):
            raise BadInput(file="sheet-too-wide")


def _text(cell: object) -> str:
    """A typed cell as the text a person would have written."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        if abs(cell) >= 10**15:
            return DIGITS_LOST
        return str(int(cell)) if cell == int(cell) else str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return tidy(str(cell))
