"""How Alembic meets the tables: one transaction, batches for SQLite."""

from alembic import context

from app.database.tables import metadata
from app.database.upgrade import engine_for

with engine_for(context.config.attributes["url"]).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        render_as_batch=True,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
