"""The columns of the roster (SIM-5, domain 5.2, 5.3): how each is written, read and shown.

One list serves the form, the sheet, the public page and the court's approval. Values are plain JSON, so
that a proposed change can be kept as it is; a reader raises ValueError with an error code as its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from odr.rules import identity, pack
from odr.rules.texts import tidy
from odr.rules.words import PersonKind

Entry = dict[str, Any]
Vocabulary = Callable[[], Mapping[str, str]]

ORGANISATION_KINDS = {
    "people": "人民调解组织",
    "administrative": "行政调解组织",
    "commercial": "商事调解组织",
    "industry": "行业调解组织",
    "lawyer": "律师调解组织",
    "labour": "劳动争议调解组织",
    "other": "其他调解组织",
}
MEDIATOR_KINDS = {
    "people": "人民调解员",
    "lawyer": "律师调解员",
    "industry": "行业调解员",
    "judicial": "专职调解员",
    "expert": "专家",
    "retired-legal": "退休法律工作者",
    "grid": "网格员",
    "other": "其他",
}
LANGUAGES = {
    "zh": "普通话",
    "yue": "粤语",
    "hak": "客家话",
    "nan": "闽南语、潮汕话",
    "ko": "朝鲜语",
    "en": "英语",
    "sign": "手语",
}
SEXES = {"male": "男", "female": "女"}
STATUSES = {"applied": "待审核", "listed": "在册", "suspended": "暂停", "removed": "已移出"}
UNDO = timedelta(days=7)  # how long the court can take an approval back
TERM_YEARS = 2  # the term local rules give, renewable (domain 5.3)

_BETWEEN = re.compile(r"[、,，;；\n]+")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_YES, _NO = {"是", "有", "能", "可以", "yes", "true", "1"}, {"否", "无", "不能", "不可以", "no", "false", "0"}


@dataclass(frozen=True, slots=True)
class Column:
    """One property of an entry."""

    key: str
    heading: str
    read: Callable[[str], Any]
    show: Callable[[Any], str] = str
    needed: bool = False
    public: bool = False
    also: tuple[str, ...] = ()  # other headings that people write over it
    options: Vocabulary | None = None


def causes() -> dict[str, str]:
    """The causes of action a mediator can name, as papers print them."""
    return {key: cause.name.zh for key, cause in pack.load().causes.items()}


def _text(most: int, text: str) -> str:
    if len(text) > most:
        raise ValueError("too-long")
    return text


def _one(words: Mapping[str, str], text: str) -> str:
    found = next((key for key, word in words.items() if text in (key, word)), None)
    if found is None and text:
        raise ValueError("unknown-word")
    return found or ""


def _several(words: Vocabulary, text: str) -> list[str]:
    """The words of a closed list, in its order; a word may itself hold the mark that stands between words."""
    known, rest = words(), text
    found = set()
    for key, word in sorted(known.items(), key=lambda pair: -len(pair[1])):
        if word in rest:
            found.add(key)
            rest = rest.replace(word, "、")
    left = {part.strip() for part in _BETWEEN.split(rest) if part.strip()}
    if left - set(known):
        raise ValueError("unknown-word")
    return [key for key in known if key in found | left]


def _names(text: str) -> list[str]:
    parts = [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    if len(text) > 1000:
        raise ValueError("too-long")
    return parts


def _day(text: str) -> str | None:
    if not text:
        return None
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError("not-a-date")
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        raise ValueError("not-a-date") from None


def _flag(otherwise: bool, text: str) -> bool:
    """Yes or no; an empty cell says what most would say."""
    if text.lower() in _YES | _NO:
        return text.lower() in _YES
    if text:
        raise ValueError("yes-or-no")
    return otherwise


def _count(text: str) -> int:
    if not text:
        return 20
    if not text.isascii() or not text.isdecimal():
        raise ValueError("not-a-number")
    if not 0 < int(text) <= 200:
        raise ValueError("too-large" if int(text) else "too-small")
    return int(text)


def _phone(text: str) -> str:
    digits = re.sub(r"[\s-]", "", text)
    if digits.isdecimal() and digits.startswith("1") and len(digits) != 11:
        raise ValueError("digits")
    found = identity.telephone(digits) if digits else ""
    if found is None:
        raise ValueError("bad-phone")
    return found


def _contact_phone(text: str) -> str:
    """An organisation's telephone may be a landline or a short number."""
    if not re.fullmatch(r"[\d +()-]{0,30}", text):
        raise ValueError("bad-phone")
    return text


def _number(kind: PersonKind, text: str) -> str:
    length = len(text.strip())
    if length and length != 18:
        raise ValueError("digits")
    found = identity.number_of(kind, text) if length else ""
    if found is None:
        raise ValueError("bad-identity" if kind is PersonKind.NATURAL else "bad-credit-code")
    return found


def _word(words: Mapping[str, str], value: str) -> str:
    return words.get(value, value)


