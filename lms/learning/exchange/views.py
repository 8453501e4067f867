"""The page to export a module or a programme version."""

from typing import Any

from flask import abort, render_template, request, send_file
from flask_babel import gettext as _

from lms.catalogue import queries as catalogue
from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.guard import current_actor
from lms.learning.exchange import queries, services


@costly("POST")
def export(code: str, number: int) -> Any:
    """Choose what to export and in which form; the answer to the form is the package."""
    version_id = catalogue.version_id(code, number) if code.isprintable() else None
    course = queries.collect(version_id) if version_id else None
    if version_id is None or course is None:
        abort(404)
    modules = catalogue.outline(version_id).modules
    if request.method == "GET":
        context = {"course": course, "modules": modules, "forms": services.FORMS, "code": code, "number": number}
        context["proposed"] = queries.proposed(version_id)
        return render_template("learning/export.html", **context)
    module = next((choice for choice in modules if choice.code == request.form.get("module")), None)
    form = request.form.get("form", "")
    if form not in services.FORMS or (module is None and request.form.get("module")):
        abort(400, _("Please choose what to export and in which form."))
    module_id = module.id if module else None
    package = services.export(
        current_actor(), version_id, form, module_id=module_id, quizzes="quizzes" in request.form, at=utcnow()
    )
    name = f"{code}-v{number}{f'-{module.code}' if module else ''}-{form}.{services.FORMS[form][1]}"
    return send_file(package, "application/zip", as_attachment=True, download_name=name)
