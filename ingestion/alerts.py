"""Alerts: what a source needs a person for, or what a person should know of its night."""

from __future__ import annotations

from typing import Literal

import pydantic

Severity = Literal["info", "warning", "error"]
Kind = Literal[
    "already_running",
    "asked_to_wait",
    "block_page",
    "changed",
    "folder_problem",
    "internal_error",
    "layout_changed",
    "login_page",
    "more_to_come",
    "no_contact",
    "not_found",
    "nothing_found",
    "other_hosts",
    "out_of_time",
    "refused_address",
    "returned",
    "robots_disallowed",
    "robots_unreachable",
    "server_error",
    "tls_failed",
    "too_large",
    "too_many_redirects",
    "too_slow",
    "unreachable",
    "unreadable_feed",
    "vanished",
    "wrong_definition",
]

# How bad it is: an error waits for a person, a warning goes away by itself or is worth a look, an info is news.
# Transient: trying again tomorrow may help, so it never enters a release, which must not depend on a bad night.
_SEVERITY: dict[str, Severity] = {
    "already_running": "info",
    "changed": "info",
    "more_to_come": "info",
    "other_hosts": "info",
    "returned": "info",
    "asked_to_wait": "warning",
    "out_of_time": "warning",
    "robots_unreachable": "warning",
    "server_error": "warning",
    "too_slow": "warning",
    "unreachable": "warning",
    "vanished": "warning",
}
_TRANSIENT = {
    "already_running", "asked_to_wait", "internal_error", "no_contact", "out_of_time", "robots_unreachable",
    "server_error", "tls_failed", "too_slow", "unreachable",
}  # fmt: skip
_NEWS = {"changed", "more_to_come", "other_hosts", "returned", "vanished"}

ADVICE: dict[str, str] = {
    "already_running": "Nothing to do: the other run takes it.",
    "asked_to_wait": "Nothing to do tonight. If it comes every night, raise limits.delay_seconds of this source.",
    "block_page": "Open the address in a browser. Ask the publisher to let our user agent in, or for a feed.",
    "changed": "Both versions are kept; compare them with htx explain if a published number moved.",
    "folder_problem": "Correct what the folder lacks and deliver again.",
    "internal_error": "This is a fault of the warehouse: report it with the log of this night.",
    "layout_changed": "Open the address, correct the selectors in the source's file, try them with htx source check.",
    "login_page": "Find a public address for these documents, or have them delivered into a drop folder.",
    "more_to_come": "Nothing to do: the rest follows in the next nights. Raise the limits to take more in one night.",
    "no_contact": "Set HTX_FETCH_CONTACT to an e-mail or web address that a site's operator can write to.",
    "not_found": "Open the address. Correct it if it is the source's own; tell the publisher if their link is dead.",
    "nothing_found": "Open the address, correct the selectors in the source's file, try them with htx source check.",
    "other_hosts": "Add a host to the key hosts of the source if its documents belong to this source.",
    "out_of_time": "Nothing to do: the rest follows in the next night. Raise limits.source_seconds if it stays so.",
    "refused_address": "Open the address in a browser. If its host is right and public, add it to the key hosts.",
    "returned": "Nothing to do.",
    "robots_disallowed": "The site does not want this page to be fetched. Ask the publisher, or use a drop folder.",
    "robots_unreachable": "Nothing to do tonight: without an answer for robots.txt a site is left alone.",
    "server_error": "Nothing to do tonight. If it stays so for days, tell the publisher.",
    "tls_failed": "The site's certificate can't be trusted. Tell the publisher; verification is never switched off.",
    "too_large": "Look at the file. If it is right, raise limits.megabytes of this source (at most 200).",
    "too_many_redirects": "Open the address in a browser and put the one it ends at into the source's file.",
    "too_slow": "Nothing to do tonight. If it stays so, raise limits.response_seconds of this source.",
    "unreachable": "Nothing to do tonight. If it stays so for days, check the address and tell the publisher.",
    "unreadable_feed": "Open the address: it must answer with RSS, Atom or a sitemap.",
    "vanished": "The archived version stays and counts. Ask the publisher whether it was withdrawn or has moved.",
    "wrong_definition": "Correct the file as it says; htx source list shows whether it can be read.",
}

