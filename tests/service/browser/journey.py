"""A person with a browser before the running service: what they press and write is counted."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page

from tests.service.browser.looking import sticks_out
from tests.service.operations.web import Web


@dataclass
class Journey:
    """One visit. `presses` counts clicks, choices and fields written, as a person would do them."""

    context: BrowserContext
    page: Page
    site: str
    presses: int = 0
    visited: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, browser: Browser, web: Web, *, width: int, scripts: bool = True) -> Journey:
        context = browser.new_context(
            viewport={"width": width, "height": 844}, java_script_enabled=scripts, has_touch=width < 600
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        return cls(context, page, f"http://localhost:{web.port}")

    def end(self) -> None:
        self.context.close()

    def sign_in_as(self, role: str) -> None:
        """Choose the first person of a role."""
        self.page.goto(f"{self.site}/demonstration/")
        self.page.locator("label", has_text=f", {role} (").first.click()
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Sign in as this person").click()
        self.presses = 0

    def go(self, name: str, *, exact: bool = False) -> None:
        """Follow a link, or a button that leads somewhere, by its words."""
        link = self.page.get_by_role("link", name=name, exact=exact).or_(
            self.page.get_by_role("button", name=name, exact=exact)
        )
        with self.page.expect_navigation():
            link.first.click()
        self.presses += 1

    def open(self, place: str) -> None:
        """Go to a place of the navigation; on a phone it may be folded away behind one press."""
        self.go(place, exact=True)

    def choose(self, question: str, answer: str) -> None:
        """Choose one of the tiles or radio buttons of a question."""
        group = self.page.get_by_role("group", name=question)
        group.get_by_text(answer, exact=True).first.click()
        self.presses += 1

    @property
    def asks_for_school(self) -> bool:
        """Whether a form asks for the school: of a worker of several, on a day on which none is agreed."""
        radios = self.page.locator('main input[name="school"][type="radio"]')
        return radios.count() > 0 and self.page.locator('main input[name="school"]:checked').count() == 0

    def choose_school(self) -> None:
        """Choose the first school, where the form asks for it."""
        if self.asks_for_school:
            for group in self.page.get_by_role("group", name="School").all():
                if group.is_visible():
                    group.locator("label").first.click()
            self.presses += 1

    def select(self, question: str, answer: str) -> None:
        self.page.get_by_label(question).first.select_option(label=answer)
        self.presses += 1

    def write(self, question: str, text: str) -> None:
        self.page.get_by_label(question).first.fill(text)
        self.presses += 1

    def press(self, name: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).first.click()
        self.presses += 1

    def sees(self, *texts: str) -> None:
        """The page is there, fits the window and says this."""
        shown = self.page.locator("body").inner_text()
        for text in texts:
            assert text.lower() in shown.lower(), f"{self.page.url} does not say “{text}”:\n{shown[:1500]}"
        if self.context.pages and self.page.evaluate("true"):
            assert sticks_out(self.page) == [], self.page.url
