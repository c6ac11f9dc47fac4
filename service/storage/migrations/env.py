"""Alembic's entry: runs the migrations on the connection that `service.storage.migrate` hands over."""

from alembic import context

from service.storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
