"""The documents of an area for people, as `documents` shows them: a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from deployments.cli.tables import Column, day, table
from ofsted.lowest_grades import is_lowest
from storage.listed_documents import DocumentLine

HEADS = (
    Column("Published"),
    Column("Provider", wraps=True),
    Column("Document", wraps=True),
    Column("Grade", wraps=True),
    Column("File"),
)


def draw(found: Sequence[DocumentLine]) -> None:
    """A line for each, the newest first."""
    if not found:
        click.echo("no documents known yet")
        return
    with_area = len({each.dfe_code for each in found}) > 1
    table(HEADS, (_line(each, with_area=with_area) for each in found))


def _line(document: DocumentLine, *, with_area: bool) -> tuple[str, ...]:
    about = "" if document.is_withheld else document.kind  # else the name begins with it
    where = document.authority if with_area else ""
    return (
        day(document.published),
        "\n".join(filter(None, (document.name, about, where))),
        "\n".join((document.title, *_notes(document))),
        "\n".join(_grade(document)),
        document.file_id or "-",
    )


def _grade(document: DocumentLine) -> Iterator[str]:
    yield document.grade or "none listed"
    if is_lowest(document.grade):
        yield "lowest grade or outcome"


def _notes(document: DocumentLine) -> Iterator[str]:
    if document.baseline:
        yield "baseline"
    if document.gone_since:
        yield "no longer listed"
    if not document.is_on_page:
        yield "only in Ofsted's search"
