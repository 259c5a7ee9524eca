#!/usr/bin/env python3
"""A contract double of Snowflake's SQL API v2 on loopback, in front of fakesnow, which executes the statements.

    snowflake_api.py FOLDER

Writes the private key of its user into the folder, prints one line of JSON with its port, and ends when standard input
does. What it holds clients to is what the documentation of the API says: headers, the JWT and its fingerprint, `requestId` and `retry`, statements that run on (202), result
partitions that are gzip, cancellation, throttling and the kinds of errors. It was never held against a real account.

Besides the API: `POST /double/execute` runs statements for a test, `POST /double/faults` sets what goes wrong next,
`GET /double/seen` tells what was asked.

Drivers log in on the same port by the connectors' protocol, of which fakesnow executes the statements over the same data:
here only the token of the login is looked at, and the statements are named, which fakesnow does not do.
"""

import base64
import datetime
import decimal
import gzip
import hashlib
import http.client
import http.server
import json
import logging
import pathlib
import re
import socket
import sys
import threading
import time
import urllib.parse
import uuid
import warnings

import snowflake.connector
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from fakesnow.instance import FakeSnow

warnings.filterwarnings("ignore")

#: Rows of one result partition; small, so that answers have several.
PARTITION = 400
EPOCH = datetime.date(1970, 1, 1)
TYPES = {0: "fixed", 1: "real", 2: "text", 3: "date", 5: "variant", 6: "timestamp_ltz", 7: "timestamp_tz", 8: "timestamp_ntz",
         9: "object", 10: "array", 11: "binary", 12: "time", 13: "boolean"}


class Refusal(Exception):
    def __init__(self, status, code, message, state="42601"):
        super().__init__(message)
        self.status, self.body = status, {"code": code, "message": message, "sqlState": state}


class Statement:
    def __init__(self, body, seconds):
        self.handle = str(uuid.uuid4())
        self.body, self.seconds = body, seconds
        self.cancelled = threading.Event()
        self.result = self.error = None
        self.done = threading.Event()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        try:
            limit = self.body.get("timeout")
            if self.seconds and self.cancelled.wait(min(self.seconds, limit or self.seconds)):
                raise Refusal(422, "000604", "SQL execution canceled", "57014")
            if limit and self.seconds > limit:
                raise Refusal(408, "000630", "Statement reached its statement or warehouse timeout of "
                              f"{limit} second(s) and was canceled.", "57014")
            self.result = STATE.answer(self.body)
        except Refusal as refusal:
            self.error = refusal
        except snowflake.connector.errors.Error as error:
            self.error = Refusal(422, f"{error.errno or 2003:06}", str(error.msg or error), error.sqlstate or "42601")
        except Exception as error:  # noqa: BLE001 - whatever the engine raises is an error of the statement
            self.error = Refusal(422, "001003", str(error))
        self.done.set()


