"""The words of the demonstration. All persons are invented; the training institution is not a real one."""

UNITS = (
    ("SNV", "Sở Nội vụ", "department"),
    ("STC", "Sở Tài chính", "department"),
    ("SXD", "Sở Xây dựng", "department"),
    ("SQHKT", "Sở Quy hoạch - Kiến trúc", "department"),
    ("SNNMT", "Sở Nông nghiệp và Môi trường", "department"),
    ("SKHCN", "Sở Khoa học và Công nghệ", "department"),
    ("PHK", "Ủy ban nhân dân phường Hoàn Kiếm", "commune"),
    ("PCG", "Ủy ban nhân dân phường Cầu Giấy", "commune"),
    ("PHD", "Ủy ban nhân dân phường Hà Đông", "commune"),
    ("PLB", "Ủy ban nhân dân phường Long Biên", "commune"),
    ("XSS", "Ủy ban nhân dân xã Sóc Sơn", "commune"),
    ("XDA", "Ủy ban nhân dân xã Đông Anh", "commune"),
    ("TBD", "Trường Bồi dưỡng cán bộ Thành phố (minh họa)", "institution"),
    ("TTBD", "Trung tâm Bồi dưỡng nghiệp vụ quản lý đô thị (minh họa)", "institution"),
)
EARLIER = (
    ("A2.1-2025-01", "Quản lý phát triển đô thị – lớp 1 năm 2025", "TBD", 400, 10, 8, 3.1),
    ("A2.1-2025-02", "Quản lý phát triển đô thị – lớp 2 năm 2025", "TTBD", 395, 9, 7, 4.2),
    ("A2.1-2026-91", "Quản lý phát triển đô thị – lớp thí điểm 1 năm 2026", "TBD", 290, 10, 9, 4.1),
    ("A2.1-2026-92", "Quản lý phát triển đô thị – lớp thí điểm 2 năm 2026", "TTBD", 280, 9, 8, 3.2),
    ("A2.1-2026-93", "Quản lý phát triển đô thị – lớp thí điểm 3 năm 2026", "TTBD", 200, 8, 8, 4.3),
    ("A2.1-2026-94", "Quản lý phát triển đô thị – lớp thí điểm 4 năm 2026", "TTBD", 150, 6, 4, 4.0),
)
"""Earlier classes: code, name, institution, days since they began, trainees, forms, how the facilities are judged."""
APPROVAL = "01/QĐ-UBND (số ví dụ, chỉ dùng để minh họa)"
MEMORANDUM = "02/TTr-SNV (số ví dụ, chỉ dùng để minh họa)"
OPINION = "03/SXD-TCCB (số ví dụ, chỉ dùng để minh họa)"
SIGNED_CITY = "KT. Chủ tịch, Phó Chủ tịch Trần Minh họa"
SIGNED_HOME_AFFAIRS = "Giám đốc Sở Nội vụ Lê Minh họa"
SIGNED_DEPARTMENT = "Giám đốc Sở Xây dựng Phạm Minh họa"
CIRCLE = {"A2.2": "submitted", "A2.3": "with_home_affairs", "B1": "in_review"}
"""Programmes on their way to approval, and how far they have come."""
COMMENTS = (
    ("Cần cập nhật căn cứ pháp lý theo các văn bản ban hành trong năm; hiện bài còn viện dẫn văn bản cũ.", "changed",
     "Đã rà soát và thay bằng văn bản đang có hiệu lực; phần viện dẫn đã được sửa trong bài."),
    ("Đề nghị bổ sung ví dụ thực tế của Hà Nội sau khi sắp xếp đơn vị hành chính.", "kept",
     "Ví dụ thực tế được đưa vào phần thảo luận trên lớp theo chuyên đề, để giảng viên cập nhật từng khóa."),
)  # fmt: skip
AHEAD = (
    ("A2.1-2026-04", "Quản lý phát triển đô thị – lớp 4 năm 2026", 30, 4, "open"),
    ("A2.1-2026-05", "Quản lý phát triển đô thị – lớp 5 năm 2026", 20, 6, "confirmed"),
    ("A2.1-2026-06", "Quản lý phát triển đô thị – lớp 6 năm 2026", 50, 3, "postponed"),
    ("A2.1-2026-07", "Quản lý phát triển đô thị – lớp 7 năm 2026", 70, 2, "cancelled"),
)
"""Classes to come: code, name, days until they begin, trainees, what becomes of them."""
DECIDED = ("A2.1-2026-08", "Quản lý phát triển đô thị – lớp 8 năm 2026")
REVOKED = ("A2.1-2026-09", "Quản lý phát triển đô thị – lớp 9 năm 2026")
SIGNERS = (
    ("Hoàng Thị Lan Anh", "KT", "Phó Giám đốc", ""),
    ("Vũ Đức Thành", "head", "Giám đốc", ""),
    (
        "Đinh Quang Huy",
        "TUQ",
        "Trưởng phòng Đào tạo, bồi dưỡng",
        "Văn bản số 05/UQ-SNV (số ví dụ, chỉ dùng để minh họa)",
    ),
)
"""Who signs for the Department of Home Affairs: name, as what, office, by which document."""
TAKEN_BACK = "Đang tham gia đoàn kiểm tra liên ngành đến hết quý."
REFUSED = "Chỉ tiêu lớp này ưu tiên người chưa qua lớp nào; sẽ cử vào lớp sau."
INSTEAD = "Được điều động sang đơn vị khác từ đầu tháng sau."
PLANNED = "Quản lý nhà nước tại Ủy ban nhân dân phường – lớp dự kiến"
POSTPONED = "Phòng học đang sửa chữa đến hết tháng."
CANCELLED = "Số người được đề cử thấp hơn số tối thiểu; học viên được chuyển sang lớp sau."
CAUSE = "Phòng học và thiết bị trình chiếu đã sử dụng lâu năm, chưa được thay thế kịp thời."
MEASURE = "Thay máy chiếu, bổ sung rèm và hệ thống âm thanh tại các phòng học."
RESPONSIBLE = "Phòng Quản trị - Thiết bị"
OUTCOME = "Đã nghiệm thu và đưa thiết bị mới vào sử dụng."
LECTURERS = (
    ("TS. Vũ Thị Hải Yến", "Giảng viên chính"),
    ("ThS. Hoàng Văn Thắng", "Giảng viên"),
    ("TS. Nguyễn Hữu Phước", "Giảng viên thỉnh giảng"),
    ("ThS. Đặng Thị Kim Oanh", "Báo cáo viên"),
)
FAMILY = (
    *("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô"),
    *("Dương", "Lý", "Đinh", "Trịnh", "Nghiêm", "Tôn Thất"),
)
OF_WOMEN = {"Tôn Thất": "Tôn Nữ"}
"""Family names that women bear in a form of their own."""
FEMALE_MIDDLE = ("Thị", "Thị Thu", "Thị Hồng", "Ngọc", "Thị Minh", "Thanh", "Thị Phương")
FEMALE_GIVEN = ("Hà", "Lan", "Hương", "Thảo", "Trang", "Linh", "Nhung", "Quỳnh", "Yến", "Diệp", "Uyên", "Ánh")
MALE_MIDDLE = ("Văn", "Đức", "Quang", "Minh", "Hữu", "Quốc", "Đình", "Xuân")
MALE_GIVEN = ("Anh", "Bình", "Cường", "Dũng", "Hải", "Hùng", "Khánh", "Kiên", "Nghĩa", "Sơn", "Tuấn", "Thịnh")
POSITIONS = (
    "Chuyên viên quản lý quy hoạch",
    "Chuyên viên quản lý đầu tư xây dựng",
    "Chuyên viên quản lý hạ tầng giao thông",
    "Chuyên viên tài chính - kế hoạch",
    "Chuyên viên quản lý đất đai",
    "Chuyên viên quản lý môi trường",
    "Chuyên viên quản lý trật tự xây dựng",
)
FIELD_STUDY = "Trung tâm điều hành đô thị (chương trình nghiên cứu thực tế)"
ESSAY_REMARKS = (
    "Bài viết bám sát công việc của đơn vị, số liệu rõ ràng. Nên bổ sung phương án đo kết quả sau sáu tháng.",
    "Phân tích tốt nguyên nhân. Phần giải pháp cần nêu rõ nguồn lực và người chịu trách nhiệm.",
    "Bố cục hợp lý, lập luận chặt chẽ. Cần dẫn đúng số, ngày của văn bản được trích.",
)
COURSE_COMMENTS = (
    "Nên giữ phần tình huống trong từng bài học, rất gần với công việc hằng ngày.",
    "Đề nghị bố trí thêm thời gian thảo luận sau buổi nghiên cứu thực tế.",
    "Phòng học chiều nắng, máy chiếu mờ; mong nhà trường xem lại.",
    "Bài học trực tuyến mạch lạc, học trên điện thoại tiện. Nên có thêm bài tập về số liệu.",
    "Lịch học nên thông báo sớm hơn một tuần để đơn vị sắp xếp công việc.",
    "Chương trình thiết thực. Mong có lớp nâng cao về dữ liệu đô thị.",
    "Nên mời thêm cán bộ phường, xã chia sẻ kinh nghiệm xử lý hồ sơ.",
    "Thời lượng chuyên đề tài chính hơi ngắn so với nội dung.",
)
LECTURER_COMMENTS = (
    "Giảng viên đưa nhiều ví dụ thực tế, dễ hiểu, dễ áp dụng.",
    "Phần đầu hơi nhanh; nên gửi tài liệu trước buổi học.",
    "Trả lời câu hỏi thấu đáo, khuyến khích học viên trao đổi.",
    "Nên dành thêm thời gian cho bài tập nhóm.",
    "Nội dung cập nhật, cách trình bày sinh động.",
)


def essay_pdf() -> bytes:
    """Return a small, valid one-page PDF that stands for an essay."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length 66 >>\nstream\nBT /F1 16 Tf 72 760 Td (Bai thu hoach - tai lieu minh hoa) Tj ET      \nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


ON_PAPER = "Lớp học trước khi dùng hệ thống: điểm danh và bài thu hoạch lưu bằng giấy tại cơ sở."
"""Why the earlier classes were finished although nothing of them is recorded."""
