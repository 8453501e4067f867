"""The first administrator of an installation."""

from sqlalchemy import select, text

from lms.people.models import RoleHolding, Unit


def test_one_command_makes_the_city_and_who_administers_it(app, session, client, submit):
    flask = app.test_cli_runner()
    made = flask.invoke(args=["people", "first-administrator", "quan.tri", "--name", "Phạm Thị Quản Trị"])
    assert made.exit_code == 0, made.output
    assert session.scalars(select(Unit.code).where(Unit.parent_id.is_(None))).all() == ["HN"]
    assert session.scalars(select(RoleHolding.role)).all() == ["administrator"]
    password = "mưa rơi trên phố Huế"
    fields = {"username": "quan.tri", "code": made.output.strip(), "password": password, "repeated": password}
    assert submit(client, "/account/activate", fields).status_code in (302, 303)


def test_there_is_only_one_first(app, session):
    flask = app.test_cli_runner()
    flask.invoke(args=["people", "first-administrator", "quan.tri", "--name", "Phạm Thị Quản Trị"])
    again = flask.invoke(args=["people", "first-administrator", "ke.gian", "--name", "Kẻ Gian"])
    assert again.exit_code == 1
    assert "already" in again.output
    assert session.scalar(text("SELECT count(*) FROM accounts")) == 1
