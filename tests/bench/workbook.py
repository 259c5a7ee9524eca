#!/usr/bin/env python3
"""A table of a million rows as XLSX and CSV: time, peak memory and size.

    tests/bench/workbook.py target/release/jangpyo [ROWS]

Runs jangpyo's query alone, to CSV and to XLSX, and XlsxWriter row by row on the same numbers, one
after another. Needs xlsxwriter from PyPI for the last; what is missing is left out and said so. Not
part of the tests.
"""

import csv
import importlib.util
import os
import pathlib
import subprocess
import sys
import tempfile
import time

NAMES = ["slip", "store", "partner", "revenue", "cost", "quantity"]
STORES = ["강남 플래그십", "성수점", "명동점", "판교점", "해운대점", "송도점", "대전둔산점", "제주공항점"]


def ledger(count):
    for row in range(count):
        revenue = (row * 7_919 + 104_729) % 9_000_000 + 10_000
        cost = revenue * (40 + row % 23) // 100
        yield [f"S{row:07}", STORES[row % 8], f"거래처 {row % 977:03}", revenue, cost, row % 17 + 1]


def workspace(folder, count):
    for name in ["sources", "datasets", "data"]:
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "sources/lake.yaml").write_text("kind: source\nowner: data\nurl: ./data\n")
    fields = "".join(f"  {name}: {{type: text}}\n" for name in NAMES[:3])
    measures = "".join(f"  {name}: {{sql: sum({name})}}\n" for name in NAMES[3:])
    (folder / "datasets/ledger.yaml").write_text(
        "kind: dataset\nowner: data\nsource: lake\ntable: ledger.csv\n"
        f"dimensions:\n{fields}measures:\n{measures}"
    )
    with open(folder / "data/ledger.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(NAMES)
        writer.writerows(ledger(count))
    (folder / "ledger.yaml").write_text(
        "kind: report\ntitle: 원장\nowner: data\ndataset: ledger\n"
        f"panels:\n  ledger: {{title: 원장, table: [{', '.join(NAMES)}], sort: [slip]}}\n"
    )


def measured(name, command, output, environment=None):
    before = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, **(environment or {})}
    )
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        print(f"| {name} | failed: {said.decode(errors='replace').strip()[-300:]} |")
        return
    cpu = usage.ru_utime + usage.ru_stime
    size = os.path.getsize(output) // 1000
    print(f"| {name} | {wall:.1f} | {cpu:.1f} | {usage.ru_maxrss // 1024} | {size:,} |", flush=True)


XLSXWRITER = """
import csv, sys, xlsxwriter
source, output = sys.argv[1:]
book = xlsxwriter.Workbook(output, {"constant_memory": True})
sheet, number = book.add_worksheet(), book.add_format({"num_format": "#,##0"})
for line, row in enumerate(csv.reader(open(source, encoding="utf-8"))):
    for column, cell in enumerate(row):
        if line and column >= 3:
            sheet.write_number(line, column, int(cell), number)
        else:
            sheet.write_string(line, column, cell)
book.close()
"""


def main():
    binary = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
    print(f"{count:,} rows, {len(NAMES)} columns\n\n| | s | CPU s | MB | kB |\n|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        workspace(folder / "reports", count)
        environment = {"JANGPYO_MAX_ROWS": str(count), "JANGPYO_QUERY_MEMORY_MB": "4096"}
        for ending in ["csv", "xlsx"]:
            output = str(folder / f"jangpyo.{ending}")
            command = [binary, "render", "ledger", "--workspace", str(folder / "reports"), "-o", output]
            measured(f"jangpyo, {ending}", [*command, "--state", str(folder / "state")], output, environment)
        if importlib.util.find_spec("xlsxwriter"):
            source, output = str(folder / "reports/data/ledger.csv"), str(folder / "other.xlsx")
            measured("XlsxWriter", [sys.executable, "-c", XLSXWRITER, source, output], output)
        else:
            print("| XlsxWriter | left out: it is not installed |")


main()
