"""A mail server for tests.

    smtp_server.py FOLDER [--tls none|starttls|tls] [--user U --password P]
                          [--busy N] [--refuse ADDRESS[=CODE]] [--hang-up N] [--greylist]
                          [--fault STEP:WHAT[:TIMES]] [--bare] [--certificate-for HOST] [--expired]
                          [--at-most N/SECONDS]

Listens on a free port of 127.0.0.1 and prints one JSON line: {"port": …, "ca_file": …}. Every
accepted mail is written to FOLDER as N.eml (the bytes) and N.json (what Python's email package
reads in them); FOLDER/events.jsonl says what happened, one event a line. Ends when stdin ends.

A fault happens at a STEP of the conversation, the first TIMES times (always, if that is left out):

    greeting, hello, starttls, mail, rcpt, data    instead of the answer
    handshake                                      instead of TLS
    body                                           after the first kilobyte of the message
    lost                                           after the final dot, the message thrown away
    end                                            after the final dot, the message accepted

and WHAT is

    421, 452, 550, …     this answer (at `end` nothing is accepted then); 421 hangs up as well
    close, reset         the connection is closed, or reset as by a machine that crashed
    silence              no answer, ever
    drip, babble         an answer that never ends: byte after byte, or line after line
    garbage              a line that is no answer
    late=SECONDS         the right answer, but late
    many                 the right answer, over several lines
    twice                the right answer twice
    250                  at `data`: the wrong good answer
"""

import argparse
import asyncio
import datetime
import ipaddress
import json
import pathlib
import socket
import ssl
import struct
import sys
import time
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
    parser.add_argument("--refuse", action="append", default=[], metavar="ADDRESS", help="answer this recipient with 550, or CODE")
    parser.add_argument("--hang-up", type=int, default=0, metavar="N", help="take the first N messages and close without an answer")
    parser.add_argument("--greylist", action="store_true", help="answer every recipient with 451 the first time")
    parser.add_argument("--fault", action="append", default=[], metavar="STEP:WHAT[:TIMES]")
    parser.add_argument("--at-most", metavar="N/SECONDS", help="answer with 451 what is more than N messages in any SECONDS")
    parser.add_argument("--bare", action="store_true", help="offer no extensions")
    parser.add_argument("--certificate-for", metavar="HOST", help="a certificate of another host")
    parser.add_argument("--expired", action="store_true", help="a certificate that has run out")
    asyncio.run(serve(parser.parse_args()))


async def serve(options):
    options.folder.mkdir(parents=True, exist_ok=True)
    mailbox = Mailbox(options)
    ca_file, context = certificate(options) if options.tls != "none" else (None, None)
    # What aiosmtpd warns of (signing in without TLS) is what some tests want to see.
    warnings.simplefilter("ignore")

    def session():
        mailbox.note("connected")
        return Conversation(
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
    if wrapped and any(step == "handshake" for step, _, _ in mailbox.faults):
        session, wrapped = lambda: NoHandshake(mailbox), None
    listening = socket.create_server(("127.0.0.1", 0))
    if any(step == "body" for step, _, _ in mailbox.faults):
        # So that a large message does not fit between the two programs.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    server = await asyncio.get_running_loop().create_server(session, sock=listening, ssl=wrapped)
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"port": port, "ca_file": ca_file and str(ca_file)}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


def reset(transport):
    """Ends a connection as a machine does that has forgotten it."""
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class NoHandshake(asyncio.Protocol):
    """Takes a connection that begins with TLS, and never gets so far."""

    def __init__(self, mailbox):
        self.mailbox = mailbox

    def connection_made(self, transport):
        self.mailbox.note("connected")
        self.transport = transport

    def data_received(self, _data):
        match self.mailbox.fault("handshake"):
            case "close":
                self.transport.close()
            case "reset":
                reset(self.transport)
            case "garbage":
                self.transport.write(b"220 what is TLS?\r\n")


