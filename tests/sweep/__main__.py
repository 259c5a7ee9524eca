"""Sweeps from outside over a server of its own with the sample: contract, injection, markup.

    python tests/sweep --binary target/debug/jangpyo --logs tests/artefacts/sweep [contract|injection|markup ...]

Ends with 1 if any of them found something. Each tells what it did in a line; the rest is in the logs.
"""

import argparse
import pathlib
import sys
import time

import contract
import injection
import markup
from server import Site

SWEEPS = {"contract": contract.sweep, "injection": injection.sweep, "markup": markup.sweep}

arguments = argparse.ArgumentParser(prog="tests/sweep")
arguments.add_argument("--binary", type=pathlib.Path, required=True)
arguments.add_argument("--logs", type=pathlib.Path, required=True)
arguments.add_argument("sweeps", nargs="*", choices=[[], *SWEEPS], default=[])
asked = arguments.parse_args()
asked.logs.mkdir(parents=True, exist_ok=True)

found = []
with Site(asked.binary.resolve(), asked.logs.resolve()) as site:
    for name in asked.sweeps or SWEEPS:
        begun = time.monotonic()
        try:
            complaints = SWEEPS[name](site)
        except Exception as error:  # One sweep that cannot run must not hide what the others find.
            complaints = [f"did not run: {error!r}"]
        found += [f"{name}: {complaint}" for complaint in complaints]
        print(f"{name}: {len(complaints)} complaints in {time.monotonic() - begun:.0f} s", flush=True)
    found += site.complaints()

for complaint in found:
    print(complaint, file=sys.stderr)
sys.exit(1 if found else 0)
