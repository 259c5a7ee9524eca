"""The JSON API against its own description."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

from openapi_spec_validator import validate

from server import ROOT

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
)
COMMITTED = ROOT / "reports/schemas/openapi.json"
# Credentials are given; made up beside them they would be all that is refused.
GENERATION = """
[generation]
with-security-parameters = false
[checks]
# Those it knows, and that the body is too large.
negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429, "5xx"]
"""
# Names that are there: what is made up ends at the first look-up.
KNOWN = """
[parameters]
"path.report" = "weekly-sales"
"path.panel" = "trend"
"path.dataset" = "sales"
"path.schedule" = "monday"
"path.signal" = "sales_loaded"
"path.user" = "contract-somebody"
"""
# Ends the session that everything else is asked with.
LAST = "end_session"
# Runs of schedules take the machine's time, and have no numbers in their answers.
RUNS = "start_run"


def known(site):
    """The same with what has to be made before it is there: two runs with their files and deliveries, and somebody."""
    site.command("users", "add", "contract-somebody")
    ran = ["run", "weekly-sales/monday", "--json", "--at"]
    run, other = [
        json.loads(site.command(*ran, f"2026-10-{day}T08:00:00+09:00"))["run"]["id"] for day in ("19", "26")
    ]
    return f'{KNOWN}"path.run" = "{run}"\n"path.other" = "{other}"\n'


def sweep(site):
    document = json.loads(COMMITTED.read_text())
    validate(document)
    served = site.sessions["user"].get(f"{site.url}/api/v1/openapi.json", timeout=60)
    complaints = [] if served.json() == document else ["the served document is not the committed one"]
    administrator = ["--administrator", "--groups", "hanbit-executives"]
    for name, arguments, chosen, seconds, config in [
        ("administrator", administrator, ["--exclude-operation-id", LAST], 45, GENERATION),
        ("user", administrator[1:], ["--exclude-operation-id", LAST], 30, GENERATION),
        ("known", administrator, ["--exclude-operation-id", LAST, "--exclude-operation-id", RUNS], 45, GENERATION + known(site)),
        ("last", administrator[1:], ["--include-operation-id", LAST], 5, GENERATION),
    ]:
        # Somebody of their own, so that nobody ends another's session.
        session = site.enter([f"contract-{name}", *arguments])
        complaints += schemathesis(site, name, session, chosen, seconds, config)
        if name == "known":
            complaints += unreached(site)
        alive = session.get(f"{site.url}/api/v1/me", timeout=60).status_code == 200
        if not alive and name != "last":
            complaints.append(f"{name}: the session ended before the sweep did")
    return complaints


# Their ids are of the caller's own, and gone after the first time.
GONE = {"DELETE /tokens/{token}"}


def unreached(site):
    """Operations that never got beyond 404 although what they ask for is there."""
    told = (site.logs / "schemathesis-known.log").read_text()
    warning = re.search(r"Missing test data: .*?(?=Schema validation mismatch|=== SUMMARY)", told, re.DOTALL)
    missed = set(re.findall(r"- ([A-Z]+ /\S+)", warning[0])) - GONE if warning else set()
    return [f"known: {operation} only ever answered 404" for operation in sorted(missed)]


def schemathesis(site, name, session, chosen, seconds, config):
    name = f"schemathesis-{name}"
    junit, settings = site.logs / f"{name}.xml", site.logs / f"{name}.toml"
    settings.write_text(config)
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)
    csrf = session.get(f"{site.url}/api/v1/me", timeout=60).json()["csrf"]
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", settings,
        "run", COMMITTED, "--url", f"{site.url}/api/v1", "-H", f"Cookie: {cookies}", "-H", f"X-CSRF-Token: {csrf}",
        "--checks", ",".join(CHECKS), "--seed", "20261127", "--max-examples", "15", "--max-time", str(seconds),
        "--continue-on-failure", "--request-timeout", "20", "--no-color",
        "--report", "junit", "--report-junit-path", junit, *chosen,
    ]
    log = site.logs / f"{name}.log"
    with log.open("w") as out:
        status = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, cwd=site.logs, timeout=180).returncode
    told = log.read_text()
    cases = re.search(r"(\d+) generated", told)
    operations = re.search(r"Tested: +(\d+)", told)
    print(f"  {name}: {cases and cases[1]} cases of {operations and operations[1]} operations")
    if not cases or int(cases[1]) < 10:
        return [f"{name}: next to nothing was tried; see {log.name}"]
    if status == 0:
        return []
    failed = [case.get("name") for case in xml.parse(junit).iter("testcase") if case.find("failure") is not None]
    return [f"{name}: {operation}; see {log.name}" for operation in failed or ["did not end well"]]
