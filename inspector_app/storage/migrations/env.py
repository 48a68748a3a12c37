"""How alembic runs the revisions: on the connection, and in the transaction, that it is given."""

from __future__ import annotations

from alembic import context

from inspector_app.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transaction_per_migration=False,
    render_as_batch=True,
)
# The caller has begun the transaction (BEGIN IMMEDIATE) and ends it: an upgrade that fails leaves the old version.
context.run_migrations()
