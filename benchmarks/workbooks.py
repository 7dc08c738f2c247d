"""How fast a large register is read: `python benchmarks/workbooks.py [--rows 20000] [--runs 5]`.

Compares three readings of the same .xlsx file, each in a process of its own, median of the runs:

* bare: python-calamine, all sheets to Python lists;
* ours: file → grids → layout → typed records → Parquet with cell addresses;
* pandas: `pandas.read_excel(engine="openpyxl")`, untyped.

Prints the medians, the two ratios and the peak memory of our reading, and exits with 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

MOST_TIMES_BARE = 3.0
LEAST_TIMES_FASTER_THAN_PANDAS = 3.0
MOST_MEMORY_MB = 500

_TIMED = """
import io, json, resource, sys, time
path, out = sys.argv[1], sys.argv[2]
{imports}
content = open(path, "rb").read()
start = time.perf_counter()
{body}
seconds = time.perf_counter() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([seconds, memory]))
"""

_BARE = (
    "import python_calamine",
    """
book = python_calamine.load_workbook(io.BytesIO(content))
for sheet in range(len(book.sheet_names)):
    book.get_sheet_by_index(sheet).to_python(skip_empty_area=False)
""",
)
_OURS = (
    """
import pyarrow.parquet
from ingestion import workbooks
from ingestion.workbooks import layouts, titles, to_lake
layouts.words(), layouts.list_layouts(), layouts.indicator_layout(), titles.province_names()
""",
    """
workbook = workbooks.read(content, name="register.xlsx")
for record_type, table in workbook.to_lake().items():
    pyarrow.parquet.write_table(table, out)
    assert table.num_rows == {rows}, table.num_rows
""",
)
_PANDAS = ("import pandas, openpyxl", 'pandas.read_excel(io.BytesIO(content), engine="openpyxl", header=None)')


_HEADER = [
    "TT",
    "Tên hợp tác xã",
    "Số đăng ký",
    "Mã số thuế",
    "Huyện",
    "Xã",
    "Lĩnh vực",
    "Ngày thành lập",
    "Số thành viên",
    "Số lao động",
    "Vốn điều lệ",
    "Doanh thu",
    "Lợi nhuận",
    "Xếp loại",
    "Ứng dụng CNC",
]


def write_register(path: Path, rows: int) -> None:
    """Write a register of invented cooperatives, 15 columns wide, with title, totals and signature."""
    import openpyxl

    chance = random.Random(20230630)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Biểu 1")
    sheet.append(["DANH SÁCH HỢP TÁC XÃ TRÊN ĐỊA BÀN TỈNH NAM ĐỊNH"])
    sheet.append(["(Tính đến ngày 30/6/2023)"])
    sheet.append(["ĐVT: triệu đồng"])
    sheet.append(_HEADER)
    for number in range(1, rows + 1):
        sheet.append(
            [
                number,
                f"HTX Nông nghiệp Mẫu {number}",
                f"07D{number:06}",
                f"{600_000_000 + number:010}",
                f"Huyện {chance.choice('ABCDEFGH')}",
                f"Xã {chance.randint(1, 200)}",
                chance.choice(["Nông nghiệp", "Vận tải", "Xây dựng", "Môi trường"]),
                dt.date(chance.randint(1998, 2022), chance.randint(1, 12), chance.randint(1, 28)),
                chance.randint(7, 500),
                chance.randint(3, 60),
                chance.randint(100, 9000),
                chance.randint(1000, 90_000) / 2,
                chance.randint(-50, 900),
                chance.choice(["Tốt", "Khá", "Trung bình", "Yếu"]),
                chance.choice(["x", None]),
            ]
        )
    book.save(path)


def measure_once(parts: tuple[str, str], path: Path, rows: int) -> tuple[float, float]:
    """Return (seconds, peak memory in MB) of one reading in a fresh process."""
    script = _TIMED.format(imports=parts[0], body=parts[1].replace("{rows}", str(rows)))
    command = [sys.executable, "-c", script, str(path), str(path.with_suffix(".parquet"))]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    seconds, memory = json.loads(done.stdout)
    return seconds, memory


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.xlsx"
        write_register(path, options.rows)
        found: dict[str, list[tuple[float, float]]] = {"bare": [], "ours": [], "pandas": []}
        for _ in range(options.runs):  # in turn, so that another program's load falls on all three alike
            for name, parts in (("bare", _BARE), ("ours", _OURS), ("pandas", _PANDAS)):
                found[name].append(measure_once(parts, path, options.rows))
    bare, ours, pandas = (statistics.median(seconds for seconds, _ in runs) for runs in found.values())
    memory = max(peak for _, peak in found["ours"])
    print(f"{options.rows:,} rows x 15 columns, median of {options.runs}")
    print(f"bare python-calamine   {bare:.3f} s")
    print(f"ours, to typed Parquet {ours:.3f} s = {ours / bare:.2f} x bare (most {MOST_TIMES_BARE})")
    print(
        f"pandas with openpyxl   {pandas:.3f} s = {pandas / ours:.1f} x ours (least {LEAST_TIMES_FASTER_THAN_PANDAS})"
    )
    print(f"peak memory of ours    {memory:.0f} MB (at most {MOST_MEMORY_MB})")
    met = ours <= MOST_TIMES_BARE * bare and pandas >= LEAST_TIMES_FASTER_THAN_PANDAS * ours and memory < MOST_MEMORY_MB
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
