import unicodedata
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms.core.text import fold
from lms.surveys.themes import group, load, themes_of, tone_of

COMMENTS = [
    ("Nội dung chương trình phù hợp với vị trí việc làm của tôi.", "content application"),
    ("Một số chuyên đề còn trùng lặp với chương trình trung cấp lý luận chính trị", "content"),
    ("Cần cập nhật các văn bản mới về chính quyền địa phương 2 cấp", "content"),
    ("Khóa học rất bổ ích, thiết thực", "content"),
    ("Chương trình còn nặng về lý thuyết, ít thực hành", "content practice"),
    ("Nên giảm lý thuyết, tăng bài tập tình huống", "practice"),
    ("Đề nghị giảng viên đưa thêm ví dụ cụ thể ở cơ sở", "practice"),
    ("Bài học chưa sát thực tế ở xã, phường", "practice"),
    ("Tăng thời gian thực hành trên máy tính", "practice network"),
    ("Cần tổ chức cho học viên đi nghiên cứu thực tế tại các địa phương làm tốt", "field"),
    ("Chuyến đi thực tế ở Quảng Ninh rất hay!", "field"),
    ("Mong được tham quan mô hình chuyển đổi số ở tỉnh bạn", "field"),
    ("Thời gian nghiên cứu thực tế quá ngắn", "field"),
    ("Thời gian học hơi ngắn so với khối lượng kiến thức", "time"),
    ("Lịch học dày quá, ảnh hưởng công việc cơ quan", "time application"),
    ("Không nên học vào thứ bảy, chủ nhật", "time"),
    ("Lớp nên học vào buổi tối hoặc cuối tuần", "time"),
    ("Đề nghị bố trí giờ giải lao dài hơn", "time"),
    ("Tài liệu phát chậm, học viên không kịp đọc trước", "materials"),
    ("Slide nhiều chữ, cỡ chữ nhỏ", "materials"),
    ("Đề nghị gửi file mềm bài giảng trước buổi học", "materials"),
    ("Giáo trình có lỗi chính tả", "materials"),
    ("Bài giảng trực tuyến rõ ràng, dễ theo dõi", "online"),
    ("Không đăng nhập được hệ thống học tập vào buổi tối", "time online"),
    ("Video bài giảng hay bị dừng, phải xem lại bài từ đầu", "online"),
    ("Nên có thêm hình thức học online để giảm đi lại", "online facilities"),
    ("Hệ thống chậm khi nộp bài", "online assessment"),
    ("Wifi yếu, hay mất mạng", "network"),
    ("Máy chiếu mờ, micro lúc được lúc không", "network"),
    ("Phòng máy thiếu máy tính cho học viên", "network"),
    ("Loa rè, ngồi cuối lớp không nghe rõ", "network"),
    ("Đường truyền chập chờn", "network"),
    ("Giảng viên có trình độ chuyên môn cao, giàu kinh nghiệm", "lecturers"),
    ("Giảng viên rất nhiệt tình", "lecturers"),
    ("Các thầy cô nhiệt tình, vui tính", "lecturers"),
    ("Nên mời chuyên gia, lãnh đạo sở về báo cáo", "lecturers"),
    ("Thầy am hiểu thực tiễn, kiến thức sâu rộng", "lecturers"),
    ("Thầy giảng dễ hiểu, lôi cuốn", "teaching"),
    ("Phương pháp giảng dạy sinh động", "teaching"),
    ("Cô nói hơi nhanh, khó theo dõi", "teaching"),
    ("Giảng viên chủ yếu đọc slide nên buồn ngủ", "teaching"),
    ("Cần đổi mới phương pháp, bớt thuyết trình một chiều", "teaching"),
    ("Cần tăng thời gian thảo luận nhóm", "interaction"),
    ("Giảng viên ít trao đổi với học viên", "interaction"),
    ("Mong giảng viên dành thời gian giải đáp thắc mắc", "time interaction"),
    ("Học viên được chia sẻ kinh nghiệm với nhau", "interaction"),
    ("Câu hỏi trắc nghiệm quá khó so với nội dung học", "content assessment"),
    ("Đề nghị kéo dài thời hạn nộp bài thu hoạch", "time assessment"),
    ("Chấm bài chậm, chưa công bố điểm", "assessment"),
    ("Cấp chứng chỉ còn muộn", "assessment"),
    ("Ban tổ chức chu đáo, quản lý lớp tốt", "organisation"),
    ("Lớp quá đông học viên, nên chia lớp", "organisation"),
    ("Đề nghị thông báo sớm để cơ quan bố trí công việc", "organisation application"),
    ("Cô chủ nhiệm hỗ trợ kịp thời", "organisation"),
    ("Phòng học nóng, điều hòa hỏng", "facilities"),
    ("Bãi gửi xe xa, khó tìm chỗ đỗ xe", "facilities"),
    ("Căng tin phục vụ cơm trưa chưa ngon", "organisation facilities"),
    ("Bàn ghế cũ, nhà vệ sinh chưa sạch", "facilities"),
    ("Cơ sở vật chất khang trang, hiện đại", "facilities"),
    ("Kiến thức áp dụng được ngay vào công việc hàng ngày", "application"),
    ("Khó vận dụng vào thực tiễn ở xã miền núi", "application"),
    ("Giúp tôi thực hiện nhiệm vụ được giao tốt hơn", "application"),
    ("Không có ý kiến gì thêm", "nothing"),
    ("Không", "nothing"),
    ("k có", "nothing"),
    ("Ko", "nothing"),
    ("Tốt", "nothing"),
    ("Rất tốt!!!", "nothing"),
    ("Xin chân thành cảm ơn các thầy cô giáo ạ.", "nothing"),
    ("Tốt. Không có góp ý gì.", "nothing"),
    (".", "nothing"),
    ("---", "nothing"),
    ("👍👍", "nothing"),
    ("N/A", "nothing"),
    ("No comment", "nothing"),
    ("Thank you!", "nothing"),
    ("Cảm ơn nhà trường. Phòng học sạch sẽ.", "facilities"),
    ("The lecturers were very knowledgeable", "lecturers"),
    ("More case studies please; the slides were too long.", "practice time materials"),
    ("The schedule was too tight and parking was difficult.", "time facilities"),
    ("Useful for work, but the platform is slow", "online application"),
    ("gv nhiệt tình, csvc tốt, tl đầy đủ", "materials lecturers facilities"),
    ("Bt nhiều, hv ko kịp làm", "assessment"),
    ("Cđ 3 và cđ 5 trùng nhau", "content"),
    ("CT học hay", "content"),
    ("Chúng tôi đã trồng cây ở sân trường", ""),
    ("Món quà kỷ niệm dành cho bạn", ""),
    ("很好", ""),
    ("Cần có chính sách hỗ trợ cán bộ cơ sở", ""),
    ("Cách mạng công nghiệp lần thứ tư", ""),
    ("Trong thời gian tới mong trường phát triển", ""),
    ("Giải quyết thủ tục hành chính, dịch vụ công trực tuyến", ""),
    ("Không tốt", ""),
    ("Chưa hài lòng", ""),
    ("Hoàn toàn không đồng tình với ai cả", ""),
    ("Chưa có ý kiến", "nothing"),
    ("Không có kiến nghị, đề xuất gì", "nothing"),
]

