"""What stands beside every matter, in any order and broken off anywhere, like the matters themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.odr import door
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
        assert not any(self.model.logins[who] for who in self.model.closed)


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
ONLY_TRIED = {
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


def test_every_act_beside_a_matter_is_broken_off_somewhere() -> None:
    walked = {name for leg in COMING.values() for name, _ in steps(leg)}

    assert {act.name for act in door.ACTS} - ONLY_TRIED == walked
