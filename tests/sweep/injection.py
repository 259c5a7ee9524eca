"""Whether any value becomes SQL, as sqlmap tells."""

import concurrent.futures
import http.server
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import urllib.parse

from server import PASSWORD, token

SECONDS = 60
# Each waits for the server most of the time.
AT_ONCE = 3


def sweep(site):
    user, administrator = site.sessions["user"], site.sessions["administrator"]
    stranger = site.sessions["nobody"]
    csrf = token(stranger.get(f"{site.url}/login", timeout=60).text)
    fields = urllib.parse.urlencode({"name": "yuna", "password": f"not {PASSWORD}", "csrf": csrf})
    question = {"measures": ["revenue"], "by": [{"dimension": "country"}], "filters": {"store": {"contains": "a*"}}}
    members = {"by": [{"dimension": "store"}], "filters": {"store": {"starts_with": "a*"}}, "limit": 5}
    inputs = [
        ("login", stranger, "/login", ["--data", fields, "-p", "name", "--ignore-code", "401,429"]),
        ("panel", user, "/reports/weekly-sales/panels/orders?country=KR&period=last_complete_week", ["-p", "country"]),
        ("members", user, "/reports/store-results/panels/results?country=KR", ["-p", "country"]),
        ("audit", administrator, "/audit?text=kim&actor=root&object=user", ["-p", "text,actor"]),
        ("api", administrator, "/api/v1/audit?text=kim", ["-p", "text"]),
        ("deliveries", administrator, "/deliveries?report=weekly-sales&recipient=kim", ["-p", "report,recipient"]),
        ("deliveries-api", administrator, "/api/v1/deliveries?recipient=kim&schedule=monday", ["-p", "recipient,schedule"]),
        ("costs", administrator, "/costs?by=report&viewer=yuna", ["-p", "by,viewer"]),
        ("queries", administrator, "/api/v1/queries?viewer=yuna&report=weekly-sales", ["-p", "viewer,report"]),
        ("question", user, "/api/v1/datasets/sales/query", body(site, question)),
        ("search", user, "/api/v1/datasets/sales/query", body(site, members)),
    ]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        runs = [pool.submit(control, site)]
        for name, session, path, more in inputs:
            runs.append(pool.submit(sqlmap, site, name, session, f"{site.url}{path}", more, False))
        return [complaint for run in runs for complaint in run.result()]


def body(site, question):
    """A question of the user's own, in which `*` says where to try."""
    headers = f"Content-Type: application/json\nX-CSRF-Token: {site.csrf['user']}"
    return ["--data", json.dumps(question), "--headers", headers, "--ignore-code", "422"]


def sqlmap(site, name, session, url, more, hoped):
    """Runs it on one address; `hoped` if it must find something there."""
    folder = site.logs / f"sqlmap-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies) if session else ""
    command = [
        pathlib.Path(sys.executable).with_name("sqlmap"), "-u", url, *(["--cookie", cookies] if cookies else []), *more,
        "--batch", "--flush-session", "--disable-coloring", "--output-dir", folder, "--level", "1", "--risk", "1",
        "--technique", "BEUSQ", "--timeout", "15", "--retries", "0", "--threads", "2",
        "--answers", "redirect=N,merge=N,keep testing=N,reduce=N",
    ]
    log = site.logs / f"sqlmap-{name}.log"
    with log.open("w") as out:
        try:
            subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return [f"sqlmap at {name}: not done after {SECONDS} s; see {log.name}"]
    told = log.read_text()
    found = "identified the following injection point" in told
    clear = "all tested parameters do not appear to be injectable" in told
    requests = re.search(r"(\d+) times", told)
    print(f"  sqlmap at {name}: {'injectable' if found else 'nothing' if clear else 'no answer'}")
    if hoped:
        return [] if found else [f"sqlmap finds nothing where there is something; see {log.name}"]
    return [] if clear and not found else [f"sqlmap at {name}: {'injectable' if found else 'no answer'}; see {log.name}"]


class Careless(http.server.BaseHTTPRequestHandler):
    """A page that puts a value into SQL."""

    def do_GET(self):
        value = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).get("id", [""])[0]
        with sqlite3.connect(":memory:") as store:
            store.execute("create table people (id integer, name text)")
            store.execute("insert into people values (1, 'kim'), (2, 'lee')")
            try:
                body = str(store.execute(f"select name from people where id = {value}").fetchall())
            except sqlite3.Error as error:
                body = f"SQLite error: {error}"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(f"<p>{body}</p>".encode())

    def log_message(self, *_):
        pass


def control(site):
    """That a hole is found with the same settings, so that finding none means something."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Careless)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/?id=1"
        return sqlmap(site, "control", None, url, ["-p", "id"], True)
    finally:
        server.shutdown()