WITHOUT_ACCENTS = [
    ("Giang vien rat nhiet tinh", "lecturers"),
    ("gv nhiet tinh, de hieu", "lecturers teaching"),
    ("tai lieu phat cham", "materials"),
    ("phong hoc nong, dieu hoa hong", "facilities"),
    ("thoi gian hoc ngan qua", "time"),
    ("nen tang thoi gian thuc hanh", "practice"),
    ("ko co y kien gi them", "nothing"),
    ("k dc di nghien cuu thuc te", "field"),
    ("CSVC tot, dia diem hoc thuan tien", "facilities"),
    ("can bo phuc vu chu dao", "organisation"),
    ("hoi dap nhieu hon", "interaction"),
    ("thi lai mang ra sach", ""),
    ("ky nang xu ly tinh huong", "practice"),
]

TONES = [
    ("Giảng viên nhiệt tình", "praise"),
    ("Rất hài lòng, cảm ơn thầy cô", "praise"),
    ("Bài giảng hay và dễ hiểu", "praise"),
    ("Mọi thứ đúng như mong đợi", "praise"),
    ("Không có gì để chê", "praise"),
    ("Không chỉ hay mà còn thiết thực", "praise"),
    ("Very useful course", "praise"),
    ("giang vien nhiet tinh, phong hoc tot", "praise"),
    ("Nên tăng thực hành", "wish"),
    ("Cần bổ sung tài liệu", "wish"),
    ("Đề nghị lắp thêm điều hòa", "wish"),
    ("Mong lớp được đi thực tế", "wish"),
    ("Thiếu ổ cắm điện", "wish"),
    ("Thời lượng quá ít", "wish"),
    ("Giảng viên tốt nhưng phòng học nóng, cần điều hòa", "wish"),
    ("Tài liệu không tốt", "wish"),
    ("Bài giảng chưa hay", "wish"),
    ("Phòng học không được sạch sẽ", "wish"),
    ("Bố trí lịch chưa thực sự hợp lý", "wish"),
    ("Mạng hay bị lỗi", "wish"),
    ("Not very useful", "wish"),
    ("de nghi tang thuc hanh", "wish"),
    ("tai lieu khong tot", "wish"),
    ("Không có gì phải góp ý", "plain"),
    ("Không có ý kiến", "plain"),
    ("ko co y kien", "plain"),
    ("Không có kiến nghị gì thêm", "plain"),
    ("loa hong tot nhat thay", "praise"),
    ("Không", "plain"),
    ("Không cần điều chỉnh", "plain"),
    ("Cán bộ tốt nghiệp đại học", "plain"),
    ("can bo moi tuyen dung", "plain"),
    ("The lecturers can be reached by phone", "plain"),
    ("Tôi học ở lớp thứ hai", "plain"),
    ("Đây là kiến thức cần thiết", "plain"),
    ("", "plain"),
    ("Có đi học hay không đều nhận được thông báo", "plain"),
    ("Không, tốt", "praise"),
]


