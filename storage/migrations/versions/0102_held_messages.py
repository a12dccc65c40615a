"""Messages on hold after a restore, and an id of the installation that goes with its backups."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delivery", sa.Column("on_hold_since", sa.DateTime(timezone=True), nullable=True))
    facts = sa.table("app_state", sa.column("name", sa.Text()), sa.column("value", sa.Text()))
    op.bulk_insert(facts, [{"name": "installation", "value": uuid4().hex}])
