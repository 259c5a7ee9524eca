"""A TLS client for tests.

    tls_client.py PORT CA_FILE [--version 1.1|1.2|1.3] [--alpn NAME ...]

Connects to 127.0.0.1 as reports.test and prints one JSON line: {"version": …, "alpn": …, "serial": …},
or {"error": …}. Then, for each line of stdin, asks for that path on the same connection and prints
{"status": …, "headers": …}, or {"error": …}.
"""

import argparse
import http.client
import json
import socket
import ssl
import sys

VERSIONS = {"1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def say(**words):
    print(json.dumps(words), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("port", type=int)
    parser.add_argument("ca_file")
    parser.add_argument("--version", choices=VERSIONS)
    parser.add_argument("--alpn", nargs="*", default=["http/1.1"])
    options = parser.parse_args()
    context = ssl.create_default_context(cafile=options.ca_file)
    context.set_alpn_protocols(options.alpn)
    if options.version:
        # What OpenSSL itself no longer does by default must be offered for the server to refuse it.
        context.set_ciphers("DEFAULT@SECLEVEL=0")
        context.minimum_version = context.maximum_version = VERSIONS[options.version]
    try:
        plain = socket.create_connection(("127.0.0.1", options.port), timeout=10)
        stream = context.wrap_socket(plain, server_hostname="reports.test")
    except OSError as error:
        say(error=str(error))
        return
    serial = stream.getpeercert()["serialNumber"]
    say(version=stream.version(), alpn=stream.selected_alpn_protocol(), serial=serial)
    connection = http.client.HTTPConnection("reports.test")
    connection.sock = stream
    connection.auto_open = 0
    for line in sys.stdin:
        try:
            connection.request("GET", line.strip())
            answer = connection.getresponse()
            answer.read()
            say(status=answer.status, headers={name.lower(): value for name, value in answer.getheaders()})
        except (OSError, http.client.HTTPException) as error:
            say(error=repr(error))


main()
