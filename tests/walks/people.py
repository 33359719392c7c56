"""A person at a browser: what they press, follow, fill in and see. Every page they look at is held to
the rules of looks: nothing wider than the screen, no accessibility violation, all three languages."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

import httpx2 as httpx
import pyotp
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from odr.demo import PASSWORD, TOTP_SECRET

_KEY = re.compile(r"[0-9a-z]{20}|/i/\w+|[?#].*")
_looked: set[tuple[str, str]] = set()

# what stands out of the screen, if the page can be moved sideways; the innermost is the last
WIDE = """() => document.documentElement.scrollWidth <= window.innerWidth ? "" :
  [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > window.innerWidth)
    .map(one => one.outerHTML.slice(0, 90)).slice(-3).join(" | ") || "nobody knows what" """


@dataclass
class Person:
    """Somebody in front of a page of the served court."""

    name: str
    phone: str
    page: Page
    address: str
    number: str = ""
    faults: list[str] = field(default_factory=list)
    spent: set[str] = field(default_factory=set)

    # moving

    def go(self, path: str) -> None:
        """Open an address and look at what comes."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{self.name}: {path} gives {answer.status}"
        self.look()

    def follow(self, words: str, *, within: str = "main") -> None:
        """Follow a link by its words."""
        self._click(self.page.locator(within).get_by_role("link", name=words).first)

    def press(self, words: str) -> None:
        """Press a button by its words and come to the page that follows; prove who one is if asked."""
        begun = self.path
        self._click(self.page.get_by_role("button", name=words, exact=True).first)
        if self.page.locator("#proof").count():
            self._prove_beside()
        elif _is_door(self.path) and not _is_door(begun):
            self._prove()
        else:
            return
        self._click(self.page.get_by_role("button", name=words, exact=True).first)

    def _click(self, what: Locator) -> None:
        with self.page.expect_navigation():
            what.click()
        self.look()

    # filling in

    def fill(self, **fields: str) -> None:
        """Fields by their names."""
        for name, value in fields.items():
            self.page.locator(f"main [name='{name}']").first.fill(value)

    def tick(self, words: str) -> None:
        """A box or a radio by its words."""
        self.page.get_by_label(words).first.check()

    def unfold(self, words: str) -> None:
        self.page.locator("summary", has_text=words).first.click()

    # seeing

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def is_refused(self, path: str) -> None:
        """An address that is not for this person."""
        status = self.page.request.get(path).status
        assert status in (403, 404), f"{path} answers {self.name} with {status}"

    @property
    def path(self) -> str:
        return str(self.page.url).removeprefix(self.address)

    def id_in(self, kind: str) -> str:
        """The key that follows a word in the address: `id_in("cases")`."""
        found = re.search(rf"/{kind}/([^/?#]+)", self.path)
        assert found, self.path
        return found.group(1)

    # coming in

    def register(self) -> None:
        """From the page that asks for a telephone number to the page one wanted."""
        self.fill(phone=self.phone)
        self.press("获取验证码")
        self.fill(code=self.code(), name=self.name, identity_number=self.number)
        self.tick("我确认以上是我本人")
        self.press("完成注册")

    def log_in(self) -> None:
        """A member of the staff: password, then the second factor."""
        if self._is_in():
            return
        self.go("/login/password")
        self.fill(name=self.phone, password=PASSWORD)
        self.press("登录")
        if "/second-factor" not in self.path:
            self.go("/second-factor")
        self._show_factor()

    def come_in(self) -> None:
        """A party who is known already: a code to the telephone, no password."""
        if self._is_in():
            return
        self.go("/login")
        self.fill(name=self.phone)
        self.press("获取验证码")
        self.fill(code=self.code())
        self.press("登录")

    def _is_in(self) -> bool:
        self.page.goto("/home")
        return self.path == "/home"

    def _show_factor(self) -> None:
        """Each number of the second factor counts once: who was quick waits for the next."""
        while "/second-factor" in self.path:
            if self.page.locator(".errors").count():
                time.sleep(30 - time.time() % 30)
            self.fill(code=pyotp.TOTP(TOTP_SECRET).now())
            self.press("确认")

    def _prove_beside(self) -> None:
        """Say once more that it is oneself, in a window of its own: what was filled in stays."""
        page = self.page
        with page.context.expect_page() as opened:
            page.locator("#proof a").click()
        self.page = opened.value
        self._prove()
        self.page.close()
        self.page = page

    def _prove(self) -> None:
        if "/second-factor" in self.path:
            self._show_factor()
        else:
            self._click(self.page.get_by_role("button", name=re.compile("发送验证码")))
            self.fill(code=self.code())
            self._click(self.page.get_by_role("button", name="确认", exact=True))

    def code(self) -> str:
        """The newest code that was sent to this telephone, read as the demonstration shows it."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            letters = httpx.get(f"{self.address}/letterbox", params={"to": self.phone}).text
            fresh = [one for one in re.findall(r"验证码 (\d{6})", letters) if one not in self.spent]
            if fresh:
                self.spent.add(fresh[0])
                return fresh[0]
            time.sleep(0.1)
        raise AssertionError(f"no code came for {self.name}")

    # looks

    def look(self) -> None:
        """Hold the page to the rules of looks: once for each kind of page, and person if it is about a matter."""
        path = self.path
        kind = _KEY.sub("", path)
        mine = kind != path.partition("?")[0] or kind == "/home"
        seen = (self.name if mine else "", kind)
        if seen in _looked:
            return
        _looked.add(seen)
        self.look_closely()
        glance = self.page.context.new_page()
        glance.set_viewport_size({"width": 360, "height": 800})
        for language in ("ko", "en"):
            self._speak(language)
            answer = glance.goto(path)
            assert answer is not None
            if answer.status not in (200, 405):
                self.faults.append(f"{self.name}: {path} in {language} gives {answer.status}")
            self._fits(glance, f"{path} in {language}")
        self._speak("zh_CN")
        glance.close()

    def look_closely(self) -> None:
        """Nothing wider than the screen, and no accessibility violation, on the page as it stands."""
        self._fits(self.page, self.path)
        found = Axe().run(self.page)
        if found.violations_count:
            self.faults.append(f"{self.name}: {self.path}\n{found.generate_report()}")

    def look_in(self, language: str) -> None:
        """Load the page anew in a language and hold it to the rules."""
        self._speak(language)
        self.page.reload()
        self._fits(self.page, f"{self.path} in {language}")

    def _speak(self, language: str) -> None:
        self.page.context.add_cookies([{"name": "language", "value": language, "url": self.address}])

    def _fits(self, page: Page, what: str) -> None:
        if wide := page.evaluate(WIDE):
            self.faults.append(f"{self.name}: {what} is wider than the screen: {wide}")


def _is_door(path: str) -> bool:
    """Whether this page asks who one is."""
    return path.startswith(("/second-factor", "/prove", "/login"))
