"""Which pages a person comes in by: their roles' own desks, in the order of the navigation."""

from __future__ import annotations

from dataclasses import dataclass

from odr.rules.access import Actor
from odr.rules.words import Role
from web.words import say


@dataclass(frozen=True, slots=True)
class Door:
    """One entry of the navigation."""

    path: str
    name: str


def doors(actor: Actor) -> list[Door]:
    """The navigation of a person; a role of the staff has none before its second factor."""
    if actor.account_id is None:
        return []
    working = actor.roles - {Role.PARTY} if actor.strong else frozenset()
    found = {"/home": say("首页")}
    if working <= {Role.MEDIATOR}:
        found["/disputes"] = say("我的纠纷")
    for role, (path, name) in _desks().items():
        if role in working:
            found[path] = name
    if working & {Role.TRIAGE, Role.LEADER}:
        found["/roster-approvals"] = say("名册审核")
    if working & {Role.TRIAGE, Role.AUDITOR}:
        found["/figures"] = say("统计")
    found["/account"] = say("我的账户")
    return [Door(path, name) for path, name in found.items()]


def _desks() -> dict[Role, tuple[str, str]]:
    return {
        Role.MEDIATOR: ("/desk", say("调解工作台")),
        Role.ORG_ADMIN: ("/organisation", say("本组织")),
        Role.TRIAGE: ("/triage", say("程序分流")),
        Role.CLERK: ("/clerk", say("书记员工作台")),
        Role.JUDGE: ("/judge", say("司法确认审查")),
        Role.LEADER: ("/figures", say("统计")),
        Role.AUDITOR: ("/audit", say("日志审计")),
        Role.SYSADMIN: ("/admin", say("系统管理")),
    }
