"""A real browser: headless Chromium with a profile of its own, that says what it asked and said."""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.parts import program

Scheme = Literal["light", "dark"]
FLAGS = (
    *("headless", "no-sandbox", "disable-gpu", "disable-quic", "no-first-run", "hide-scrollbars"),
    *("disable-background-networking", "disable-component-update", "disable-sync"),
)
AXE = files("axe_core_python").joinpath("axe.min.js")
SERIOUS = ("serious", "critical")
ANY_IMPACT = ("minor", "moderate", *SERIOUS)
UNDONE = "NOT LOOKED AT IN A BROWSER"
SECONDS = 60  # for a page, or a script in it
TALLEST = 16_000  # pixels; a taller page is cut


@dataclass(frozen=True)
class Browser:
    """One window."""

    driver: webdriver.Chrome

    def open(
        self, address: str, *, width: int = 720, height: int = 800, scheme: Scheme = "light"
    ) -> None:
        """A page in a window of its own size, by light or in the dark."""
        self._do(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.turn(scheme)
        self.driver.get(address)

    def turn(self, scheme: Scheme) -> None:
        """The page that is open, by light or in the dark."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self._do("Emulation.setEmulatedMedia", features=[feature])

    def text(self) -> str:
        """What can be read on the page."""
        return str(self.driver.execute_script("return document.body.innerText"))

    def picture(self, path: Path, *, height: int | None = None, colours: int = 0) -> None:
        """The whole page, or its first so many pixels, as a PNG; of few colours to be small."""
        size = self._do("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "scale": 1, "width": size["width"]}
        clip["height"] = min(height or size["height"], TALLEST)
        taken = self._do("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(taken["data"]))
        if colours:
            with Image.open(path) as image:
                image.convert("RGB").quantize(colours).save(path, optimize=True)

    def is_wider_than_its_window(self) -> bool:
        """Whether a person would have to scroll sideways."""
        root = "document.documentElement"
        return bool(self.driver.execute_script(f"return {root}.scrollWidth > {root}.clientWidth"))

    def said(self) -> list[str]:
        """What the console has said since it was last asked: errors and warnings."""
        return [each["message"] for each in self.driver.get_log("browser")]

    def asked(self) -> list[str]:
        """Every address asked since this was last called.

        Left out: data of the page itself, and what the page's own policy kept from being sent.
        """
        log = [
            json.loads(each["message"])["message"] for each in self.driver.get_log("performance")
        ]
        kept = {
            each["params"]["requestId"]
            for each in log
            if each["method"] == "Network.loadingFailed"
            and each["params"].get("blockedReason") == "csp"
        }
        sent = [each["params"] for each in log if each["method"] == "Network.requestWillBeSent"]
        out = [each["request"]["url"] for each in sent if each["requestId"] not in kept]
        return [address for address in out if _goes_out(address)]

    def barriers(self, *rules: str, impacts: Collection[str] = SERIOUS) -> list[str]:
        """What axe-core finds that is serious or critical, a line each; by these rules, or by all.

        The browser was opened with `axe`.

        Args:
            rules: names of rules, or of sets of them such as `wcag2aa`.
            impacts: how grave a finding must be.
        """
        run = "axe.run(arguments[0]).then(result => arguments[1](result.violations));"
        options = {"runOnly": rules} if rules else {}
        found: list[dict[str, Any]] = self.driver.execute_async_script(run, options)
        return [
            f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}"
            for each in found
            if each["impact"] in impacts
        ]

    def _do(self, command: str, **more: Any) -> dict[str, Any]:
        done: dict[str, Any] = self.driver.execute_cdp_cmd(command, more)
        return done


def _goes_out(address: str) -> bool:
    return urlsplit(address).scheme in {"http", "https", "ws", "wss"}


@contextmanager
def chromium(*, axe: bool = False) -> Iterator[Browser]:
    """A browser with an empty profile, closed and forgotten at the end; with axe-core on each page.

    It is laid there once: it is large, and to send it to a page takes as long as to run it.
    """
    profile = tempfile.mkdtemp(prefix="profile-")
    options = webdriver.ChromeOptions()
    options.binary_location = program(
        "chromium", "google-chrome", package="chromium", undone=UNDONE
    )
    for flag in (*FLAGS, f"user-data-dir={profile}", "window-size=1280,900"):
        options.add_argument(f"--{flag}")
    options.page_load_strategy = "eager"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driving = program("chromedriver", package="chromium-driver", undone=UNDONE)
    driver = webdriver.Chrome(options, Service(driving))
    driver.set_page_load_timeout(SECONDS)
    driver.set_script_timeout(SECONDS)
    if axe:
        source = {"source": AXE.read_text(encoding="utf-8")}
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", source)
    try:
        yield Browser(driver)
    finally:
        driver.quit()
        shutil.rmtree(profile, ignore_errors=True)
