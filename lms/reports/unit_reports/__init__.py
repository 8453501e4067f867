"""The yearly report of each employing unit on quality and on the use of trained staff, collected by Home Affairs.

Quyết định 1698/QĐ-UBND, mục IV.1: "Hàng năm cơ quan, đơn vị đánh giá chất lượng đào tạo, bồi dưỡng; việc sử dụng
CBCCVC sau đào tạo, bồi dưỡng (gửi Sở Nội vụ tổng hợp) báo cáo UBND Thành phố"; mục V.2.4 adds the proposals of quotas.
"""
