"""Certificates for tests.

    certificate.py FOLDER [--days N] [--passphrase TEXT]

Writes FOLDER/ca.pem (an authority; made once, kept), FOLDER/certificate.pem and FOLDER/key.pem for
reports.test and 127.0.0.1, valid for N days (negative: it has ended). With a passphrase the key is
encrypted. Prints the serial number in hex, as Python's ssl shows it.
"""

import argparse
import datetime
import ipaddress
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def named(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def build(subject, issuer, key, days):
    now = datetime.datetime.now(datetime.timezone.utc)
    end = now + datetime.timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, end) - datetime.timedelta(days=1))
        .not_valid_after(end)
    )


def written(path, content):
    # As ACME clients do: whoever looks sees the old file or the new one.
    temporary = path.with_suffix(".new")
    temporary.write_bytes(content)
    temporary.replace(path)


def pem(key, encryption=serialization.NoEncryption()):
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--days", type=float, default=30)
    parser.add_argument("--passphrase")
    options = parser.parse_args()
    folder = options.folder
    ca_file, ca_key_file = folder / "ca.pem", folder / "ca-key.pem"
    if not ca_file.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        constraint = x509.BasicConstraints(ca=True, path_length=0)
        authority = build("Test authority", "Test authority", key, 3650)
        authority = authority.add_extension(constraint, critical=True).sign(key, hashes.SHA256())
        written(ca_file, authority.public_bytes(serialization.Encoding.PEM))
        written(ca_key_file, pem(key))
    ca_key = serialization.load_pem_private_key(ca_key_file.read_bytes(), None)
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName("reports.test"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        build("reports.test", "Test authority", key, options.days)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    encryption = serialization.NoEncryption()
    if options.passphrase:
        encryption = serialization.BestAvailableEncryption(options.passphrase.encode())
    written(folder / "key.pem", pem(key, encryption))
    written(folder / "certificate.pem", certificate.public_bytes(serialization.Encoding.PEM))
    print(f"{certificate.serial_number:X}")


main()
