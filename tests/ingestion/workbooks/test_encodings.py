"""Legacy encodings: decided over a whole sheet, cells that already are Unicode left alone, blanks kept."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from writers import in_cp1258, in_legacy

from ingestion.vietnamese.encodings import decide, decode_bytes, decode_cell, from_tcvn3, from_vni

TEXT = "Số hợp tác xã thành lập mới trong năm: được hỗ trợ đào tạo, bồi dưỡng cán bộ quản lý ở huyện Nghĩa Hưng"


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_a_sheet_of_legacy_text_is_recognised_and_decoded(encoding: str) -> None:
    raw = in_legacy(TEXT, encoding)
    assert raw != TEXT
    assert decide([raw]) == encoding
    assert {"tcvn3": from_tcvn3, "vni": from_vni}[encoding](raw) == TEXT


def test_unicode_text_with_odd_signs_stays_unicode() -> None:
    assert decide([TEXT, "Diện tích (m²)", "30°C", "½ ngày"]) == "unicode"


def test_a_short_cell_is_decoded_as_its_sheet_is() -> None:
    assert decode_cell("Bé", "tcvn3", ".VnTime") == "Bộ"
    assert decode_cell("Bé", "unicode") == "Bé"


def test_pasted_unicode_rows_stay_as_they_are() -> None:
    assert decode_cell("Huyện Hải Hậu", "tcvn3") == "Huyện Hải Hậu"
    assert decode_cell("công ty thành công", "tcvn3", "Arial") == "công ty thành công"


def test_words_pasted_into_a_legacy_cell_are_told_apart() -> None:
    assert decode_cell("C¸c ch\u00ad¬ng tr×nh về TĐC", "tcvn3", ".VnTime") == "Các chương trình về TĐC"


def test_leading_blanks_are_kept() -> None:
    assert decode_cell("   Sè hîp t¸c x·", "tcvn3") == "   Số hợp tác xã"


def test_capitals_of_a_legacy_font_stay_capitals_inside_a_word() -> None:
    assert from_tcvn3("PHÇN CHI") == "PHẦN CHI"


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_bytes_of_unicode_encodings(name: str) -> None:
    assert decode_bytes(TEXT.encode(name))[0] == TEXT


def test_bytes_of_code_page_1258_are_composed() -> None:
    assert decode_bytes(in_cp1258(TEXT)) == (TEXT, "cp1258")
