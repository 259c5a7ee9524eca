"""Every page of the sample, as whoever may open it: standard HTML, and nothing inline that the policy forbids."""

import html
import html.parser
import json
import pathlib
import re
import subprocess
import urllib.parse

from server import ROOT, token

BROWSER = ROOT / "tests/browser"
CONFIG = pathlib.Path(__file__).with_name("htmlvalidate.config.mjs")
REPORTS = sorted(path.stem for path in (ROOT / "reports").glob("*.yaml") if "kind: report" in path.read_text())


class Inline(html.parser.HTMLParser):
    """What stands in a page and runs or styles it."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        if tag == "style" or (tag == "script" and not (names.get("src") or "").startswith("/static/")):
            self.found.append(f"<{tag}>")
        for name, value in attributes:
            address = re.sub(r"[\s\x00-\x1f]", "", value or "").lower()
            if name == "style" or name.startswith("on") or address.startswith("javascript:"):
                self.found.append(f"<{tag} {name}>")


def sweep(site):
    folder = site.logs / "pages"
    folder.mkdir(exist_ok=True)
    complaints, count = [], 0
    for who, paths in pages(site).items():
        for path, status in paths:
            for lang in ("ko", "en"):
                address = f"{site.url}{path}{'&' if '?' in path else '?'}lang={lang}"
                answer = site.sessions[who].get(address, allow_redirects=False, timeout=120)
                where = f"{path} for {who} in {lang}"
                if answer.status_code != status or not answer.headers["content-type"].startswith("text/html"):
                    complaints.append(f"{where}: {answer.status_code} {answer.headers.get('content-type')}")
                    continue
                complaints += [f"{where}: {complaint}" for complaint in bounds(answer)]
                name = re.sub(r"[^a-z0-9-]+", "_", f"{who}{path}".lower())[:100]
                (folder / f"{name}.{lang}.html").write_text(answer.text)
                count += 1
    print(f"  {count} pages")
    return complaints + validated(site, folder)


def pages(site):
    """Paths by who opens them, with the status of the page."""
    administrator, user = site.sessions["administrator"], site.sessions["user"]
    form = user.get(f"{site.url}/reports/weekly-sales/share", timeout=60).text
    fields = {"csrf": token(form), "query": "country=KR", "days": "7", "files": "1", "open": "period"}
    made = user.post(f"{site.url}/reports/weekly-sales/share", data=fields, timeout=60).text
    link = "/share/" + re.search(r"/share/([\w-]+)<", made)[1]
    fields = {"csrf": token(user.get(f"{site.url}/account", timeout=60).text), "name": "t", "scope": "view", "days": "9"}
    user.post(f"{site.url}/account/tokens", data=fields, timeout=60).raise_for_status()
    setup = site.command("users", "add", "new").strip()
    run = json.loads(site.command("run", "weekly-sales/monday", "--at", "2026-11-02T08:00:00+09:00", "--json"))
    wrong = urllib.parse.quote("\"><script>")
    users = [("/", 200), ("/account", 200), ("/reports/weekly-sales/share?country=KR", 200), ("/nowhere", 404)]
    users += [("/users", 403), (f"/reports/weekly-sales?country={wrong}", 200), ("/reports/weekly-sales/panels/none", 404)]
    for report in REPORTS:
        path = f"/reports/{report}"
        # All panels stand in the complete page; alone they differ only in what stands around them.
        users += [(path, 200), (f"{path}?complete=1", 200), (f"{path}/panels/{first_panel(report)}?page=1", 200)]
    return {
        "nobody": [("/login", 200), ("/login?next=/runs&advice=again", 200), (setup[setup.index("/setup/"):], 200)]
        + [("/setup/none", 404), (f"{link}?complete=1", 200), (f"{link}/panels/trend?page=1", 200), ("/share/none", 404)]
        + [("/embed/weekly-sales", 403)],
        "user": users,
        "administrator": [("/", 200), ("/users", 200), ("/audit", 200), ("/audit?text=none", 200), ("/shares", 200)]
        + [("/schedules", 200), ("/reports/weekly-sales/schedules/monday", 200), ("/schedules/none", 404)]
        + [("/problems", 200), ("/runs", 200), (f"/runs/{run['run']['id']}", 200), ("/account", 200)],
    }


def first_panel(report):
    text = (ROOT / f"reports/{report}.yaml").read_text()
    return re.search(r"^panels:\n(?:\s*#.*\n)*  (\w[\w-]*):", text, re.MULTILINE)[1]


def bounds(answer):
    policy = answer.headers.get("content-security-policy", "")
    if not policy.startswith("default-src 'none'") or "unsafe" in policy:
        yield f"its policy is {policy!r}"
    inline = Inline()
    inline.feed(answer.text)
    for found in sorted(set(inline.found)):
        yield f"{found} stands in the page"


def validated(site, folder):
    """What html-validate says, once for each rule with the first place."""
    command = [BROWSER / "node_modules/.bin/html-validate", "--config", CONFIG, "--formatter", "json", folder]
    told = site.logs / "html-validate.json"
    # Into a file: what it writes into a pipe is cut when it ends.
    with told.open("w") as out:
        ran = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, timeout=240)
    if not told.stat().st_size:
        return [f"html-validate: {ran.stderr.strip()[:500]}"]
    places = {}
    for page in json.loads(told.read_text()):
        pending = "data-pending" in pathlib.Path(page["filePath"]).read_text()
        for message in page["messages"]:
            # Until their answers come, panels without a title of their own are all called "loading".
            if pending and message["ruleId"] == "unique-landmark":
                continue
            key = f"{message['ruleId']}: {message['message']}"
            places.setdefault(key, []).append(f"{pathlib.Path(page['filePath']).name}:{message['line']}:{message['column']}")
    return [f"html-validate: {key} ({len(found)} ×, {found[0]})" for key, found in sorted(places.items())]
