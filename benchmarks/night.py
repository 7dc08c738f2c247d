"""What orchestration costs a night: `htx refresh` (the real DAG) against the same steps called in one process.

    python -m benchmarks.night --work /some/empty/folder
    python -m benchmarks.night --work DIR --sources 50 --documents 4

At full size 500 drop folders hold 4,950 documents on the first night and 50 more (1 %) on the second; the third brings
nothing. Each round runs the second night twice, from copies of the home of the first: by the DAG, and by calling its
steps one after the other in a fresh process. Both must publish the same content. The limits, on the medians: the DAG at
most 1.3 times the steps; a night without anything new at most a tenth of the first one.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gc
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
AS_OF = dt.date(2026, 6, 30)
MOST_TIMES = 1.3
MOST_OF_FIRST = 0.10
NEW_SHARE = 0.01
CLASSES = 15  # rows of one class list
_TITLES = ("Nghiệp vụ giám đốc hợp tác xã", "Kế toán hợp tác xã", "Ghi nhật ký sản xuất điện tử", "Luật Hợp tác xã")


def main() -> int:
    """Run the nights, print what each took, and say with the exit code whether the limits hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="an empty folder for sources and homes")
    parser.add_argument("--sources", type=int, default=500)
    parser.add_argument("--documents", type=int, default=10, help="documents of each source")
    parser.add_argument("--rounds", type=int, default=3, help="nights that the medians are of: machines are noisy")
    parser.add_argument("--steps", type=Path, help=argparse.SUPPRESS)  # run the steps on this home, in this process
    options = parser.parse_args()
    if options.steps:
        in_one_process(options.steps)
        return 0
    work: Path = options.work.resolve()
    os.environ["HTX_SOURCES"] = str(work / "sources")
    dag = work / "dag"

    documents = options.sources * options.documents
    late = round(documents * NEW_SHARE)
    print(f"{options.sources} sources, {documents} documents, {late} of them on the second night", flush=True)
    make_sources(work, options.sources)
    deliver(work, options.sources, range(documents - late))
    first = timed("first night, DAG", orchestrated(dag))
    deliver(work, options.sources, range(documents - late, documents))
    ratios, same = [], True
    for turn in range(options.rounds):
        home, steps = work / f"dag_{turn}", work / f"steps_{turn}"
        for copy in (home, steps):
            shutil.copytree(dag, copy, symlinks=True)
        second = timed("second night, DAG", orchestrated(home))
        in_turn = ["--work", str(work), "--steps", str(steps)]
        called = timed("the same steps in one process", [sys.executable, "-m", "benchmarks.night", *in_turn])
        ratios.append(second / called)
        same = same and content_hash(home) == content_hash(steps)
    quiet = [timed("a night with nothing new, DAG", orchestrated(home)) for _ in range(options.rounds)]
    ratio, share = statistics.median(ratios), statistics.median(quiet) / first
    print(f"same content: {'yes' if same else 'NO'}")
    print(f"DAG / steps: {ratio:.2f} (at most {MOST_TIMES})")
    print(f"nothing new / first: {share:.1%} (at most {MOST_OF_FIRST:.0%})")
    return 0 if same and ratio <= MOST_TIMES and share <= MOST_OF_FIRST else 1


def in_one_process(path: Path) -> None:
    """Do what the DAG does, in its order, without it."""
    from htx import building, documentation, nightly, notify
    from htx.home import Home
    from htx.refresh import GARBAGE_THRESHOLD

    gc.set_threshold(GARBAGE_THRESHOLD)  # as in a refresh: what is measured is the DAG, not the garbage collector
    home, asked = Home(path), nightly.Asked()
    nightly.prepare(home)
    fetched = [one for lane in nightly.list_sources(home, asked).lanes for one in nightly.fetch_lane(home, lane, asked)]
    read = [nightly.read(home, batch) for batch in nightly.list_unread(home, asked).batches]
    nightly.register_programmes(home)
    assert nightly.needs_publishing(home, AS_OF)
    records = nightly.records_gate(home)
    building.build_candidate(home, AS_OF)
    kpi = nightly.gate(home, "kpi", AS_OF)
    building.build_marts(home, AS_OF)
    gates = [records, kpi, nightly.gate(home, "release", AS_OF)]
    documentation.document(home, AS_OF)
    published = nightly.publish(home, AS_OF, gates)
    night = nightly.RunReport(as_of=AS_OF, fetched=fetched, read=read, gates=gates, published=published)
    notify.tell(home, "in_one_process", AS_OF, [], night)
    nightly.write_report(home, "in_one_process", night)


