#!/usr/bin/env python3
"""A burst of personal three-page PDFs by mail from one scan: time, peak memory, questions, what is kept, and who got what.

    tests/bench/burst.py target/release/jangpyo [RECIPIENTS] [ALONE]

Makes a workspace with a store per recipient, starts a mail server that keeps what it accepts, and performs the burst;
then sends ALONE (20) of the same copies as runs of their own, and compares the time per copy. Needs aiosmtpd (see
tests/requirements.txt); run it with that Python. Not part of the tests.
"""

import collections
import csv
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CATEGORIES = ["의류", "신발", "잡화", "뷰티", "리빙"]
REPORT = """kind: report
title: {ko: 매장 주간 보고, en: Store weekly}
owner: sales
dataset: sales
time_zone: Asia/Seoul
parameters:
  period: {type: period, default: last_4_weeks, compare: previous_period, as_of: latest_data}
  store: {type: member, of: store}
panels:
  revenue: {kpi: revenue}
  orders: {kpi: orders}
  trend: {chart: line, x: day, grain: day, y: revenue, by: category}
  ranking: {chart: bar, x: category, y: revenue, compare: true}
  sheet: {pivot: {rows: [category], columns: [day:week], values: [revenue, orders], totals: both}}
  days: {table: [day, category, revenue, orders], totals: true, sort: [day, category], limit: 40}
pages:
  - {paper: A4, rows: [[revenue, orders], [trend], [ranking]]}
  - {paper: A4, orientation: landscape, rows: [[sheet]]}
  - {paper: A4, rows: [[days]]}
schedules:
"""


def workspace(folder, stores, alone):
    for name in ["sources", "datasets", "data"]:
        (folder / name).mkdir(parents=True)
    (folder / "sources/lake.yaml").write_text("kind: source\nowner: sales\nurl: ./data\n")
    (folder / "datasets/sales.yaml").write_text(
        "kind: dataset\nowner: sales\nsource: lake\ntable: sales.csv\ncsv: {types: {day: date}}\ntime: day\n"
        "dimensions: {day: {type: date}, store: {type: text}, category: {type: text}}\n"
        "measures: {revenue: {sql: sum(amount), format: {currency: KRW}}, orders: {sql: count(distinct order_id)}}\n"
    )
    (folder / "datasets/staff.yaml").write_text(
        "kind: dataset\nowner: sales\nsource: lake\ntable: staff.csv\n"
        "dimensions: {mail: {type: text}, store: {type: text}}\n"
    )
    dice = random.Random(7)
    names = [f"매장 {number:04}" for number in range(stores)]
    with open(folder / "data/sales.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["day", "store", "category", "amount", "order_id"])
        for back in range(56):
            day = datetime.date(2026, 10, 31) - datetime.timedelta(days=back)
            for store in names:
                for category in CATEGORIES:
                    rows.writerow([day, store, category, dice.randrange(10_000, 900_000), dice.randrange(10**9)])
    with open(folder / "data/staff.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["mail", "store"])
        rows.writerows([f"m{number:04}@example.com", store] for number, store in enumerate(names))
    schedule = "  {name}:\n    cron: '0 8 * * MON'\n{more}    deliver: {{email: {{{to}}}}}\n"
    burst = "    burst: {dataset: staff, recipient: mail, bind: {store: store}}\n"
    text = REPORT + schedule.format(name="everybody", more=burst, to="")
    for number in range(alone):
        own = f"    parameters: {{store: {names[number]}}}\n"
        text += schedule.format(name=f"one{number}", more=own, to=f"to: m{number:04}@example.com")
    (folder / "store-weekly.yaml").write_text(text, encoding="utf-8")
    return dict(zip((f"m{number:04}@example.com" for number in range(stores)), names))


def run(binary, folder, state, schedule, port):
    command = [binary, "run", f"store-weekly/{schedule}", "--at", "2026-11-02T08:00:00+09:00", "--json"]
    command += ["--workspace", folder, "--state", state]
    mail = {"JANGPYO_SMTP_HOST": "127.0.0.1", "JANGPYO_SMTP_PORT": str(port), "JANGPYO_SMTP_TLS": "none",
            "JANGPYO_MAIL_FROM": "reports@corp.example"}
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, **mail})
    said = json.loads(process.stdout.read())
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return said, time.monotonic() - began, usage


def main():
    binary = str(pathlib.Path(sys.argv[1]).resolve())
    recipients = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    alone = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        stores = workspace(folder / "workspace", recipients, alone)
        kept = folder / "mail"
        kept.mkdir()
        server = subprocess.Popen([sys.executable, ROOT / "tests/support/smtp_server.py", kept],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            port = json.loads(server.stdout.readline())["port"]
            said, wall, usage = run(binary, folder / "workspace", folder / "state", "everybody", port)
            states = collections.Counter(one["state"] for one in said["deliveries"])
            size = sum(one["bytes"] for one in said["artefacts"])
            cpu = usage.ru_utime + usage.ru_stime
            print(f"run {said['run']['state']}: {dict(states)}, {len(said['artefacts'])} files, {size / 1e6:.1f} MB")
            print(f"wall {wall:.1f} s, processor {cpu:.1f} s, peak memory {usage.ru_maxrss / 1024:.0f} MB")
            print(f"questions: {said['run']['burst']}")
            kept_bytes = collections.Counter()
            for path in (folder / "state").rglob("*"):
                if path.is_file():
                    kept_bytes["".join(path.suffixes[-2:]).rpartition(" ")[2] or path.name] += path.stat().st_size
            print("kept:", ", ".join(f"{kind} {size / 1e6:.1f} MB" for kind, size in kept_bytes.most_common(6)))
            mails = [path.read_bytes() for path in kept.rglob("*") if path.is_file() and b"Message-ID:" in path.read_bytes()]
            print(f"the mail server accepted {len(mails)} mails")
            owners = {one["recipient"]: one["slice"] for one in said["deliveries"]}
            assert owners == stores, "somebody's copy is about another's store"
            if alone:
                times = [run(binary, folder / "workspace", folder / "alone", f"one{number}", port)[1:]
                         for number in range(alone)]
                each = sum(wall for wall, _ in times) / alone
                print(f"as runs of their own: {each:.2f} s for each copy, {each * recipients / wall:.1f} times as long")
        finally:
            server.stdin.close()
            server.wait(10)


main()
