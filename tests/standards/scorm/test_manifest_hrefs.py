"""From an href to what is opened (SCORM 2004 CAM, 3.4.1.5 parameters, 3.4.1.8 to 10 hrefs and bases)."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.library.addresses import path_of
from lms.packages.scorm.hrefs import Address, Bad, Names
from lms.packages.structure import Refused
from tests.data.scorm import packages
from tests.data.scorm.packages import Held
from tests.standards.scorm.test_manifest import notes, structure, unit


@pytest.mark.parametrize(
    ("href", "parameters", "opened"),
    [
        ("index.html", "a=1", "index.html?a=1"),
        ("index.html", "?a=1", "index.html?a=1"),
        ("index.html", "&amp;?&amp;a=1", "index.html?a=1"),
        ("index.html?b=2", "?a=1", "index.html?b=2&a=1"),
        ("index.html", "#top", "index.html#top"),
        ("index.html#end", "#top", "index.html#end"),
        ("index.html#end", "a=1", "index.html?a=1#end"),
        ("index.html", "a=1#top", "index.html?a=1#top"),
        ("index.html?b=2#end", "a=1#top", "index.html?b=2&a=1#end"),
        ("index.html", "?", "index.html"),
        ("index.html#a?b", "", "index.html#a%3Fb"),
        ("index.html?u=a/b?c", "", "index.html?u=a/b?c"),
    ],
)
def test_parameters(href, parameters, opened):
    found = structure(
        packages.single_12(),
        ('scormtype="sco" href="index.html"', f'scormtype="sco" href="{href}"'),
        ('parameters="?lang=vi"', f'parameters="{parameters}"'),
    )
    assert unit(found, "ITEM").href == opened


@pytest.mark.parametrize(
    ("bases", "href", "path"),
    [
        ((), "a/b.html", "a/b.html"),
        (("a/",), "b.html", "a/b.html"),
        (("a",), "b.html", "a/b.html"),  # without its closing slash: wrong by RFC 3986, but meant
        (("a/", "c/"), "../b.html", "a/b.html"),
        (("x/y/",), "/a/b.html", "a/b.html"),
        ((), "./a/./b.html", "a/b.html"),
        ((), "a%2Fb.html", "a/b.html"),
        ((), "B%C3%A0i%201.html", "Bài 1.html"),
        ((), "Ba\u0300i 1.html", "Bài 1.html"),
        ((), "100%.html", "100%.html"),
        ((), "a%20b.html", "a b.html"),
        ((), "c%20d.html", "c%20d.html"),  # a file whose very name is so
        ((), "A/B.HTML", "a/b.html"),
        ((), "a\\b.html", "a/b.html"),
    ],
)
def test_paths(bases, href, path):
    files = Held(dict.fromkeys(("a/b.html", "Bài 1.html", "100%.html", "a b.html", "c%20d.html"), b""))
    assert Names(files).resolve(bases, href).path == path


def test_an_exact_name_goes_before_one_in_another_case():
    names = Names(Held({"Index.html": b"", "index.html": b""}))
    assert names.resolve((), "index.html").path == "index.html"
    assert not names.recased
    assert names.resolve((), "INDEX.html").path in {"Index.html", "index.html"}
    assert names.recased


@pytest.mark.parametrize(
    ("href", "reason"),
    [
        ("missing.html", "not in the package"),
        ("../index.html", "not in the package"),
        ("a/../../index.html", "not in the package"),
        ("%2e%2e/index.html", "not in the package"),
        ("..\\index.html", "not in the package"),
        ("/", "not in the package"),
        ("#only", "not in the package"),
        ("javascript:alert(1)", "neither a file of the package nor a web address"),
        ("JaVaScRiPt:alert(1)", "neither a file of the package nor a web address"),
        ("data:text/html,x", "neither a file of the package nor a web address"),
        ("file:///etc/passwd", "neither a file of the package nor a web address"),
        ("C:\\index.html", "neither a file of the package nor a web address"),
        ("//evil.example/x", "neither a file of the package nor a web address"),
        ("http://", "neither a file of the package nor a web address"),
        ("http://[::1", "neither a file of the package nor a web address"),
        ("http://a b/", "neither a file of the package nor a web address"),
        ("so%23.html", "Please rename it"),
    ],
)
def test_what_cannot_be_opened(href, reason):
    with pytest.raises(Bad) as caught:
        Names(Held({"index.html": b"", "so#.html": b""})).resolve((), href)
    assert reason in str(caught.value.message)


def test_pages_of_other_websites_are_noted():
    found = structure(
        packages.single_12(), ('scormtype="sco" href="index.html"', 'scormtype="sco" href="https://a.example/x?y=1"')
    )
    assert unit(found, "ITEM").href == "https://a.example/x?y=1&lang=vi"
    assert "another website (https://a.example/x)" in notes(found)
    found = structure(packages.single_12(), ("<resources>", '<resources xml:base="https://a.example/b/">'))
    assert unit(found, "ITEM").href == "https://a.example/b/index.html?lang=vi"


def test_what_is_named_but_missing_is_only_noted():
    found = structure(
        packages.single_12(),
        ('<file href="sco.js"/>', '<file href="a.png"/><file href="A.png"/><file href="SCO.js"/><file href="x\\y"/>'),
        ("</resources>", '<resource identifier="R2" type="webcontent" href="b.html"/></resources>'),
    )
    assert "not in the package: 4, such as a.png, A.png, x\\y" in notes(found)
    assert "taken as equal: 1, such as SCO.js" in notes(found)


def test_idle_and_circular_dependencies_are_only_noted():
    resource = '<resource identifier="{}" type="webcontent"><dependency identifierref="{}"/></resource>'
    more = resource.format("X", "Y") + resource.format("Y", "X") + resource.format("Z", "none")
    found = structure(packages.single_12(), ("</resources>", f"{more}</resources>"))
    assert "in a circle: " in notes(found)
    assert "do not exist were ignored: 1, such as none" in notes(found)


def test_a_shared_fault_is_told_once():
    files = packages.sequenced_2004()
    del files["index.html"]
    with pytest.raises(Refused) as caught:
        structure(files)
    assert len(caught.value.faults) == 3  # one for each resource, not for each item


_pieces = st.sampled_from(
    ["a", "b.html", "..", ".", "/", "\\", "%2e", "%2F", "?", "#", ":", "//", "http:", "http://h", "à", "%", " ", "%00"]
)


@given(st.lists(_pieces, max_size=3).map("".join), st.lists(_pieces, max_size=8).map("".join), st.text(max_size=8))
def test_nothing_leads_out_of_the_package(base, href, parameters):
    files = Held(dict.fromkeys(("a", "b.html", "a/b.html", "à"), b""))
    try:
        found = Names(files).resolve((base,), href)
    except Bad:
        return
    assert isinstance(found, Address)
    assert found.path in files or (found.external and found.path.startswith(("http://", "https://", "http:")))
    if not found.external:  # what serves it finds the same file in the whole address
        assert unquote(urlsplit(path_of(found.launch(parameters))).path) == found.path
