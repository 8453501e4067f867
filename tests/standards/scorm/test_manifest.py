"""What a SCORM manifest says becomes units (SCORM 1.2 CAM, 2.3; SCORM 2004 CAM, 3.4 and 5)."""

import pytest

from lms.packages.scorm.manifest import read_structure
from lms.packages.structure import Structure, Unit
from tests.data.scorm import packages
from tests.data.scorm.packages import Held


def structure(files: dict[str, bytes], *changes: tuple[str, str]) -> Structure:
    """Read a package after each of the changes to its manifest, which must hit."""
    manifest = files["imsmanifest.xml"].decode()
    for old, new in changes:
        assert old in manifest
        manifest = manifest.replace(old, new)
    return read_structure(Held(files | {"imsmanifest.xml": manifest.encode()}))


def unit(found: Structure, identifier: str) -> Unit:
    return next(one for one in found.root.walk() if one.identifier == identifier)


def notes(found: Structure) -> str:
    return "\n".join(f"{one.path}: {one.message}" for one in found.notes)


def test_one_sco():
    found = structure(packages.single_12())
    assert found.kind == "scorm12"
    assert found.root == Unit(
        "course",
        "ORG",
        {"und": "An toàn thông tin cho cán bộ, công chức"},
        properties={"edition": "1.2"},
        children=(
            Unit(
                "sco",
                "ITEM",
                {"und": "Bài 1. Nhận biết thư điện tử giả mạo"},
                "index.html?lang=vi",
                properties={"isVisible": True, "resource": "RES", "parameters": "?lang=vi"},
            ),
        ),
    )
    assert found.notes == ()


def test_several_parts_with_what_scorm_12_says_of_them():
    found = structure(packages.multi_12())
    assert [(one.kind, one.identifier) for one in found.root.walk()] == [
        ("course", "B"),
        ("block", "phan-1"),
        ("sco", "bai-1"),
        ("asset", "tai-lieu"),
        ("sco", "kiem-tra"),
    ]
    assert unit(found, "phan-1").href is None
    assert unit(found, "bai-1").properties | {"isVisible": True} == {
        "isVisible": True,
        "resource": "R1",
        "parameters": "&trang=1#dau",
        "maxTimeAllowed": "00:45:00",
        "timeLimitAction": "exit,message",
        "dataFromLMS": "chuong=1",
    }
    assert unit(found, "tai-lieu").properties["isVisible"] is False
    assert unit(found, "kiem-tra").properties["masteryScore"] == 80
    assert unit(found, "kiem-tra").properties["prerequisites"] == "bai-1&tai-lieu"
    assert found.root.title == {"vi": "Cải cách hành chính"}
    assert "sequencing" not in found.root.properties


def test_what_scorm_2004_says_of_items():
    found = structure(packages.sequenced_2004())
    assert found.kind == "scorm2004"
    assert unit(found, "dau-vao").properties["hideLMSUI"] == ["continue", "suspendAll"]
    assert unit(found, "dau-vao").properties["scaledPassingScore"] == 0.8
    assert unit(found, "dau-vao").properties["maxTimeAllowed"] == "PT30M"
    lesson = unit(found, "bai-1").properties
    assert lesson["dataFromLMS"] == "muc=1"
    assert (lesson["completedByMeasure"], lesson["minProgressMeasure"], lesson["progressWeight"]) == (True, 0.75, 0.5)
    assert lesson["completionThreshold"] == 0.75
    assert "completionThreshold" not in unit(found, "bai-2").properties
    assert found.root.properties["globalObjectives"] == ["vn.khue.nang-luc"]
    assert found.root.properties["objectivesGlobalToSystem"] is False
    assert found.root.properties["sharedDataGlobalToSystem"] is True


def test_threshold_of_the_third_edition_is_a_number():
    item = unit(structure(packages.third_2004()), "ITEM")
    assert item.title == {"vi-VN": "Soạn thảo văn bản"}
    assert item.properties["completionThreshold"] == 0.6
    assert item.properties["scaledPassingScore"] == 0.7


@pytest.mark.parametrize(
    ("said", "edition"),
    [
        ("2004 3rd Edition", "2004 3rd"),
        ("2004 4th Edition", "2004 4th"),
        ("2004 4TH EDITION", "2004 4th"),
        ("2004 2nd Edition", "2004 2nd"),
        ("CAM 1.3", "2004 2nd"),
        ("1.3", "2004 2nd"),
        ("2004", "2004 2nd"),
        ("1.1.3", "2004 3rd"),  # the version of IMS Content Packaging, put in the wrong place
        ("", "2004 3rd"),
    ],
)
def test_edition_by_schemaversion_or_else_by_namespaces(said, edition):
    found = structure(packages.third_2004(), (">2004 3rd Edition<", f">{said}<"))
    assert (found.kind, found.root.properties["edition"]) == ("scorm2004", edition)


