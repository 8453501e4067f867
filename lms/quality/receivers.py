"""What this domain answers to floors below it, and does when they tell news."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.catalogue.hooks import VersionNote
from lms.core.guard import Actor
from lms.core.i18n import local, number
from lms.quality.queries import adjustments
from lms.quality.queries.lecturers import POINTS, standings
from lms.quality.services import adjustments as acts


def lecturers_in_words(actor: Actor, lecturers: Sequence[UUID]) -> dict[UUID, str]:
    """Tell the standing of lecturers in words, as far as the reader may see results."""
    return {
        lecturer: ngettext(
            "%(mean)s of %(points)s points in %(num)s evaluated topic",
            "%(mean)s of %(points)s points in %(num)s evaluated topics",
            standing.topics,
            mean=number(standing.mean, "0.00"),
            points=POINTS,
        )
        for lecturer, standing in standings(lecturers, actor.paths("reports.quality")).items()
    }


def adjustments_of_version(version_id: UUID, actor: Actor) -> list[VersionNote]:
    """Tell the adjustments that a version answers: what was low, and the measure; no lecturer and no figure.

    The link leads to the results, for those who may read them.
    """
    return [
        VersionNote(
            local(row.topic or row.title),
            row.measure or _("The measure has not been stated yet."),
            url_for("quality.class_results", class_id=row.class_id)
            if actor.may("reports.quality", row.institution_path)
            else "",
        )
        for row in adjustments.of_version(version_id)
    ]


def note_adjustments(survey_id: UUID, *, at: datetime) -> None:
    """Note what fell below its threshold when an evaluation closes."""
    acts.make_due(survey_id, at=at)
