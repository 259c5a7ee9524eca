"""Every page of the sample, as whoever may open it: standard HTML, and nothing inline that the policy forbids."""

import html
import html.parser
import json
import pathlib
import re
import shutil
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


# What is no page: files, probes, and where a provider of OpenID Connect comes back to.
NO_PAGES = ("/static/", "/themes/", "/favicon", "/healthz", "/readyz", "/metrics", "/artefacts/", "/audit.", "/login/oidc")


def sweep(site):
    folder = site.logs / "pages"
    # Names hold ids, so that what an earlier sweep left would be looked at again.
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    opened = pages(site)
    complaints, count = unvisited(opened), 0
    for who, paths in opened.items():
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
    ran = ["run", "weekly-sales/monday", "--json", "--at"]
    runs = [json.loads(site.command(*ran, f"2026-11-{day}T08:00:00+09:00"))["run"]["id"] for day in ("02", "09")]
    subscription, frame = subscribed(site), embedded(site)
    panel = frame.replace("?", "/panels/trend?")
    wrong = urllib.parse.quote("\"><script>")
    users = [("/", 200), ("/account", 200), ("/reports/weekly-sales/share?country=KR", 200), ("/nowhere", 404)]
    users += [("/reports/weekly-sales/subscribe?country=KR", 200), ("/subscriptions", 200)]
    users += [("/users", 403), (f"/reports/weekly-sales?country={wrong}", 200), ("/reports/weekly-sales/panels/none", 404)]
    for report in REPORTS:
        path = f"/reports/{report}"
        # All panels stand in the complete page; alone they differ only in what stands around them.
        users += [(path, 200), (f"{path}?complete=1", 200), (f"{path}/panels/{first_panel(report)}?page=1", 200)]
    return {
        "nobody": [("/login", 200), ("/login?next=/runs&advice=again", 200), (setup[setup.index("/setup/"):], 200)]
        + [("/setup/none", 404), (f"{link}?complete=1", 200), (f"{link}/panels/trend?page=1", 200), ("/share/none", 404)]
        + [("/embed/weekly-sales", 403), (frame, 200), (panel, 200), ("/unsubscribe/none", 404)],
        "subscriber": [("/subscriptions", 200), (f"/subscriptions/{subscription}", 200), ("/subscriptions/none", 404)],
        "user": users,
        "administrator": [("/", 200), ("/users", 200), ("/audit", 200), ("/audit?text=none", 200), ("/shares", 200)]
        + [("/schedules", 200), ("/reports/weekly-sales/schedules/monday", 200), ("/schedules/none", 404)]
        + [("/problems", 200), ("/runs", 200), (f"/runs/{runs[0]}", 200), ("/account", 200)]
        + [(f"/runs/{runs[0]}/compare/{runs[1]}", 200), ("/deliveries", 200), ("/deliveries?state=undelivered", 200)]
        + [("/costs", 200), ("/costs?by=role&month=2026-11", 200)],
    }


def unvisited(opened):
    """Routes of the router that no path of the sweep leads to."""
    paths = [path.split("?")[0] for paths in opened.values() for path, _ in paths]
    sources = [path for path in (ROOT / "src/web").rglob("*.rs") if not {"api", "tests"} & set(path.parts)]
    routes = {
        route
        for source in sources
        for route in re.findall(r'\.route\(\s*"([^"]+)",\s*get\(', source.read_text())
        if not route.startswith(NO_PAGES)
    }
    if len(routes) < 20:
        return [f"the router is written in another way: {sorted(routes)}"]
    pattern = {route: re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route)) for route in routes}
    missed = sorted(route for route in routes if not any(re.fullmatch(pattern[route], path) for path in paths))
    return [f"no page of {route} is opened" for route in missed]


def subscribed(site):
    """The id of a subscription, whose owner comes in as the subscriber."""
    session = site.sessions["subscriber"] = site.enter(["subscriber@example.com", "--groups", "hanbit-executives"])
    form = session.get(f"{site.url}/reports/weekly-sales/subscribe", timeout=60).text
    fields = {"csrf": token(form), "rhythm": "daily", "at": "08:00", "zone": "Asia/Seoul", "query": ""}
    session.post(f"{site.url}/reports/weekly-sales/subscribe", data=fields, timeout=60).raise_for_status()
    return re.search(r"/subscriptions/(subscription\.[\w-]+)", session.get(f"{site.url}/subscriptions", timeout=60).text)[1]


def embedded(site):
    """The address of a report for a frame of another site."""
    wish = {"origin": "https://intranet.example.com"}
    headers = {"X-CSRF-Token": site.csrf["user"]}
    made = site.sessions["user"].post(f"{site.url}/api/v1/reports/weekly-sales/embed-tokens", json=wish, headers=headers, timeout=60)
    made.raise_for_status()
    return made.json()["path"]


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
