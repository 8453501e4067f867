"""The floor of sending a form: a bare Flask view that writes the same rows with psycopg in one transaction.

It knows no sign-in, checks nothing, seals nothing and builds no statement: it reads the posted form, marks one row of
participations, inserts a box of the same size, a statement and its mentions into tables made like the product's, with
the same indexes, and commits.
"""

import os
import threading
import time
from uuid import UUID, uuid4

import psycopg
from flask import Flask, request

SCHEMA = """
    DROP SCHEMA IF EXISTS floor CASCADE;
    CREATE SCHEMA floor;
    CREATE TABLE floor.participations (LIKE participations INCLUDING ALL);
    CREATE TABLE floor.sealed (LIKE ballots.sealed INCLUDING ALL);
    CREATE TABLE floor.statements (LIKE statements INCLUDING ALL);
    CREATE TABLE floor.mentions (LIKE statement_mentions INCLUDING ALL);
    INSERT INTO floor.participations SELECT * FROM participations;
"""
BOX = 16 * 1024 + 48
"""Bytes of a sealed form."""
STATEMENT, MENTIONS = '{"x":"' + "a" * 1100 + '"}', 5
"""As long as an ``evaluated`` statement, and mentioned under as many names."""

app = Flask(__name__, static_folder=None)
_own = threading.local()


@app.post("/evaluations/<uuid:survey_id>/<uuid:person_id>")
def send(survey_id: UUID, person_id: UUID) -> str:
    """Write what a form leaves."""
    assert len(request.form) > 20
    if not hasattr(_own, "connection"):
        _own.connection = psycopg.connect(os.environ["LMS_DATABASE_URL"].replace("+psycopg", "", 1))
    seq = time.time_ns()
    with _own.connection.transaction(), _own.connection.cursor() as cursor:
        cursor.execute(
            "UPDATE floor.participations SET answered = true WHERE survey_id = %s AND person_id = %s AND NOT answered",
            (survey_id, person_id),
        )
        assert cursor.rowcount == 1
        cursor.execute("INSERT INTO floor.sealed VALUES (%s, %s, %s)", (uuid4(), survey_id, os.urandom(BOX)))
        cursor.execute(
            "INSERT INTO floor.statements (seq, id, voiding, raw) VALUES (%s, %s, false, %s)", (seq, uuid4(), STATEMENT)
        )
        cursor.execute(
            "INSERT INTO floor.mentions (mention, direct, seq) SELECT m, true, %s FROM unnest(%s::uuid[]) AS m",
            (seq, [uuid4() for _ in range(MENTIONS)]),
        )
    return "ok"


@app.get("/")
def ready() -> str:
    """Tell that the server runs."""
    return "ok"
