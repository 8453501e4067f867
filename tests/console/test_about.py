"""What the product says of itself: to strangers, in guides, of whom to ask, of personal data."""

import dataclasses
import re

import pytest
from lxml import html

from lms.console.about import guides, privacy
from lms.console.doctor.rules import contact as contact_findings
from lms.core.config import Contact, Settings, SettingsError
from lms.core.personal import held
from lms.people.permissions import ROLES

TOLD = {
    "LMS_CONTACT_UNIT": "Phòng Đào tạo, Sở Nội vụ",
    "LMS_CONTACT_PHONE": "024 3999 0000",
    "LMS_CONTACT_EMAIL": "hotro@hanoi.example",
}
WITH_CONTACT = ("/", "/help", "/contact", "/privacy", "/accessibility")


@pytest.fixture
def telling(app, monkeypatch):
    def tell(**env):
        settings = dataclasses.replace(app.config["SETTINGS"], contact=Contact.read(env))
        monkeypatch.setitem(app.config, "SETTINGS", settings)

    return tell


def test_a_stranger_reads_what_this_is_and_how_one_is_sent(client):
    page = client.get("/").text
    assert "Cử đi học như thế nào" in page
    assert "Cá nhân không tự đăng ký vào lớp" in page
    links = set(html.fromstring(page).xpath("//main//a/@href"))
    assert {"/programmes", "/account/sign-in", "/account/activate", "/help", "/privacy"} <= links


@pytest.mark.parametrize("path", WITH_CONTACT)
def test_whom_to_ask_comes_from_the_settings(client, telling, path):
    telling(**TOLD)
    page = html.fromstring(client.get(path).text)
    assert "Phòng Đào tạo, Sở Nội vụ" in page.text_content()
    assert page.xpath("//a[@href='tel:02439990000'] and //a[@href='mailto:hotro@hanoi.example']")


@pytest.mark.parametrize("path", WITH_CONTACT)
def test_what_the_office_has_not_told_is_said(client, telling, path):
    telling(LMS_CONTACT_UNIT="Phòng Đào tạo")
    page = client.get(path).text
    assert "chưa khai báo đầu mối liên hệ" in page
    assert "Phòng Đào tạo" not in page, "a unit that nobody can reach"


def test_an_address_of_mail_that_is_none_is_refused():
    with pytest.raises(SettingsError, match="LMS_CONTACT_EMAIL"):
        Settings.from_environment({"LMS_DEMO": "1", "LMS_CONTACT_EMAIL": "hotro"})


def test_the_doctor_misses_whom_to_ask():
    bare = Settings.from_environment({"LMS_DEMO": "1"})
    assert [finding.subject for finding in contact_findings(bare)] == ["LMS_CONTACT_UNIT"]
    assert list(contact_findings(dataclasses.replace(bare, contact=Contact.read(TOLD)))) == []


def test_the_page_on_personal_data_tells_of_all_that_the_domains_hold(app):
    declared = {table for data in held.ask() for table in data.tables}
    told = [table for section in privacy.sections(5) for table in section.tables]
    assert len(told) == len(set(told)), "told twice"
    assert set(told) == declared


def test_the_page_on_personal_data_tells_the_periods_of_the_code(app, client, monkeypatch):
    settings = dataclasses.replace(app.config["SETTINGS"], record_retention_years=17)
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    page = html.fromstring(client.get("/privacy").text).text_content()
    for words in ("17 năm", "12 giờ", "14 ngày", "7 ngày", "30 ngày", "365 ngày"):
        assert words in page


def test_each_guide_is_a_page_without_broken_links_or_pictures(client):
    assert {guide.path for guide in guides.GUIDES.values()} == {
        path for path in guides.FOLDER.glob("*.md") if path.name != "README.md"
    }
    for key in guides.GUIDES:
        page = html.fromstring(client.get(f"/help/{key}").text)
        (text,) = page.find_class("guide")
        assert len(text.text_content()) > 300
        assert not text.xpath(".//img | .//a[not(starts-with(@href, 'http'))] | .//h1")
    assert client.get("/help/khong-co").status_code == 404


def test_every_role_has_a_guide():
    written = set().union(*(guide.roles for guide in guides.GUIDES.values()))
    assert written == ROLES.keys()


def test_own_guides_come_first(client):
    listed = re.findall(r'href="/help/([a-z-]+)"', client.get("/help").text)
    assert listed == list(guides.GUIDES)
    assert [guide.key for guide in guides.own({"trainee", "lecturer"})] == ["hoc-vien", "giang-vien"]
