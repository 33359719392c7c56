"""What stands beside every matter, in any order and broken off anywhere, like the matters themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import col, select

from odr.actions import halts
from odr.tables.people import Account, Login
from odr.tables.roster import RosterChange
from tests.odr import beside, bureau, door
from tests.odr.life import Begun
from tests.odr.test_crashes import steps
from tests.odr.test_crashes import walk as walk_and_break
from tests.odr.test_model import Matter, walk


class Coming(Matter):
    """Accounts and logins instead of a matter."""

    acts = door.ACTS
    people = door.EVERYBODY
    fresh = door.Door

    def _counted(self) -> int:
        return 0

    def _holds(self, s) -> None:
        """A closed account has no login open."""
        of_closed = select(Login).join(Account, col(Account.id) == col(Login.account_id))
        still = of_closed.where(col(Account.disabled_at).is_not(None), col(Login.ended_at).is_(None))
        assert s.exec(still).all() == []


class Keeping(Matter):
    """The roster and the law."""

    acts = bureau.ACTS
    people = bureau.EVERYBODY
    fresh = bureau.Bureau

    def _counted(self) -> int:
        return 0

    def _holds(self, s) -> None:
        """As many changes wait for the court's word as were proposed and neither decided nor taken back."""
        assert len(s.exec(select(RosterChange).where(RosterChange.status == "proposed")).all()) == len(
            self.model.waiting
        )


class Staying(Matter):
    """A matter that does not move."""

    acts = beside.ACTS
    people = beside.EVERYBODY
    fresh = beside.Beside

    def _holds(self, s) -> None:
        """What stands still for a suspicion has not been judged."""
        assert (halts.current(s, self.life.case_id) is not None) == (self.model.suspicion == "pending")


COMING: dict[str, str] = {
    "to the court": """
        make the colleague's account sysadmin, ask to log in colleague, guess a code colleague,
        log in at court colleague, enrol a second factor colleague, choose a password at court colleague,
        log in with the password at court colleague, show the second factor colleague,
        log out at court colleague, log in with the first password at court clerk, end a login of the clerk clerk, close: colleague sysadmin,
        open again: colleague sysadmin, log out everywhere: colleague sysadmin, close: clerk sysadmin,
        open again: clerk sysadmin, log out everywhere: clerk sysadmin
    """,
    "at home": """
        ask to register newcomer, register newcomer, ask to log in newcomer, log in at home newcomer,
        choose a password at home newcomer, log in with the password at home newcomer,
        log out at home newcomer, ask to log in applicant,
        guess a code applicant, log in at home applicant, end a login of the applicant applicant
    """,
}
KEEPING: dict[str, str] = {
    "the roster": """
        recommend a mediator org-admin, approve triage, undo leader, undo triage, send a sheet org-admin,
        propose what the sheet says org-admin, refuse leader, propose a region: 石牌 org-admin,
        propose a region: 天园 org-admin, approve leader, propose other words org-admin, take a wish back org-admin,
        give a certificate org-admin, wish to see: suspended org-admin, approve triage,
        wish to see: removed org-admin, approve triage, wish to see: listed org-admin, approve triage
    """,
    "the law": """
        enter a wage: in 0 days leader, enter a wage: in 365 days sysadmin, take a wage back leader,
        promise 10 days leader, lift a promise sysadmin, import notice 1 machine, import notice 2 sysadmin
    """,
}
STAYING: dict[str, str] = {
    "kept, then looked at": """
        know and agree applicant, offer times: True respondent, offer times: False respondent, write a note host,
        open the invitation stranger, look for strong signs machine, find them unfounded leader
    """,
}
# What chance seldom finds: the model says of each step whether it may be done
COMING_TRIED: dict[str, str] = {
    "a closed account": """
        ask to log in clerk, close: clerk sysadmin, log in at court clerk, log in with the first password at court clerk,
        ask to log in clerk, log in at court clerk, open again: clerk sysadmin, log in at court clerk
    """,
    "a code that was guessed at": "ask to log in clerk"
    + ", guess a code clerk" * 5
    + ", log in at court clerk",
    "a code ten minutes later": "ask to log in clerk"
    + ", log out at court clerk" * 9
    + ", log in at court clerk",
    "six codes in an hour": "ask to log in clerk, " * 5
    + "log out at court clerk, " * 9
    + "ask to log in clerk, log in at court clerk",
    "somebody else's login": """
        log in with the first password at court clerk, end a login of the clerk applicant,
        end a login of the clerk sysadmin, close: clerk clerk, log out everywhere: clerk leader
    """,
}
KEEPING_TRIED: dict[str, str] = {
    "a wish about what was undone": """
        propose a region: 石牌 org-admin, approve triage, propose a region: 天园 org-admin, undo leader, approve triage,
        refuse triage
    """,
    "more time than the law gives": "promise 16 days leader, promise 10 days clerk, lift a promise leader",
}
ONLY_TRIED = {
    "promise 16 days",
    "close one's own account",
    "close: applicant",
    "log out everywhere: applicant",
    "open again: applicant",
    "show a code of yesterday",
}


def test_coming_in_any_order_is_what_the_model_says(shut: Begun) -> None:
    Coming.start = shut
    walk(Coming)


@pytest.mark.parametrize("leg", COMING)
def test_coming_in_broken_off_anywhere_is_not_begun_and_done_again_is_done_once(
    shut: Begun, tmp_path: Path, leg: str
) -> None:
    walk_and_break(shut, tmp_path, COMING[leg], door.ACTS, door.Door())


def test_keeping_in_any_order_is_what_the_model_says(kept: Begun) -> None:
    Keeping.start = kept
    walk(Keeping)


@pytest.mark.parametrize("leg", KEEPING)
def test_keeping_broken_off_anywhere_is_not_begun_and_done_again_is_done_once(
    kept: Begun, tmp_path: Path, leg: str
) -> None:
    walk_and_break(kept, tmp_path, KEEPING[leg], bureau.ACTS, bureau.Bureau())


def test_what_is_kept_in_any_order_is_what_the_model_says(staying: Begun) -> None:
    Staying.start = staying
    walk(Staying)


@pytest.mark.parametrize("leg", STAYING)
def test_what_is_kept_broken_off_anywhere_is_not_begun_and_done_again_is_done_once(
    staying: Begun, tmp_path: Path, leg: str
) -> None:
    walk_and_break(staying, tmp_path, STAYING[leg], beside.ACTS, beside.Beside())


@pytest.mark.parametrize("leg", COMING_TRIED)
def test_what_nobody_may_do_at_the_door_is_refused(shut: Begun, leg: str) -> None:
    Coming.start = shut
    go(Coming(), COMING_TRIED[leg])


@pytest.mark.parametrize("leg", KEEPING_TRIED)
def test_what_nobody_may_do_with_the_books_is_refused(kept: Begun, leg: str) -> None:
    Keeping.start = kept
    go(Keeping(), KEEPING_TRIED[leg])


def go(machine: Matter, leg: str) -> None:
    by_name = {act.name: act for act in machine.acts}
    for name, who in steps(leg):
        machine._try(by_name[name], who)
        machine.everything_stands_where_the_model_says()
    machine.teardown()


def test_every_act_beside_a_matter_is_broken_off_somewhere() -> None:
    legs = (*COMING.values(), *KEEPING.values(), *STAYING.values())
    walked = {name for leg in legs for name, _ in steps(leg)}

    assert {act.name for act in (*door.ACTS, *bureau.ACTS, *beside.ACTS)} - ONLY_TRIED == walked
