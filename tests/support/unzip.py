"""What an independent reader finds in an archive: unzip.py FILE [PASSWORD] prints {name: size} or {"error": …}."""

import json
import sys

import pyzipper

with pyzipper.AESZipFile(sys.argv[1]) as archive:
    if len(sys.argv) > 2:
        archive.setpassword(sys.argv[2].encode())
    try:
        print(json.dumps({info.filename: len(archive.read(info)) for info in archive.infolist()}))
    except RuntimeError as error:
        print(json.dumps({"error": str(error)}))