def test_edition_without_metadata_shows_in_what_is_used():
    metadata = "<metadata><schema>ADL SCORM</schema><schemaversion>{}</schemaversion></metadata>"
    bare = structure(packages.single_12(), (metadata.format("1.2"), ""))
    assert (bare.kind, bare.root.properties["edition"]) == ("scorm12", "1.2")
    bare = structure(packages.sequenced_2004(), (metadata.format("2004 4th Edition"), ""))
    assert bare.root.properties["edition"] == "2004 4th"


def test_version_and_names_that_disagree_are_noted():
    found = structure(packages.third_2004(), ("2004 3rd Edition", "1.2"))
    assert found.kind == "scorm12"
    assert "uses names of another version" in notes(found)


def test_sloppy_spelling_is_understood():
    found = structure(
        packages.single_12(),
        ('adlcp:scormtype="sco"', 'adlcp:scormType="SCO"'),
        ("adlcp_rootv1p2", "adlcp_rootv1p1"),
        (' version="2"', ""),
        ('isvisible="true"', 'isVisible="FALSE"'),
    )
    assert unit(found, "ITEM").kind == "sco"
    assert unit(found, "ITEM").properties["isVisible"] is False


def test_a_resource_without_scorm_type_is_an_asset():
    found = structure(packages.single_12(), (' adlcp:scormtype="sco"', ""))
    assert unit(found, "ITEM").kind == "asset"


def test_missing_titles():
    title = "<title>An toàn thông tin cho cán bộ, công chức</title>"
    found = structure(packages.single_12(), (title, ""))
    assert found.root.title == {"und": "Bài 1. Nhận biết thư điện tử giả mạo"}
    found = structure(packages.single_12(), ("<title>Bài 1. Nhận biết thư điện tử giả mạo</title>", "<title> </title>"))
    assert unit(found, "ITEM").title == {"und": "ITEM"}


def test_titles_are_one_line_of_nfc_in_a_valid_language():
    decomposed = "Ti\u00ea\u0301ng\n\t Vi\u00ea\u0323t"
    found = structure(
        packages.single_12(), ("<title>Bài 1. Nhận biết thư điện tử giả mạo<", f'<title xml:lang="vi">{decomposed}<')
    )
    assert unit(found, "ITEM").title == {"vi": "Tiếng Việt"}
    found = structure(packages.multi_12(), ('xml:lang="vi"', 'xml:lang="tiếng Việt"'))
    assert set(found.root.title) == {"und"}


def test_a_very_long_vietnamese_title_is_kept_whole():
    long = "Kỹ năng số cho cán bộ, công chức, viên chức " * 40
    found = structure(packages.single_12(), ("Bài 1. Nhận biết thư điện tử giả mạo", long))
    assert unit(found, "ITEM").title == {"und": long.strip()}


def test_the_first_organization_stands_in_for_a_default_that_is_missing():
    found = structure(packages.multi_12(), ('default="B"', 'default="C"'))
    assert found.root.identifier == "A"
    assert "default organization C does not exist" in notes(found)
    found = structure(packages.multi_12(), (' default="B"', ""))
    assert found.root.identifier == "A"
    assert "in 2 organizations. Only A is played" in notes(found)


def test_further_manifests_are_noted():
    found = structure(packages.single_12(), ("</resources>", '</resources><manifest identifier="SUB"/>'))
    assert "further manifests" in notes(found)


def test_an_item_without_page_is_a_heading_and_no_activity():
    heading = '<item identifier="H"><title>Chỉ là đề mục</title></item></organization>'
    found = structure(packages.third_2004(), ("</organization>", heading))
    assert unit(found, "H").kind == "block"
    tree = found.root.properties["sequencing"]["activityTree"]
    assert [one["id"] for one in tree["children"]] == ["ITEM"]


def test_a_page_of_a_part_that_holds_others():
    inner = '<item identifier="IN" identifierref="RES"/></item>'
    found = structure(packages.single_12(), ("</item>", inner))
    assert (unit(found, "ITEM").kind, unit(found, "ITEM").href) == ("sco", "index.html?lang=vi")
    found = structure(packages.third_2004(), ("</item>", inner))
    assert (unit(found, "ITEM").kind, unit(found, "ITEM").href) == ("block", None)
    assert "names a page of its own" in notes(found)


def test_other_encodings():
    files = packages.single_12()
    text = files["imsmanifest.xml"].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    found = read_structure(Held(files | {"imsmanifest.xml": text.encode("utf-16")}))
    assert found.root.title == {"und": "An toàn thông tin cho cán bộ, công chức"}
    padded = b"\xef\xbb\xbf" + files["imsmanifest.xml"]
    assert read_structure(Held(files | {"imsmanifest.xml": padded})) == found
    assert read_structure(Held(files | {"imsmanifest.xml": b"\n  " + files["imsmanifest.xml"]})) == found


def test_a_manifest_in_a_folder():
    files = {f"khoa-hoc/{path}": content for path, content in packages.multi_12().items()}
    found = read_structure(Held(files), "khoa-hoc/imsmanifest.xml")
    assert unit(found, "tai-lieu").href == "khoa-hoc/noi-dung/scorm/Tài liệu.html"
