"""Reads a mail with Python's email package: a reader independent of what wrote it.

    mail_reader.py MAIL.eml FOLDER

Prints a JSON object; the contents of pictures and attachments are written into FOLDER under their
SHA-256.
"""

import email
import email.policy
import hashlib
import json
import pathlib
import sys


def reading(content, folder):
    """What a mail program sees."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    defects = [str(defect) for part in message.walk() for defect in part.defects]
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    inline, attachments = [], []
    for part in message.walk():
        if part.is_multipart() or part in (html, text):
            continue
        body = part.get_payload(decode=True) or b""
        digest = hashlib.sha256(body).hexdigest()
        (folder / digest).write_bytes(body)
        about = {
            "name": part.get_filename(),
            "type": part.get_content_type(),
            "bytes": len(body),
            "file": str(folder / digest),
            "cid": (part["Content-ID"] or "").strip("<>"),
        }
        (inline if part.get_content_disposition() == "inline" else attachments).append(about)
    return {
        "subject": message["Subject"],
        "headers": [[name, str(value)] for name, value in message.items()],
        "defects": defects,
        "text": text and text.get_content(),
        "html": html and html.get_content(),
        "inline": inline,
        "attachments": attachments,
    }


if __name__ == "__main__":
    mail, folder = (pathlib.Path(argument) for argument in sys.argv[1:3])
    print(json.dumps(reading(mail.read_bytes(), folder), ensure_ascii=False))
