#!/usr/bin/env python3
"""The licences of all that is in a program to hand out, in one text.

    python3 tests/release/licences.py TARGET

Each crate with the texts that its package holds: the program's own for TARGET, and those of the search
engine for browsers; then the Rust and C libraries that are linked in. A crate without a text gets the
standard one of its licence with its authors; where that can't be had, this fails: nothing is handed
out without its licence.
"""

import html
import json
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
NAMED = re.compile(r"licen[cs]e|copying|copyright|notice", re.IGNORECASE)
ENGINE = "wasm32-unknown-unknown"
# What a package brings for its own tests and builds is not in the program.
APART = {"tests", "benches", "examples", "fuzz", "target"}
# For crates that hold no text of their own.
STANDARD = {"MIT": HERE / "LICENSE-MIT", "Apache-2.0": HERE / "LICENSE-APACHE"} | {
    name: HERE / f"tests/release/texts/{name}.txt" for name in ("BSD-3-Clause", "MPL-2.0")}
# Debian's packages with what mingw-w64 links into a program.
MINGW = ("mingw-w64-x86-64-dev", "gcc-mingw-w64-base")


def crates(package, target):
    """The crates from elsewhere that `package` is made of on `target`; of those for building only, none."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
    data = json.loads(subprocess.check_output(command, cwd=HERE))
    packages = {one["id"]: one for one in data["packages"]}
    needs = {one["id"]: one["deps"] for one in data["resolve"]["nodes"]}
    waiting = [key for key, one in packages.items() if one["name"] == package and one["source"] is None]
    seen = set()
    while waiting:
        key = waiting.pop()
        if key not in seen:
            seen.add(key)
            waiting += [one["pkg"] for one in needs[key] if any(kind["kind"] is None for kind in one["dep_kinds"])]
    # Our own are under the licences packed beside this text.
    return {(one["name"], one["version"]): one for one in map(packages.get, seen) if one["source"]}


def texts(package):
    """The licence texts that a crate's package holds, its data's among them."""
    folder = Path(package["manifest_path"]).parent
    found = [path for path in folder.rglob("*")
             if path.is_file() and path.suffix.lower() in ("", ".txt", ".md", ".html")
             and any(NAMED.search(part) for part in path.relative_to(folder).parts)
             and not APART & set(path.relative_to(folder).parts)]
    if package["license_file"]:
        found.append(folder / package["license_file"])
    held = [path.read_text(encoding="utf-8", errors="replace").strip() for path in sorted(set(found))]
    # Where the GPL is one of several licences, another is taken: deny.toml names those that may be.
    return [text for text in held if text and "GNU GENERAL PUBLIC LICENSE" not in text.upper()]


def standard(package):
    """The standard texts of a crate's licences, with its authors."""
    authors = ", ".join(package["authors"]) or f"the authors of {package['name']}"
    given = []
    for needed in re.split(r" AND ", package["license"] or ""):
        offered = re.split(r" OR |/", needed.strip("()"))
        texts = [STANDARD[name.strip()] for name in offered if name.strip() in STANDARD]
        if not texts:
            sys.exit(f"no licence text for {package['name']} {package['version']} ({package['license']})")
        text = texts[0].read_text(encoding="utf-8").strip()
        given.append(re.sub(r"^Copyright \(c\).*$", lambda _: f"Copyright (c) {authors}", text, flags=re.MULTILINE))
    return given


def rust_library():
    """The Rust standard library's notices, as the toolchain brings them."""
    root = Path(subprocess.check_output(["rustc", "--print", "sysroot"], text=True).strip())
    notices = root / "share/doc/rust/COPYRIGHT-library.html"
    if not notices.is_file():
        sys.exit(f"no licence text for the Rust standard library: there is no {notices}")
    page = re.sub(r"<(style|head)\b.*?</\1>", "", notices.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]+>", "", page))
    return re.sub(r"\n\s*\n\s*", "\n\n", re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)).strip()


def c_library(target):
    """Name and texts of what of C is linked in."""
    if "musl" in target:
        return [("musl", (HERE / "tests/release/texts/musl.txt").read_text(encoding="utf-8").strip())]
    held = [(name, Path("/usr/share/doc") / name / "copyright") for name in MINGW]
    missing = [name for name, path in held if not path.is_file()]
    if missing:
        sys.exit(f"no licence text for mingw-w64: install Debian's {' '.join(missing)}")
    return [(name, path.read_text(encoding="utf-8", errors="replace").strip()) for name, path in held]


def main():
    target = sys.argv[1]
    every = crates("fangzhi", target) | crates("search-engine", ENGINE)
    print(f"fangzhi for {target} is made of these crates, unchanged;\n"
          "the source of each is at https://crates.io/crates/NAME/VERSION.\n")
    users = {}
    for (name, version), package in sorted(every.items()):
        print(f"{name} {version}: {package['license'] or 'see below'}")
        for text in texts(package) or standard(package):
            users.setdefault(text, []).append(f"{name} {version}")
    parts = [(", ".join(dict.fromkeys(names)), text) for text, names in users.items()]
    parts += [("The Rust standard library", rust_library()), *c_library(target)]
    for names, text in parts:
        print(f"\n{'=' * 80}\n{names}\n{'-' * 80}\n{text}")


main()