class State:
    def __init__(self):
        self.lock = threading.Lock()
        self.statements, self.requests = {}, {}
        self.seen, self.counts, self.faults = [], {}, []
        self.keys, self.tokens = {}, {}
        self.roles, self.warehouses = {"REPORTER"}, {"REPORTS"}
        self.changes = 0
        #: The connectors' protocol: who logged in as what, what was asked, and the last statement of each session.
        self.logins, self.asked, self.last, self.totals, self.connectors = [], [], {}, {}, None
        #: Answers that were set, by a piece of the statement: for what fakesnow does not keep apart.
        self.answers = {}

    def connectors_port(self):
        """Where fakesnow's own server listens, started when it is first needed."""
        with self.lock:
            if self.connectors is None:
                import fakesnow.server
                import uvicorn

                # The same engine, and so the same tables.
                fakesnow.server.shared_fs = FAKE
                fakesnow.server.logger.setLevel(logging.ERROR)
                listening = socket.create_server(("127.0.0.1", 0))
                server = uvicorn.Server(uvicorn.Config(fakesnow.server.app, log_level="error"))
                threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True).start()
                until = time.monotonic() + 20
                while not server.started:
                    if time.monotonic() > until:
                        raise RuntimeError("fakesnow's server does not start")
                    time.sleep(0.01)
                self.connectors = listening.getsockname()[1]
            return self.connectors

    def count(self, what):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + 1

    def fault(self, where):
        """The next thing that goes wrong at a place, if any."""
        with self.lock:
            for fault in self.faults:
                if fault["at"] == where:
                    fault["times"] = fault.get("times", 1) - 1
                    if fault["times"] < 1:
                        self.faults.remove(fault)
                    return fault
        return None

    def answer(self, body):
        text = body["statement"]
        role, warehouse = body.get("role"), body.get("warehouse")
        if role is not None and role not in self.roles:
            raise Refusal(422, "390189", f"Role '{role}' specified in the connect string does not exist or not authorized.", "08001")
        if warehouse is not None and warehouse not in self.warehouses:
            raise Refusal(422, "000606", "No active warehouse selected in the current session.", "57P03")
        if "SYSTEM$LAST_CHANGE_COMMIT_TIME" in text:
            tables = text.count("SYSTEM$LAST_CHANGE_COMMIT_TIME")
            return [[str(self.changes)] * tables], [{"name": "V", "type": "text", "nullable": True}] * tables
        for piece, (rows, types) in self.answers.items():
            if piece in text:
                return rows, types
        bindings = body.get("bindings") or {}
        values = [bindings[str(place + 1)] for place in range(len(bindings))]
        if any(value["type"] != "TEXT" for value in values):
            raise Refusal(422, "001003", "the double knows texts only")
        pieces = re.split(r"\?(?=(?:[^'\"]|'[^']*'|\"[^\"]*\")*$)", text)
        if len(pieces) != len(values) + 1:
            raise Refusal(422, "002049", f"{len(pieces) - 1} placeholders and {len(values)} bindings")
        sql = pieces[0]
        for value, piece in zip(values, pieces[1:]):
            escaped = value["value"].replace("\\", "\\\\").replace("'", "''")
            sql += f"'{escaped}'" + piece
        explained = sql.removeprefix("EXPLAIN USING JSON ")
        with ENGINE:
            cursor = CONNECTION.cursor()
            cursor.execute(explained)
            if explained != sql:
                # The statement is one that runs; fakesnow knows no micro-partitions.
                told = {"GlobalStats": {"partitionsTotal": 1, "partitionsAssigned": 1, "bytesAssigned": 65536}}
                return [[json.dumps(told)]], [{"name": "content", "type": "text", "nullable": True}]
            rows, described = cursor.fetchall(), cursor.description
        types = []
        for column in described:
            one = {"name": column.name, "type": TYPES.get(column.type_code, "text"), "nullable": True,
                   "precision": column.precision, "scale": column.scale}
            types.append(one)
        return [[cell(value, one) for value, one in zip(row, types)] for row in rows], types


def cell(value, described):
    """A value as a cell of jsonv2."""
    if value is None:
        return None
    kind = described["type"]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        zoned = value.tzinfo is not None
        moment = value if zoned else value.replace(tzinfo=datetime.timezone.utc)
        micros = (moment - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(microseconds=1)
        text = f"{'-' if micros < 0 else ''}{abs(micros) // 10**6}.{abs(micros) % 10**6:06}000"
        if kind == "timestamp_tz":
            text += f" {1440 + int((value.utcoffset() or datetime.timedelta()).total_seconds() // 60)}"
        return text
    if isinstance(value, datetime.date):
        return str((value - EPOCH).days)
    if isinstance(value, datetime.time):
        return f"{value.hour * 3600 + value.minute * 60 + value.second}.{value.microsecond:06}000"
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).hex().upper()
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    return str(value)


