#!/usr/bin/env python3
"""Licences, sources and bans of all Rust dependencies, by deny.toml, from what cargo resolves.

`cargo deny check licenses bans sources` says the same and more; it is not installed by default since it compiles for
minutes. Versions that are there twice are told, as deny.toml wants ("warn")."""
import json
import pathlib
import re
import subprocess
import sys
import tomllib

root = pathlib.Path(__file__).resolve().parent.parent
rules = tomllib.loads((root / "deny.toml").read_text())
command = ["cargo", "metadata", "--format-version=1", "--locked"]
for target in rules["graph"]["targets"]:
    command += ["--filter-platform", target]
metadata = json.loads(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout)
used = {node["id"] for node in metadata["resolve"]["nodes"]}
packages = [package for package in metadata["packages"] if package["id"] in used]
allowed = set(rules["licenses"]["allow"])
# Without a list of its own deny.toml allows the registry that cargo uses by default, which is that of most packages.
default = max((sources := [package["source"] for package in packages if package["source"]]), key=sources.count)
registries = rules["sources"].get("allow-registry", [default.removeprefix("registry+")])
banned = {entry["name"]: entry["reason"] for entry in rules["bans"]["deny"]}
wrong = []


def permitted(expression: str) -> bool:
    """Whether an SPDX expression can be met with what is allowed. OR binds weaker than AND."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))

    def either(at: int) -> tuple[bool, int]:
        fine, at = both(at)
        while at < len(tokens) and tokens[at] == "OR":
            more, at = both(at + 1)
            fine = fine or more
        return fine, at

    def both(at: int) -> tuple[bool, int]:
        fine, at = one(at)
        while at < len(tokens) and tokens[at] == "AND":
            more, at = one(at + 1)
            fine = fine and more
        return fine, at

    def one(at: int) -> tuple[bool, int]:
        if tokens[at] == "(":
            fine, at = either(at + 1)
            return fine, at + 1
        name, at = tokens[at], at + 1
        if at + 1 < len(tokens) and tokens[at] == "WITH":
            name, at = f"{name} WITH {tokens[at + 1]}", at + 2
        return name in allowed, at

    fine, end = either(0)
    return fine and end == len(tokens)


for package in packages:
    who = f"{package['name']} {package['version']}"
    licence, source = package["license"], package["source"]
    if not licence:
        wrong.append(f"{who} names no licence")
    elif not permitted(licence):
        wrong.append(f"{who} is under {licence}, which deny.toml does not allow")
    if source is not None and not any(source == f"registry+{address}" for address in registries):
        wrong.append(f"{who} comes from {source}")
    if package["name"] in banned:
        wrong.append(f"{who} is banned: {banned[package['name']]}")
    for dependency in package["dependencies"]:
        if package["source"] is None and dependency["req"] == "*" and not dependency.get("path"):
            wrong.append(f"{who} asks for any version of {dependency['name']}")

versions: dict[str, list[str]] = {}
for package in packages:
    versions.setdefault(package["name"], []).append(package["version"])
twice = [f"{name} {', '.join(sorted(found))}" for name, found in sorted(versions.items()) if len(found) > 1]
print(f"{len(packages)} packages; in several versions: {'; '.join(twice) or 'none'}", file=sys.stderr)
if wrong:
    sys.exit("\n".join(sorted(wrong)))
