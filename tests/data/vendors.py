"""Stand-ins for what authoring tools and other platforms export: their layouts and manifests, with pages of ours."""

import io
import json
import tarfile
import zipfile
from collections.abc import Mapping

Files = dict[str, bytes]
PAGE = "<!doctype html><meta charset='utf-8'><title>Bài giảng</title><p>Đô thị thông minh</p>".encode()
XSD = b"<?xml version='1.0'?><xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>"
_12 = (
    'xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:schemaLocation="http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_rootv1p1p2.xsd '
    "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1 imsmd_rootv1p2p1.xsd "
    'http://www.adlnet.org/xsd/adlcp_rootv1p2 adlcp_rootv1p2.xsd"'
)
_2004 = (
    'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3" '
    'xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss" '
    'xsi:schemaLocation="http://www.imsglobal.org/xsd/imscp_v1p1 imscp_v1p1.xsd"'
)


def manifest_12(
    resource: str, *, title: str = "Đô thị thông minh", base: str = "", more: str = "", version: str = "1.2"
) -> str:
    """Return a manifest of SCORM 1.2 with one item, as most tools write it."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<manifest identifier="_5xK" version="1.3" {_12} {base}>'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{version}</schemaversion>{more}</metadata>"
        f'<organizations default="ORG"><organization identifier="ORG"><title>{title}</title>'
        f'<item identifier="i1" isvisible="true" identifierref="r1"><title>{title}</title>'
        "<adlcp:masteryscore>80</adlcp:masteryscore></item></organization></organizations>"
        f"<resources>{resource}</resources></manifest>"
    )


def manifest_2004(resource: str, edition: str = "2004 3rd Edition") -> str:
    """Return a manifest of SCORM 2004 with one item."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><manifest identifier="_6Ab" version="1.3" {_2004}>'
        f"<metadata><schema>ADL SCORM</schema><schemaversion>{edition}</schemaversion></metadata>"
        '<organizations default="ORG"><organization identifier="ORG" structure="hierarchical"><title>Bài</title>'
        '<item identifier="i1" identifierref="r1"><title>Bài</title><imsss:sequencing><imsss:objectives>'
        '<imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true"><imsss:minNormalizedMeasure>0.8'
        "</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives>"
        '<imsss:deliveryControls completionSetByContent="true" objectiveSetByContent="true"/></imsss:sequencing>'
        "<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>continue</adlnav:hideLMSUI>"
        "</adlnav:navigationInterface></adlnav:presentation></item>"
        "<imsss:sequencing><imsss:controlMode choice='true' flow='true'/></imsss:sequencing></organization>"
        f"</organizations><resources>{resource}</resources></manifest>"
    )


def sco(href: str, *, attribute: str = 'adlcp:scormtype="sco"', inner: str = "", base: str = "") -> str:
    """Return a resource."""
    return f'<resource identifier="r1" type="webcontent" {attribute} href="{href}" {base}>{inner}</resource>'


def files(*pages: str, **more: str | bytes) -> Files:
    """Return pages, and files whose names are given with ``__`` for ``/`` and ``_dot_`` for a dot."""
    found = dict.fromkeys(pages, PAGE)
    for name, content in more.items():
        path = name.replace("__", "/").replace("_dot_", ".")
        found[path] = content.encode() if isinstance(content, str) else content
    return found


def scorm(manifest: str | bytes, *pages: str) -> Files:
    """Return a package with this manifest and the schema files that tools add."""
    return files(*pages, imsmanifest_dot_xml=manifest, adlcp_rootv1p2_dot_xsd=XSD, imscp_rootv1p1p2_dot_xsd=XSD)


def tincan(launch: str) -> str:
    """Return a description of an xAPI package."""
    return (
        '<?xml version="1.0" encoding="utf-8" ?><tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>'
        '<activity id="http://6Ab_course_id" type="http://adlnet.gov/expapi/activities/course"><name>Đô thị</name>'
        f'<description lang="und"></description><launch lang="und">{launch}</launch></activity></activities></tincan>'
    )