def check_token(headers):
    scheme, _, token = (headers.get("Authorization") or "").partition(" ")
    kind = headers.get("X-Snowflake-Authorization-Token-Type")
    if scheme != "Bearer" or not token:
        raise Refusal(401, "390101", "Authorization header not found in the request data.")
    if kind in ("PROGRAMMATIC_ACCESS_TOKEN", "OAUTH"):
        if STATE.tokens.get(token) != kind:
            code = "390318" if token == "expired" else "390303"
            raise Refusal(401, code, "Programmatic access token is invalid." if code == "390303" else "OAuth access token expired.")
        return
    if kind != "KEYPAIR_JWT":
        raise Refusal(401, "390101", f"unknown token type {kind}")
    check_jwt(token)


def check_login(data):
    """The token of a driver's login."""
    kind, token = data.get("AUTHENTICATOR"), data.get("TOKEN") or ""
    if kind in ("PROGRAMMATIC_ACCESS_TOKEN", "OAUTH"):
        if STATE.tokens.get(token) != kind:
            raise Refusal(401, "390303", f"{kind.capitalize().replace('_', ' ')} is invalid.")
    elif kind == "SNOWFLAKE_JWT":
        check_jwt(token)
    else:
        raise Refusal(401, "390101", f"unknown authenticator {kind}")


