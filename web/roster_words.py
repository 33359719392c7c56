"""The roster's columns and values in the reader's language."""

from __future__ import annotations

from datetime import date

from odr.rules import entries, identity, pack
from web.labels import told
from web.words import day, say

CHANGES = {"add": "新增", "change": "变更", "remove": "移出", "same": "无变化", "error": "有错误"}
DECISIONS = {
    "proposed": "待法院审核",
    "approved": "已通过",
    "refused": "未通过",
    "withdrawn": "已撤回",
    "undone": "已撤销",
}
CHIPS = {"listed": "good", "suspended": "soon", "removed": "quiet", "applied": "soon"}
PERSONAL = ("identity_number", "phone")  # shown with the middle hidden


def heading(kind: str, key: str) -> str:
    """The name of a column."""
    column = entries.column(kind, key)
    return say(column.heading) if column else key


def shown(kind: str, key: str, value: object) -> str:
    """A value for reading; nothing is a dash."""
    column = entries.column(kind, key)
    if value in (None, "", []) or column is None:
        return "—"
    if isinstance(value, bool):
        return say("是") if value else say("否")
    if isinstance(value, list):
        return say("、").join(_word(key, one) for one in value)
    if key.endswith(("_on", "_until")):
        return day(date.fromisoformat(str(value)))
    if kind == "mediator" and key in PERSONAL:
        return identity.masked(str(value))
    return say(column.show(value)) if column.options else str(value)


def cause_options() -> list[tuple[str, str]]:
    """The causes of action to choose from."""
    return [(key, told(cause.name)) for key, cause in pack.load().causes.items()]


def options(kind: str, key: str) -> list[tuple[str, str]]:
    """What a column can hold, if its words are a closed list."""
    column = entries.column(kind, key)
    if key == "scope":
        return cause_options()
    return [(k, say(word)) for k, word in column.options().items()] if column and column.options else []


def change(kind: str) -> str:
    return say(CHANGES[kind])


def decision(status: str) -> str:
    return say(DECISIONS[status])


def status(value: str) -> str:
    return say(entries.STATUSES.get(value, value))


def _word(key: str, value: str) -> str:
    if key == "scope":
        cause = pack.load().causes.get(value)
        return told(cause.name) if cause else value
    return say(entries.LANGUAGES[value]) if key == "languages" and value in entries.LANGUAGES else value
