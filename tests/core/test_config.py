import pytest

from lms.core.config import DEMO_SECRET, Settings, SettingsError

STRONG = "x" * 40


def test_outside_demo_the_application_refuses_a_default_or_weak_secret():
    for env in ({}, {"LMS_SECRET_KEY": DEMO_SECRET}, {"LMS_SECRET_KEY": "short"}):
        with pytest.raises(SettingsError, match="LMS_SECRET_KEY"):
            Settings.from_environment(env)
    with pytest.raises(SettingsError, match="LMS_SECRET_KEY"):
        Settings.from_environment({"LMS_SECRET_KEY": "x" * 31})
    assert Settings.from_environment({"LMS_SECRET_KEY": "x" * 32}).secret_key == "x" * 32
    assert Settings.from_environment({"LMS_SECRET_KEY": STRONG}).demo is False


def test_demo_mode_starts_without_any_setting():
    settings = Settings.from_environment({"LMS_DEMO": "1"})
    assert (settings.demo, settings.port, settings.host) == (True, 8000, "localhost")


@pytest.mark.parametrize(
    ("name", "value"),
    [("LMS_PORT", "0"), ("LMS_PORT", "70000"), ("LMS_PORT", "http"), ("LMS_WEB_WORKERS", "-1"), ("LMS_DEMO", "maybe")],
)
def test_a_senseless_value_is_named(name, value):
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({"LMS_SECRET_KEY": STRONG, name: value})
