#!/usr/bin/env python3
"""Time and memory of reading many files of each format.

    cargo build --release
    python3 tests/documents/measure.py target/release/fangzhi [COUNT]

Copies each document of this folder, and the same text as Markdown, as a portal's page (20 KB), as a page
saved in one file, as a mail and in ZIP archives, COUNT times (1,000) and runs `fangzhi check` over the
copies. Told, as a table in Markdown: processor time of all processes (ms a file), time by the clock, and the
largest process's memory.
"""

import base64
import io
import os
import quopri
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
TEXT = (HERE / "report.txt").read_text(encoding="utf-8")


def page():
    """A portal's page of 20 KB: menus, metadata, the text with its digits in elements, links below."""
    words = "".join(
        "<p style=\"text-indent: 2em\">"
        + "".join(f"<span lang=EN-US>{c}</span>" if c.isdigit() else c for c in line)
        + "</p>\r\n"
        for line in TEXT.splitlines()
    )
    links = "".join(f"<li><a href=\"/zwgk/{n}.html\" class=\"item\" target=\"_blank\">栏目{n}的名称</a></li>\r\n"
                    for n in range(190))
    return (
        "<!DOCTYPE html>\r\n<html><head><meta charset=\"gb2312\"><title>云溪市司法局年度报告</title>"
        "<meta name=\"PubDate\" content=\"2024-01-12 09:30\"><style>.x { color: red } p { margin: 0 }</style>"
        f"<script>{'var menu = [1, 2, 3];' * 60}</script></head>\r\n<body><div class=\"nav\"><ul>{links}</ul></div>"
        f"<div class=\"article\" id=\"zoom\">\r\n{words}</div><div class=\"footer\">主办：云溪市司法局</div></body></html>"
    ).encode("gb18030")


def message(kind, encoded, encoding):
    head = (f"From: <saved@example.org>\r\nSubject: =?utf-8?B?5oql5ZGK?=\r\nMIME-Version: 1.0\r\nContent-Type: {kind}; "
            "boundary=\"part\"\r\n\r\n--part\r\nContent-Type: text/html; charset=\"gb2312\"\r\n"
            f"Content-Transfer-Encoding: {encoding}\r\n\r\n")
    picture = base64.encodebytes(bytes(range(256)) * 8)
    return (head.encode() + encoded + b"\r\n--part\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + picture + b"--part--\r\n")


def archive(count):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as entries:
        for number in range(count):
            entries.writestr(f"{number}.html", page())
    return packed.getvalue()


def documents(count):
    """Names, bytes, and how many copies hold `count` reports."""
    for document in sorted(HERE.glob("*.*")):
        if document.suffix != ".py":
            yield document.name, document.read_bytes(), count
    yield "report.md", TEXT.replace("\n", "\n\n").encode(), count
    yield "page.html", page(), count
    yield "page.mht", message("multipart/related", quopri.encodestring(page()), "quoted-printable"), count
    yield "mail.eml", message("multipart/mixed", base64.encodebytes(page()), "base64"), count
    yield "one-page.zip", archive(1), count
    yield "all-pages.zip", archive(count), 1


def measured(program, name, data, copies):
    with tempfile.TemporaryDirectory() as folder:
        for number in range(copies):
            (Path(folder) / f"{number}{Path(name).suffix}").write_bytes(data)
        environment = {**os.environ, "XDG_CACHE_HOME": f"{folder}/.cache"}
        begun = time.monotonic()
        process = subprocess.Popen([program, "check", folder], env=environment, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        _, _, usage = os.wait4(process.pid, 0)
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir()
        return usage.ru_utime + usage.ru_stime, time.monotonic() - begun, usage.ru_maxrss / 1024


def main():
    program, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    print("| document | KiB | ms a file | s | MiB |\n|---|---:|---:|---:|---:|")
    for name, data, copies in documents(count):
        used, clock, memory = measured(str(Path(program).resolve()), name, data, copies)
        print(f"| {name} | {len(data) / 1024:.0f} | {used / count * 1000:.1f} | {clock:.1f} | {memory:.0f} |",
              flush=True)


if __name__ == "__main__":
    main()