def check_jwt(token):
    head, claims, signature = token.split(".")
    decode = lambda part: base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    facts = json.loads(decode(claims))
    if json.loads(decode(head)) != {"alg": "RS256", "typ": "JWT"}:
        raise Refusal(401, "390144", "JWT token is invalid.")
    key = STATE.keys.get(facts.get("sub"))
    if key is None:
        raise Refusal(401, "390144", f"JWT token is invalid. [no user {facts.get('sub')}]")
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    print_ = base64.b64encode(hashlib.sha256(der).digest()).decode()
    if facts.get("iss") != f"{facts['sub']}.SHA256:{print_}":
        raise Refusal(401, "390144", "JWT token is invalid. [fingerprint]")
    now = time.time()
    if not (facts["iat"] - 60 <= now <= facts["exp"] and facts["exp"] - facts["iat"] <= 3600):
        raise Refusal(401, "390144", "JWT token is invalid. [time]")
    key.verify(decode(signature), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, zipped=False, headers=()):
        content = json.dumps(body).encode()
        if zipped:
            content = gzip.compress(content)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def body(self):
        return json.loads(self.content or b"{}")

    def wrong(self, where):
        """Does what was set to go wrong; whether anything was."""
        fault = STATE.fault(where)
        if fault is None or fault["what"] == "slow":
            return fault, False
        what = fault["what"]
        if what == "status":
            headers = [("Retry-After", "0")] if fault["status"] == 429 else []
            self.reply(fault["status"], {"code": "390000", "message": "set to go wrong"}, headers=headers)
        elif what == "reset":
            self.close_connection = True
            self.connection.close()
        elif what == "broken":
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", "10")
            self.end_headers()
            self.wfile.write(b"not gzip !")
        return fault, True

    def do_POST(self):
        # Read before anything is refused, so that the next request begins where this one ends.
        self.content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query))
        try:
            if address.path == "/double/execute":
                try:
                    with ENGINE:
                        for statement in self.body()["statements"]:
                            CONNECTION.cursor().execute(statement)
                except snowflake.connector.errors.Error as error:
                    raise Refusal(422, "001003", f"{statement}: {error}") from None
                STATE.changes += 1
                return self.reply(200, {})
            if address.path == "/double/answers":
                STATE.answers = self.body()
                return self.reply(200, {})
            if address.path == "/double/know":
                STATE.roles |= set(self.body()["roles"])
                STATE.warehouses |= set(self.body()["warehouses"])
                return self.reply(200, {})
            if address.path == "/double/faults":
                STATE.faults = self.body()["faults"]
                return self.reply(200, {})
            if address.path.startswith(("/session", "/queries/")):
                return self.connector(address, query)
            self.check_headers()
            if address.path.endswith("/cancel"):
                STATE.count("cancel")
                statement = self.statement(address.path.split("/")[-2])
                statement.cancelled.set()
                return self.reply(200, {"code": "000604", "message": "canceled", "statementHandle": statement.handle})
            if address.path != "/api/v2/statements":
                raise Refusal(404, "390404", "no such place")
            return self.submit(query)
        except Refusal as refusal:
            return self.reply(refusal.status, refusal.body)

    def connector(self, address, query):
        """A request of a driver, handed on to fakesnow's server."""
        sent = json.loads(gzip.decompress(self.content) if self.headers.get("Content-Encoding") == "gzip" else self.content or b"{}")
        said = lambda data, code=None, message=None: {"success": code is None, "code": code, "message": message, "data": data}
        text = sent.get("sqlText", "")
        session = self.headers.get("Authorization", "")
        if address.path == "/session/v1/login-request":
            data = sent["data"]
            try:
                fault = STATE.fault("login")
                if fault:
                    raise Refusal(200, fault["code"], "set to go wrong")
                check_login(data)
            except Refusal as refusal:
                return self.reply(200, said({"nextAction": None}, refusal.body["code"], refusal.body["message"]))
            names = {"role": "roleName", "warehouse": "warehouse", "database": "databaseName", "schema": "schemaName"}
            if data.get("ACCOUNT_NAME", "").upper() != "ACCOUNT":
                return self.reply(200, said({}, "390100", f"no account {data.get('ACCOUNT_NAME')}"))
            login = {ours: query.get(theirs) for ours, theirs in names.items()}
            STATE.logins.append({**login, "parameters": data.get("SESSION_PARAMETERS", {})})
            if login["role"] is not None and login["role"] not in STATE.roles:
                return self.reply(200, said({}, "390189", f"Role '{login['role']}' specified in the connect string does not exist or not authorized."))
        elif address.path == "/queries/v1/abort-request":
            STATE.count("abort")
        elif "LAST_QUERY_ID()" in text:
            STATE.count("named")
            return self.reply(200, said({
                "queryId": str(uuid.uuid4()), "queryResultFormat": "json", "rowset": [[STATE.last.get(session)]], "total": 1,
                "rowtype": [{"name": "ID", "type": "text", "nullable": True}], "parameters": [], "statementTypeId": 4096,
            }))
        elif "RESULT_SCAN(" in text:
            STATE.count("counted")
            rows = STATE.totals[text.split("RESULT_SCAN('")[1].split("'")[0]]
            fault = STATE.fault("count")
            return self.reply(200, said({
                "queryId": str(uuid.uuid4()), "queryResultFormat": "json", "rowset": [[str(rows + (fault or {"more": 0})["more"])]],
                "total": 1, "rowtype": [{"name": "N", "type": "fixed", "precision": 18, "scale": 0, "nullable": False}],
                "parameters": [], "statementTypeId": 4096,
            }))
        elif text:
            STATE.asked.append({"text": text, "bindings": sent.get("bindings")})
            slow = STATE.fault("run-connector")
            if slow:
                time.sleep(slow["seconds"])
        inner = http.client.HTTPConnection("127.0.0.1", STATE.connectors_port())
        kept = ("Content-Type", "Content-Encoding", "Accept", "Authorization", "User-Agent")
        inner.request("POST", self.path, self.content, {name: self.headers[name] for name in kept if name in self.headers})
        answer = inner.getresponse()
        content = answer.read()
        if text and answer.status == 200:
            data = json.loads(content).get("data") or {}
            STATE.last[session] = data.get("queryId")
            STATE.totals[data.get("queryId")] = data.get("total")
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type", "application/json"))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def submit(self, query):
        body = self.body()
        request = query.get("requestId")
        uuid.UUID(request)
        STATE.count("submit")
        fault = STATE.fault("submit")
        if fault and fault["what"] == "status":
            headers = [("Retry-After", "0")] if fault["status"] == 429 else []
            return self.reply(fault["status"], {"code": "390000", "message": "set to go wrong"}, headers=headers)
        with STATE.lock:
            known = STATE.requests.get(request)
            if known is not None and query.get("retry") != "true":
                raise Refusal(400, "390400", "this requestId was used before, and it is no retry")
            if known is None:
                STATE.seen.append(body)
        if known is None:
            slow = STATE.fault("run")
            known = Statement(body, slow["seconds"] if slow else 0)
            STATE.statements[known.handle] = STATE.requests[request] = known
        if fault and fault["what"] == "reset":
            # It was taken, and nobody knows.
            self.close_connection = True
            self.connection.close()
            return None
        if query.get("async") != "true":
            known.done.wait(2)
        return self.tell(known)

    def do_GET(self):
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query))
        try:
            if address.path == "/double/seen":
                seen = {"statements": STATE.seen, "counts": STATE.counts, "logins": STATE.logins, "asked": STATE.asked}
                return self.reply(200, seen)
            self.check_headers()
            statement = self.statement(address.path.split("/")[-1])
            partition = int(query.get("partition", "0"))
            STATE.count("partition" if partition else "poll")
            _, done = self.wrong("partition" if partition else "poll")
            if done:
                return None
            if partition and statement.done.is_set():
                rows, _ = statement.result
                return self.reply(200, {"data": rows[partition * PARTITION:(partition + 1) * PARTITION]}, zipped=True)
            return self.tell(statement)
        except Refusal as refusal:
            return self.reply(refusal.status, refusal.body)

    def statement(self, handle):
        known = STATE.statements.get(handle)
        if known is None:
            raise Refusal(404, "390404", "no such statement")
        return known

    def check_headers(self):
        if not self.headers.get("User-Agent"):
            raise Refusal(400, "391903", "a User-Agent is needed")
        if self.headers.get("Accept") != "application/json":
            raise Refusal(406, "391901", "Accept must be application/json")
        if self.command == "POST" and self.headers.get("Content-Type") != "application/json":
            raise Refusal(415, "391902", "Content-Type must be application/json")
        check_token(self.headers)

    def tell(self, statement):
        here = f"/api/v2/statements/{statement.handle}"
        if not statement.done.is_set():
            return self.reply(202, {"code": "333334", "message": "Asynchronous execution in progress.",
                                    "statementHandle": statement.handle, "statementStatusUrl": here})
        if statement.error is not None:
            return self.reply(statement.error.status, {**statement.error.body, "statementHandle": statement.handle})
        rows, types = statement.result
        parts = [{"rowCount": len(rows[at:at + PARTITION]), "uncompressedSize": 1} for at in range(0, max(len(rows), 1), PARTITION)]
        return self.reply(200, {
            "code": "090001", "sqlState": "00000", "message": "Statement executed successfully.",
            "statementHandle": statement.handle, "statementStatusUrl": here, "createdOn": 0,
            "resultSetMetaData": {"numRows": len(rows), "format": "jsonv2", "rowType": types, "partitionInfo": parts},
            "data": rows[:PARTITION],
        }, zipped=len(rows) > 50)


def main():
    global STATE, CONNECTION, ENGINE, FAKE
    STATE, ENGINE = State(), threading.RLock()
    folder = pathlib.Path(sys.argv[1])
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(pem)
    STATE.keys["ACCOUNT.REPORTS"] = key.public_key()
    STATE.tokens = {"pat": "PROGRAMMATIC_ACCESS_TOKEN", "oauth": "OAUTH"}
    FAKE = FakeSnow()
    CONNECTION = FAKE.connect(database="WAREHOUSE", schema="L2")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"port": server.server_port}), flush=True)
    sys.stdin.read()


main()
