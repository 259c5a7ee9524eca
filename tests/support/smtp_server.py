"""A mail server for tests.

    smtp_server.py FOLDER [--tls none|starttls|tls] [--user U --password P]
                          [--busy N] [--refuse ADDRESS] [--hang-up N]

Listens on a free port of 127.0.0.1 and prints one JSON line: {"port": …, "ca_file": …}. Every
accepted mail is written to FOLDER as N.eml (the bytes) and N.json (what Python's email package
reads in them); FOLDER/events.jsonl says what happened, one event a line. Ends when stdin ends.
"""

import argparse
import asyncio
import datetime
import ipaddress
import json
import pathlib
import ssl
import sys
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from mail_reader import reading


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--tls", choices=["none", "starttls", "tls"], default="none")
    parser.add_argument("--user", help="who may send; without it nobody signs in")
    parser.add_argument("--password", default="")
    parser.add_argument("--busy", type=int, default=0, metavar="N", help="answer the first N messages with 451")
    parser.add_argument("--refuse", action="append", default=[], metavar="ADDRESS", help="answer this recipient with 550")
    parser.add_argument("--hang-up", type=int, default=0, metavar="N", help="take the first N messages and close without an answer")
    asyncio.run(serve(parser.parse_args()))


async def serve(options):
    options.folder.mkdir(parents=True, exist_ok=True)
    mailbox = Mailbox(options)
    ca_file, context = certificate(options.folder) if options.tls != "none" else (None, None)
    # What aiosmtpd warns of (signing in without TLS) is what some tests want to see.
    warnings.simplefilter("ignore")

    def session():
        mailbox.note("connected")
        return SMTP(
            mailbox,
            hostname="localhost",
            enable_SMTPUTF8=True,
            tls_context=context if options.tls == "starttls" else None,
            require_starttls=options.tls == "starttls",
            auth_required=options.user is not None,
            auth_require_tls=options.tls == "starttls",
            authenticator=mailbox.authenticate,
        )

    wrapped = context if options.tls == "tls" else None
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=wrapped)
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"port": port, "ca_file": ca_file and str(ca_file)}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


class Mailbox:
    """Answers as the options say and keeps what it accepts."""

    def __init__(self, options):
        self.options = options
        self.busy = options.busy
        self.hang_up = options.hang_up
        self.accepted = 0

    def note(self, event, **more):
        with open(self.options.folder / "events.jsonl", "a", encoding="utf-8") as log:
            log.write(json.dumps({"event": event, **more}, ensure_ascii=False) + "\n")

    def authenticate(self, _server, _session, _envelope, mechanism, data):
        right = (self.options.user, self.options.password)
        known = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == right
        self.note("signed in" if known else "sign-in refused", mechanism=mechanism)
        return AuthResult(success=known, handled=False)

    async def handle_RCPT(self, _server, session, envelope, address, _options):
        if address in self.options.refuse:
            self.note("recipient refused", address=address)
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        protected = session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None
        about = {"recipients": envelope.rcpt_tos, "protected": protected}
        if self.busy > 0:
            self.busy -= 1
            self.note("busy", **about)
            return "451 4.3.2 busy, come again"
        self.keep(envelope, about)
        if self.hang_up > 0:
            self.hang_up -= 1
            self.note("hung up", **about)
            server.transport.abort()
            raise ConnectionResetError
        self.note("accepted", **about)
        return f"250 2.0.0 kept as {self.accepted}"

    def keep(self, envelope, about):
        self.accepted += 1
        path = self.options.folder / f"{self.accepted}.eml"
        path.write_bytes(envelope.content)
        read = {**about, "sender": envelope.mail_from, **reading(envelope.content, self.options.folder)}
        path.with_suffix(".json").write_text(json.dumps(read, ensure_ascii=False, indent=1), encoding="utf-8")


def certificate(folder):
    """A certificate authority, and the server's certificate of it: its path, and a TLS context."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    def signed(name, key, issuer, issuer_key, authority):
        now = datetime.datetime.now(datetime.timezone.utc)
        hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
            .sign(issuer_key, hashes.SHA256())
        )

    pem = serialization.Encoding.PEM
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_file, chain_file, key_file = folder / "ca.pem", folder / "server.pem", folder / "server.key"
    ca_file.write_bytes(signed("jangpyo test CA", ca_key, "jangpyo test CA", ca_key, True).public_bytes(pem))
    chain_file.write_bytes(signed("localhost", key, "jangpyo test CA", ca_key, False).public_bytes(pem))
    key_file.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain_file, key_file)
    return ca_file, context


if __name__ == "__main__":
    main()
