"""What independent checkers find in a PDF, as JSON.

    pdf_standards.py FILE

pikepdf checks PDF/A-2b, pdfua the machine-checkable part of PDF/UA-1 that it knows. What both leave
out and a structure tree has to fulfil is checked here: every marked content belongs to exactly one
element, the way back from the page leads to the same, rows of a table cover the same columns, and no
level of headings is left out.
"""

import io
import json
import subprocess
import sys

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import pdfa


def archive(path):
    report = pdfa.validate_written(path, "2b")
    return [
        {"kind": str(finding.kind), "rule": finding.rule, "where": str(finding.where), "message": finding.message}
        for finding in report.findings
    ]


def cid_sets(path):
    """Fonts whose /CIDSet, which pikepdf does not read, leaves out a glyph that they have."""
    problems = []
    for font in pikepdf.open(path).objects:
        if not isinstance(font, pikepdf.Dictionary) or "/CIDSet" not in font or "/FontFile2" not in font:
            continue
        bits = font.CIDSet.read_bytes()
        glyphs = TTFont(io.BytesIO(font.FontFile2.read_bytes()))["maxp"].numGlyphs
        lacking = [glyph for glyph in range(glyphs) if not bits[glyph // 8] >> (7 - glyph % 8) & 1]
        if lacking:
            problems.append(f"the /CIDSet of {font.FontName} lacks {lacking[:5]}")
    return problems


def accessible(path):
    run = subprocess.run(
        [sys.executable, "-m", "pdfua", "check", "--format", "json", path], capture_output=True, text=True
    )
    said = json.loads(run.stdout)
    said = said[0] if isinstance(said, list) else said
    return {"findings": said["findings"], "skipped": [rule["rule_id"] for rule in said["skipped"]]}


def kids(element):
    if "/K" not in element:
        return []
    return list(element.K) if isinstance(element.K, pikepdf.Array) else [element.K]


def spans(cell):
    columns, rows = 1, 1
    if "/A" in cell:
        attributes = cell.A if isinstance(cell.A, pikepdf.Array) else [cell.A]
        for attribute in attributes:
            columns = int(attribute.get("/ColSpan", columns))
            rows = int(attribute.get("/RowSpan", rows))
    return columns, rows


def uneven_rows(table):
    """Rows that cover another number of columns than the first, spans of earlier rows included."""
    width, below = None, {}
    for number, row in enumerate(kid for kid in kids(table) if kid.get("/S") == "/TR"):
        covered = below.pop(number, 0)
        for cell in kids(row):
            columns, rows = spans(cell)
            covered += columns
            for lower in range(number + 1, number + rows):
                below[lower] = below.get(lower, 0) + columns
        width = covered if width is None else width
        if covered != width:
            yield f"row {number + 1} of a table covers {covered} columns, the first {width}"
    if below:
        yield "cells of a table reach below its last row"


def structure(path):
    problems = []
    pdf = pikepdf.open(path)
    if "/StructTreeRoot" not in pdf.Root:
        return ["there is no structure tree"]
    root = pdf.Root.StructTreeRoot
    parents = pikepdf.NumberTree(root.ParentTree)
    pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
    used, level = {}, 0

    def walk(element):
        nonlocal level
        name = str(element.get("/S", ""))
        if name == "/Table":
            problems.extend(uneven_rows(element))
        if name[:2] == "/H" and name[2:].isdigit():
            if int(name[2:]) > level + 1:
                problems.append(f"a heading of level {name[2:]} follows one of level {level}")
            level = int(name[2:])
        if name == "/Figure" and not str(element.get("/Alt", "")).strip():
            problems.append("a figure has no alternative text")
        for kid in kids(element):
            if isinstance(kid, int):
                note(element, element.Pg, kid)
            elif kid.get("/Type") == "/MCR":
                note(element, kid.get("/Pg", element.get("/Pg")), int(kid.MCID))
            elif kid.get("/Type") == "/OBJR":
                if not str(kid.Obj.get("/Contents", "")):
                    problems.append("an annotation does not say what it is")
                if parents[int(kid.Obj.StructParent)].objgen != element.objgen:
                    problems.append("the way back from an annotation leads elsewhere")
            else:
                walk(kid)

    def note(element, page, mcid):
        key = (pages[page.objgen], mcid)
        used[key] = used.get(key, 0) + 1
        back = parents[int(page.StructParents)]
        if back[mcid].objgen != element.objgen:
            problems.append(f"content {key} leads back to another element")

    walk(root)
    marked = set()
    for number, page in enumerate(pdf.pages):
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "BDC" and isinstance(operands[1], pikepdf.Dictionary) and "/MCID" in operands[1]:
                marked.add((number, int(operands[1].MCID)))
    problems += [f"content {key} belongs to {count} elements" for key, count in used.items() if count != 1]
    problems += [f"content {key} belongs to no element" for key in sorted(marked - set(used))]
    problems += [f"content {key} is not on its page" for key in sorted(set(used) - marked)]
    return problems


def main():
    path = sys.argv[1]
    checks = {"archive": archive, "cid_sets": cid_sets, "accessible": accessible, "structure": structure}
    print(json.dumps({name: check(path) for name, check in checks.items()}))


main()
