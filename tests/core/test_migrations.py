"""Migrations run up, down and up again, and agree with the models."""

import uuid

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade

from lms import create_app
from lms.core.database import Base, db
from migrations.filters import include_name
from tests.conftest import _settings, make_database


@pytest.fixture
def fresh():
    app = create_app(_settings(make_database(f"lms_migrate_{uuid.uuid4().hex[:8]}")))
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def test_up_down_and_up_again(fresh):
    upgrade()
    downgrade(revision="base")
    upgrade()


def test_models_and_migrations_agree(fresh):
    upgrade()
    with db.engine.connect() as connection:
        options = {"include_schemas": True, "include_name": include_name, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
