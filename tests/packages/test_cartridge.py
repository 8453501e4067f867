"""Common Cartridges, good and hostile."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.packages.formats import cartridge
from lms.packages.structure import Refused

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
    ["imsbasiclti_xmlv1p0", "idpf_epub_v3", ""],
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


def canvas(*items: str) -> bytes:
    return (
        '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"><assessment ident="x" title="Kiểm tra 1">'
        f'<section ident="root_section">{"".join(items)}</section></assessment></questestinterop>'
    ).encode()


def question(
    profile: str, response: str, processing: str, prompt: str = "&lt;p&gt;Thủ đô &lt;b&gt;nước ta&lt;/b&gt;?&lt;/p&gt;"
) -> str:
    return (
        f'<item ident="i1" title="Câu"><itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>cc_profile</fieldlabel>'
        f"<fieldentry>{profile}</fieldentry></qtimetadatafield></qtimetadata></itemmetadata><presentation><material>"
        f'<mattext texttype="text/html">{prompt}</mattext></material>{response}</presentation>'
        f"<resprocessing>{processing}</resprocessing></item>"
    )


CITIES = (
    '<response_lid ident="r1" rcardinality="Single"><render_choice>'
    '<response_label ident="7"><material><mattext texttype="text/plain">Huế</mattext></material></response_label>'
    '<response_label ident="8"><material><mattext texttype="text/plain">Hà Nội</mattext></material></response_label>'
    "</render_choice></response_lid>"
)
EIGHT = (
    '<respcondition continue="No"><conditionvar><varequal respident="r1">8</varequal></conditionvar>'
    '<setvar action="Set" varname="SCORE">100</setvar></respcondition>'
)
QUIZ = "imsqti_xmlv1p2/imscc_xmlv1p{}/{}"


@pytest.mark.parametrize("kind", [QUIZ.format(0, "assessment"), QUIZ.format(3, "assessment")])
def test_a_quiz_becomes_a_page_that_is_done_by_answering(kind: str):
    quiz = canvas(question("cc.multiple_choice.v0p1", CITIES, EIGHT), question("cc.hotspot.v9", "", ""))
    found = read(item("a", "Kiểm tra"), resource("a", "q.xml", kind), q__xml=quiz)
    (unit,) = found.root.children
    page = found.generated[str(unit.href)].decode()
    assert (unit.kind, unit.properties["moveOn"], unit.title) == ("au", "Completed", {"vi": "Kiểm tra"})
    assert "Thủ đô nước ta?" in page and '"right": ["8"]' in page and "Hà Nội" in page
    assert [str(note.path) for note in found.notes] == ["Kiểm tra"] and "2" in str(found.notes[0].message)


def test_a_bank_of_questions_that_stands_in_no_list_is_taken_too():
    bank = canvas(question("cc.true_false.v0p1", CITIES, EIGHT))
    resources = resource("a", "a.html") + resource("b", "b.xml", QUIZ.format(3, "question-bank"))
    found = read(item("a"), resources, a__html=b"", b__xml=bank)
    assert [(one.kind, one.title) for one in found.root.children][1:] == [("au", {"vi": "Kiểm tra 1"})]


@pytest.mark.parametrize(
    "item_",
    [
        question("cc.multiple_choice.v0p1", CITIES, ""),
        question("cc.multiple_choice.v0p1", CITIES.replace('"8"', '"7"'), EIGHT),
        question("cc.multiple_choice.v0p1", "", EIGHT),
        question("cc.fib.v0p1", "<response_str/>", "<respcondition/>"),
        question("cc.essay.v0p1", "", "", prompt="&lt;script&gt;&lt;/script&gt;"),
        question("", CITIES, EIGHT),
        "<item/>",
    ],
)
def test_a_quiz_without_a_question_to_ask_is_left_out(item_: str):
    resources = resource("a", "a.html") + resource("b", "q.xml", QUIZ.format(3, "assessment"))
    found = read(item("a") + item("b"), resources, a__html=b"", q__xml=canvas(item_))
    assert [one.kind for one in found.root.children] == ["web"] and not found.generated
    assert len(found.notes) == 2
