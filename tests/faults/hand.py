"""A person's browser without scripts, on a bad day: pages, forms with their once-keys, and everything that was
not answered sent again just as it was."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any

import httpx2 as httpx
import pyotp

from odr.demo import PASSWORD, TOTP_SECRET

PATIENCE = 90  # seconds until an answer comes, with everything being killed meanwhile
_FORM = re.compile(r"<form([^>]*)>(.*?)</form>", re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?')


class Hand:
    """One person; `unanswered` counts what had to be sent again."""

    def __init__(self, address: str, phone: str, place: int) -> None:
        headers = {"Sec-Fetch-Site": "same-origin", "X-Forwarded-For": f"203.0.113.{place}"}
        self.client = httpx.Client(base_url=address, headers=headers, timeout=20)
        self.phone, self.account = phone, ""
        self.cookies: dict[str, str] = {}
        self.spent: set[str] = set()
        self.unanswered = 0

    def come_in(self) -> None:
        """A party: by a code to the telephone."""
        attempt = self.send("/login", "/login", name=self.phone)
        self.send(attempt, "/login/code", code=self.code())

    def log_in(self) -> None:
        """One of the staff: by password and second factor."""
        self.send("/login/password", "/login/password", name=self.phone, password=PASSWORD)
        self.send("/second-factor", "/second-factor", code=pyotp.TOTP(TOTP_SECRET).now())

    def code(self) -> str:
        letters = self.ask("GET", f"/letterbox?to={self.phone}").text
        fresh = next(one for one in re.findall(r"验证码 (\d{6})", letters) if one not in self.spent)
        self.spent.add(fresh)
        return str(fresh)

    def open(self, path: str) -> str:
        """A page as it stands."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, f"{path} gives {answer.status_code}"
        return str(answer.text)

    def send(self, page: str, action: str, /, **fields: Any) -> str:
        """Fill in the form of a page that goes to this address; where the answer leads."""
        hidden = self._form(self.open(page), action)
        given = hidden | {name: value for name, value in fields.items() if name != "files"}
        if "files" in fields:
            answer = self.ask("POST", action, data=given, files=fields["files"])
        else:
            answer = self.ask("POST", action, data=given)
        assert answer.status_code == 303, f"{action} gives {answer.status_code}\n{_words(answer.text)}"
        return str(answer.headers["location"])

    def ask(self, method: str, path: str, **body: Any) -> httpx.Response:
        """Ask until there is an answer."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self.client.request(method, path, headers={"Cookie": self._cookie()}, **body)
                break
            except httpx.TransportError:
                assert time.monotonic() < until, path
                self.unanswered += 1
                time.sleep(0.1)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def _form(self, html: str, action: str) -> dict[str, str]:
        for head, body in _FORM.findall(html):
            if f'action="{action}"' in head and "post" in head:
                return {name: unescape(value) for name, value in _HIDDEN.findall(body)}
        raise AssertionError(f"no form goes to {action}\n{_words(html)}")


def _words(html: str) -> str:
    """The page as words, for whoever reads why a test failed."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("<main")[2]))[:600]
