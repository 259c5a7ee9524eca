"""Keys for signing mail, and what an independent reader makes of the signatures.

    dkim_check.py keys FOLDER          writes the private keys FOLDER/rsa and FOLDER/ed25519, prints {kind: DNS record}
    dkim_check.py check FILE RECORD    prints `valid NAME`, the name the key was asked for at, or `invalid`
"""

import base64
import json
import pathlib
import sys

import dkim
from cryptography.hazmat.primitives import serialization as form
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa


def keys(folder):
    big, small = rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()
    pem = big.private_bytes(form.Encoding.PEM, form.PrivateFormat.TraditionalOpenSSL, form.NoEncryption())
    (folder / "rsa").write_bytes(pem)
    seed = small.private_bytes(form.Encoding.Raw, form.PrivateFormat.Raw, form.NoEncryption())
    (folder / "ed25519").write_text(base64.b64encode(seed).decode() + "\n")
    public = big.public_key().public_bytes(form.Encoding.DER, form.PublicFormat.SubjectPublicKeyInfo)
    raw = small.public_key().public_bytes(form.Encoding.Raw, form.PublicFormat.Raw)
    record = "v=DKIM1; k={}; p={}".format
    encoded = lambda key: base64.b64encode(key).decode()
    print(json.dumps({"rsa": record("rsa", encoded(public)), "ed25519": record("ed25519", encoded(raw))}))


def check(file, record):
    asked = []

    def lookup(name, timeout=5):
        asked.append(name.decode())
        return record.encode()

    valid = dkim.verify(file.read_bytes(), dnsfunc=lookup)
    print("valid " + asked[0] if valid else "invalid")


if sys.argv[1] == "keys":
    keys(pathlib.Path(sys.argv[2]))
else:
    check(pathlib.Path(sys.argv[2]), sys.argv[3])
