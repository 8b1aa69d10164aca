#!/bin/sh
# Settings that are secret may come from files: NAME_FILE names the file whose first line is NAME's value.
set -eu
for name in MERIDIAN_DATABASE_URL MERIDIAN_SMTP_URL MERIDIAN_METRICS_TOKEN AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY; do
  eval "file=\${${name}_FILE:-}"
  if [ -n "$file" ]; then
    IFS= read -r value < "$file" || [ -n "$value" ]
    export "$name=$value"
    unset "${name}_FILE"
  fi
done
exec "$@"
