"""How long a page takes to become statements, against the HTML text extraction alone.

Every reference bulletin of the shipped evaluation set is set as a portal page would carry it (menu, side bar, lists of
links, footer), and read in one process. Prints the median of five rounds of processor time for both; exits 1 when
reading takes more than 1.5 times the extraction.

    python benchmarks/bulletins.py
"""

from __future__ import annotations

import html
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import trafilatura

from ingestion.bulletins import read
from ingestion.documents import UnreadableDocument

ROUNDS = 5
LIMIT = 1.5
FOLDER = Path(__file__).resolve().parent.parent / "evaluation" / "dev"
LINKS = [
    "Trang chủ", "Giới thiệu", "Tin tức - Sự kiện", "Văn bản chỉ đạo", "Thủ tục hành chính", "Kinh tế tập thể",
    "Hợp tác xã tiêu biểu",
    "Xúc tiến thương mại", "Quỹ hỗ trợ phát triển", "Thư viện ảnh", "Hỏi đáp", "Liên hệ",
]  # fmt: skip


def portal_page(text: str) -> bytes:
    """The page a provincial portal makes of an article: menus, two side bars, related links and a footer."""
    entry = '<li class="nav-item"><a class="nav-link" href="/{0}/{1}" title="{2}"><span>{2}</span></a>{3}</li>'
    sub = "".join(entry.format("c", i, name, "") for i, name in enumerate(LINKS))
    menu = "".join(entry.format("m", i, name, f'<ul class="sub">{sub}</ul>') for i, name in enumerate(LINKS))
    teaser = (
        '<div class="item"><a href="/tin/{0}"><img src="/anh/{0}.jpg" alt=""></a>'
        '<h4><a href="/tin/{0}">{1} trong tỉnh tuần qua</a></h4></div>'
    )
    side = "".join(teaser.format(i, LINKS[i % len(LINKS)]) for i in range(30))
    body = "".join(f"<p>{html.escape(line)}</p>\n" for line in text.splitlines() if line.strip())
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Bản tin</title></head><body>
<header><nav><ul>{menu}</ul></nav></header>
<div class="container"><div class="row"><div class="col-3 sidebar">{side}</div>
<main class="col-6"><article><h1>Bản tin kinh tế tập thể</h1><div class="content">{body}</div></article>
<div class="related"><h3>Bài liên quan</h3>{side}</div></main><div class="col-3 sidebar">{side}</div></div></div>
<footer><ul>{menu}</ul><p>Bản quyền thuộc Liên minh hợp tác xã tỉnh</p></footer></body></html>""".encode()


def measure(pages: list[bytes], work: Callable[[bytes], object]) -> float:
    """The median processor time of `ROUNDS` rounds of `work` over all pages, in seconds."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for page in pages:
            work(page)
        rounds.append(time.process_time() - began)
    return statistics.median(rounds)


def read_page(page: bytes) -> object:
    """Read one page; a refusal takes its time too."""
    try:
        return read(page, name="page.html")
    except UnreadableDocument:
        return None


def main() -> None:
    """Measure, print, and fail beyond the limit."""
    pages = [portal_page(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.txt"))]
    read_page(pages[0])
    extraction = measure(pages, lambda page: trafilatura.extract(page.decode()))
    reading = measure(pages, read_page)
    size = sum(map(len, pages)) // len(pages)
    print(f"{len(pages)} pages of {size:,} bytes on average")
    print(f"text extraction alone  {1000 * extraction / len(pages):7.2f} ms a page")
    print(f"page to statements     {1000 * reading / len(pages):7.2f} ms a page")
    print(f"                       {reading / extraction:7.2f} times the extraction")
    if reading > LIMIT * extraction:
        sys.exit(f"reading takes more than {LIMIT} times the extraction")


if __name__ == "__main__":
    main()
