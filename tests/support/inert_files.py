"""Reads the PDFs and workbooks of a folder, and says what in them would run, compute or lead astray.

    inert_files.py FOLDER

Prints a JSON object: how many of each show a payload, and the complaints.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree as xml
import zipfile

import pikepdf

PROBE = "xssprobe"
SCHEMES = ("http:", "https:", "mailto:", "#", "internal:")
complaints = []


def workbook(path):
    """Whether it shows a payload."""
    shows = False
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            if not name.endswith((".xml", ".rels", ".vml")):
                continue
            text = parts.read(name).decode()
            shows |= PROBE in text
            for element in xml.fromstring(text).iter():
                tag = element.tag.rsplit("}", 1)[-1]
                if PROBE in tag or any(PROBE in key for key in element.attrib):
                    complaints.append(f"{path.name} {name}: markup out of a payload: {tag}")
                # Ranges of charts name worksheets, in quotes.
                formula = tag == "f" and "worksheets/" in name
                if formula and PROBE in (element.text or ""):
                    complaints.append(f"{path.name} {name}: computes {element.text}")
                if tag == "Relationship" and element.get("TargetMode") == "External":
                    if not element.get("Target", "").lower().startswith(SCHEMES):
                        complaints.append(f"{path.name} {name}: leads to {element.get('Target')}")
    return shows


def objects(pdf):
    """Every dictionary of a PDF."""
    for thing in pdf.objects:
        if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
            yield from dictionaries(thing, 0)


def dictionaries(thing, depth):
    if depth > 6:
        return
    if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        yield thing
        for key in thing.keys():
            value = thing[key]
            if not getattr(value, "is_indirect", False):
                yield from dictionaries(value, depth + 1)
    elif isinstance(thing, pikepdf.Array):
        for value in thing:
            if not getattr(value, "is_indirect", False):
                yield from dictionaries(value, depth + 1)


def document(path):
    """Whether it shows a payload in what is said of it."""
    with pikepdf.open(path) as pdf:
        for thing in objects(pdf):
            for key in ("/JS", "/JavaScript", "/Launch", "/AA", "/EmbeddedFile", "/RichMedia"):
                if key in thing:
                    complaints.append(f"{path.name}: holds {key}")
            if thing.get("/S") in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData"):
                complaints.append(f"{path.name}: does {thing['/S']}")
            if "/URI" in thing and isinstance(thing["/URI"], pikepdf.String):
                address = str(thing["/URI"])
                if not address.lower().startswith(SCHEMES):
                    complaints.append(f"{path.name}: leads to {address}")
        said = str(dict(pdf.docinfo))
        if "/Metadata" in pdf.Root:
            text = pdf.Root.Metadata.read_bytes()
            said += text.decode()
            for element in xml.fromstring(text).iter():
                if PROBE in element.tag:
                    complaints.append(f"{path.name}: markup out of a payload in its metadata")
        return PROBE in said


files = sorted(pathlib.Path(sys.argv[1]).iterdir())
pdfs = sum(document(path) for path in files if path.read_bytes()[:5] == b"%PDF-")
workbooks = sum(workbook(path) for path in files if path.read_bytes()[:2] == b"PK")
print(json.dumps({"pdfs": pdfs, "workbooks": workbooks, "complaints": complaints}, ensure_ascii=False))
