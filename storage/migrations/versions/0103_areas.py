"""Areas, their providers and the documents on these pages, and a view of the documents.

Names, columns and their order in the view are those of docs/tables.md; a later version adds
columns at the end only. A provider of two areas has its documents in both.
"""

import sqlalchemy as sa
from alembic import op

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
FIRST_SEEN = {  # to the second, in UTC
    "sqlite": "strftime('%Y-%m-%dT%H:%M:%SZ', listed_document.first_seen)",
    "postgresql": "date_trunc('second', listed_document.first_seen)",
}
# A name that Ofsted withholds is worded as `ofsted.provider_types.withheld_name` has it.
DOCUMENTS = """
CREATE VIEW documents AS SELECT
    coalesce(authority.name, 'area ' || place.dfe_code) AS authority,
    place.dfe_code AS dfe_code,
    place.provider_type AS provider_type,
    place.kind AS kind,
    listed_document.code AS code,
    listed_document.urn AS urn,
    coalesce(place.name, place.kind || ', name withheld by Ofsted (URN ' || place.urn || ')')
        AS name,
    listed_document.published AS published,
    listed_document.title AS title,
    listed_document.inspected AS inspected,
    listed_document.grade AS grade,
    listed_document.gone_since IS NULL AS listed,
    listed_document.baseline AS baseline,
    listed_document.file_id AS file_id,
    listed_document.link AS link,
    listed_document.sha256 AS sha256,
    {first_seen} AS first_seen
FROM listed_document
JOIN area_provider place ON place.code = listed_document.code AND place.urn = listed_document.urn
LEFT JOIN authority ON authority.dfe_code = place.dfe_code
"""


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("dfe_code", sa.Text(), nullable=False),
        sa.Column("first_listed", TIME),
        sa.Column("walked_at", TIME),
        sa.Column("total", sa.Integer()),
        sa.Column("sha256", sa.String(64)),
        sa.Column("left_out", sa.Text()),
        sa.PrimaryKeyConstraint("dfe_code", name=op.f("pk_area")),
    )
    op.create_table(
        "area_provider",
        sa.Column("dfe_code", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("urn", sa.Text(), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("is_withheld", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("provider_type", sa.Text(), nullable=False),
        sa.Column("is_extra", sa.Boolean(), nullable=False),
        sa.Column("latest_report", sa.Date()),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("gone_since", TIME),
        sa.Column("opened_at", TIME),
        sa.Column("waiting_since", TIME),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("failure", sa.Text()),
        sa.ForeignKeyConstraint(
            ["dfe_code"], ["area.dfe_code"], name=op.f("fk_area_provider_dfe_code")
        ),
        sa.PrimaryKeyConstraint("dfe_code", "code", "urn", name=op.f("pk_area_provider")),
    )
    op.create_index("ix_area_provider_code_urn", "area_provider", ["code", "urn"])
    op.create_table(
        "listed_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("urn", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published", sa.Date()),
        sa.Column("inspected", sa.Date()),
        sa.Column("grade", sa.Text()),
        sa.Column("link", sa.Text()),
        sa.Column("file_id", sa.Text()),
        sa.Column("baseline", sa.Boolean(), nullable=False),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("gone_since", TIME),
        sa.Column("announced_at", TIME),
        sa.Column("sha256", sa.String(64)),
        sa.Column("failing_since", TIME),
        sa.Column("failing_why", sa.Text()),
        sa.Column("next_fetch", TIME),
        sa.ForeignKeyConstraint(
            ["sha256"], ["document.sha256"], name=op.f("fk_listed_document_sha256")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listed_document")),
        sa.UniqueConstraint("code", "urn", "key", name=op.f("uq_listed_document_code_urn_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_listed_document_file_id", "listed_document", ["file_id"])
    op.execute(DOCUMENTS.format(first_seen=FIRST_SEEN[op.get_bind().dialect.name]))
