"""Run by Alembic, always inside the transaction that `storage.database.upgrade` began."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import TypeDecorator

from storage.models import Base


def _as_column(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """A migration names what a column is in the database, not our type over it."""
    is_ours = kind == "type" and isinstance(thing, TypeDecorator)
    return f"sa.{thing.impl!r}" if is_ours else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    render_item=_as_column,
)
context.run_migrations()