class Conversation(SMTP):
    """aiosmtpd, which misbehaves where the options say so."""

    # What is to happen to the next answer.
    twist = None

    async def push(self, status):
        twist, self.twist = self.twist, None
        if twist is None:
            return await super().push(status)
        match twist.partition("="):
            case ["late", _, seconds]:
                await asyncio.sleep(float(seconds))
                await super().push(status)
            case ["many", *_]:
                code = status[:3]
                for line in (f"{code}-several lines", f"{code}-", f"{code} of one answer"):
                    await super().push(line)
            case ["twice", *_]:
                await super().push(status)
                await super().push(status)
            case _:
                await self.misbehave(twist)

    async def misbehave(self, what):
        try:
            match what:
                case "close":
                    self.transport.close()
                case "reset":
                    reset(self.transport)
                case "silence":
                    await asyncio.sleep(3600)
                case "drip":
                    while True:
                        self._writer.write(b"2")
                        await self._writer.drain()
                        await asyncio.sleep(0.05)
                case "babble":
                    while True:
                        await super().push("250-and another thing")
                        await asyncio.sleep(0.001)
                case "garbage":
                    await super().push("Welcome to the machine")
                case code:
                    await super().push(f"{code} so be it")
                    if code == "421":
                        self.transport.close()
        except ConnectionError:
            pass

    async def at(self, step, go_on):
        what = self.event_handler.fault(step)
        if what is None or what.partition("=")[0] in ("late", "many", "twice"):
            self.twist = what
            await go_on()
        else:
            await self.misbehave(what)

    async def _handle_client(self):
        handle = super()._handle_client
        await self.at("greeting", handle)

    async def smtp_EHLO(self, hostname):
        greet = super().smtp_EHLO
        await self.at("hello", lambda: greet(hostname))

    async def smtp_STARTTLS(self, arg):
        what = self.event_handler.fault("handshake")
        if what is not None:
            await super().push("220 ready for TLS")
            await self._reader.read(1)
            return await self.misbehave(what)
        start = super().smtp_STARTTLS
        await self.at("starttls", lambda: start(arg))

    async def smtp_MAIL(self, arg):
        mail = super().smtp_MAIL
        await self.at("mail", lambda: mail(arg))

    async def smtp_RCPT(self, arg):
        rcpt = super().smtp_RCPT
        await self.at("rcpt", lambda: rcpt(arg))

    async def smtp_DATA(self, arg):
        what = self.event_handler.fault("body")
        if what is not None:
            await super().push("354 go on")
            await self._reader.read(1024)
            return await self.misbehave(what)
        data = super().smtp_DATA
        await self.at("data", lambda: data(arg))


class Mailbox:
    """Answers as the options say and keeps what it accepts."""

    def __init__(self, options):
        self.options = options
        # Where, what, and how often still.
        self.faults = [self.parsed(text) for text in options.fault]
        self.refused = {address: code or "550" for address, _, code in (text.partition("=") for text in options.refuse)}
        self.seen = set()
        self.busy = options.busy
        self.hang_up = options.hang_up
        self.accepted = 0
        self.most, self.window = (float(part) for part in (options.at_most or "inf/1").split("/"))
        self.arrivals = []

    @staticmethod
    def parsed(text):
        step, what, *times = text.split(":")
        return [step, what, int(times[0]) if times else sys.maxsize]

    def fault(self, step):
        """What is to go wrong at this step this time."""
        for fault in self.faults:
            if fault[0] == step and fault[2] > 0:
                fault[2] -= 1
                self.note("fault", step=step, what=fault[1])
                return fault[1]
        return None

    def note(self, event, **more):
        with open(self.options.folder / "events.jsonl", "a", encoding="utf-8") as log:
            log.write(json.dumps({"event": event, **more}, ensure_ascii=False) + "\n")

    def authenticate(self, _server, _session, _envelope, mechanism, data):
        right = (self.options.user, self.options.password)
        known = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == right
        self.note("signed in" if known else "sign-in refused", mechanism=mechanism)
        return AuthResult(success=known, handled=False)

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):
        session.host_name = hostname
        return ["250 localhost"] if self.options.bare else responses

    async def handle_RCPT(self, _server, session, envelope, address, _options):
        if address in self.refused:
            self.note("recipient refused", address=address)
            return f"{self.refused[address]} 5.1.1 no such mailbox here"
        if self.options.greylist and address not in self.seen:
            self.seen.add(address)
            self.note("greylisted", address=address)
            return "451 4.7.1 greylisted, come again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        protected = session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None
        about = {"recipients": envelope.rcpt_tos, "protected": protected}
        now = time.monotonic()
        self.arrivals = [then for then in self.arrivals if now - then < self.window] + [now]
        if len(self.arrivals) > self.most:
            self.note("too fast", **about)
            return "451 4.7.0 too many messages, come again later"
        if self.busy > 0:
            self.busy -= 1
            self.note("busy", **about)
            return "451 4.3.2 busy, come again"
        lost = self.fault("lost")
        if lost is not None:
            server.twist = lost
            return "250 2.0.0 never sent"
        fault = self.fault("end")
        if fault is not None and fault.isdigit():
            if fault == "421":
                server.twist = fault
            return f"{fault} so be it"
        self.keep(envelope, about)
        server.twist = fault
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


def certificate(options):
    """A certificate authority, and the server's certificate of it: its path, and a TLS context."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    def signed(name, key, issuer, issuer_key, authority):
        now = datetime.datetime.now(datetime.timezone.utc)
        hosts = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        if options.certificate_for:
            hosts = [x509.DNSName(options.certificate_for)]
        end = now + datetime.timedelta(minutes=-5 if options.expired and not authority else 2880)
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
            .sign(issuer_key, hashes.SHA256())
        )

    folder, pem = options.folder, serialization.Encoding.PEM
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
