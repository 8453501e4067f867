"""Common Cartridges, good and hostile."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.library.formats import cartridge
from lms.library.structure import Refused

TITLE = "Chuyển đổi số ở cơ sở: hướng dẫn dành cho cán bộ, công chức phường và xã"


class Held(dict[str, bytes]):
    """A package's files in memory."""

    def size(self, path: str) -> int:
        return len(self[path])

    def open(self, path: str) -> io.BytesIO:
        return io.BytesIO(self[path])


def manifest(items: str, resources: str, version: str = "3", language: str = "vi") -> bytes:
    return f"""<manifest xmlns="http://www.imsglobal.org/xsd/imsccv1p{version}/imscp_v1p1" identifier="m">
<metadata><schema>IMS Common Cartridge</schema><schemaversion>1.{version}.0</schemaversion>
<lom><general><title><string>{TITLE}</string></title><language>{language}</language></general></lom></metadata>
<organizations><organization identifier="o" structure="rooted-hierarchy"><item identifier="root">{items}</item>
</organization></organizations><resources>{resources}</resources></manifest>""".encode()


def item(reference: str, title: str = "Mục", inner: str = "") -> str:
    return f'<item identifier="i-{reference}" identifierref="{reference}"><title>{title}</title>{inner}</item>'


def resource(identifier: str, href: str, kind: str = "webcontent") -> str:
    return f'<resource identifier="{identifier}" type="{kind}" href="{href}"><file href="{href}"/></resource>'


def read(items: str, resources: str, **files: bytes):
    held = Held({name.replace("__", "."): content for name, content in files.items()})
    held["imsmanifest.xml"] = manifest(items, resources)
    return cartridge.read_structure(held)


@pytest.mark.parametrize("version", ["0", "1", "2", "3"])
def test_a_cartridge_of_each_version_gives_a_tree_of_playable_units(version: str):
    items = f"<item identifier='w'><title>Tuần 1</title>{item('a')}{item('b', TITLE)}{item('c')}</item>"
    link = f'<resource identifier="c" type="imswl_xmlv1p{version}"><file href="l.xml"/></resource>'
    resources = resource("a", "bai.html") + resource("b", "tep.pdf", "associatedcontent/learning") + link
    held = Held({"bai.html": b"<p>", "tep.pdf": b"%PDF", "imsmanifest.xml": manifest(items, resources, version)})
    held["l.xml"] = b'<webLink xmlns="http://x"><title>T</title><url href="https://example.org/?a=1"/></webLink>'
    found = cartridge.read_structure(held)
    (block,) = found.root.children
    assert found.kind == "cartridge" and found.root.title == {"vi": TITLE} and found.notes == ()
    assert block.kind == "block" and block.title == {"vi": "Tuần 1"}
    assert [(one.kind, one.href) for one in block.children] == [
        ("web", "bai.html"),
        ("pdf", "tep.pdf"),
        ("link", "https://example.org/?a=1"),
    ]
    assert block.children[1].title == {"vi": TITLE}


def test_a_thin_cartridge_has_its_link_in_the_manifest():
    inline = (
        '<resource identifier="c" type="imswl_xmlv1p3"><webLink xmlns="http://x"><url href="https://a.org/"/>'
        "</webLink></resource>"
    )
    found = read(item("c"), inline)
    assert found.root.children[0].href == "https://a.org/"


@pytest.mark.parametrize(
    "kind",
    ["imsqti_xmlv1p2/imscc_xmlv1p3/assessment", "imsbasiclti_xmlv1p0", "idpf_epub_v3", ""],
)
def test_what_cannot_be_played_is_told_and_the_rest_is_taken(kind: str):
    found = read(item("a") + item("b", "Khác"), resource("a", "a.html") + resource("b", "b.xml", kind), a__html=b"")
    assert [unit.href for unit in found.root.children] == ["a.html"]
    assert [note.path for note in found.notes] == ["Khác"]


@pytest.mark.parametrize(
    "href",
    ["../a.html", "/etc/passwd", "javascript:alert(1)", "file:///etc/passwd", "gone.html", "%2e%2e/a.html", "//["],
)
def test_addresses_that_lead_nowhere_good_are_left_out(href: str):
    found = read(item("a") + item("b"), resource("a", "a.html") + resource("b", href), a__html=b"")
    assert [unit.href for unit in found.root.children] == ["a.html"] and len(found.notes) == 1


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "http://", "http://[", "https://a b/"])
def test_links_lead_to_the_web_only(url: str):
    link = f'<resource identifier="b" type="imswl_xmlv1p1"><webLink><url href="{url}"/></webLink></resource>'
    found = read(item("a") + item("b"), resource("a", "a.html") + link, a__html=b"")
    assert len(found.root.children) == 1 and len(found.notes) == 1


def test_a_missing_resource_and_a_doubled_one_are_noted():
    found = read(item("a") + item("x"), resource("a", "a.html") + resource("a", "b.html"), a__html=b"", b__html=b"")
    assert [unit.href for unit in found.root.children] == ["a.html"] and len(found.notes) == 2


def test_nothing_to_show_and_too_deep_a_tree_are_refused():
    with pytest.raises(Refused):
        read(item("q"), resource("q", "q.xml", "imsqti_xmlv1p2/imscc_xmlv1p1/assessment"))
    deep = item("a")
    for _ in range(40):
        deep = f"<item><title>x</title>{deep}</item>"
    with pytest.raises(Refused):
        read(deep, resource("a", "a.html"), a__html=b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<manifest",
        b"<other/>",
        b"<manifest/>",
        b'<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><manifest>&a;</manifest>',
    ],
)
def test_a_manifest_that_is_none_is_refused(content: bytes):
    with pytest.raises(Refused):
        cartridge.read_structure(Held({"imsmanifest.xml": content}))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_no_manifest_brings_the_reader_down(data: st.DataObject):
    whole = manifest(item("a", TITLE, item("b")), resource("a", "a.html") + resource("b", "b.pdf"))
    at = data.draw(st.integers(0, len(whole)))
    cut = data.draw(st.integers(0, 40))
    broken = whole[:at] + data.draw(st.binary(max_size=20)) + whole[at + cut :]
    try:
        found = cartridge.read_structure(Held({"imsmanifest.xml": broken, "a.html": b"", "b.pdf": b""}))
    except Refused as refused:
        assert refused.faults
    else:
        assert any(unit.href for unit in found.root.walk())