# What it is and what to do, for officials.
VIETNAMESE: dict[str, tuple[str, str]] = {
    "already_running": ("nguồn đang được một lần chạy khác lấy", "Không cần làm gì."),
    "asked_to_wait": ("máy chủ yêu cầu chờ", "Đêm nay không cần làm gì; nếu lặp lại, tăng limits.delay_seconds."),
    "block_page": ("trang chặn truy cập", "Mở địa chỉ; đề nghị đơn vị đăng tin cho phép chương trình của kho dữ liệu."),
    "changed": ("văn bản đã thay đổi", "Cả hai phiên bản được giữ lại."),
    "folder_problem": ("thư mục nộp có lỗi", "Sửa phần thiếu của thư mục rồi nộp lại."),
    "internal_error": ("lỗi của kho dữ liệu", "Báo lỗi này kèm nhật ký của đêm."),
    "layout_changed": ("trang đã đổi cấu trúc", "Sửa bộ chọn trong tệp nguồn, thử bằng htx source check."),
    "login_page": ("trang yêu cầu đăng nhập", "Tìm địa chỉ công khai, hoặc nhận tài liệu qua thư mục nộp."),
    "more_to_come": ("còn tài liệu chờ đêm sau", "Không cần làm gì."),
    "no_contact": ("chưa có địa chỉ liên hệ", "Đặt HTX_FETCH_CONTACT là thư điện tử hoặc trang liên hệ."),
    "not_found": ("địa chỉ không tồn tại", "Sửa địa chỉ của nguồn, hoặc báo đơn vị đăng tin về liên kết hỏng."),
    "nothing_found": ("không tìm thấy gì", "Sửa bộ chọn trong tệp nguồn, thử bằng htx source check."),
    "other_hosts": ("bỏ qua liên kết tới máy chủ khác", "Thêm máy chủ vào khóa hosts nếu thuộc nguồn này."),
    "out_of_time": ("hết thời gian của đêm", "Phần còn lại được lấy đêm sau."),
    "refused_address": ("địa chỉ bị từ chối", "Mở địa chỉ; nếu đúng và công khai, thêm máy chủ vào khóa hosts."),
    "returned": ("văn bản có lại", "Không cần làm gì."),
    "robots_disallowed": ("robots.txt không cho phép", "Hỏi đơn vị đăng tin, hoặc dùng thư mục nộp."),
    "robots_unreachable": ("không đọc được robots.txt", "Đêm nay không cần làm gì."),
    "server_error": ("máy chủ báo lỗi", "Đêm nay không cần làm gì; nếu kéo dài, báo đơn vị đăng tin."),
    "tls_failed": ("chứng thư không tin cậy được", "Báo đơn vị đăng tin; việc kiểm tra không bao giờ được tắt."),
    "too_large": ("tệp quá lớn", "Xem tệp; nếu đúng, tăng limits.megabytes (tối đa 200)."),
    "too_many_redirects": ("chuyển hướng quá nhiều lần", "Ghi địa chỉ cuối cùng vào tệp nguồn."),
    "too_slow": ("trang trả lời quá chậm", "Đêm nay không cần làm gì; nếu kéo dài, tăng limits.response_seconds."),
    "unreachable": ("không kết nối được", "Đêm nay không cần làm gì; nếu kéo dài, kiểm tra địa chỉ."),
    "unreadable_feed": ("nguồn tin không đọc được", "Địa chỉ phải trả về RSS, Atom hoặc sitemap."),
    "vanished": ("văn bản đã bị gỡ", "Bản lưu trữ vẫn được dùng; hỏi đơn vị đăng tin đã rút hay chuyển chỗ."),
    "wrong_definition": ("tệp nguồn có lỗi", "Sửa tệp theo thông báo của htx source list."),
}


class Alert(pydantic.BaseModel):
    """One thing to tell about a source: what, where, expected, found; free of times, so it reads the same again."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    kind: Kind
    place: str  # the address, file or folder it is about
    expected: str
    found: str

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return _SEVERITY.get(self.kind, "error")

    @property
    def advice(self) -> str:
        """What to do next."""
        return ADVICE[self.kind]

    @property
    def vi(self) -> str:
        """The whole alert in Vietnamese: where, what, what to do next."""
        what, advice = VIETNAMESE[self.kind]
        return f"{self.place}: {what}. {advice}"

    @property
    def transient(self) -> bool:
        """Whether trying again tomorrow may help."""
        return self.kind in _TRANSIENT

    @property
    def is_news(self) -> bool:
        """Whether it tells what happened, rather than what could not be taken."""
        return self.kind in _NEWS

    def __str__(self) -> str:
        return (
            f"{self.place}: {self.kind.replace('_', ' ')}: expected {self.expected}, found {self.found}. {self.advice}"
        )