def _words(words: Vocabulary, value: list[str]) -> str:
    known = words()
    return "、".join(known.get(key, key) for key in value)


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _date(value: str | None) -> str:
    return value or ""


def _tongues() -> Mapping[str, str]:
    return LANGUAGES


def _chosen(key: str, heading: str, words: Mapping[str, str], **more: Any) -> Column:
    return Column(key, heading, partial(_one, words), partial(_word, words), options=lambda: words, **more)


def _list(key: str, heading: str, words: Vocabulary, **more: Any) -> Column:
    return Column(key, heading, partial(_several, words), partial(_words, words), options=words, **more)


SHORT, LONG = partial(_text, 100), partial(_text, 2000)
_SCOPE = _list("scope", "擅长的纠纷", causes, public=True, also=("擅长", "专长", "调解范围"))
_LANGUAGES = _list("languages", "语言", _tongues, public=True)
_VIDEO = Column("has_video", "能否视频调解", partial(_flag, True), _yes, public=True, also=("视频",))
_ABOUT = Column("about", "简介", LONG, public=True)

MEDIATOR = (
    Column("name", "姓名", partial(_text, 50), needed=True, public=True),
    Column(
        "identity_number",
        "身份证号码",
        partial(_number, PersonKind.NATURAL),
        needed=True,
        also=("身份证", "身份证号", "公民身份号码"),
    ),
    Column("phone", "手机号码", _phone, needed=True, also=("手机", "手机号", "电话", "联系电话")),
    _chosen("sex", "性别", SEXES, public=True),
    _chosen("kind", "类别", MEDIATOR_KINDS, needed=True, public=True),
    Column("education", "学历", SHORT, public=True),
    Column("occupation", "职业", SHORT, public=True),
    Column("employer", "工作单位", SHORT, public=True, also=("单位",)),
    Column("licence_number", "执业证号", SHORT),
    _SCOPE,
    _LANGUAGES,
    Column("region", "服务区域", SHORT, public=True, also=("区域",)),
    _VIDEO,
    Column("max_open_cases", "最多同时在办", _count, also=("最多在办",)),
    Column("conflicts", "应当回避的单位和人员", _names, "、".join),
    _ABOUT,
)

ORGANISATION = (
    Column("name", "名称", SHORT, needed=True, public=True),
    _chosen("kind", "类型", ORGANISATION_KINDS, needed=True, public=True),
    Column("credit_code", "统一社会信用代码", partial(_number, PersonKind.LEGAL)),
    Column("authority", "主管部门", SHORT, public=True),
    Column("address", "地址", partial(_text, 200), public=True),
    Column("phone", "联系电话", _contact_phone, public=True),
    Column("contact", "联系人", SHORT),
    _SCOPE,
    _LANGUAGES,
    Column("charges", "是否收费", partial(_flag, False), _yes, public=True),
    Column("fee_note", "收费标准", LONG, public=True),
    _VIDEO,
    Column("licence_until", "许可有效期至", _day, _date),
    _ABOUT,
)

COLUMNS: dict[str, tuple[Column, ...]] = {"mediator": MEDIATOR, "organisation": ORGANISATION}

# What only the court writes: shown beside the rest, never taken from a form or a sheet
KEPT_BY_COURT = (
    _chosen("status", "状态", STATUSES, public=True),
    Column("certificate_number", "证书编号", str, public=True),
    Column("listed_on", "入册日期", _day, _date, public=True),
    Column("term_until", "聘期至", _day, _date, public=True),
)
_ALL = {kind: {c.key: c for c in (*columns, *KEPT_BY_COURT)} for kind, columns in COLUMNS.items()}


def column(kind: str, key: str) -> Column | None:
    """A column of this kind of entry."""
    return _ALL[kind].get(key)


def of(row: object, kind: str) -> Entry:
    """An entry as plain JSON values."""
    values = {key: getattr(row, key) for key in _ALL[kind]}
    return {key: v.isoformat() if isinstance(v, date) else v for key, v in values.items()}


def to_row(key: str, value: Any) -> Any:
    """A plain value as its table column takes it."""
    return date.fromisoformat(value) if key.endswith(("_on", "_until")) and value else value


def checked(kind: str, texts: Mapping[str, str], known: Entry | None = None) -> tuple[Entry, dict[str, str]]:
    """What differs from the known entry, and an error code for each wrong text.

    A text that says what is known already is not judged again: an old entry may stay as it is.
    """
    found: Entry = {}
    wrong: dict[str, str] = {}
    for one in COLUMNS[kind]:
        text = tidy(texts[one.key]) if one.key in texts else None
        if known is not None and text in (None, tidy(one.show(known[one.key]))):
            continue
        try:
            value = _needed(one, text or "")
        except ValueError as error:
            wrong[one.key] = str(error)
        else:
            if known is None or value != known[one.key]:
                found[one.key] = value
    return found, wrong


def _needed(one: Column, text: str) -> Any:
    if one.needed and not text:
        raise ValueError("needed")
    return one.read(text)
