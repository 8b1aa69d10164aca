"""Checks the compose files beyond their schema: every name that a service uses is defined, files that are mounted are
in the tree or made by deploy/secrets.sh, no password stands in them, every service has limits, what a server and a
worker are given are settings that they know, and what .env may set stands in .env.example."""

import pathlib
import re
import sys

from ruamel.yaml import YAML

ROOT = pathlib.Path(__file__).resolve().parent.parent
MADE = set(re.findall(r"secrets/([a-z0-9_.]+)", (ROOT / "deploy/secrets.sh").read_text()))
# The settings as the program reads them, and those that the image's entry point takes from a file.
RAW = re.search(r"struct Raw \{(.*?)\n\}", (ROOT / "crates/config/src/load.rs").read_text(), re.S).group(1)
KNOWN = {f"MERIDIAN_{field.upper()}" for field in re.findall(r"^    (\w+):", RAW, re.M)}
AWS = {"AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
FROM_FILES = set(re.findall(r"\b(?:MERIDIAN|AWS)_[A-Z_]+[A-Z]\b", (ROOT / "deploy/entrypoint.sh").read_text()))
# What has to be within reach of whoever writes .env.
REACHED = {"server": {name for name in KNOWN if name.startswith("MERIDIAN_OIDC_")} - {"MERIDIAN_OIDC_CLIENT_SECRET"}
           | {"MERIDIAN_OTLP_ENDPOINT"}, "worker": {"MERIDIAN_OTLP_ENDPOINT"}}


def names(value):
    """The names of a list or a mapping."""
    return list(value or [])


def is_known(name):
    """Whether a program of ours reads this variable, or the entry point makes one of it that it reads."""
    made = name.removesuffix("_FILE")
    return name in KNOWN | AWS or (name.endswith("_FILE") and made in FROM_FILES and made in KNOWN | AWS)


def settings(name, service):
    """Yields what is wrong with the settings of a server or worker."""
    given = names(service.get("environment"))
    for variable in given:
        if not is_known(variable):
            yield f"{name} is given {variable}, which nobody reads"
    for variable in sorted(REACHED.get(name, set()) - set(given)):
        yield f"{name} is not given {variable}"


def secret_files(name, service):
    """Yields secrets that a service reads and has not, or has and does not read."""
    read = {pathlib.PurePath(str(value)).name for value in (service.get("environment") or {}).values()
            if str(value).startswith("/run/secrets/")}
    read |= set(re.findall(r"/run/secrets/([a-z0-9_.]+)", str(service.get("command", ""))))
    has = set(names(service.get("secrets")))
    for secret in sorted(read ^ has):
        yield f"{name} {'reads' if secret in read else 'has'} the secret {secret} and does not {'have' if secret in read else 'read'} it"


def check(path):
    """Yields what is wrong with one file."""
    text = path.read_text()
    document = YAML(typ="safe").load(text)
    services = document["services"]
    for name, service in services.items():
        for needed in names(service.get("depends_on")):
            if needed not in services:
                yield f"{name} depends on {needed}, which is no service"
                continue
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
        if not service.get("deploy", {}).get("resources", {}).get("limits", {}).get("memory"):
            yield f"{name} has no limit of memory"
        if "build" in service:
            yield from settings(name, service)
        yield from secret_files(name, service)
    for name, secret in (document.get("secrets") or {}).items():
        if pathlib.PurePath(secret["file"]).name not in MADE:
            yield f"the secret {name} is made by nobody"
    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    for name in sorted(set(re.findall(r"\$\{([A-Z_]+)", text)) - example):
        yield f"{name} does not stand in .env.example"
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
