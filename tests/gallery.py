"""`make gallery`: every type of event in every rendering, as people would see it.

Writes `gallery/index.html` with, for each sample and variant of the tests, the mail at two
widths by light and in the dark, the Teams card drawn, the text twin and the Markdown. A few
pictures of what is true of Sutton go into the documents, with those of Prefect's UI.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from notifications import feed, html, markdown, text
from notifications.events import Event
from notifications.message import Message, MessageContext
from notifications.teams.cards import payload
from notifications.words import of_events
from tests import tour
from tests.browser import Browser, Scheme, chromium
from tests.cards_drawn import drawn
from tests.notifications import boroughs, mornings
from tests.notifications.samples import every
from tests.notifications.variants import variants
from tests.notifications.websites import WholeWebsite
from tests.website import pictures as website

FOLDER = Path("gallery")
DOCS = Path(__file__).parents[1] / "docs" / "pictures"
CONTEXT = MessageContext("scrutiny", "https://watch.example.gov.uk", "ofsted-watch@example.gov.uk")
COLOURS = 48  # of a picture in the documents
WIDTHS = (720, 400)
LINKED = (
    *("report published", "correction", "welcome", "digest", "morning of five reports, hourly"),
    *("document listed", "digest, report and documents"),
)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# picture in the documents -> (name in the gallery, how it is seen, most pixels of height)
SHOWN = {
    "mail.png": ("report published", "email-720-light", 1200),
    "mail-phone-dark.png": ("report published", "email-400-dark", 1200),
    "card.png": ("report published", "card-light", 900),
}
PAGE = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Gallery</title><style>
body {{ font: 16px/1.5 Arial, sans-serif; margin: 24px }} h2 {{ margin-top: 48px }}
.row {{ display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start }}
img, pre {{ border: 1px solid #b1b4b6; max-width: 100% }} pre {{ padding: 12px; font-size: 13px }}
</style></head><body><h1>Gallery</h1>
<p>Of Sutton: as the seeds have it. Exampleshire is no council.</p>
<ol>{contents}</ol>{entries}</body></html>
"""
MORNING = '<p><a href="morning/index.html">Thirty reports of a morning as thirty messages</a></p>'


@dataclass(frozen=True, slots=True)
class Piece:
    """A message in the gallery."""

    name: str
    message: Message

    @property
    def slug(self) -> str:
        """Its files' name."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


def pieces() -> tuple[Piece, ...]:
    """Every sample, by its type, and every variant, by its name."""
    named: dict[str, Event] = {event.type.replace("_", " "): event for event in every()}
    named |= variants() | boroughs.variants()
    for period in ("hourly", "daily"):
        for number, name in ((5, "five"), (30, "thirty"), (153, "all")):
            named[f"morning of {name} reports, {period}"] = mornings.digest(period, number)
    shown = [Piece(name, of_events.message(event, CONTEXT)) for name, event in named.items()]
    linked = replace(CONTEXT, ui_url="", website=WholeWebsite())
    for name in LINKED:
        message = of_events.message(named[name], linked)
        shown.append(Piece(f"{name}, with a website", message))
    return tuple(shown)


def pages(piece: Piece) -> dict[str, str]:
    """The pages that a browser is to draw, by their endings."""
    [posted] = payload(piece.message)["attachments"]
    return {"email": html.render(piece.message), "card": drawn(posted["content"])}


def write(piece: Piece, folder: Path) -> None:
    """Every rendering as a file."""
    contents = {f"{ending}.html": page for ending, page in pages(piece).items()}
    contents |= {"txt": text.render(piece.message), "md": markdown.render(piece.message)}
    for ending, content in contents.items():
        (folder / f"{piece.slug}.{ending}").write_text(content, encoding="utf-8")


def write_morning(folder: Path) -> None:
    """Thirty reports as thirty messages: the list that a mailbox shows, each email, the feed."""
    folder.mkdir(exist_ok=True)
    said = [
        of_events.message(event, MessageContext("scrutiny", contact=CONTEXT.contact))
        for event in mornings.reports(30)
    ]
    lines = []
    for number, each in enumerate(said, 1):
        (folder / f"{number}.html").write_text(html.render(each), encoding="utf-8")
        linked = f'<a href="{number}.html">{escape(each.subject)}</a>'
        lines.append(f"<li>{linked}<br>{escape(each.headline)}</li>")
    (folder / "index.html").write_text(
        PAGE.format(contents="".join(lines), entries=""), encoding="utf-8"
    )
    entries = [
        feed.FeedEntry(f"tag:example.gov.uk,2026:event:{number}", mornings.AT, each)
        for number, each in enumerate(said, 1)
    ]
    written = feed.render(
        feed.Feed("tag:example.gov.uk,2026:feed", "30 authorities", mornings.AT, entries)
    )
    (folder / "feed.xml").write_bytes(written)


def photograph(browser: Browser, piece: Piece, folder: Path) -> Iterator[Path]:
    """The mail at each width and the card, by light and in the dark."""
    for scheme in SCHEMES:
        for ending, widths in (("email", WIDTHS), ("card", WIDTHS[:1])):
            page = (folder / f"{piece.slug}.{ending}.html").absolute().as_uri()
            for width in widths:
                seen = f"{ending}-{width}-{scheme}" if len(widths) > 1 else f"{ending}-{scheme}"
                path = folder / "pictures" / f"{piece.slug}.{seen}.png"
                browser.open(page, width=width, scheme=scheme)
                browser.picture(path)
                yield path


def entry(piece: Piece, pictures: list[Path]) -> str:
    """A message's place in the index."""
    images = "".join(
        f'<img src="pictures/{each.name}" alt="{escape(each.stem)}">' for each in pictures
    )
    return (
        f'<h2 id="{piece.slug}">{escape(piece.name)}: {escape(piece.message.subject)}</h2>'
        f'<p><a href="{piece.slug}.email.html">HTML</a>, <a href="{piece.slug}.md">Markdown</a></p>'
        f'<div class="row">{images}<pre>{escape(text.render(piece.message))}</pre></div>'
    )


def make(folder: Path) -> None:
    """The whole gallery."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = {}
    with chromium() as browser:
        for piece in pieces():
            write(piece, folder)
            entries[piece] = entry(piece, list(photograph(browser, piece, folder)))
        write_morning(folder / "morning")
        for name, (of, seen, height) in SHOWN.items():
            _show(browser, folder, DOCS / name, of=of, seen=seen, height=height)
        website.take_pictures(browser, DOCS)
        tour.take_pictures(browser, DOCS)
    contents = "".join(
        f'<li><a href="#{each.slug}">{escape(each.name)}</a>: {escape(each.message.subject)}</li>'
        for each in entries
    )
    index = folder / "index.html"
    written = "".join((MORNING, *entries.values()))
    index.write_text(PAGE.format(contents=contents, entries=written))


def _show(browser: Browser, folder: Path, path: Path, *, of: str, seen: str, height: int) -> None:
    """A picture for the documents."""
    ending, *width, scheme = seen.split("-")
    page = folder / f"{of.replace(' ', '-')}.{ending}.html"
    narrow = int(width[0]) if width else WIDTHS[0]
    browser.open(
        page.resolve(strict=True).as_uri(),
        width=narrow,
        scheme="dark" if scheme == "dark" else "light",
    )
    browser.picture(path, height=height, colours=COLOURS)


def main() -> None:
    """Make it."""
    parser = argparse.ArgumentParser(description="Render every message in every form.")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where it goes")
    folder = parser.parse_args().folder
    make(folder)
    print(f"open {folder / 'index.html'}")


if __name__ == "__main__":
    main()
