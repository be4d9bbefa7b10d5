"""All benchmarks one after another, each in a process of its own, then the page of results.

    python tests/benchmarks [NAME ...] [--size w1|w2|w3|all] [--rounds 3] [--limit 40] [--full]

NAME is the middle of a file name: ``distances`` runs ``bench_distances.py``. Options go to every
script. At ``--size all`` with three rounds it takes some 25 minutes.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


def main() -> None:
    arguments = sys.argv[1:]
    if "-h" in arguments or "--help" in arguments:
        print(__doc__)
        return
    scripts = {p.stem.removeprefix("bench_"): p for p in sorted(HERE.glob("bench_*.py"))}
    names = []
    while arguments and not arguments[0].startswith("-"):
        names.append(arguments.pop(0))
    unknown = [name for name in names if name not in scripts]
    if unknown:
        raise SystemExit(f"no benchmark {unknown[0]!r}; there are {', '.join(scripts)}")
    start = time.monotonic()
    failed = []
    for name in names or scripts:
        print(f"\n=== {name} ({time.monotonic() - start:.0f} s)", flush=True)
        if subprocess.run([sys.executable, str(scripts[name]), *arguments]).returncode:
            failed.append(name)
    if "--no-save" not in arguments:
        folder = Path(arguments[arguments.index("--out") + 1]).parent if "--out" in arguments else None
        more = [] if folder is None else [str(folder)]
        subprocess.run([sys.executable, str(HERE / "_render.py"), *more], check=True)
    print(f"{time.monotonic() - start:.0f} s")
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
