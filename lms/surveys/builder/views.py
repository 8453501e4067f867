"""The builder's pages."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs lag

from lms.catalogue.queries import programme, programmes
from lms.core.database import utcnow
from lms.core.edits import ChangedMeanwhile, settle
from lms.core.errors import DomainError
from lms.core.forms import EditForm, status_of
from lms.core.guard import current_actor
from lms.core.i18n import local
from lms.surveys import document
from lms.surveys.builder import changes, forms, queries
from lms.surveys.life import INSTRUMENT
from lms.surveys.services import instruments


def index() -> Any:
    """All forms with their versions."""
    return render_template("surveys/instruments.html", instruments=queries.all_versions(), audiences=forms.AUDIENCES)


def uses() -> Any:
    """Which form is taken: in the city, and in programmes that have one of their own."""
    form = forms.UseForm()
    published = {version.code: version for version in reversed(queries.all_versions()) if version.state == "published"}
    form.code.choices = [SelectChoice(code, f"{local(version.title)} ({code})") for code, version in published.items()]
    form.programme.choices = [
        SelectChoice("", _("The whole city")),
        *(SelectChoice(programme.code, f"{programme.code} {local(programme.name)}") for programme in programmes()),
    ]
    if form.validate_on_submit():
        chosen = programme(form.programme.data) if form.programme.data else None
        try:
            instruments.use(current_actor(), str(form.code.data), chosen.id if chosen else None, at=utcnow())
            flash(_("Evaluations that open from now on take this form."))
            return redirect(url_for("surveys.instrument_uses"))
        except DomainError as refused:
            form.programme.errors = [str(refused.message)]
    return render_template(
        "surveys/builder_uses.html", form=form, uses=queries.uses(), audiences=forms.AUDIENCES
    ), status_of(form)


def use_general(use_id: UUID) -> Any:
    """Let a programme take the city's form again."""
    instruments.use_general(current_actor(), use_id, at=utcnow())
    flash(_("Evaluations of this programme take the city's form again."))
    return redirect(url_for("surveys.instrument_uses"))


def begin(code: str) -> Any:
    """Begin a new version."""
    draft = instruments.begin_draft(current_actor(), code, at=utcnow())
    return redirect(url_for("surveys.instrument", instrument_id=draft.id))


def instrument(instrument_id: UUID) -> Any:
    """A version with its sections and questions; of a draft, with what is to be mended."""
    shown = queries.version_of(instrument_id)
    if shown is None:
        abort(404)
    faults = document.faults(shown.form) if shown.draft else []
    context = {"shown": shown, "faults": faults, "kinds": forms.KINDS, "objects": forms.OBJECTS}
    return render_template("surveys/instrument.html", **context, audiences=forms.AUDIENCES)


def preview(instrument_id: UUID) -> Any:
    """The form as those who answer see it, as wide as a phone."""
    shown = queries.version_of(instrument_id)
    if shown is None:
        abort(404)
    taught = [queries.example(number) for number in (1, 2)]
    return render_template("surveys/preview.html", shown=shown, taught=taught, answers={}, marks={})


def settings(instrument_id: UUID) -> Any:
    """Change title, limits and scales."""
    shown = _draft(instrument_id)
    form = forms.SettingsForm(data=_settings(shown.form))
    form.scale.choices = [SelectChoice(name, name) for name in shown.form.scales]
    if form.validate_on_submit():

        def change(draft: document.Form, values: dict[str, Any]) -> None:
            draft.title = _words(values, "title")
            draft.intro = _words(values, "intro") if values["intro_vi"] else {}
            draft.blank_limit_percent, draft.threshold = values["blank_limit_percent"] or 0, values["threshold"]
            draft.scale = values["scale"]
            draft.scales[draft.scale] = changes.labels_from(values["scales"] or "")

        done = _edited(instrument_id, form, _settings, change)
        if done is not None:
            return done
    return render_template("surveys/builder_settings.html", form=form, shown=shown), _status(form)


def _settings(now: document.Form) -> dict[str, Any]:
    return {
        "title_vi": now.title.get("vi", ""),
        "title_en": now.title.get("en", ""),
        "intro_vi": now.intro.get("vi", ""),
        "intro_en": now.intro.get("en", ""),
        "blank_limit_percent": now.blank_limit_percent,
        "threshold": now.threshold,
        "scale": now.scale,
        "scales": changes.labels_text(now.scales[now.scale]),
    }


def scale(instrument_id: UUID) -> Any:
    """Add a scale, or change the labels of one."""
    shown = _draft(instrument_id)
    form = forms.ScaleForm()
    labels = changes.labels_from(form.labels.data or "")
    if form.validate_on_submit():
        if 2 <= len(labels) <= 10:
            return _changed(instrument_id, lambda draft: draft.scales.__setitem__(form.name.data, labels))
        form.labels.errors = [_("A scale has from 2 to 10 labels, each on a line of its own.")]
    page = render_template("surveys/builder_scale.html", form=form, shown=shown, text=changes.labels_text)
    return page, status_of(form)


def section(instrument_id: UUID, key: str) -> Any:
    """Add a section (``new``) or change one."""
    shown = _draft(instrument_id)
    now = None if key == "new" else changes.section_of(shown.form, key)
    form = forms.SectionForm(data=_section(now) if now else {})
    if form.validate_on_submit():

        def change(draft: document.Form, values: dict[str, Any]) -> None:
            section_values = {
                "title": _words(values, "title"),
                "object": values["object"],
                "repeat": "teaching" if values["repeat"] else None,
                "weight": values["weight"],
                "threshold": values["threshold"],
            }
            changes.put_section(draft, now.key if now else None, section_values)

        stored = None if now is None else lambda draft: _section(changes.section_of(draft, now.key))
        done = _edited(instrument_id, form, stored, change)
        if done is not None:
            return done
    return render_template("surveys/builder_section.html", form=form, shown=shown, section=now), _status(form)


