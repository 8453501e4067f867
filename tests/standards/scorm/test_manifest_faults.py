"""What keeps a SCORM package from being taken; every reason is told at once."""

import random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lms.packages.scorm import markup
from lms.packages.scorm.manifest import MAX_BYTES, MAX_ITEMS, read_structure
from lms.packages.structure import Refused, Structure
from tests.data.scorm import packages
from tests.data.scorm.packages import Held
from tests.standards.scorm.test_manifest import structure


def refused(files: dict[str, bytes], *changes: tuple[str, str]) -> str:
    with pytest.raises(Refused) as caught:
        structure(files, *changes)
    return "\n".join(f"{one.path}: {one.message}" for one in caught.value.faults)


def refused_manifest(manifest: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read_structure(Held({"imsmanifest.xml": manifest}))
    return "\n".join(f"{one.path}: {one.message}" for one in caught.value.faults)


ITEM = '<item identifier="ITEM" identifierref="RES"'


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('<organization identifier="ORG">', "<organization>", "organization has no identifier"),
        ('<item identifier="ITEM"', "<item", "item has no identifier"),
        ('<resource identifier="RES"', "<resource", "resource has no identifier"),
        ("<resources>", '<resources><resource identifier="RES"/>', "identifier RES is given twice"),
        ("</item>", '</item><item identifier="ITEM"/>', "identifier ITEM is given twice"),
        ("</item>", '</item><item identifier="ORG"/>', "identifier ORG is given twice"),
        ("</organization>", '</organization><organization identifier="ORG"/>', "identifier ORG is given twice"),
        ('identifierref="RES"', 'identifierref="NONE"', "resource NONE, which does not exist"),
        (' identifierref="RES"', "", "has nothing to open"),
        ('scormtype="sco" href="index.html"', 'scormtype="sco"', "resource RES has no href"),
        ('scormtype="sco" href="index.html"', 'scormtype="sco" href="start.html"', "file start.html is to be opened"),
        ("organizations", "parts", "has no organization"),
        ("<organization ", "<part ", "well-formed"),
        ("imscp_rootv1p1p2", "another", "no SCORM manifest"),
        (
            "http://www.imsproject.org/xsd/imscp_rootv1p1p2",
            "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1",
            "no SC",
        ),
        ("<manifest", "<!DOCTYPE manifest><manifest", "DOCTYPE"),
        ("<manifest", '<!-- a --> <!DOCTYPE m [<!ENTITY a "b">]><manifest', "DOCTYPE"),
        ("Bài 1.", "&undefined;", "well-formed"),
    ],
)
def test_faults(old, new, reason):
    assert reason in refused(packages.single_12(), (old, new))


def test_every_fault_is_told_with_its_line():
    found = refused(
        packages.single_12(),
        ("</item>", '</item><item identifierref="A"/><item identifier="B" identifierref="NONE"/>'),
        ('scormtype="sco" href="index.html"', 'scormtype="sco"'),
    )
    assert len(found.splitlines()) == 4
    assert "imsmanifest.xml:10: An item has no identifier" in found


def test_a_package_for_content_exchange_alone_is_no_scorm():
    plain = b"""<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
      xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3"><organizations/></manifest>"""
    assert "no SCORM manifest" in refused_manifest(plain)


def test_no_manifest():
    with pytest.raises(Refused, match="has no manifest"):
        read_structure(Held({"index.html": b""}))


def test_text_in_another_encoding_than_it_says():
    assert "in UTF-8" in refused_manifest('<?xml version="1.0" encoding="UTF-8"?><m>é</m>'.encode("latin-1"))


def test_sizes():
    assert "larger than" in refused_manifest(b" " * (MAX_BYTES + 1))
    assert "too many elements" in refused_manifest(b"<m>" + b"<a/>" * (2 * markup.MAX_ELEMENTS) + b"</m>")
    assert "too many elements" in refused_manifest(b"<m>" + b"=" * (markup.MAX_ATTRIBUTES + 1) + b"</m>")
    many = "".join(f'<item identifier="i{place}" identifierref="RES"/>' for place in range(MAX_ITEMS))
    assert "more than 20000 parts" in refused(packages.single_12(), ("</organization>", f"{many}</organization>"))


