"""The views `reports` and `judgements` of the first version: the database's public interface.

Names, columns and their order are those of docs/tables.md; a later version adds columns at the
end only. What was read with doubt shows no grade, outcome or count: `status` says why.
"""

from __future__ import annotations

UNMAKE = ("DROP VIEW judgements", "DROP VIEW reports")

_FIRST_SEEN = {  # to the second, in UTC
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%SZ', report.first_seen)",
    "postgresql": "date_trunc('second', report.first_seen)",
}
_INSPECTORS = {
    "sqlite": """(
        SELECT group_concat(name, '; ') FROM (
            SELECT inspector.name FROM inspector
            WHERE inspector.reading_id = report.reading_id ORDER BY inspector.position
        ) AS named
    )""",
    "postgresql": """(
        SELECT string_agg(inspector.name, '; ' ORDER BY inspector.position) FROM inspector
        WHERE inspector.reading_id = report.reading_id
    )""",
}
_LISTED = {  # of several authorities that were there before, in their order
    "sqlite": "group_concat({value}, '; ')",
    "postgresql": "string_agg({value}, '; ' ORDER BY position)",
}
# What each judgement is compared with, or shown beside: one line a report and key.
_COMPARED = """
WITH beside AS (
    SELECT comparison.report_id, comparison.position, comparison.key, comparison.previous_grade,
        comparison.relation, comparison.direction, reading.last_day, previous.urn,
        coalesce(authority.name, provider.name, 'URN ' || previous.urn) AS authority
    FROM comparison
    JOIN report AS previous ON previous.id = comparison.previous_report_id
    JOIN provider ON provider.code = previous.code AND provider.urn = previous.urn
    LEFT JOIN authority ON authority.code = previous.code AND authority.urn = previous.urn
    LEFT JOIN reading ON reading.id = previous.reading_id
    WHERE comparison.printed IS NOT NULL
    ORDER BY comparison.report_id, comparison.position
), compared AS (
    SELECT report_id, key,
        CASE count(*) WHEN 1 THEN max(previous_grade) ELSE {grades} END AS previous_grade,
        max(last_day) AS previous_last_day,
        max(relation) AS relation,
        max(direction) AS direction,
        {authorities} AS previous_authority,
        {urns} AS previous_urn
    FROM beside GROUP BY report_id, key
)
"""
_WHOSE = """
    coalesce(authority.name, provider.name, 'URN ' || report.urn) AS authority,
    report.urn AS urn,
    authority.dfe_code AS dfe_code,
    authority.ons_code AS ons_code,
    authority.region AS region,
    report.published AS published,
    reading.first_day AS first_day,
    reading.last_day AS last_day,
    coalesce(reading.kind, 'unknown') AS kind,
    reading.framework AS framework,
    report.title AS title,
    report.status AS status
"""
_FROM = """
    FROM report
    JOIN provider ON provider.code = report.code AND provider.urn = report.urn
    LEFT JOIN authority ON authority.code = report.code AND authority.urn = report.urn
"""
_COUNTED = """CASE WHEN report.status = 'read' THEN (
        SELECT count(*) FROM improvement
        WHERE improvement.reading_id = report.reading_id AND improvement.kind {which}
    ) END"""
_REPORTS = """
CREATE VIEW reports AS SELECT {whose},
    CASE WHEN report.status = 'read' THEN reading.outcome END AS outcome,
    reading.theme AS theme,
    {inspectors} AS lead_inspector,
    {priority_actions} AS priority_actions,
    {improvements} AS improvements,
    report.listed AS listed,
    report.baseline AS baseline,
    report.file_id AS file_id,
    report.link AS link,
    reading.sha256 AS sha256,
    {first_seen} AS first_seen,
    reading.parser AS parser_version
    {from_}
    LEFT JOIN reading ON reading.id = report.reading_id
"""
_JUDGEMENTS = """
CREATE VIEW judgements AS {compared} SELECT {whose},
    judgement.key AS key,
    judgement.label AS label,
    CASE WHEN report.status = 'read' THEN judgement.grade END AS grade,
    CASE WHEN report.status = 'read' THEN judgement.printed END AS printed,
    judgement.page AS page,
    compared.previous_grade AS previous_grade,
    compared.previous_last_day AS previous_last_day,
    compared.relation AS relation,
    compared.direction AS direction,
    report.file_id AS file_id,
    report.link AS link,
    reading.sha256 AS sha256,
    {first_seen} AS first_seen,
    reading.parser AS parser_version,
    compared.previous_authority AS previous_authority,
    compared.previous_urn AS previous_urn
    {from_}
    JOIN reading ON reading.id = report.reading_id
    JOIN judgement ON judgement.reading_id = reading.id
    LEFT JOIN compared ON compared.report_id = report.id AND compared.key = judgement.key
"""


def make(dialect: str) -> tuple[str, str]:
    """The statements that make them, for `sqlite` or `postgresql`."""
    first_seen = _FIRST_SEEN[dialect]
    reports = _REPORTS.format(
        whose=_WHOSE,
        from_=_FROM,
        inspectors=_INSPECTORS[dialect],
        priority_actions=_COUNTED.format(which="= 'priority_action'"),
        improvements=_COUNTED.format(which="<> 'priority_action'"),
        first_seen=first_seen,
    )
    listed = _LISTED[dialect]
    compared = _COMPARED.format(
        grades=listed.format(value="coalesce(previous_grade, 'none')"),
        authorities=listed.format(value="authority"),
        urns=listed.format(value="urn"),
    )
    judgements = _JUDGEMENTS.format(
        compared=compared, whose=_WHOSE, from_=_FROM, first_seen=first_seen
    )
    return reports, judgements
