"""Pictures of the website for the documents: Sutton's, after its report of July 2025."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browser import Browser
from tests.installation import an_installation
from tests.website.sites import alone

WIDTH, PHONE = 1180, 400
HEIGHT, ON_PHONE = 920, 900
COLOURS = 48


def take_pictures(browser: Browser, folder: Path) -> None:
    """The first screen of an authority's page, on a desk and on a phone."""
    with TemporaryDirectory(prefix="website-") as place, an_installation(Path(place)) as made:
        alone(made)
        page = (made.folder / "data" / "website" / "index.html").as_uri()
        browser.open(page, width=WIDTH)
        browser.picture(folder / "website.png", height=HEIGHT, colours=COLOURS)
        browser.open(page, width=PHONE, scheme="dark")
        browser.picture(folder / "website-phone-dark.png", height=ON_PHONE, colours=COLOURS)
