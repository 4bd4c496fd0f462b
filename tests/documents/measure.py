#!/usr/bin/env python3
"""Time and memory of reading many files of each format.

    cargo build --release
    python3 tests/documents/measure.py target/release/fangzhi [COUNT]

Copies each document COUNT times (1,000) and runs `fangzhi check` over the copies. Told: processor time
of all processes (ms a file), time by the clock, and the largest process's memory.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def measured(program, document, count):
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            shutil.copy(document, Path(folder) / f"{number}{document.suffix}")
        environment = {**os.environ, "XDG_CACHE_HOME": f"{folder}/.cache"}
        begun, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([program, "check", folder], env=environment, check=False,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return used / count * 1000, time.monotonic() - begun


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    print(f"{'document':<22}{'KiB':>6}{'ms a file':>11}{'s':>8}")
    for document in sorted(HERE.glob("*.*")):
        if document.suffix == ".py":
            continue
        used, clock = measured(str(Path(program).resolve()), document, count)
        print(f"{document.name:<22}{document.stat().st_size / 1024:>6.0f}{used:>11.1f}{clock:>8.1f}", flush=True)
    print(f"largest process: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
