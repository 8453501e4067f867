"""The attributes of fields are WTForms' own, to the letter."""

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from wtforms.widgets import core

from lms.core.form_html import attributes

NAMES = st.sampled_from(["class_", "id", "name", "data_of", "data_", "aria_label", "for_", "required", "value", "max"])
TEXTS = st.text(max_size=30) | st.text(alphabet="<>&\"'%{}", max_size=8)
VALUES = TEXTS | TEXTS.map(Markup) | st.booleans() | st.integers() | st.none()


def _theirs(**given):
    """What WTForms writes, as its documentation says."""
    parts = []
    for name, value in sorted(given.items()):
        if value is True:
            parts.append(core.clean_key(name))
        elif value is not False:
            safe = core.escape(value).replace(Markup('"'), Markup("&quot;"))
            parts.append(Markup('{k}="{v}"').format(k=core.clean_key(name), v=safe))
    return Markup(" ").join(parts)


@given(st.dictionaries(NAMES, VALUES))
def test_attributes_are_written_as_wtforms_writes_them(given_):
    assert attributes(**given_) == _theirs(**given_)


def test_widgets_write_them_so(app):
    assert core.html_params is attributes
    assert core.Input.html_params is attributes


def test_a_text_of_a_template_is_a_format_whose_values_are_escaped(app):
    with app.test_request_context():
        page = app.jinja_env.from_string('{{ _("100%% of %(x)s <b>", x=y) }}|{{ _("5%%") }}|{{ _("Menu") }}')
        assert page.render(y="<i>") == "100% of &lt;i&gt; <b>|5%|Trình đơn"
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert app.jinja_env.from_string('{{ _("Menu") }}').render() == "Menu"
