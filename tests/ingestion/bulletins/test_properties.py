"""What holds for every text: verbatim quotes, one reading whatever the spelling, no crash, linear time."""

import random
import time
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.bulletins import read
from ingestion.documents import Known, UnreadableDocument

PIECES = st.sampled_from(
    [
        "Toàn tỉnh có", "thành lập mới", "phấn đấu đến năm 2025", "trong đó", "giải thể", "ít nhất", "khoảng", "gần",
        "25 HTX", "1.915 học viên", "15 - 20%", "120 tổ hợp tác", "01 liên hiệp hợp tác xã", "2 tỷ 300 triệu đồng/HTX",
        "3,2 triệu đồng/người/tháng", "doanh thu bình quân", "thuỷ sản", "hoà", "thành viên", "(", ")", ",", ";", ".",
        "và", "các hợp tác xã", "%", "năm 2023", "xếp loại khá", "cán bộ quản lý", "được đào tạo", "\n", "Hoà Bình",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, min_size=3, max_size=30).map(
    lambda p: "Các hợp tác xã của tỉnh đã được củng cố. " + " ".join(p)
)
SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def reading(text: str) -> list[tuple[object, ...]]:
    found = read(text.encode(), name="t.txt", known=Known(province="Hà Nam")).statements
    return [
        (s.kind, s.indicator, s.value, s.value_high, s.qualifier, s.unit, s.scope, s.geography, s.period_end, s.as_of)
        for s in found
    ]


@SETTINGS
@given(TEXTS)
def test_every_quote_is_the_text_at_its_span(text: str) -> None:
    bulletin = read(text.encode(), name="t.txt")
    assert bulletin.text == text
    for s in bulletin.statements:
        assert text[s.start : s.end] == s.quote != ""
        assert text[s.sentence_start : s.sentence_end] == s.sentence
        assert s.sentence_start <= s.start < s.end <= s.sentence_end


@SETTINGS
@given(TEXTS)
def test_the_reading_does_not_depend_on_the_spelling(text: str) -> None:
    expected = reading(text)
    assert reading(unicodedata.normalize("NFD", text)) == expected
    assert reading(text.replace("thuỷ", "thủy").replace("hoà", "hòa").replace("Hoà", "Hòa")) == expected
    assert reading(text.replace(" ", "\u00a0")) == expected


@SETTINGS
@given(st.binary(max_size=400))
def test_no_bytes_crash_the_reader(content: bytes) -> None:
    for document in (content, b"<html><body>" + content):
        try:
            read(document, name="bytes")
        except UnreadableDocument as refusal:
            assert refusal.reason and refusal.advice


def seconds(content: bytes) -> float:
    began = time.process_time()
    read(content, name="large")
    return time.process_time() - began


@pytest.mark.parametrize(
    "unit",
    [
        "Đến hết năm 2022, toàn tỉnh có 514 HTX, 2.000 tổ hợp tác; thành lập mới 12 HTX. ",
        "hợp tác xã đã thành lập mới 12 HTX, ",
        "tỉnh có các hợp tác xã ",
        "hợp tác xã\n",
    ],
)
def test_time_grows_with_the_length_only(unit: str) -> None:
    seconds((unit * 50).encode())
    small, large = seconds((unit * 500).encode()), seconds((unit * 4000).encode())
    assert large < 8 * small * 2.5 + 0.2


def test_a_large_text_is_read_in_bounded_time() -> None:
    text = "Các hợp tác xã trên địa bàn tỉnh tiếp tục được củng cố và phát triển. " * 140_000
    assert len(text) > 9_500_000
    assert seconds(text.encode()) < 60


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "x"])
def test_deeply_nested_tags_are_read(tag: str) -> None:
    page = "<html><body>" + f"<{tag}>" * 100_000 + "Đến hết năm 2022, toàn tỉnh có 514 hợp tác xã."
    began = time.process_time()
    assert [int(s.value) for s in read(page.encode(), name="deep.html").statements] == [514]
    assert time.process_time() - began < 10


def test_random_bytes_are_refused() -> None:
    with pytest.raises(UnreadableDocument):
        read(random.Random(7).randbytes(200_000), name="noise")
