"""Words that someone who means harm would put on a page and into a report."""

from __future__ import annotations

from deployments.demo.fake_ofsted import Listed
from tests.installation import TEXT_2025, pdf

MARK = "pwn3d"  # what a script of theirs would leave
FOREIGN = "evil.example"
TITLE = (
    f"<script>document.title='{MARK}'</script><img src=https://{FOREIGN}/a.png "
    f"onerror=document.title='{MARK}'> [go](javascript:alert('{MARK}')) "
    f"[go](https://{FOREIGN}/x) ![p](https://{FOREIGN}/p.png) <https://{FOREIGN}/y> www.{FOREIGN} "
    "<at>everyone</at> @everyone | cell | `code` **bold** {{7*7}} ${7*7} =cmd|' /C calc'!A0 "
    "../../../etc/passwd \x1b[31mred\x1b]0;title\x07 \u202egnp.exe\u2066 a\u200bb "
    "\x85Bcc: evil@evil.example\u2028Subject: mine"
)
SAID = (
    f"=HYPERLINK('https://{FOREIGN}') <img src=https://{FOREIGN}/i.png "
    f"onerror=document.title='{MARK}'> ![i](https://{FOREIGN}/j.png) [x](javascript:alert(1)) | "
)
TEXT = TEXT_2025.replace("The quality and consistency of response", f"{SAID}The quality").replace(
    "Gareth Dakin", "Gareth <b>[Dakin](https://evil.example)</b>"
)


def hostile(file_id: str, **fields: object) -> Listed:
    """A report whose row and file mean harm."""
    made = {"title": TITLE, "data": pdf(TEXT), **fields}
    return Listed(file_id=file_id, **made)  # type: ignore[arg-type]