def orchestrated(home: Path) -> list[str]:
    """Return the command of an orchestrated night."""
    return [sys.executable, "-m", "htx.cli", "refresh", "--home", str(home), "--as-of", AS_OF.isoformat()]


def timed(what: str, command: list[str]) -> float:
    """Run `command`, print and return the seconds it took; a failure ends the benchmark with what it printed."""
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, cwd=PROJECT, check=False)
    took = time.monotonic() - started
    if done.returncode:
        sys.exit(f"{what} failed\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    print(f"{what}: {took:.1f} s", flush=True)
    for line in done.stdout.splitlines():
        if line[:2].isdigit() and line[2:3] == ":":  # when each step began
            print(f"    {line}")
    return took


def content_hash(home: Path) -> str:
    """Return the content hash of the current release."""
    return str(json.loads((home / "current" / "manifest.json").read_bytes())["content_hash"])


def make_sources(work: Path, sources: int) -> None:
    """Write one definition a source: a drop folder of an office in one of today's provinces."""
    folder = work / "sources"
    folder.mkdir(parents=True)
    for number, province in zip(range(sources), _provinces(sources), strict=True):
        inbox = work / "inbox" / f"office_{number:03}"
        inbox.mkdir(parents=True)
        text = f"name: office_{number:03}\nkind: drop_folder\npath: {inbox}\nprovince: {province}\nactive: true\n"
        (folder / f"office_{number:03}.yml").write_text(text, encoding="utf-8")


def deliver(work: Path, sources: int, documents: range) -> None:
    """Put the documents of these numbers where their sources look: class lists, and one bulletin in five."""
    provinces = _provinces(sources)
    for number in documents:
        source, turn = number % sources, number // sources
        folder = work / "inbox" / f"office_{source:03}"
        draw = random.Random(number)
        if turn % 5 == 4:
            path, text = _bulletin(provinces[source], source, turn, draw)
        else:
            path, text = _class_list(provinces[source], source, turn, draw)
        (folder / path).write_text(text, encoding="utf-8")


def _class_list(province: str, source: int, turn: int, draw: random.Random) -> tuple[str, str]:
    year = 2016 + turn
    rows = []
    for row in range(1, CLASSES + 1):
        title = f"{draw.choice(_TITLES)} (văn phòng {source}, lớp {row})"
        first_day = f"{draw.randint(1, 27):02}/{draw.randint(1, 12):02}/{year}"
        people = f"{draw.randint(30, 60)};{draw.randint(5, 20)}"
        rows.append(f"{row};{title};{first_day};{people};{draw.randint(20, 60)}.000.000")
    head = [
        "DANH SÁCH LỚP ĐÀO TẠO, BỒI DƯỠNG;;;;;",
        f"tỉnh {province}, năm {year};;;;;",
        "STT;Tên lớp đào tạo, tập huấn;Ngày khai giảng;Tổng số học viên;Nữ;Kinh phí (đồng)",
    ]
    return f"lop-{year}.csv", "\n".join([*head, *rows, ""])


def _bulletin(province: str, source: int, turn: int, draw: random.Random) -> tuple[str, str]:
    year = 2016 + turn
    text = (
        f"Văn phòng {source} của tỉnh {province} tổng kết năm {year}. "
        f"Trong năm {year}, toàn tỉnh thành lập mới {draw.randint(5, 60)} hợp tác xã. "
        f"Phấn đấu đến năm {year + 3} thành lập mới ít nhất {draw.randint(20, 90)} hợp tác xã.\n"
    )
    return f"tong-ket-{year}.txt", text


def _provinces(sources: int) -> list[str]:
    with (PROJECT / "dbt_project" / "seeds" / "province_succession.csv").open(encoding="utf-8") as file:
        names = sorted({row["new_short"] for row in csv.DictReader(file)})
    return [names[number % len(names)] for number in range(sources)]


if __name__ == "__main__":
    sys.exit(main())
