"""Where the invented organisations live: real districts with some of their communes, before and after 2025-07-01.

Districts ended on 2025-07-01 and their communes were merged into larger ones (Nghị quyết 202/2025/QH15 and the
resolutions on communes), so every former district lists communes of both times.
"""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class District:
    """A former district, as registers write it, with communes before and after 2025-07-01."""

    name: str
    communes: tuple[str, ...]
    communes_today: tuple[str, ...]


DONG_NAI = (
    District("Xuân Lộc", ("Xuân Bắc", "Suối Cát", "Xuân Hòa"), ("Xuân Bắc", "Xuân Lộc", "Xuân Hòa")),
    District("Cẩm Mỹ", ("Sông Ray", "Xuân Đông", "Lâm San"), ("Sông Ray", "Xuân Đông", "Cẩm Mỹ")),
    District("Định Quán", ("La Ngà", "Phú Vinh", "Phú Túc"), ("La Ngà", "Phú Vinh", "Định Quán")),
    District("Tân Phú", ("Nam Cát Tiên", "Tà Lài", "Phú Điền"), ("Nam Cát Tiên", "Tà Lài", "Tân Phú")),
    District("Thống Nhất", ("Gia Kiệm", "Quang Trung", "Bàu Hàm 2"), ("Gia Kiệm", "Thống Nhất", "Dầu Giây")),
    District("Trảng Bom", ("Bàu Hàm", "Hưng Thịnh", "An Viễn"), ("Bàu Hàm", "Hưng Thịnh", "An Viễn")),
    District("Long Thành", ("Bình An", "Phước Thái", "Bàu Cạn"), ("Bình An", "Phước Thái", "Long Thành")),
    District("Vĩnh Cửu", ("Trị An", "Tân An", "Bình Lợi"), ("Trị An", "Tân An")),
    District("TP. Long Khánh", ("Hàng Gòn", "Bình Lộc"), ("Hàng Gòn", "Bình Lộc", "Long Khánh")),
)
TRA_VINH = (
    District("Càng Long", ("An Trường", "Mỹ Cẩm", "Huyền Hội"), ("An Trường", "Càng Long", "Nhị Long")),
    District("Cầu Kè", ("Tam Ngãi", "Phong Phú", "An Phú Tân"), ("Tam Ngãi", "Cầu Kè", "An Phú Tân")),
    District("Tiểu Cần", ("Tân Hòa", "Hùng Hòa", "Tập Ngãi"), ("Tân Hòa", "Hùng Hòa", "Tập Ngãi")),
    District("Châu Thành", ("Song Lộc", "Hòa Minh", "Hưng Mỹ"), ("Song Lộc", "Hòa Minh", "Hưng Mỹ")),
    District("Cầu Ngang", ("Nhị Trường", "Vinh Kim", "Hiệp Mỹ Tây"), ("Nhị Trường", "Vinh Kim", "Hiệp Mỹ")),
    District("Trà Cú", ("Tập Sơn", "Đại An", "Lưu Nghiệp Anh"), ("Tập Sơn", "Đại An", "Lưu Nghiệp Anh")),
    District("Duyên Hải", ("Ngũ Lạc", "Đôn Châu", "Long Vĩnh"), ("Ngũ Lạc", "Đôn Châu", "Long Vĩnh")),
    District("TX. Duyên Hải", ("Long Hữu", "Trường Long Hòa"), ("Long Hữu", "Trường Long Hòa")),
    District("TP. Trà Vinh", ("Long Đức",), ("Long Đức",)),
)
HA_NAM = (
    District("TX. Duy Tiên", ("Chuyên Ngoại", "Trác Văn", "Yên Nam"), ("Duy Tiên", "Duy Tân", "Tiên Sơn")),
    District("Kim Bảng", ("Thanh Sơn", "Tượng Lĩnh", "Nguyễn Úy"), ("Kim Bảng", "Nguyễn Úy", "Lê Hồ")),
    District("Thanh Liêm", ("Liêm Phong", "Thanh Hà", "Thanh Hải"), ("Liêm Hà", "Thanh Liêm", "Thanh Bình")),
    District("Bình Lục", ("La Sơn", "An Ninh", "Bồ Đề"), ("Bình Lục", "Bình Sơn", "Bình Giang")),
    District("Lý Nhân", ("Nhân Khang", "Chân Lý", "Hòa Hậu"), ("Lý Nhân", "Bắc Lý", "Nam Lý")),
    District("TP. Phủ Lý", ("Đinh Xá", "Trịnh Xá", "Kim Bình"), ("Phủ Lý", "Phù Vân", "Châu Sơn")),
)
NAM_DINH = (
    District("Ý Yên", ("Yên Chính", "Yên Khang", "Yên Đồng"), ("Ý Yên", "Yên Đồng")),
    District("Vụ Bản", ("Liên Bảo", "Minh Tân", "Trung Thành"), ("Vụ Bản", "Minh Tân")),
    District("Mỹ Lộc", ("Mỹ Thắng", "Mỹ Hà"), ("Mỹ Lộc",)),
    District("Nam Trực", ("Nam Dương", "Hồng Quang", "Đồng Sơn"), ("Nam Trực", "Nam Đồng")),
    District("Trực Ninh", ("Trực Thái", "Trực Hưng", "Liêm Hải"), ("Trực Ninh", "Cát Thành")),
    District("Xuân Trường", ("Xuân Ninh", "Xuân Vinh", "Thọ Nghiệp"), ("Xuân Trường", "Xuân Hồng")),
    District("Giao Thủy", ("Giao Thiện", "Giao An", "Bạch Long"), ("Giao Thủy", "Giao Minh")),
    District("Hải Hậu", ("Hải Minh", "Hải Đường", "Hải Anh"), ("Hải Hậu", "Hải Anh")),
    District("Nghĩa Hưng", ("Nghĩa Sơn", "Nghĩa Lâm", "Nghĩa Trung"), ("Nghĩa Hưng", "Nghĩa Sơn")),
    District("TP. Nam Định", ("Nam Phong", "Nam Vân"), ("Nam Định", "Thiên Trường")),
)
BINH_PHUOC = (
    District("Lộc Ninh", ("Lộc Tấn", "Lộc Hiệp", "Lộc Thái"), ("Lộc Tấn", "Lộc Ninh", "Lộc Hưng")),
    District("Bù Đăng", ("Đức Liễu", "Minh Hưng", "Bom Bo"), ("Bù Đăng", "Nghĩa Trung", "Bom Bo")),
    District("Bù Gia Mập", ("Đắk Ơ", "Phú Nghĩa", "Đa Kia"), ("Đắk Ơ", "Phú Nghĩa", "Đa Kia")),
    District("Phú Riềng", ("Long Hà", "Phú Trung", "Bù Nho"), ("Long Hà", "Phú Trung", "Phú Riềng")),
    District("Đồng Phú", ("Thuận Lợi", "Tân Lợi", "Đồng Tâm"), ("Thuận Lợi", "Tân Lợi", "Đồng Tâm")),
    District("Hớn Quản", ("Thanh An", "Minh Đức", "An Khương"), ("Tân Hưng", "Minh Đức", "Tân Khai")),
    District("Bù Đốp", ("Thiện Hưng", "Hưng Phước", "Tân Tiến"), ("Thiện Hưng", "Hưng Phước", "Tân Tiến")),
    District("TX. Chơn Thành", ("Nha Bích", "Minh Lập"), ("Nha Bích", "Chơn Thành")),
    District("TX. Bình Long", ("Thanh Lương", "Thanh Phú"), ("Bình Long", "An Lộc")),
    District("TP. Đồng Xoài", ("Tiến Hưng", "Tân Thành"), ("Đồng Xoài", "Bình Phước")),
)