def test_as_many_items_as_allowed():
    many = "".join(f'<item identifier="i{place}" identifierref="RES"/>' for place in range(MAX_ITEMS - 1))
    found = structure(packages.single_12(), ("</organization>", f"{many}</organization>"))
    assert len(found.root.children) == MAX_ITEMS


def test_depth():
    def nested(levels: int) -> str:
        opened = "".join(f'<item identifier="d{place}">' for place in range(levels - 1))
        return opened + f"{ITEM}/>" + "</item>" * (levels - 1)

    item = packages.single_12()["imsmanifest.xml"].decode()
    whole = item[item.index("<item") : item.index("</item>") + len("</item>")]
    assert len(list(structure(packages.single_12(), (whole, nested(30))).root.walk())) == 31
    assert "nested deeper than 30 levels" in refused(packages.single_12(), (whole, nested(31)))
    assert "well-formed" in refused(packages.single_12(), (whole, nested(5000)))


def test_no_more_faults_than_a_person_can_read():
    many = "<item/>" * 5000
    found = refused(packages.single_12(), ("</organization>", f"{many}</organization>")).splitlines()
    assert len(found) == markup.MAX_FINDINGS + 1
    assert "There are 4900 more" in found[-1]


def test_long_names_are_cut_in_messages():
    name = "x" * 100_000
    assert len(refused(packages.single_12(), ('identifierref="RES"', f'identifierref="{name}"'))) < 1000


def test_attributes_cannot_expand():
    bomb = b'<!DOCTYPE m [<!ENTITY a "' + b"x" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]><m t="&b;"/>'
    assert "DOCTYPE" in refused_manifest(bomb)
    text = bomb.decode()
    assert "DOCTYPE" in refused_manifest(text.encode("utf-16"))


# -- whatever comes ----------------------------------------------------------------------------------------------------

_PACKAGES = (packages.single_12, packages.multi_12, packages.sequenced_2004, packages.third_2004, packages.second_2004)


def _sound(found: Structure, files: dict[str, bytes]) -> None:
    """Check what must hold for whatever is taken."""
    units = list(found.root.walk())
    assert len({one.identifier for one in units}) == len(units)
    assert all(one.title and all(one.title.values()) for one in units)
    launched = [one for one in units if one.href is not None]
    assert launched
    for one in launched:
        assert one.href.startswith("http") or one.href.partition("?")[0].partition("#")[0] in files
    if found.kind == "scorm2004":
        tree = _ids(found.root.properties["sequencing"]["activityTree"])
        assert set(tree) <= {one.identifier for one in units}
        assert {one.identifier for one in launched} <= set(tree)


def _ids(activity: dict) -> list[str]:
    return [activity["id"], *(id_ for one in activity.get("children", ()) for id_ in _ids(one))]


@pytest.mark.parametrize("make", _PACKAGES)
def test_samples_are_sound(make):
    files = make()
    _sound(read_structure(Held(files)), files)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(_PACKAGES), st.integers(0, 2**32), st.integers(1, 4))
def test_damaged_manifests_are_taken_or_refused(make, seed, times):
    """Words of a manifest change places: attributes lose, swap and repeat their values."""
    chance, files = random.Random(seed), make()
    manifest = files["imsmanifest.xml"].decode()
    words = [word for word in manifest.replace("<", " <").replace('"', ' " ').split() if len(word) > 1]
    for _ in range(times):
        manifest = manifest.replace(chance.choice(words), chance.choice([*words, "", "\u0300"]), chance.choice([1, -1]))
    files["imsmanifest.xml"] = manifest.encode()
    try:
        found = read_structure(Held(files))
    except Refused as error:
        assert error.faults
        assert all(str(one.message) for one in error.faults)
    else:
        _sound(found, files)


@settings(deadline=None)
@given(st.binary(max_size=200))
@example(b"")
@example(b"<!")
@example(b"<m xmlns='a'")
def test_bytes_are_refused(content):
    refused_manifest(content)
