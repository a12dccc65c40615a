"""News put into words: sober ones, Ofsted's where it is Ofsted that speaks."""

from __future__ import annotations

from dataclasses import replace

from notifications.message import Frame, Message
from notifications.news import (
    AboutReport,
    Digest,
    News,
    ReportReturned,
    ReportWithdrawn,
    SignOfLife,
    Welcome,
)
from notifications.words import about_report, digest, operators, readers, sign_of_life, welcome
from notifications.words.plain import cut
from notifications.words.subjects import LIMIT

__all__ = ["Frame", "message", "summary"]

TEST = "Test: "


def message(news: News, frame: Frame) -> Message:
    """The message that a piece of news makes for one recipient."""
    said = _said(news, frame)
    return replace(said, subject=cut(TEST + said.subject, LIMIT)) if frame.test else said


def summary(news: News) -> str:
    """The subject, one line; the same for all recipients."""
    return _said(news, Frame("")).subject


def _said(news: News, frame: Frame) -> Message:
    match news:
        case AboutReport():
            return about_report.message(news, frame)
        case ReportWithdrawn() | ReportReturned():
            return readers.message(news, frame)
        case Welcome():
            return welcome.message(news, frame)
        case Digest():
            return digest.message(news, frame, _said)
        case SignOfLife():
            return sign_of_life.message(news, frame)
        case _:
            return operators.message(news, frame)
