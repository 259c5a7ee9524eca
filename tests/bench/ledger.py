#!/usr/bin/env python3
"""A ledger of 30,000 rows on about a thousand sheets: time, peak memory and size.

    tests/bench/ledger.py target/release/jangpyo [ROWS]

Runs jangpyo (plain, archive, accessible), ReportLab, and the way it is done today, XlsxWriter and
LibreOffice, one after another on the same rows. Needs reportlab and xlsxwriter from PyPI and
LibreOffice's `soffice`; what is missing is left out and said so. Not part of the tests. ReportLab
reads no OpenType CFF fonts, so its Hangul are boxes; the work is the same.
"""

import csv
import datetime
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

FONT = pathlib.Path(__file__).resolve().parents[2] / "static/fonts/NotoSansHK-Regular.ttf"
HEAD = ["일자", "전표", "매장", "거래처", "매출", "원가", "수량", "마진"]
NAMES = ["day", "slip", "store", "partner", "revenue", "cost", "quantity", "margin"]
STORES = ["강남 플래그십", "성수점", "명동점", "판교점", "해운대점", "송도점", "대전둔산점", "제주공항점"]


def ledger(count):
    first = datetime.date(2026, 1, 1)
    for row in range(count):
        revenue = (row * 7_919 + 104_729) % 9_000_000 + 10_000
        cost = revenue * (40 + row % 23) // 100
        day = first + datetime.timedelta(days=row * 300 // count)
        yield [
            day.isoformat(), f"S{row:06}", STORES[row % 8], f"거래처 {row % 977:03}",
            revenue, cost, row % 17 + 1, revenue - cost,
        ]


def workspace(folder, rows, conformance):
    for name in ["sources", "datasets", "data"]:
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "sources/lake.yaml").write_text("kind: source\nowner: data\nurl: ./data\n")
    fields = "".join(f"  {name}: {{type: text}}\n" for name in NAMES[1:4])
    measures = "".join(f"  {name}: {{sql: sum({name})}}\n" for name in NAMES[4:])
    (folder / "datasets/ledger.yaml").write_text(
        "kind: dataset\nowner: data\nsource: lake\ntable: ledger.csv\ntime: day\n"
        f"dimensions:\n  day: {{type: date}}\n{fields}measures:\n{measures}"
    )
    with open(folder / "data/ledger.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(NAMES)
        writer.writerows(rows)
    (folder / "ledger.yaml").write_text(
        "kind: report\ntitle: 원장\nowner: data\ndataset: ledger\n"
        f"panels:\n  ledger: {{title: 원장, table: [{', '.join(NAMES)}], sort: [slip]}}\n"
        f"print: {{{conformance}}}\n"
    )


def measured(name, command, output):
    before = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        print(f"| {name} | failed: {said.decode(errors='replace').strip()[-300:]} |")
        return
    pages = subprocess.run(["pdfinfo", output], capture_output=True, text=True).stdout
    pages = next((line.split()[1] for line in pages.splitlines() if line.startswith("Pages:")), "?")
    cpu = usage.ru_utime + usage.ru_stime
    size = os.path.getsize(output) // 1000
    print(f"| {name} | {pages} | {wall:.1f} | {cpu:.1f} | {usage.ru_maxrss // 1024} | {size:,} |", flush=True)


REPORTLAB = """
import csv, sys
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import LongTable, SimpleDocTemplate, TableStyle
source, font, output = sys.argv[1:]
pdfmetrics.registerFont(TTFont("ledger", font))
rows = list(csv.reader(open(source, encoding="utf-8")))
for row in rows[1:]:
    row[4:] = [f"{int(cell):,}" for cell in row[4:]]
style = TableStyle([("FONT", (0, 0), (-1, -1), "ledger", 8), ("ALIGN", (4, 0), (-1, -1), "RIGHT"),
                    ("LINEBELOW", (0, 0), (-1, -1), 0.4, "#e3e7ee")])
SimpleDocTemplate(output, pagesize=A4).build([LongTable(rows, repeatRows=1, style=style)])
"""

WORKBOOK = """
import csv, pathlib, subprocess, sys, xlsxwriter
source, output = sys.argv[1:]
book_path = str(pathlib.Path(output).with_suffix(".xlsx"))
book = xlsxwriter.Workbook(book_path, {"constant_memory": True})
sheet, number = book.add_worksheet(), book.add_format({"num_format": "#,##0"})
sheet.repeat_rows(0)
sheet.set_paper(9)
sheet.fit_to_pages(1, 0)
sheet.set_column(0, 7, 13)
for line, row in enumerate(csv.reader(open(source, encoding="utf-8"))):
    for column, cell in enumerate(row):
        if line and column >= 4:
            sheet.write_number(line, column, int(cell), number)
        else:
            sheet.write_string(line, column, cell)
book.close()
subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{pathlib.Path(output).parent}/profile",
                "--convert-to", "pdf", "--outdir", str(pathlib.Path(output).parent), book_path],
               check=True, stdout=subprocess.DEVNULL)
"""


def main():
    binary = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 30_000
    rows = list(ledger(count))
    print(f"{count:,} rows\n\n| | pages | s | CPU s | MB | kB |\n|---|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        ways = {
            "jangpyo": "",
            "jangpyo, PDF/A-2b": "archive: pdf-a-2b",
            "jangpyo, PDF/UA-1": "accessible: pdf-ua-1",
        }
        for name, conformance in ways.items():
            workspace(folder / "reports", rows, conformance)
            output = str(folder / "jangpyo.pdf")
            command = [binary, "render", "ledger", "--workspace", str(folder / "reports"), "-o", output]
            measured(name, [*command, "--state", str(folder / "state")], output)
        source = str(folder / "reports/data/ledger.csv")
        output = str(folder / "reportlab.pdf")
        measured("ReportLab", [sys.executable, "-c", REPORTLAB, source, str(FONT), output], output)
        output = str(folder / "office.pdf")
        if shutil.which("soffice"):
            # The office is a child of a child: the largest of them counts as peak.
            measured("XlsxWriter → LibreOffice", [sys.executable, "-c", WORKBOOK, source, output], output)
        else:
            print("| XlsxWriter → LibreOffice | left out: there is no soffice |")


main()
