"""Slowing down guesses: counters in the database, so that every process counts together."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.database import Base, db


class Throttle(Base):
    """How often something was tried within the current window."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int]
    window_ends_at: Mapped[datetime] = mapped_column(index=True)


def hit(key: str, *, limit: int, window: timedelta, at: datetime) -> bool:
    """Count one attempt and tell whether it is within the limit; committed at once, whatever the caller does later."""
    with db.engine.begin() as connection:
        count = connection.scalar(
            text(
                "INSERT INTO throttles AS t (key, count, window_ends_at) VALUES (:key, 1, :ends) "
                "ON CONFLICT (key) DO UPDATE SET "
                "count = CASE WHEN t.window_ends_at <= :now THEN 1 ELSE t.count + 1 END, "
                "window_ends_at = CASE WHEN t.window_ends_at <= :now THEN :ends ELSE t.window_ends_at END "
                "RETURNING count"
            ),
            {"key": key, "ends": at + window, "now": at},
        )
    return int(count or 0) <= limit


def wait(key: str, *, limit: int, at: datetime) -> int:
    """Return for how many seconds a key is used up; 0 while it is within the limit. Counts nothing."""
    used_up = select(Throttle.window_ends_at).where(
        Throttle.key == key, Throttle.count >= limit, Throttle.window_ends_at > at
    )
    with db.engine.connect() as connection:
        ends = connection.scalar(used_up)
    return 0 if ends is None else max(1, int((ends - at).total_seconds()))


def clear(key: str) -> None:
    """Forget the attempts under a key, after a success."""
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM throttles WHERE key = :key"), {"key": key})


def sweep(at: datetime) -> int:
    """Delete windows that have ended; returns how many."""
    ended = select(func.count()).select_from(Throttle).where(Throttle.window_ends_at <= at)
    count = db.session.scalar(ended) or 0
    db.session.execute(text("DELETE FROM throttles WHERE window_ends_at <= :now"), {"now": at})
    return count