def cartridge(version: str, resources: str, items: str, schema: str = "IMS Common Cartridge") -> str:
    """Return a manifest of a Common Cartridge."""
    place = {"1.1.0": "imsccv1p1/imscp_v1p1", "1.3.0": "imsccv1p3/imscp_v1p1"}[version]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest identifier="g1" xmlns="http://www.imsglobal.org/xsd/{place}" '
        'xmlns:lom="http://ltsc.ieee.org/xsd/imsccv1p1/LOM/resource" '
        'xmlns:lomimscc="http://ltsc.ieee.org/xsd/imsccv1p1/LOM/manifest">'
        f"<metadata><schema>{schema}</schema><schemaversion>{version}</schemaversion><lomimscc:lom><lomimscc:general>"
        "<lomimscc:title><lomimscc:string>Đô thị thông minh</lomimscc:string></lomimscc:title></lomimscc:general>"
        '</lomimscc:lom></metadata><organizations><organization identifier="org_1" structure="rooted-hierarchy">'
        f'<item identifier="LearningModules">{items}</item></organization></organizations>'
        f"<resources>{resources}</resources></manifest>"
    )


def zipped(content: Mapping[str, bytes], *, comment: bytes = b"", streamed: bool = False) -> bytes:
    """Return a zip; ``streamed`` ones have their sizes behind each file (data descriptors)."""
    out = io.BytesIO()
    with zipfile.ZipFile(_Pipe(out) if streamed else out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, one in content.items():
            made.writestr(name, one)
        made.comment = comment
    return out.getvalue()


class _Pipe(io.RawIOBase):
    """A stream that cannot go back."""

    def __init__(self, out: io.BytesIO) -> None:
        self.out = out

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self.out.write(data)


def named(content: Mapping[bytes, bytes]) -> bytes:
    """Return a zip whose names are these bytes, without the flag that says UTF-8."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number, one in enumerate(content.values()):
            made.writestr(_filler(number, list(content)[number]), one)
    data = out.getvalue()
    for number, name in enumerate(content):
        data = data.replace(_filler(number, name).encode(), name)
    return data


def _filler(number: int, name: bytes) -> str:
    return "qxjz"[number] * len(name)


STORYLINE = ("index_lms.html", "story.html", "html5/lib/scripts/app.min.js", "lms/API.js", "story_content/user.js")
RISE = ("scormdriver/indexAPI.html", "scormdriver/scormdriver.js", "scormcontent/index.html")
CAPTIVATE = ("index_scorm.html", "multiscreen.html", "SCORM_utilities.js", "assets/js/CPM.js")
ISPRING = ("res/index.html", "res/data/player.js", "res/data/browsersupport.js")
_FILES = "".join(f'<file href="{name}"/>' for name in STORYLINE)
_H5P = {
    "title": "Trắc nghiệm",
    "language": "und",
    "mainLibrary": "H5P.Trac",
    "embedTypes": ["iframe"],
    "license": "U",
    "defaultLanguage": "vi",
    "preloadedDependencies": [{"machineName": "H5P.Trac", "majorVersion": "1", "minorVersion": "16"}],
    "extraTitle": "Trắc nghiệm",
}
_LIBRARY = {
    "title": "Trắc nghiệm",
    "machineName": "H5P.Trac",
    "majorVersion": 1,
    "minorVersion": 16,
    "patchVersion": 4,
    "runnable": 1,
    "preloadedJs": [{"path": "dist/trac.js"}],
}

TAKEN: dict[str, tuple[bytes, str, str]] = {
    "Storyline, SCORM 1.2": (
        zipped(scorm(manifest_12(sco("index_lms.html", inner=_FILES)), *STORYLINE)),
        "scorm12",
        "index_lms.html",
    ),
    "Storyline, SCORM 2004": (
        zipped(scorm(manifest_2004(sco("index_lms.html", attribute='adlcp:scormType="sco"')), *STORYLINE)),
        "scorm2004",
        "index_lms.html",
    ),
    "Storyline, xAPI": (zipped(files(*STORYLINE, tincan_dot_xml=tincan("index_lms.html"))), "xapi", "index_lms.html"),
    "Storyline, web": (zipped(files("story.html", "html5/data/js/data.js", "meta.xml")), "html", "story.html"),
    "Rise, SCORM 1.2": (
        zipped(scorm(manifest_12(sco("scormdriver/indexAPI.html")), *RISE)),
        "scorm12",
        "scormdriver/indexAPI.html",
    ),
    "Rise, web": (zipped(files("content/index.html", "content/lib/main.js")), "html", "index.html"),
    "iSpring, with a byte order mark": (
        zipped(scorm(b"\xef\xbb\xbf" + manifest_12(sco("res/index.html")).encode(), *ISPRING)),
        "scorm12",
        "res/index.html",
    ),
    "iSpring, xAPI": (zipped(files(*ISPRING, tincan_dot_xml=tincan("res/index.html"))), "xapi", "res/index.html"),
    "Captivate, metadata that is missing": (
        zipped(
            scorm(
                manifest_12(
                    sco("index_scorm.html", inner='<file href="index_scorm.html"/><file href="thieu.js"/>'),
                    more="<adlcp:location>metadata.xml</adlcp:location>",
                ),
                *CAPTIVATE,
            )
        ),
        "scorm12",
        "index_scorm.html",
    ),
    "a manifest in UTF-16": (
        zipped(scorm(manifest_12(sco("a.html")).replace("utf-8", "utf-16").encode("utf-16"), "a.html")),
        "scorm12",
        "a.html",
    ),
    "scormType in SCORM 1.2": (
        zipped(scorm(manifest_12(sco("a.html", attribute='adlcp:scormType="sco"')), "a.html")),
        "scorm12",
        "a.html",
    ),
    "no version of SCORM": (zipped(scorm(manifest_12(sco("a.html"), version=""), "a.html")), "scorm12", "a.html"),
    "backslashes and spaces": (
        zipped(scorm(manifest_12(sco(r"Noi dung\Bai 1.html")), "Noi dung/Bai 1.html")),
        "scorm12",
        "Noi dung/Bai 1.html",
    ),
    "bases on three levels": (
        zipped(
            scorm(
                manifest_12(
                    '<!-- bases --><resource identifier="r1" type="webcontent" adlcp:scormtype="sco" '
                    'xml:base="bai1/" href="a.html"/>',
                    base='xml:base="khoa/"',
                ),
                "khoa/bai1/a.html",
            )
        ),
        "scorm12",
        "khoa/bai1/a.html",
    ),
    "parameters in the address": (
        zipped(scorm(manifest_12(sco("a.html?lang=vi&amp;bai=1#trang2")), "a.html")),
        "scorm12",
        "a.html?lang=vi&bai=1#trang2",
    ),
    "an address elsewhere": (
        zipped(scorm(manifest_12(sco("https://nxb.example/a.html?x=1")))),
        "scorm12",
        "https://nxb.example/a.html?x=1",
    ),
    "a folder with a note beside it": (
        zipped(
            {f"Khóa học/{name}": one for name, one in scorm(manifest_12(sco("a.html")), "a.html").items()}
            | {"Đọc trước.txt": b"x"}
        ),
        "scorm12",
        "a.html",
    ),
    "a folder in a folder, from a Mac": (
        zipped(
            {f"Tải về/Khóa học/{name}": one for name, one in scorm(manifest_12(sco("a.html")), "a.html").items()}
            | {"__MACOSX/Tải về/._Khóa học": b"x", "Tải về/.DS_Store": b"x", ".DS_Store": b"x"}
        ),
        "scorm12",
        "a.html",
    ),
    "sizes behind each file, and a comment": (
        zipped(scorm(manifest_12(sco("a.html")), "a.html"), comment="Trường Lê Hồng Phong".encode(), streamed=True),
        "scorm12",
        "a.html",
    ),
    "names in CP437": (
        named({b"imsmanifest.xml": manifest_12(sco("caf\xe9.html")).encode(), "café.html".encode("cp437"): PAGE}),
        "scorm12",
        "café.html",
    ),
    "names in Windows-1258": (
        named(
            {
                b"imsmanifest.xml": manifest_12(sco("đô thị/bai.html")).encode(),
                "đô thi\u0323/bai.html".encode("cp1258"): PAGE,
            }
        ),
        "scorm12",
        "đô thị/bai.html",
    ),
    "Moodle, Common Cartridge 1.1": (
        zipped(
            files(
                "course_files/bai.html",
                imsmanifest_dot_xml=cartridge(
                    "1.1.0",
                    '<resource identifier="r" type="webcontent" href="course_files/bai.html">'
                    '<file href="course_files/bai.html"/></resource>',
                    '<item identifier="s1"><title>Chủ đề 1</title><item identifier="i" identifierref="r">'
                    "<title>Bài</title></item></item>",
                ),
            )
        ),
        "cartridge",
        "course_files/bai.html",
    ),
    "Canvas": (
        zipped(
            files(
                "wiki_content/gioi-thieu.html",
                "web_resources/anh.png",
                course_settings__canvas_export_dot_txt="Canvas",
                course_settings__course_settings_dot_xml="<course/>",
                lien__ket_dot_xml='<webLink xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imswl_v1p1">'
                '<title>Cổng</title><url href="https://hanoi.gov.vn/"/></webLink>',
                imsmanifest_dot_xml=cartridge(
                    "1.1.0",
                    '<resource identifier="g2" type="associatedcontent/imscc_xmlv1p1/learning-application-resource" '
                    'href="course_settings/canvas_export.txt"><file href="course_settings/course_settings.xml"/>'
                    '</resource><resource identifier="g3" type="webcontent" href="wiki_content/gioi-thieu.html">'
                    '<file href="wiki_content/gioi-thieu.html"/></resource>'
                    '<resource identifier="g4" type="imswl_xmlv1p1"><file href="lien/ket.xml"/></resource>'
                    '<resource identifier="g5" type="imsbasiclti_xmlv1p0"><file href="lti.xml"/></resource>',
                    '<item identifier="m1"><title>Tuần 1</title>'
                    '<item identifier="a" identifierref="g3"><title>Giới thiệu</title></item>'
                    '<item identifier="b" identifierref="g4"><title>Cổng</title></item>'
                    '<item identifier="c" identifierref="g5"><title>Công cụ</title></item></item>',
                ),
            )
        ),
        "cartridge",
        "wiki_content/gioi-thieu.html",
    ),
    "H5P.com": (
        zipped(
            files(
                h5p_dot_json=json.dumps(_H5P),
                content__content_dot_json="{}",
                H5P_dot_Trac_1_dot_16__library_dot_json=json.dumps(_LIBRARY),
                H5P_dot_Trac_1_dot_16__dist__trac_dot_js="var H5P = H5P || {};",
            )
            | {}
        ),
        "h5p",
        "",
    ),
}
"""By name: the file, the kind as which it is taken, and the address of its first unit."""
_BACKUP = b"Moodle archive file index. Count: 2\n"


def _tar_gz() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as made:
        for name, content in ((".ARCHIVE_INDEX", _BACKUP), ("moodle_backup.xml", b"<moodle_backup/>")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            made.addfile(entry, io.BytesIO(content))
    return out.getvalue()


_ONE, _TWO = scorm(manifest_12(sco("a.html")), "a.html"), scorm(manifest_12(sco("b.html")), "b.html")
REFUSED: dict[str, tuple[bytes, str]] = {
    "Moodle, backup": (_tar_gz(), "Moodle backup"),
    "Moodle, backup as zip": (
        zipped({"moodle_backup.xml": b"<moodle_backup/>", "files.xml": b"<files/>"}),
        "Moodle backup",
    ),
    "AICC": (zipped({"khoa.crs": b"[Course]", "khoa.au": b'"a"', "khoa.des": b'"a"', "khoa.cst": b'"a"'}), "AICC"),
    "two packages in one archive": (
        zipped({f"mot/{k}": v for k, v in _ONE.items()} | {f"hai/{k}": v for k, v in _TWO.items()}),
        "several packages",
    ),
    "eXeLearning, IMS Content Package": (
        zipped(
            files(
                "index.html",
                imsmanifest_dot_xml='<?xml version="1.0" encoding="UTF-8"?><manifest identifier="eXe" '
                'xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><metadata><schema>IMS Content</schema>'
                '<schemaversion>1.1.3</schemaversion></metadata><organizations default="o"><organization '
                'identifier="o"><title>Bài</title><item identifier="i" identifierref="r"><title>Bài</title></item>'
                '</organization></organizations><resources><resource identifier="r" type="webcontent" '
                'href="index.html"><file href="index.html"/></resource></resources></manifest>',
            )
        ),
        "export the content as SCORM",
    ),
    "a manifest without a resource": (zipped(scorm(manifest_12(""), "a.html")), ""),
    "a page that is missing": (zipped(scorm(manifest_12(sco("khong-co.html")))), "khong-co.html"),
    "a source file of Storyline": (
        zipped({"story/story.xml": b"<story/>", "[Content_Types].xml": b"<Types/>"}),
        "no course",
    ),
}
"""By name: the file, and words that its reason holds."""
