"""The scorecard as a browser reads it: every number with its proof, both languages, and no text turned into markup."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import lxml.html
import pytest

from publication import release, scorecard
from publication.release import GateReport
from tests.publication.candidate_warehouse import AS_OF, Warehouse, sha, warehouse

GATES = (GateReport("kpi", 12, 1), GateReport("release", 7, 0))
PROJECT = Path(__file__).resolve().parents[2]
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><script>alert(2)</script>",
    "{{ 7 * 7 }}",
    "javascript:alert(3)",
    "&lt;b&gt;",
)


def page(home: Path, built: Warehouse, name: str = "scorecard.html") -> lxml.html.HtmlElement:
    result = release.publish(home, build=built.write(home), as_of=AS_OF, gates=GATES, code_version="1.0")
    return lxml.html.fromstring((result.path / name).read_text(encoding="utf-8"))


def words(element: lxml.html.HtmlElement, language: str = "vi") -> str:
    """What a reader of one language sees of an element."""
    other = "en" if language == "vi" else "vi"
    texts = element.xpath(f".//text()[not(ancestor::*[@class='{other}']) and not(ancestor::style)]")
    return " ".join(" ".join(texts).split())


def select(element: lxml.html.HtmlElement, selector: str) -> list[lxml.html.HtmlElement]:
    """The descendants that a CSS selector of tags, classes, ids, attributes and blanks names."""
    paths = []
    for alternative in selector.split(","):
        path = "."
        for step in alternative.split():
            tag, rest = re.fullmatch(r"([a-z0-9]*)(.*)", step).groups()  # type: ignore[union-attr]
            path += f"//{tag or '*'}"
            for sign, name in re.findall(r"([.#])([\w-]+)", re.sub(r"\[.*?\]", "", rest)):
                path += f"[@id='{name}']" if sign == "#" else f"[contains(concat(' ', @class, ' '), ' {name} ')]"
            for name, value in re.findall(r"\[([\w-]+)(?:='?([^'\]]*)'?)?\]", rest):
                path += f"[@{name}='{value}']" if value else f"[@{name}]"
        paths.append(path)
    return list(element.xpath(" | ".join(paths)))


def card(document: lxml.html.HtmlElement, name: str) -> lxml.html.HtmlElement:
    return next(section for section in select(document, "section.card") if name in words(section))


def kpi(document: lxml.html.HtmlElement, programme: str, indicator: str) -> lxml.html.HtmlElement:
    rows = select(card(document, programme), "article.kpi")
    return next(row for row in rows if words(select(row, "h4")[0]) == indicator)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> lxml.html.HtmlElement:
    """The page of the warehouse as it is, for the tests that change nothing."""
    return page(tmp_path_factory.mktemp("plain"), warehouse(PROJECT))


# What it says


def test_a_target_shows_promise_result_status_and_the_way_between(plain: lxml.html.HtmlElement) -> None:
    document = plain
    row = kpi(document, "Trà Vinh 2021", "Số hợp tác xã thành lập mới")

    assert "Chỉ tiêu ít nhất 50 HTX" in words(row)
    assert "Kết quả 46 HTX" in words(row)
    assert words(select(row, ".state")[0]) == "Đúng tiến độ"
    assert words(select(row, ".state")[0], "en") == "On track"
    assert select(row, ".state svg")
    assert select(row, ".bar .fill")[0].get("style") == "width:92.0%"
    assert select(row, ".bar i")[0].get("style") == "left:90.0%"
    assert "92%" in words(row)
    assert "target at least 50 cooperatives" in words(row, "en").lower()


def test_a_bulletins_number_opens_into_its_sentence_with_the_quote_marked(plain: lxml.html.HtmlElement) -> None:
    document = plain
    row = kpi(document, "Trà Vinh 2021", "Số hợp tác xã thành lập mới")
    proof = select(row, "details.figure .proof")[0]

    assert words(select(proof, "mark")[0]) == "ít nhất 50 HTX"
    assert words(select(proof, "blockquote")[0]).startswith("Đến năm 2025, toàn tỉnh lập mới ít nhất 50 HTX và")
    assert "tra-vinh/ke-hoach.html" in words(proof)
    assert select(proof, f"a[href='texts/{sha(1)}.txt']")


def test_the_span_decides_which_of_equal_words_is_marked(tmp_path: Path, built: Warehouse) -> None:
    text = "Huyện A có 60 HTX; cả tỉnh có 60 HTX mới."
    built.texts[sha(3)] = text
    quoted = [row for row in built.rows["marts.fct_kpi_result"] if row["artefact"] == sha(3)]
    for row in quoted:
        start = text.rindex("60 HTX")
        row.update(quote="60 HTX", span_start=start, span_end=start + 6, sentence=text)
    document = page(tmp_path, built)
    sentence = select(card(document, "Bình Phước"), "blockquote")[0]

    assert sentence.text == "Huyện A có 60 HTX; cả tỉnh có "
    assert select(sentence, "mark")[0].tail == " mới."


def test_a_register_number_says_sheet_cells_and_rows_counted(plain: lxml.html.HtmlElement) -> None:
    document = plain
    proof = words(select(kpi(document, "Trà Vinh 2021", "Số hợp tác xã thành lập mới"), ".proof")[1])

    for said in (
        "Trang tính DS HTX",
        "Ô A9:N54",
        "Số dòng đã tính 46",
        "đếm HTX thành lập trong kỳ",
        "Danh sách hợp tác xã",
    ):
        assert said in proof


def test_a_stale_number_says_since_when_and_why_and_the_held_one_shows_no_number(plain: lxml.html.HtmlElement) -> None:
    document = plain
    row = kpi(document, "Trà Vinh 2021", "Số tổ hợp tác thành lập mới")

    assert words(select(row, ".note.stale")[0]) == (
        "Số liệu cũ từ 30/06/2025 (92 ngày): số mới bị giữ lại để kiểm tra · tra-vinh/bieu-chi-tieu-2025.xlsx "
        "[jump_against_last_accepted]"
    )
    held = words(select(row, ".note.held")[0])
    assert "Tăng gấp 10 lần so với số đã chấp nhận" in held
    assert "tra-vinh/bieu-chi-tieu-2025.xlsx, trang Biểu 01, F14" in held
    assert held in words(select(document, "#held")[0])


def test_no_result_is_no_data_and_never_zero(plain: lxml.html.HtmlElement) -> None:
    row = kpi(plain, "Đồng Nai 2025", "Số hợp tác xã thành lập mới")

    assert words(select(row, ".state")[0]) == "Chưa có số liệu"
    assert words(select(row, ".figure")[1]) == "Kết quả –"
    assert not select(row, ".bar")


def test_a_programme_without_targets_lists_its_results(plain: lxml.html.HtmlElement) -> None:
    listed = card(plain, "Hai đề án HTX Bình Phước")

    assert select(listed, "details.others")[0].get("open") is not None
    said = words(listed)
    for number in ("60 HTX", "323 HTX", "1.915 người", "1,456 tỷ đồng"):
        assert number in said
    assert "nay thuộc Tỉnh Đồng Nai" in said
    assert "1.456 billion VND" in words(listed, "en")


def test_unread_documents_and_rows_are_listed_with_place_and_reason(plain: lxml.html.HtmlElement) -> None:
    listed = words(select(plain, "#quarantine")[0])
    assert "Lưu bảng dạng .xlsx rồi nộp lại." in listed
    assert "Save the table" not in listed

    assert "ha-nam/hong.xlsx nội dung không phải bảng tính" in listed
    assert "DS HTX · A19:N19 · members" in listed
    assert "mười hai?" in listed


def test_the_checks_are_listed_by_what_they_protect(plain: lxml.html.HtmlElement) -> None:
    (row,) = select(plain, "#checks tbody tr")
    assert words(row) == "Con số nằm trong khoảng hợp lý 1.600 1 giữ lại số liệu"
    assert words(row, "en") == "The number is believable 1,600 1 the number is held"


def test_coverage_tells_missing_from_zero(plain: lxml.html.HtmlElement) -> None:
    table = select(plain, "#coverage table")[0]
    rows = {
        words(select(row, "th")[0]): [words(cell) for cell in select(row, "td")] for row in select(table, "tbody tr")
    }

    assert rows["Tỉnh Trà Vinh (nay thuộc Tỉnh Vĩnh Long)"] == [
        "1 02/03/2024",
        "1 30/06/2025",
        "–",
        "–",
        "–",
        "1 30/06/2025",
        "–",
    ]
    assert rows["Tỉnh Hà Nam (nay thuộc Tỉnh Ninh Bình)"][-1] == "1"


def test_reports_that_are_due_are_shown_year_by_year(plain: lxml.html.HtmlElement) -> None:
    (row,) = select(plain, "#duties tbody tr")
    assert [words(cell) for cell in select(row, "td")] == ["chưa nhận 21/12/2023", "muộn 10/01/2025"]
    assert "Thông tư 09/2024/TT-BKHĐT" in words(row)
    assert words(select(row, "td")[0], "en") == "missing 21 Dec 2023"


def test_promises_that_contradict_each_other_are_shown_and_not_resolved(plain: lxml.html.HtmlElement) -> None:
    (note,) = select(plain, ".note.conflict")
    assert "Mục tiêu hằng năm cộng 5 năm là 60, mục tiêu cả kỳ là 50" in words(note)
    assert note in list(card(plain, "Trà Vinh 2021").iter())


def test_the_map_has_todays_34_provinces_each_once(plain: lxml.html.HtmlElement) -> None:
    tiles = select(plain, ".tile")
    places = [tile.get("style") for tile in tiles]

    assert len(tiles) == len(set(places)) == 34
    assert {words(tile) for tile in tiles if select(tile, "b")} == {"Đồng Nai 0/3", "Vĩnh Long 2/5"}


def test_what_changed_since_the_last_release(tmp_path: Path, built: Warehouse) -> None:
    first = words(select(page(tmp_path, built), "#changes")[0])
    assert "Đây là bản công bố đầu tiên" in first

    built.rows["marts.fct_kpi_result"][0]["value"] = Decimal(52)
    built.rows["marts.fct_kpi_attainment"][0].update(result_value=Decimal(52), status="achieved")
    changed = select(page(tmp_path, built), "#changes .note")
    assert len(changed) == 2  # the target, and the result itself
    assert "46 HTX; Đúng tiến độ → chỉ tiêu ít nhất 50 HTX; kết quả 52 HTX; Đạt" in words(changed[0])
    assert "do : tra-vinh/so-theo-doi-2025-06.xlsx, trang DS HTX, A9:N54" in words(changed[0])


def test_results_outside_programmes_stand_by_province(tmp_path: Path, built: Warehouse) -> None:
    built.result(
        "x-total",
        programme=None,
        indicator="coop_total",
        province_key="36@2008-08-01",
        period_end=dt.date(2023, 6, 30),
        value=Decimal(514),
        unit="cooperative",
        origin="register",
    )
    listed = card(page(tmp_path, built), "Tỉnh Nam Định (nay thuộc Tỉnh Ninh Bình): ngoài các chương trình")
    assert "514 HTX" in words(listed)


def test_a_province_that_kept_its_name_on_another_territory_is_told_apart(tmp_path: Path, built: Warehouse) -> None:
    for key, number in (("75@2008-08-01", 300), ("75@2025-07-01", 700)):
        built.result(
            f"x-{number}",
            programme=None,
            indicator="coop_total",
            province_key=key,
            period_end=dt.date(2025, 8, 31),
            value=Decimal(number),
            unit="cooperative",
            origin="register",
        )
    document = page(tmp_path, built)
    assert "300 HTX" in words(card(document, "Tỉnh Đồng Nai (đến 30/06/2025): ngoài các chương trình"))
    assert "700 HTX" in words(card(document, "Tỉnh Đồng Nai: ngoài các chương trình"))


def test_a_held_newest_result_does_not_hide_the_last_accepted_one(tmp_path: Path, built: Warehouse) -> None:
    for key, year, value in (("x-1", 2022, 480), ("x-2", 2023, 514), ("x-3", 2024, None)):
        built.result(
            key,
            programme=None,
            indicator="coop_total",
            province_key="36@2008-08-01",
            period_end=dt.date(year, 12, 31),
            value=value,
            unit="cooperative",
            origin="report",
            is_held=value is None,
        )
    listed = words(card(page(tmp_path, built), "Tỉnh Nam Định"))
    assert "514 HTX" in listed
    assert "Đang giữ lại" in listed
    assert "480" not in listed
    assert "và 1 kết quả trước đó" in listed


def test_a_sum_of_results_opens_into_each_of_them(tmp_path: Path, built: Warehouse) -> None:
    built.rows["marts.fct_kpi_attainment"][0].update(result_keys="r-new r-communes", results_used=2)
    row = kpi(page(tmp_path, built), "Trà Vinh 2021", "Số hợp tác xã thành lập mới")
    result = select(row, "details.figure")[1]

    assert len(select(result, ".proof")) == 2
    assert "Cộng từ 2 kết quả" in words(result)


def test_claims_that_differ_are_shown_with_both_sources_and_the_rule(tmp_path: Path, built: Warehouse) -> None:
    result = next(row for row in built.rows["marts.fct_kpi_result"] if row["result_key"] == "r-new")
    built.result(
        "r-other",
        **{key: value for key, value in result.items() if key not in ("result_key", "kpi_cell")}
        | {"value": Decimal(40), "origin": "report", "file": "tra-vinh/khac.xlsx"},
    )
    built.add(
        "marts.fct_discrepancy",
        discrepancy_key="d",
        chosen_result_key="r-new",
        other_result_key="r-other",
        difference=Decimal(-6),
        difference_pct=Decimal("-13.0435"),
        is_explained_by_wording=False,
        chosen_by="precedence",
        **{
            key: result.get(key)
            for key in ("programme", "indicator", "province_key", "period_start", "period_end", "unit")
        },
    )
    document = page(tmp_path, built)
    (listed,) = [
        row for row in select(card(document, "Trà Vinh 2021"), "details.others article") if "Số khác" in words(row)
    ]
    said = words(listed)
    for part in ("Đã chọn 46 HTX", "Số khác 40 HTX", "−6 HTX (−13%)", "ưu tiên cao hơn", "tra-vinh/khac.xlsx"):
        assert part in said
    assert "1 nguồn khác nêu số khác" in words(kpi(document, "Trà Vinh 2021", "Số hợp tác xã thành lập mới"))


def test_a_large_release_has_an_overview_and_a_page_for_each_programme_in_each_language(
    tmp_path: Path, built: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scorecard, "_MAX_ROWS", 3)
    document = page(tmp_path, built)
    release_dir = (tmp_path / "current").resolve()

    assert not select(document, "article.kpi")
    links = [link.get("href") for link in select(document, "ol.programmes a")]
    assert "scorecard/tra_vinh_2021_2025.html" in links
    assert all((release_dir / link).is_file() for link in links)
    tiles = [link.get("href") for link in select(document, "a.tile")]
    assert tiles
    assert all((release_dir / link).is_file() for link in tiles)
    of_programme = lxml.html.fromstring((release_dir / "scorecard/tra_vinh_2021_2025.en.html").read_text("utf-8"))
    assert of_programme.get("lang") == "en"
    assert "At least 50 cooperatives".lower() in words(of_programme).lower()
    assert "HTX số" not in words(of_programme)
    switch = [link.get("href") for link in select(of_programme, ".switch a")]
    assert switch == ["tra_vinh_2021_2025.html", "tra_vinh_2021_2025.en.html"]
    texts = [link.get("href") for link in select(of_programme, ".proof a")]
    assert texts
    assert all((release_dir / "scorecard" / link).resolve().is_file() for link in texts)


def test_a_released_hold_says_that_somebody_signed_for_it_and_why(tmp_path: Path, built: Warehouse) -> None:
    built.add(
        "publication.gate_verdict",
        gate="kpi",
        expectation="value_not_above_band",
        effect="hold released",
        subject_key="r-new",
        reason_vi="Cao hơn khoảng hợp lý",
        reason_en="Above the band",
        reviewed_by="Nguyễn Thị Mẫu",
        reviewed_on=dt.date(2025, 9, 1),
        review_reason="đã đối chiếu với sổ gốc",
    )
    said = words(select(page(tmp_path, built), "#released")[0])
    for part in (
        "46 HTX",
        "Cao hơn khoảng hợp lý",
        "đã đối chiếu với sổ gốc",
        "người có trách nhiệm đã ký",
        "01/09/2025",
    ):
        assert part in said
    assert "Nguyễn Thị Mẫu" not in said  # that somebody signed is public; who is in the reviewed file


def test_a_warning_says_what_it_is_about_in_words(tmp_path: Path, built: Warehouse) -> None:
    warn = {"gate": "kpi", "effect": "warn", "reason_vi": "Chênh hơn 5 lần", "reason_en": "Five times the last one"}
    for key, found in (("r-new", "value = 46"), ("36@2008-08-01", "newest_on = 2023-08-16"), ("drop", "n = 0")):
        built.add("publication.gate_verdict", expectation="e", subject_key=key, found=found, **warn)
    document = page(tmp_path, built)
    for language, province, day, place in (
        (None, "Tỉnh Nam Định", "16/08/2023", "trang DS HTX, A9:N54"),
        ("en", "Nam Định Province", "16 Aug 2023", "sheet DS HTX, A9:N54"),
    ):
        said = words(select(document, "#warnings")[0], *([language] if language else []))
        assert province in said and day in said and place in said
        assert "newest_on" not in said and "value =" not in said
    assert "Số hợp tác xã thành lập mới" in words(select(document, "#warnings")[0])
    assert "46 HTX" in words(select(document, "#warnings")[0])


def test_an_empty_release_has_a_scorecard(tmp_path: Path) -> None:
    document = page(tmp_path, Warehouse())
    assert "0 chỉ tiêu" in words(document)


# Both languages


def test_the_english_page_is_the_same_page_with_the_other_switch_on(tmp_path: Path, built: Warehouse) -> None:
    vietnamese = page(tmp_path, built)
    english = lxml.html.fromstring((tmp_path / "current" / "scorecard.en.html").read_text(encoding="utf-8"))

    assert vietnamese.get("lang") == "vi"
    assert english.get("lang") == "en"
    assert [box.get("id") for box in select(vietnamese, "input[name=language][checked]")] == ["lang-vi"]
    assert [box.get("id") for box in select(english, "input[name=language][checked]")] == ["lang-en"]
    assert words(select(vietnamese, "main")[0], "en") == words(select(english, "main")[0], "en")


def test_a_printed_page_still_says_where_a_number_is_from(plain: lxml.html.HtmlElement) -> None:
    row = kpi(plain, "Trà Vinh 2021", "Số hợp tác xã thành lập mới")
    places = [words(place) for place in select(row, "summary .where")]
    assert places == ["tra-vinh/ke-hoach.html", "tra-vinh/so-theo-doi-2025-06.xlsx, DS HTX, A9:N54"]


def test_every_vietnamese_text_has_its_english_one(plain: lxml.html.HtmlElement) -> None:
    document = plain
    assert len(select(document, "span.vi")) == len(select(document, "span.en"))
    assert all(span.text_content().strip() for span in select(document, "span.vi, span.en"))


# Text is never markup


def _hostile(built: Warehouse, text: str) -> None:
    """Put a text wherever a document can put one."""
    sentence = f"Tỉnh nói {text} 60 HTX."
    built.texts[sha(3)] = sentence
    for row in built.rows["marts.fct_kpi_result"]:
        if row["artefact"] == sha(3):
            start = sentence.index(text)
            quote = f"{text} 60 HTX"
            row.update(quote=quote, span_start=start, span_end=start + len(quote), sentence=sentence, file=text)
        row.update(
            sheet=text, cells=text, held_reason_vi=text, held_by=text, computation_vi=text, scope=text, unit=text
        )
    for row in built.rows["marts.dim_programme"]:
        row.update(name_vi=text, legal_basis=text, publisher=text)
    for row in built.rows["marts.dim_artefact"]:
        row.update(title=text, file=text)
    for row in built.rows["publication.quarantine"]:
        row.update(
            file=text, found=text, reason_vi=text, advice_vi=text, advice_en=text, sheet=text, field=text, place=text
        )
        row.update(expected_vi=text, expected_en=text)
    for row in built.rows["marts.fct_kpi_attainment"]:
        row.update(evidence_vi=text, stale_reason_vi=text, scope_note=text, status=text)
    built.add("publication.gate_verdict", gate="kpi", expectation=text, effect="warn", found=text, reason_vi=text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_shown_as_text(tmp_path: Path, built: Warehouse, text: str) -> None:
    _hostile(built, text)
    document = page(tmp_path, built)

    assert not select(document, "script, img, iframe, object, embed, form, link[rel=stylesheet], base")
    for element in document.iter():
        if isinstance(element.tag, str):
            assert not [name for name in element.attrib if name.startswith("on")]
            assert not (element.get("href") or "").strip().lower().startswith(("javascript", "data:text", "http", "//"))
    seen = " ".join(select(document, "main")[0].text_content().split())
    assert seen.count(" ".join(text.split())) > 20
    assert select(document, "mark")[0].text_content().startswith(text)


def test_the_notes_escape_markup(tmp_path: Path, built: Warehouse) -> None:
    page(tmp_path, built)
    _hostile(built, HOSTILE[1])
    page(tmp_path, built)
    notes = (tmp_path / "current" / "notes.vi.md").read_text(encoding="utf-8")

    assert re.search(r"(?<!\\)[<>]", notes) is None
    assert "onerror" in notes


def test_the_page_asks_nothing_of_anybody(tmp_path: Path, built: Warehouse) -> None:
    page(tmp_path, built)
    html = (tmp_path / "current" / "scorecard.html").read_text(encoding="utf-8")

    assert "default-src 'none'" in html
    assert not re.search(r"""(src|href)\s*=\s*["']?\s*(https?:)?//""", html)
    assert "url(" not in html
    assert "@import" not in html


def test_templates_never_switch_escaping_off() -> None:
    folder = Path(release.__file__).parent
    sources = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.j2")))
    code = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))}
    assert not re.search(r"\|\s*safe|autoescape\s+false", sources)
    # Only what Vega drew and lxml wrote goes into a page as it is.
    assert {name for name, text in code.items() if "Markup(" in text} == {"charts.py"}
    assert "autoescape=True" in code["scorecard.py"]
