"""Alembic's entry: run the revisions on the connection that ``schema`` hands over."""

from alembic import context

from sync.server.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, compare_type=True)
context.run_migrations()
