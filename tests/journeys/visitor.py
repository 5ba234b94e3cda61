"""Somebody in front of a browser window: what is seen is kept, what goes wrong is noted."""

from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, expect

# A violation of the content security policy, told even where the console stays silent.
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`))"""

PATIENCE_MS = 60_000


class Visitor:
    """A page, its complaints, and a folder of screenshots."""

    def __init__(self, page: Page, shots: Path) -> None:
        self.page, self.shots, self.complaints = page, shots, list[str]()
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page.add_init_script(TELL_VIOLATIONS)
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, line: ConsoleMessage) -> None:
        if line.type == "error":
            self.complaints.append(f"{self.page.url}: {line.text} {line.location.get('url', '')}")

    def shoot(self, name: str) -> None:
        """Keep what is on the screen."""
        self.shots.mkdir(parents=True, exist_ok=True)
        number = len(list(self.shots.glob("*.png"))) if self._is_begun else self._begin()
        self.page.evaluate("scrollTo(0, 0)")
        self.page.screenshot(path=self.shots / f"{number + 1:02} {name}.png", full_page=True)

    _is_begun = False

    def _begin(self) -> int:
        for old in self.shots.glob("*.png"):
            old.unlink()
        self._is_begun = True
        return 0

    def sign_in(self, url: str, email: str, password: str) -> None:
        """Sign in on the page for it."""
        self.page.goto(f"{url}/accounts/login/")
        self.page.fill("input[name=login]", email)
        self.page.fill("input[name=password]", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(lambda now: "/accounts/" not in now)
