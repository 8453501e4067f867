import pytest


@pytest.fixture(autouse=True)
def _fresh_shelf(app):
    """Each test begins with an empty shelf, so that none reads what another rolled back."""
    app.extensions["catalogue_shelf"].clear()
