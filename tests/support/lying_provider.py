"""An OpenID Connect provider that lies on demand.

    lying_provider.py

Listens on a free port of 127.0.0.1 and prints {"issuer": …}. Codes are worth one ID token each. Each line
of stdin is a JSON object that changes what is told from then on, and is answered with {"asked": …}, how
often each address was asked:

    {"claims": {...}}      these claims of the ID token; null takes one away
    {"user_info": {...}}   what user info says; null is no such address
    {"alg": "none"}        how it is signed: RS256, none, HS256 (with the public key), other (another key)
    {"key": "new"}         a new signing key, with a new id
    {"publish": false}     the keys that are told stay as they are
    {"metadata": {...}}    these fields of the metadata
    {"break": "/token"}    this address answers 500; "" for none
    {"nonce": "..."}       what the authorization request had
    {"reset": true}        the truth again, apart from keys
"""

import base64
import hashlib
import hmac
import http.server
import json
import sys
import threading
import time
import urllib.parse

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def coded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class State:
    def __init__(self):
        self.key, self.kid, self.alg = new_key(), "key-1", "RS256"
        self.published = None
        self.claims, self.metadata, self.user_info = {}, {}, None
        self.broken, self.nonce = "", ""
        self.asked = {}
        self.codes = set()
        self.issuer = ""

    def change(self, wish):
        if wish.get("reset"):
            self.claims, self.metadata, self.alg = {}, {}, "RS256"
        if wish.get("key") == "new":
            self.key, self.kid = new_key(), self.kid + "'"
        if wish.get("publish") is False:
            self.published = self.keys()
        elif wish.get("publish"):
            self.published = None
        self.claims.update(wish.get("claims", {}))
        self.metadata.update(wish.get("metadata", {}))
        for name in ["alg", "user_info", "nonce"]:
            if name in wish:
                setattr(self, name, wish[name])
        self.broken = wish.get("break", self.broken)

    def keys(self):
        numbers = self.key.public_key().public_numbers()
        n = coded(numbers.n.to_bytes(256, "big"))
        return {"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": n, "e": "AQAB"}]}

    def id_token(self):
        now = int(time.time())
        claims = {
            "iss": self.issuer, "sub": "1", "aud": "jangpyo", "iat": now, "exp": now + 300, "nonce": self.nonce,
            "email": "kim@example.com", "groups": ["sales"],
        }
        claims.update(self.claims)
        claims = {name: value for name, value in claims.items() if value is not None}
        alg = {"other": "RS256"}.get(self.alg, self.alg)
        header = {"typ": "JWT", "alg": alg, "kid": self.kid}
        text = coded(json.dumps(header).encode()) + "." + coded(json.dumps(claims).encode())
        return text + "." + coded(self.signature(text.encode()))

    def signature(self, text):
        if self.alg == "none":
            return b""
        if self.alg == "HS256":
            public = self.key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            return hmac.new(public, text, hashlib.sha256).digest()
        key = new_key() if self.alg == "other" else self.key
        return key.sign(text, padding.PKCS1v15(), hashes.SHA256())


STATE = State()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0]
        STATE.asked[path] = STATE.asked.get(path, 0) + 1
        if path == STATE.broken:
            return self.answer(500, {"secret": "stack trace"})
        if path == "/.well-known/openid-configuration":
            issuer = STATE.issuer
            metadata = {
                "issuer": issuer, "authorization_endpoint": issuer + "/auth", "token_endpoint": issuer + "/token",
                "jwks_uri": issuer + "/keys", "response_types_supported": ["code"],
                "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
            }
            if STATE.user_info is not None:
                metadata["userinfo_endpoint"] = issuer + "/me"
            return self.answer(200, metadata | STATE.metadata)
        if path == "/keys":
            return self.answer(200, STATE.published or STATE.keys())
        if path == "/me":
            return self.answer(200, STATE.user_info)
        if path == "/redirect":
            self.send_response(302)
            self.send_header("location", STATE.issuer + "/keys")
            self.end_headers()
            return None
        if path == "/large":
            return self.answer(200, {"keys": [], "padding": "x" * 3_000_000})
        return self.answer(404, {})

    def do_POST(self):
        path = self.path.split("?")[0]
        STATE.asked[path] = STATE.asked.get(path, 0) + 1
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        if path == STATE.broken:
            return self.answer(500, {"secret": "stack trace"})
        code = form["code"][0]
        if code in STATE.codes or "code_verifier" not in form:
            return self.answer(400, {"error": "invalid_grant", "error_description": "used before"})
        STATE.codes.add(code)
        return self.answer(200, {"access_token": "a", "token_type": "Bearer", "id_token": STATE.id_token()})


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    STATE.issuer = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"issuer": STATE.issuer}), flush=True)
    for line in sys.stdin:
        STATE.change(json.loads(line))
        print(json.dumps({"asked": STATE.asked}), flush=True)


main()
