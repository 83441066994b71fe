"""
A twin that is up already, in the place of one of a run's own: run as a program, as `python -m golive.twin` is.

Its first argument is what that twin says of itself; the others are the twin's. It swaps in the world that is asked for,
and says the rest. For another phase, or slow answers, it makes place for a twin of the run's own. It reads nothing of
the project's, so that it is up in no time.
"""

import json
import os
import sys
import urllib.request

said, *wanted = sys.argv[1:]
faults = [each.removeprefix("--fault=") for each in wanted if each.startswith("--fault=")]
if {*wanted} - {f"--fault={name}" for name in faults} != {"--phase=T-0", "--delay=0.0"}:
    os.execv(sys.executable, [sys.executable, "-m", "golive.twin", *wanted])  # noqa: S606  # our own interpreter
control = json.loads(said)["control"]
request = urllib.request.Request(control, json.dumps({"faults": faults}).encode())  # noqa: S310  # as below
with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  # the twin's own loopback address
    refused = json.load(answer).get("error")
print(json.dumps({"refused": refused}) if refused else said, flush=True)
sys.stdin.read()
