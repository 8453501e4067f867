"""Alembic's environment: runs with the application's engine, or with the connection it is handed."""

from alembic import context
from flask import current_app

from lms.core.database import Base, db
from migrations.filters import include_name


def run() -> None:
    options = {
        "target_metadata": Base.metadata,
        "include_schemas": True,
        "include_name": include_name,
        "compare_type": True,
    }
    if context.is_offline_mode():
        context.configure(url=current_app.config["SQLALCHEMY_DATABASE_URI"], literal_binds=True, **options)
        with context.begin_transaction():
            context.run_migrations()
        return
    with db.engine.connect() as connection:
        context.configure(connection=connection, **options)
        with context.begin_transaction():
            context.run_migrations()


run()
