#!/bin/sh
# Settings that are secret may come from files: NAME_FILE names the file whose first line is NAME's value. An empty file: not set.
set -eu
for name in MERIDIAN_DATABASE_URL MERIDIAN_SMTP_URL MERIDIAN_METRICS_TOKEN MERIDIAN_OIDC_CLIENT_SECRET AWS_ACCESS_KEY_ID \
  AWS_SECRET_ACCESS_KEY; do
  eval "file=\${${name}_FILE:-}"
  if [ -n "$file" ]; then
    value=
    [ -r "$file" ] || { echo "${name}_FILE: $file cannot be read" >&2; exit 1; }
    IFS= read -r value < "$file" || : # without a line break at its end it is read all the same
    if [ -n "$value" ]; then
      export "$name=$value"
    fi
    unset "${name}_FILE"
  fi
done
exec "$@"
