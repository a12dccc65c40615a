"""Which framework a document is of, told by its content alone.

The title that the site lists is the same for reports of 2013, SIF and ILACS. A new
framework is a module with `recognises` and `read`, and a line here.
"""

from __future__ import annotations

from typing import Protocol

from ofsted.reports import ilacs, jtai, looked_after, lscb, send, sif, visits
from ofsted.reports.blocks import Document
from ofsted.reports.found import Found
from ofsted.reports.kinds import by_title


class Framework(Protocol):
    """One family of reports."""

    def recognises(self, document: Document) -> bool:
        """Whether the document is of this family, by what is printed in it."""
        ...

    def read(self, document: Document) -> Found:
        """The facts of a document that is of this family."""
        ...


_FRAMEWORKS: tuple[Framework, ...] = (ilacs, sif, looked_after, lscb, send, visits, jtai)


def read_document(document: Document) -> Found:
    """The facts of a document; none but its kind where no framework knows it."""
    for framework in _FRAMEWORKS:
        if framework.recognises(document):
            return framework.read(document)
    return by_title(document)