@pytest.mark.parametrize(("comment", "expected"), COMMENTS + WITHOUT_ACCENTS)
def test_a_comment_touches_the_themes_its_words_name(comment, expected):
    assert themes_of(comment) == tuple(expected.split())


@pytest.mark.parametrize(("comment", "expected"), TONES)
def test_the_tone_of_a_comment(comment, expected):
    assert tone_of(comment) == expected


@pytest.mark.parametrize(("old", "new"), [
    ("điều hòa hỏng", "điều hoà hỏng"), ("khóa biểu và thời khóa biểu", "khoá biểu và thời khoá biểu"),
    ("lý thuyết nhiều", "lí thuyết nhiều"), ("kỷ luật lớp", "kỉ luật lớp"), ("tháo gỡ", "thaó gỡ"),
    ("ký túc xá", "kí túc xá"), ("Đi thực tế", "Ði thực tế"), ("video", "vi\u200bdeo"),
])  # fmt: skip
def test_one_syllable_spelled_in_two_ways_is_one(old, new):
    assert themes_of(old) == themes_of(new) != ()


@pytest.mark.parametrize(("short", "full"), [
    ("gv nhiệt tình", "giảng viên nhiệt tình"), ("HV trao đổi", "học viên trao đổi"),
    ("csvc ít", "cơ sở vật chất ít"), ("tl ít", "tài liệu ít"), ("bt khó", "bài tập khó"),
    ("cđ 1 dài", "chuyên đề 1 dài"), ("ct dài", "chương trình dài"),
    ("đc tốt", "được tốt"), ("dc tot", "được tốt"), ("ko tốt", "không tốt"),
    ("hok tốt", "không tốt"), ("k tốt", "không tốt"),
])  # fmt: skip
def test_abbreviations_are_read_as_what_they_stand_for(short, full):
    assert (themes_of(short), tone_of(short)) == (themes_of(full), tone_of(full))


@pytest.mark.parametrize("accented", ["Mang máy về", "Sạch và đẹp", "Gửi xẻ", "tại liệu", "Bạn ghế"])
def test_accents_tell_words_apart_in_a_comment_that_has_some(accented):
    assert themes_of(accented) == ()


def test_a_comment_with_one_accent_is_not_read_without_accents():
    assert themes_of("tai lieu ít") == ()
    assert themes_of("tai lieu it") == ("materials",)


@pytest.mark.parametrize("entry", ["mạng", "sách", "đề thi", "nền tảng"])
def test_what_means_two_things_without_accents_is_not_looked_for_without_them(entry):
    assert themes_of(f"về {entry}") != ()
    assert themes_of(fold(f"về {entry}")) == ()


def test_a_phrase_within_a_longer_one_does_not_count():
    assert themes_of("bài giảng") == ("materials",)
    assert themes_of("bài giảng trực tuyến") == ("online",)


def test_words_of_two_clauses_are_no_phrase():
    assert themes_of("Chỗ ngồi gần loa. Đài phát thanh") == ("network", "facilities")
    assert themes_of("rất dễ, hiểu ngay") == ()


def test_no_word_of_thanks_hides_what_a_comment_is_about():
    assert themes_of("Cảm ơn. Máy chiếu mờ. Không có ý kiến gì khác") == ("network",)


def test_the_dictionary_is_whole():
    themes = load()
    assert load() is themes
    assert len({theme.key for theme in themes}) == len(themes) == 15
    assert all(theme.title.keys() == {"vi", "en"} and all(theme.title.values()) for theme in themes)
    assert all(15 <= len(theme.phrases) <= 60 for theme in themes)
    uses = Counter(unicodedata.normalize("NFC", phrase) for theme in themes for phrase in theme.phrases)
    assert uses.most_common(1)[0][1] == 1


