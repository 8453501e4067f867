"""Home Affairs' pages: campaigns, and who has or has not reported."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.core import arguments
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.forms import INVALID, status_of
from lms.core.guard import current_actor
from lms.core.pages import Page
from lms.people.models import UNIT_KINDS
from lms.people.sessions import local_day
from lms.reports.unit_reports import access, forms, rules, wording
from lms.reports.unit_reports.queries import campaigns as queries
from lms.reports.unit_reports.services import campaigns, duties

_OPENED = ("year", "due_on", "levels", "quota_from", "quota_to")


def index() -> Any:
    """All campaigns."""
    context = {"campaigns": queries.campaigns(), "collects": current_actor().holds_whole(access.COLLECT)}
    return render_template("reports/unit_reports/campaigns.html", **context, today=local_day(utcnow()))


def new() -> Any:
    """Open a campaign."""
    actor, now = current_actor(), utcnow()
    first, last = rules.QUOTA_PERIOD
    form = forms.OpenForm(
        data={"year": local_day(now).year, "levels": list(rules.LEVELS), "quota_from": first, "quota_to": last}
    )
    if form.validate_on_submit():
        try:
            campaigns.open_campaign(actor, at=now, **{name: form[name].data for name in _OPENED})
            flash(_("The collection is open. The units see it on their pages."))
            return redirect(url_for("reports.campaign", year=form.year.data))
        except DomainError as refused:
            form.year.errors = [refused.message]
    return render_template("reports/unit_reports/open.html", form=form), status_of(form)


def campaign(year: int) -> Any:
    """A year's campaign: how many have reported, and which units have not."""
    return _campaign_page(year)


def _campaign_page(year: int, extending: forms.ExtendForm | None = None) -> Any:
    campaign = queries.campaign(year)
    if campaign is None:
        abort(404)
    which, level = request.args.get("show", "missing"), request.args.get("level", "")
    if which not in queries.FILTERS or level not in ("", *UNIT_KINDS):
        abort(400)
    query = arguments.search()
    page = Page.cut(
        queries.units(year, which, level, query, after=arguments.identifier("after")),
        queries.PAGE,
        lambda row: row.report_id,
    )
    today = local_day(utcnow())
    levels = queries.by_level(year)
    return render_template(
        "reports/unit_reports/campaign.html",
        campaign=campaign,
        page=page,
        unattended=queries.unattended([row.unit_id for row in page.rows if not row.reported], today),
        levels=levels,
        units=queries.together(levels),
        orphans=queries.orphans(year),
        which=which,
        level=level,
        query=query,
        extending=extending or forms.ExtendForm(formdata=None, data={"due_on": campaign.due_on}),
        collects=current_actor().holds_whole(access.COLLECT),
        today=today,
        level_word=wording.level_word,
        state_word=wording.state_word,
    )


def extend(year: int) -> Any:
    """Set another last day."""
    form = forms.ExtendForm()
    if not form.validate() or form.due_on.data is None:
        return _campaign_page(year, form), INVALID
    try:
        campaigns.extend(current_actor(), year, due_on=form.due_on.data, at=utcnow())
    except DomainError as refused:
        form.due_on.errors = [refused.message]
        return _campaign_page(year, form), refused.status
    flash(_("The deadline has been moved."))
    return redirect(url_for("reports.campaign", year=year))


def close(year: int) -> Any:
    """Close the campaign."""
    campaigns.close(current_actor(), year, at=utcnow())
    flash(_("The collection is closed. To extend it opens it again."))
    return redirect(url_for("reports.campaign", year=year))


def remind(year: int) -> Any:
    """Remind all who are missing."""
    count = duties.remind(current_actor(), year, at=utcnow())
    flash(ngettext("%(num)s unit is reminded.", "%(num)s units are reminded.", count))
    return redirect(url_for("reports.campaign", year=year))


def update(year: int) -> Any:
    """Bring the list of units up to date."""
    count = duties.bring_up_to_date(current_actor(), year, at=utcnow())
    flash(ngettext("%(num)s unit was added.", "%(num)s units were added.", count))
    return redirect(url_for("reports.campaign", year=year))