def _section(now: document.Section) -> dict[str, Any]:
    return {
        "title_vi": now.title.get("vi", ""),
        "title_en": now.title.get("en", ""),
        "object": now.object,
        "repeat": now.repeat is not None,
        "weight": now.weight,
        "threshold": now.threshold,
    }


def item(instrument_id: UUID, section_key: str, code: str) -> Any:
    """Add a question (``new``) or change one."""
    shown = _draft(instrument_id)
    holder = changes.section_of(shown.form, section_key)
    now = None if code == "new" else changes.item_of(shown.form, code)[1]
    form = forms.ItemForm(data=_item(now) if now else {})
    earlier = changes.conditions(shown.form, holder, now)
    form.when.choices = [SelectChoice(*choice) for _item, answers in earlier for choice in answers]
    form.scale.choices = [
        SelectChoice("", _("The form's own scale")),
        *(SelectChoice(name, name) for name in shown.form.scales),
    ]
    if form.validate_on_submit():

        def change(draft: document.Form, values: dict[str, Any]) -> None:
            item_values = {
                "text": _words(values, "text"),
                "kind": values["kind"],
                "scale": values["scale"] or None,
                "options": changes.options_from(values["options"] or ""),
                "na": values["na"],
                "required": values["required"],
                "weight": values["weight"],
                "when": changes.condition_from(values["when"] or []),
            }
            changes.put_item(draft, section_key, now.code if now else None, item_values)

        stored = None if now is None else lambda draft: _item(changes.item_of(draft, now.code)[1])
        done = _edited(instrument_id, form, stored, change)
        if done is not None:
            return done
    context = {"form": form, "shown": shown, "section": holder, "item": now, "earlier": earlier}
    return render_template("surveys/builder_item.html", **context), _status(form)


def _item(now: document.Item) -> dict[str, Any]:
    return {
        "text_vi": now.text.get("vi", ""),
        "text_en": now.text.get("en", ""),
        "kind": now.kind,
        "scale": now.scale or "",
        "options": changes.options_text(now.options),
        "na": now.na,
        "required": now.required,
        "weight": now.weight,
        "when": changes.condition_ticks(now.when),
    }


def arrange(instrument_id: UUID) -> Any:
    """Move or remove a section or a question."""
    name, act = request.form.get("name", ""), request.form.get("act", "")
    steps = {"up": -1, "down": 1}
    if act in steps:
        return _changed(instrument_id, lambda draft: changes.move(draft, name, steps[act]))
    if act == "remove":
        return _changed(instrument_id, lambda draft: changes.remove(draft, name))
    return abort(400)


def publish(instrument_id: UUID) -> Any:
    """Publish a draft."""
    instruments.publish(current_actor(), instrument_id, at=utcnow())
    flash(_("This version is published; evaluations that open from now on use it."))
    return redirect(url_for("surveys.instrument", instrument_id=instrument_id))


def discard(instrument_id: UUID) -> Any:
    """Throw a draft away."""
    instruments.discard(current_actor(), instrument_id, at=utcnow())
    flash(_("The draft is gone."))
    return redirect(url_for("surveys.instruments"))


def copy(instrument_id: UUID) -> Any:
    """Begin a form of its own from this one."""
    shown = queries.version_of(instrument_id)
    if shown is None:
        abort(404)
    form = forms.CopyForm()
    if form.validate_on_submit():
        try:
            made = instruments.copy_form(
                current_actor(), instrument_id, str(form.code.data), _words(form.data, "title"), at=utcnow()
            )
            return redirect(url_for("surveys.instrument", instrument_id=made.id))
        except DomainError as refused:
            form.code.errors = [str(refused.message)]
    return render_template("surveys/builder_copy.html", form=form, shown=shown), status_of(form)


def _draft(instrument_id: UUID) -> queries.Version:
    shown = queries.version_of(instrument_id)
    if shown is None:
        abort(404)
    INSTRUMENT.require("edit", shown.state)
    return shown


def _changed(instrument_id: UUID, change: Any) -> Any:
    instruments.edit(current_actor(), instrument_id, change)
    return redirect(url_for("surveys.instrument", instrument_id=instrument_id))


def _edited(
    instrument_id: UUID,
    form: EditForm,
    stored: Callable[[document.Form], dict[str, Any]] | None,
    change: Callable[[document.Form, dict[str, Any]], None],
) -> Any:
    """Change a draft as a form says; None where somebody else has changed the same, which the form then shows.

    :param stored: gives the form's fields as they are kept; None for something new
    :param change: takes the fields as they are to be
    """
    latest: dict[str, Any] = {}

    def settled(draft: document.Form) -> None:
        latest.update(stored(draft) if stored else form.values())
        change(draft, latest | settle(form.edit(), latest) if stored else latest)

    try:
        return _changed(instrument_id, settled)
    except ChangedMeanwhile as refused:
        form.show(refused, latest)
        return None


def _status(form: EditForm) -> int:
    return 409 if form.changed else status_of(form)


def _words(values: dict[str, Any], name: str) -> dict[str, str]:
    vi = values[f"{name}_vi"]
    return {"vi": vi, "en": values[f"{name}_en"] or vi}
