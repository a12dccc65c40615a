"""What we know and what is pending, as tables. The words are those of docs/names.md."""

from storage.models.areas import Area, AreaProvider, ListedDocument
from storage.models.base import NEVER_REUSED, Base, Name, UtcTime, Words
from storage.models.messages import Attempt, ChannelOutage, Delivery, DigestEntry, Event
from storage.models.providers import Authority, Listing, PageCheck, Provider, is_of, is_of_any
from storage.models.readings import ComparisonLine, Improvement, Inspector, Judgement, Reading
from storage.models.reports import Document, Report, ReportAlias, Version
from storage.models.running import AppState, AuditDiscrepancy, HttpHost, Lease, PageCache, Round

__all__ = [
    "NEVER_REUSED",
    "AppState",
    "Area",
    "AreaProvider",
    "Attempt",
    "AuditDiscrepancy",
    "Authority",
    "Base",
    "ChannelOutage",
    "ComparisonLine",
    "Delivery",
    "DigestEntry",
    "Document",
    "Event",
    "HttpHost",
    "Improvement",
    "Inspector",
    "Judgement",
    "Lease",
    "ListedDocument",
    "Listing",
    "Name",
    "PageCache",
    "PageCheck",
    "Provider",
    "Reading",
    "Report",
    "ReportAlias",
    "Round",
    "UtcTime",
    "Version",
    "Words",
    "is_of",
    "is_of_any",
]
