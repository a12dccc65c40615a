"""A short text for the state of each provider's data: it changes when what is public of it may."""

from __future__ import annotations

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from ofsted.provider_key import ProviderKey
from storage import models


def data_states(session: Session) -> dict[ProviderKey, str]:
    """By provider, in one statement.

    It is made of sums and newest numbers: of reports, which of them are listed, what was read in
    them, their versions, and events. What is recorded without an event or a new row (nothing is,
    today) would be missed.
    """
    provider, report, event = models.Provider, models.Report, models.Event
    reports = (
        select(
            report.code,
            report.urn,
            func.count().label("known"),
            # Of the numbers: one may go as another comes back.
            func.sum(case((report.listed, report.id), else_=0)).label("listed"),
            func.sum(case((report.withdrawal_announced, 1), else_=0)).label("withdrawn"),
            func.sum(report.reading_id).label("readings"),
        )
        .group_by(report.code, report.urn)
        .subquery()
    )
    versions = (
        select(report.code, report.urn, func.max(models.Version.id).label("newest"))
        .join(report, report.id == models.Version.report_id)
        .group_by(report.code, report.urn)
        .subquery()
    )
    events = (
        select(event.code, event.urn, func.max(event.id).label("newest"))
        .group_by(event.code, event.urn)
        .subquery()
    )
    query = select(
        provider.code,
        provider.urn,
        provider.name,
        provider.state,
        reports.c.known,
        reports.c.listed,
        reports.c.withdrawn,
        reports.c.readings,
        versions.c.newest,
        events.c.newest,
    )
    for each in (reports, versions, events):
        same = and_(each.c.code == provider.code, each.c.urn == provider.urn)
        query = query.outerjoin(each, same)
    return {
        ProviderKey(row[0], row[1]): " ".join(map(str, row[2:])) for row in session.execute(query)
    }
