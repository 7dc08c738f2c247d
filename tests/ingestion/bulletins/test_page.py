"""Page to text: what is read of a portal page, and what is refused with which reason."""

import datetime as dt

import pytest

from ingestion.bulletins import read
from ingestion.documents import Known, UnreadableDocument
from ingestion.vietnamese.encodings import from_tcvn3

ARTICLE = (
    "Sáng 20-3, lãnh đạo UBND tỉnh làm việc với các sở, ngành và nhiều hợp tác xã về những việc khó "
    "trong năm qua, từ vốn vay đến đầu ra cho nông sản.",
    "Theo báo cáo, đến hết năm 2023, toàn tỉnh có 412 hợp tác xã; trong năm thành lập mới 31 hợp tác xã.",
)
PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>Hội nghị - Báo tỉnh</title>
<meta property="og:title" content="Hội nghị kinh tế tập thể"><meta property="og:site_name" content="Báo tỉnh">
<meta property="article:published_time" content="2024-03-20T18:53:00+07:00"></head><body>
<nav><ul><li><a href="/a">Trang chủ</a></li><li><a href="/b">120 HTX tiêu biểu</a></li></ul></nav>
<article><h1>Hội nghị kinh tế tập thể</h1>{body}</article>
<div class="sidebar"><h3>Tin đọc nhiều</h3><ul><li><a href="#">Huyện thành lập mới 15 HTX</a></li></ul>
<div>Đang online: 12<br>Hôm nay: 345</div></div>
<div class="related"><h4>Bài liên quan</h4><ul><li><a href="#">Phấn đấu 500 HTX hoạt động hiệu quả</a></li></ul></div>
<footer>Điện thoại: 0200.1234567</footer></body></html>"""


def page(charset: str = "utf-8") -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in ARTICLE)
    return PAGE.format(charset=charset, body=body).encode(charset)


@pytest.mark.parametrize("charset", ["utf-8", "utf-16"])
def test_a_page_gives_its_article_and_what_it_says_of_itself(charset: str) -> None:
    bulletin = read(page(charset), name="page.html")
    assert [(s.indicator, int(s.value)) for s in bulletin.statements] == [("coop_total", 412), ("coop_new", 31)]
    assert all(bulletin.text[s.start : s.end] == s.quote for s in bulletin.statements)
    assert (bulletin.title, bulletin.publisher) == ("Hội nghị kinh tế tập thể", "Báo tỉnh")
    assert bulletin.published_on == dt.date(2024, 3, 20)


def test_what_a_person_knows_wins() -> None:
    known = Known(published=dt.date(2024, 1, 2), province="Nam Định", publisher="Sở")
    bulletin = read(page(), name="page.html", known=known)
    assert (bulletin.published_on, bulletin.province, bulletin.publisher) == (dt.date(2024, 1, 2), "Nam Định", "Sở")
    assert {s.geography for s in bulletin.statements} == {"Nam Định"}


def test_furniture_of_copied_text_states_nothing_and_stays_in_the_text() -> None:
    text = "\n".join(
        [
            "Thống kê truy cập", "• Đang online: 1", "• Trong tuần: 1 492", "Tin hợp tác xã tỉnh nhà", *ARTICLE,
            "Bài liên quan", "Huyện thành lập mới 15 HTX", "Phấn đấu có 500 HTX", "Ý kiến ()", "0 / 500 ký tự",
        ]
    )  # fmt: skip
    bulletin = read(text.encode(), name="copied.txt")
    assert bulletin.text == text
    assert [int(s.value) for s in bulletin.statements] == [412, 31]
    assert bulletin.furniture >= 7


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "nothing in the file"),
        (b" \n\n ", "nothing in the file"),
        (b"%PDF-1.7 ...", "no text or HTML"),
        (b"\x89PNG\r\n\x1a\n....", "no text or HTML"),
        (b"\xff\xd8\xff\xe0....", "no text or HTML"),
        (b"PK\x03\x04....", "no text or HTML"),
        (b"<html><head><title>x</title></head><body></body></html>", "no article"),
        ("<html><body>Đăng nhập hệ thống<form><input type='password'></form></body></html>".encode(), "password"),
        (b"In 2022 the province had 120 cooperatives with 3,000 members in all. " * 5, "not Vietnamese"),
        ("La coopérative a été créée à Hanoï en 2022, avec 120 membres. ".encode() * 5, "not Vietnamese"),
    ],
)
def test_wrong_input_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableDocument, match=reason) as refusal:
        read(content, name="wrong.html")
    assert "wrong.html" in str(refusal.value)


def _in_tcvn3(text: str) -> str:
    """Write lower-case text as a .VnTime document holds it: the inverse of the decoder, letter by letter."""
    signs = {from_tcvn3(chr(code)): chr(code) for code in range(0xA1, 0x100) if from_tcvn3(chr(code)) != chr(code)}
    return "".join(signs.get(letter, letter) for letter in text.lower())


@pytest.mark.parametrize(
    ("charset", "declared"), [("utf-8", "utf-8"), ("latin-1", "windows-1252"), ("latin-1", "iso-8859-1")]
)
def test_a_page_in_a_legacy_font_is_read_as_if_it_were_unicode(charset: str, declared: str) -> None:
    body = "".join(f"<p>{_in_tcvn3(paragraph)}</p>" for paragraph in ARTICLE)
    shell = PAGE.format(charset=declared, body="@").replace("Tin đọc nhiều", "").encode("ascii", "ignore").decode()
    bulletin = read(shell.replace("@", body).encode(charset), name="legacy.html")
    assert {int(statement.value) for statement in bulletin.statements} == {412, 31}
    assert "toàn tỉnh có 412 hợp tác xã" in bulletin.text
    assert all(bulletin.text[s.start : s.end] == s.quote for s in bulletin.statements)


def test_the_charset_that_the_server_named_goes_before_the_one_the_page_declares() -> None:
    content = page("utf-16").decode("utf-16").replace("utf-16", "iso-8859-1").encode("utf-16-le")
    bulletin = read(content, name="page.html", charset="utf-16-le")
    assert {int(statement.value) for statement in bulletin.statements} == {412, 31}


def test_the_line_that_says_when_is_not_the_title() -> None:
    text = (
        "Thứ 3, 14/05/2024 08:12:40 GMT+7\n\nThời sự 08:15, 14/05/2024 GMT+7\n\n"
        "Nhìn lại nửa chặng đường của kinh tế tập thể\n\n"
        "Từ đầu năm đến nay, toàn tỉnh có thêm 17 HTX được thành lập.\n"
    )
    assert read(text.encode(), name="a.txt").title == "Nhìn lại nửa chặng đường của kinh tế tập thể"
