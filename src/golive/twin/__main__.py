"""The twin's own process: says on its first line how it is reached, and ends when nobody holds its input any more."""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import logging
import os
import sys

from golive.errors import SetupError
from golive.twin.town import Town


def main() -> int:
    """Run until standard input ends; exit status 4 where a fault is none."""
    parser = argparse.ArgumentParser(prog="python -m golive.twin")
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--phase", default="T-0")
    parser.add_argument("--delay", type=float, default=0.0)
    wanted = parser.parse_args()
    # What is read now stays until the end: to search it for garbage is a quarter of the way up.
    gc.disable()
    try:
        town = Town(wanted.fault, wanted.phase)
        told = town.start()
        if wanted.delay:
            town.delay(wanted.delay)
    except SetupError as exc:
        print(json.dumps({"refused": str(exc)}), flush=True)
        return 4
    except OSError as exc:
        print(json.dumps({"error": str(exc)}), flush=True)
        return 4
    gc.freeze()
    gc.enable()
    with contextlib.suppress(BrokenPipeError):  # whoever started the twin may have gone again already
        print(json.dumps(told), flush=True)
    sys.stdin.read()
    # Doors that close while somebody knocks, or is answered, are no news: whoever started the twin has gone.
    for name in ("asyncio", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    town.stop()
    # moto's and uvicorn's threads have nothing left to say, and waiting for them would only cost the caller time.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
