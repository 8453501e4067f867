"""What docs/operations.md has operators copy: units, settings and nginx fit the product they are for."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from lms.core.config import ROOT, Settings

FOLDER = ROOT / "docs/operations"
PAGE = (ROOT / "docs/operations.md").read_text("utf-8")
UNITS = sorted(FOLDER.glob("*.service"))


def settings_of(path: Path) -> dict[str, str]:
    lines = re.findall(r'^([A-Z_]+)="?([^"\n]*)"?$', path.read_text("utf-8"), re.MULTILINE)
    return dict(lines)


def test_every_sample_is_told_of():
    named = set(re.findall(r"\]\(operations/([^)]+)\)", PAGE))
    assert named == {path.name for path in FOLDER.iterdir()}


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_units_start_commands_that_there_are(app, unit):
    command = re.search(r"^ExecStart=/opt/khue/current/\.venv/bin/flask (.+)$", unit.read_text(), re.MULTILINE)
    result = app.test_cli_runner().invoke(args=[*command[1].split(" /")[0].split(), "--help"])
    assert result.exit_code == 0
    for option in re.findall(r"--[a-z-]+", command[1]):
        assert option in result.output


def test_commands_of_the_page_are_there(app):
    runner = app.test_cli_runner()
    commands = set(re.findall(r"^ *khue ((?:[a-z-]+ ?){1,2})", PAGE, re.MULTILINE))
    assert len(commands) >= 5
    for command in commands:
        words = command.split()
        known = words[:1] if words[0] in ("prepare", "doctor", "restore") else words
        assert runner.invoke(args=[*known, "--help"]).exit_code == 0, command


def test_the_sample_settings_are_accepted_and_each_is_explained():
    values = settings_of(FOLDER / "khue.env")
    settings = Settings.from_environment(values | {"LMS_SECRET_KEY": "nZ4kq0Rr8mV2tYb7XwJc5uLh1PdGf9As"})
    assert settings.trusted_proxies == 1
    assert not settings.demo
    readme = (ROOT / "README.md").read_text("utf-8")
    read = set(re.findall(r'"(LMS_[A-Z_]+)"', (ROOT / "lms/core/config.py").read_text("utf-8")))
    assert {name for name in values if name.startswith("LMS_")} <= read
    assert [name for name in sorted(read) if f"`{name}`" not in readme] == []


def test_the_sample_settings_can_be_read_by_a_shell(tmp_path):
    shell = subprocess.run(
        ["/bin/sh", "-c", f". {FOLDER / 'khue.env'}; echo $LMS_DATABASE_URL"],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert shell.stdout.strip() == settings_of(FOLDER / "khue.env")["LMS_DATABASE_URL"]


def test_nginx_passes_requests_as_the_product_expects_them():
    passed = (FOLDER / "khue-proxy.conf").read_text()
    for line in (
        "proxy_request_buffering on;",
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "proxy_set_header X-Forwarded-Proto $scheme;",
        "proxy_set_header X-Forwarded-Host $http_host;",
        'proxy_set_header Connection "";',
    ):
        assert line in passed
    conf = (FOLDER / "nginx.conf").read_text()
    assert "underscores_in_headers" not in re.sub(r"#.*", "", conf)
    for location in re.findall(r"location[^{]*\{[^}]*\}", conf):
        assert "khue-proxy.conf" in location
    assert len(re.findall(r"client_body_timeout \d+s;", conf)) == 2


@pytest.mark.skipif(shutil.which("nginx") is None or shutil.which("openssl") is None, reason="no nginx here")
def test_nginx_takes_its_configuration(tmp_path):
    name = "/CN=hoc.example.gov.vn"
    key = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", name]
    subprocess.run(
        [*key, "-keyout", str(tmp_path / "khue.key"), "-out", str(tmp_path / "khue.crt")],
        check=True,
        capture_output=True,
    )
    site = (FOLDER / "nginx.conf").read_text()
    site = site.replace("/etc/khue/tls", str(tmp_path)).replace("/etc/nginx/snippets", str(FOLDER))
    site = re.sub(r"listen (80|443)\b", r"listen unix:" + str(tmp_path) + r"/\1", site)
    folders = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/errors; events {{}} http {{ access_log off; {folders}\n{site} }}"
    )
    checked = subprocess.run(
        ["nginx", "-t", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
