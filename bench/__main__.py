"""`python -m bench`: measure, and write results.json and the table in README.md."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.clock import Failed
from bench.machine import load, machine
from bench.rows import ROWS, Plan
from bench.table import Results, render

HERE = Path(__file__).parent
BEGIN, END = "<!-- figures: written by python -m bench -->\n", "<!-- end of figures -->\n"


def main() -> int:
    """Exit status 1 where a contestant failed; missed aims are told and are no failure."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="each once, without the 10,000 scenarios; nothing is kept")
    parser.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS), metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--keep", action="store_true", help="keep the figures although not all rows were measured")
    wanted = parser.parse_args()
    failed: list[str] = []
    results = Results(machine(), datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"))
    with tempfile.TemporaryDirectory(prefix="bench-") as room:
        plan = Plan(wanted.quick, Path(room))
        for name in wanted.rows:
            print(f"{name}: {(ROWS[name].__doc__ or '').strip()}", flush=True)
            load_before = load()
            try:
                ROWS[name](results, plan)
            except Failed as exc:
                print(exc, file=sys.stderr)
                failed.append(name)
            results.loads[name] = (load_before, load())
    said = results.to_json()
    print(render(said))
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    if wanted.keep or not (failed or wanted.quick or set(wanted.rows) != set(ROWS)):
        (HERE / "results.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        readme = HERE / "README.md"
        text = readme.read_text(encoding="utf-8")
        before, rest = text.split(BEGIN)
        readme.write_text(before + BEGIN + "\n" + render(said) + "\n" + END + rest.split(END)[1], encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