@pytest.mark.parametrize("theme", load(), ids=lambda theme: theme.key)
def test_each_phrase_alone_leads_to_its_theme_alone(theme):
    assert [phrase for phrase in theme.phrases if themes_of(phrase) != (theme.key,)] == []


@pytest.mark.parametrize("theme", load(), ids=lambda theme: theme.key)
def test_no_phrase_without_accents_leads_to_another_theme_alone(theme):
    strays = {phrase: themes_of(fold(phrase)) for phrase in theme.phrases}
    assert {phrase: keys for phrase, keys in strays.items() if keys and theme.key not in keys} == {}


def test_groups_come_by_falling_count_and_those_of_no_theme_last():
    comments = ["Phòng học nóng, mạng yếu", "abc", "Bãi xe tốt", "xyz", "Phòng học ở tầng 2", "def"]
    found = [(one.theme and one.theme.key, one.count, one.praise, one.wish, one.plain) for one in group(comments)]
    assert found == [("facilities", 3, 1, 1, 1), ("network", 1, 0, 1, 0), (None, 3, 0, 0, 3)]
    assert group(comments)[0].comments == (comments[0], comments[2], comments[4])
    assert group([]) == ()


def test_groups_of_one_size_stand_in_the_order_of_the_file():
    assert [one.theme.key for one in group(["Căng tin", "Nội dung", "Wifi"])] == ["content", "network", "facilities"]


PIECES = st.sampled_from([
    *(comment for comment, _keys in COMMENTS + WITHOUT_ACCENTS + TONES),
    "không", "tốt", "hay", "nên", "gv", "k", "HOÀ", "đ", "👍", "。",
    "\u0301", "\x00", "\ud800", "ð", "ỹ", "İ", "ß",
])  # fmt: skip
ANYTHING = st.one_of(st.text(st.characters(), max_size=60), st.lists(PIECES, max_size=6).map(" ".join))
VIETNAMESE = st.lists(
    st.sampled_from([comment for comment, _keys in COMMENTS + WITHOUT_ACCENTS + TONES]), max_size=4
).map(" ".join)


def _read(text):
    return themes_of(text), tone_of(text)


@given(st.lists(ANYTHING, max_size=12))
def test_grouping_loses_no_comment_counts_right_and_keeps_the_order(comments):
    groups = group(comments)
    for one in groups:
        key = one.theme and one.theme.key
        assert one.comments == tuple(c for c in comments if (key in themes_of(c) if key else not themes_of(c)))
        assert one.count == len(one.comments) == one.praise + one.wish + one.plain > 0
        assert one.praise == sum(tone_of(c) == "praise" for c in one.comments)
        assert one.wish == sum(tone_of(c) == "wish" for c in one.comments)
    assert {c for one in groups for c in one.comments} == set(comments)
    assert sum(one.count for one in groups) == sum(max(1, len(themes_of(c))) for c in comments)
    counts = [one.count for one in groups if one.theme]
    assert counts == sorted(counts, reverse=True)
    assert all(one.theme for one in groups[:-1])


@given(ANYTHING)
@example("Hoà ở phòng điều hòa")
def test_one_text_in_two_unicode_forms_reads_the_same(text):
    nfc, nfd = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert _read(nfc) == _read(nfd) == _read(text)


@given(VIETNAMESE)
def test_case_does_not_matter(text):
    assert _read(text.upper()) == _read(text.lower()) == _read(text.title()) == _read(text)


@given(ANYTHING, *[st.text(" .,;:!?…()-–\"'“”*/\n\t", max_size=5)] * 2)
def test_punctuation_around_a_comment_does_not_matter(text, before, after):
    assert _read(f"{before}{text}{after}") == _read(text)


@given(ANYTHING)
def test_themes_come_once_and_in_the_order_of_the_file(text):
    order = [theme.key for theme in load()]
    assert list(themes_of(text)) == sorted(set(themes_of(text)), key=order.index)


@pytest.mark.parametrize(
    "piece",
    ["a", "không ", "k", ".", "\u0301\u0323", "không có gì phải ", "nghiên cứu thực ", "👍", "đ\n", "字", "\ud800"],
)
def test_a_hundred_thousand_characters_of_anything_are_read(piece):
    text = (piece * 100_000)[:100_000]
    assert tone_of(text) in {"praise", "wish", "plain"}
    assert set(themes_of(text)) <= {theme.key for theme in load()}
