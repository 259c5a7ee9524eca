"""The server that is swept: the sample, with a login and three who come."""

import html
import os
import pathlib
import re
import subprocess
import tempfile
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "blue tables sing"
# Limits of rates would answer in place of what is tested.
SETTINGS = {
    "JANGPYO_LOGIN": "local",
    "JANGPYO_EMBED_ORIGINS": "https://intranet.example.com",
    "JANGPYO_RATE_ADDRESS_PAGES": "off",
    "JANGPYO_RATE_ADDRESS_WORK": "off",
    "JANGPYO_RATE_ADDRESS_LOGINS": "off",
    "JANGPYO_RATE_PERSON_PAGES": "off",
    "JANGPYO_RATE_PERSON_WORK": "off",
}
PEOPLE = {
    "administrator": ["root", "--administrator", "--groups", "hanbit-executives,hanbit-data"],
    "user": ["yuna", "--groups", "hanbit-executives"],
}


class Site:
    """`jangpyo serve` on a free port, until the block ends; `sessions` by who, `csrf` by who."""

    def __init__(self, binary, logs):
        self.binary, self.logs = binary, logs
        self.state = tempfile.TemporaryDirectory(prefix="jangpyo-sweep-")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("JANGPYO_")}
        self.environment = clean | SETTINGS | {
            "JANGPYO_WORKSPACE": str(ROOT / "reports"),
            "JANGPYO_STATE": self.state.name,
            "RUST_LOG": "info,datafusion=warn",
            "JANGPYO_LOG_FORMAT": "json",
        }
        self.sessions, self.csrf = {}, {}

    def __enter__(self):
        self.out = self.logs / "server.out"
        self.process = subprocess.Popen(
            [self.binary, "serve", "--listen", "127.0.0.1:0"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.out.open("w"),
            stderr=(self.logs / "server.log").open("w"),
        )
        try:
            self.url = self.address()
            self.sessions["nobody"] = requests.Session()
            for who, arguments in PEOPLE.items():
                self.sessions[who] = self.enter(arguments)
                self.csrf[who] = self.sessions[who].get(f"{self.url}/api/v1/me", timeout=60).json()["csrf"]
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.state.cleanup()

    def address(self):
        for _ in range(600):
            found = re.search(r"http://127\.0\.0\.1:\d+", self.out.read_text())
            if found:
                return found[0]
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError("the server does not start; see server.log")

    def command(self, *arguments):
        """What a command says."""
        run = [self.binary, *arguments]
        return subprocess.run(run, env=self.environment, check=True, capture_output=True, text=True).stdout

    def enter(self, arguments):
        """A session of somebody new."""
        link = self.command("users", "add", *arguments).strip()
        link = self.url + link[link.index("/setup/"):]
        session = requests.Session()
        fields = {"password": PASSWORD, "again": PASSWORD, "csrf": token(session.get(link, timeout=60).text)}
        session.post(link, data=fields, allow_redirects=False, timeout=60).raise_for_status()
        return session

    def complaints(self):
        """What the server's own log says: nothing that was sent may be a defect of the program."""
        lines = (self.logs / "server.log").read_text(errors="replace").splitlines()
        return [f"server.log: {line}" for line in lines if '"ERROR"' in line or "panicked" in line][:20]


def token(page):
    """The token of the first form of a page."""
    return html.unescape(re.search(r'name="csrf" value="([^"]*)"', page)[1])
