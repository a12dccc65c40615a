"""A view of what must improve, beside `reports` and `judgements`, so that SQL can search it.

Names, columns and their order are those of docs/tables.md; a later version adds columns at the
end only. A report that was not read reliably has no line.
"""

from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

IMPROVEMENTS = """
CREATE VIEW improvements AS SELECT
    coalesce(authority.name, provider.name, 'URN ' || report.urn) AS authority,
    report.urn AS urn,
    report.published AS published,
    reading.last_day AS last_day,
    reading.kind AS kind,
    report.title AS title,
    improvement.kind AS item_kind,
    improvement.position AS position,
    improvement.body AS body,
    improvement.text AS text,
    improvement.page AS page,
    report.file_id AS file_id,
    report.link AS link
FROM report
JOIN provider ON provider.code = report.code AND provider.urn = report.urn
JOIN reading ON reading.id = report.reading_id
JOIN improvement ON improvement.reading_id = reading.id
LEFT JOIN authority ON authority.code = report.code AND authority.urn = report.urn
WHERE report.status = 'read'
"""


def upgrade() -> None:
    op.execute(IMPROVEMENTS)


def downgrade() -> None:
    op.execute("DROP VIEW improvements")
