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
    working = actor.roles - {Role.PARTY}
    if actor.account_id is None or (working and not actor.strong):
        return []
    found = {"/home": say("首页")}
    if working <= {Role.MEDIATOR}:
        found["/disputes"] = say("我的纠纷")
    for role, (path, name) in _desks().items():
        if role in working:
            found[path] = name
    if working & {Role.TRIAGE, Role.LEADER}:
        found["/roster-approvals"] = say("名册审核")
    if Role.LEADER in working:
        found["/approvals"] = say("院长审批")
        found["/complaints"] = say("投诉处理")
    if working & {Role.LEADER, Role.SYSADMIN}:
        found["/court/rules"] = say("本院规定")
    if Role.SYSADMIN in working:
        found["/court/calendar"] = say("工作日历")
    if working & {Role.TRIAGE, Role.AUDITOR}:
        found["/figures"] = say("统计")
    if working & {Role.CLERK, Role.LEADER, Role.AUDITOR}:
        found["/retention"] = say("保管期限")
    found["/account"] = say("我的账户")
    return [Door(path, name) for path, name in found.items()]


@dataclass(frozen=True, slots=True)
class Desk:
    """A role's desk on the home page, and what waits there."""

    path: str
    name: str
    waiting: str


def desk_of(role: Role, waiting: int) -> Desk:
    """Where a role works, and how much waits in words."""
    path, name = _desks().get(role, ("/disputes", say("我的纠纷")))
    return Desk(path, name, _waiting(role, waiting))


def _waiting(role: Role, n: int) -> str:
    match role:
        case Role.TRIAGE if n:
            return say("%(n)d 件纠纷等待分流", n=n)
        case Role.CLERK if n:
            return say("%(n)d 件司法确认申请等待办理", n=n)
        case Role.JUDGE if n:
            return say("%(n)d 件司法确认等待审查", n=n)
        case Role.LEADER if n:
            return say("%(n)d 项名册变更等待审核", n=n)
        case Role.MEDIATOR | Role.ORG_ADMIN if n:
            return say("%(n)d 件调解正在进行", n=n)
        case Role.AUDITOR:
            return say("本院日志共 %(n)d 条", n=n)
        case Role.SYSADMIN if n:
            return say("%(n)d 个工作账户还没有启用动态口令", n=n)
        case Role.PARTY if n:
            return say("%(n)d 件纠纷正在办理", n=n)
        case Role.PARTY:
            return say("您还没有正在办理的纠纷。")
        case _:
            return say("现在没有需要您处理的事。")


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
