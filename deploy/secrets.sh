#!/bin/sh
# Makes the secrets that docker-compose.yml hands to its services: once, each random, for their owner alone.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
chmod 711 secrets
# Empty until you fill them: the mail server's address with its password, the secret at an OpenID Connect provider.
for later in secrets/smtp_url secrets/oidc_client_secret; do
  [ -e "$later" ] || : > "$later"
  chmod 644 "$later"
done
[ ! -e secrets/database_password ] || { echo "deploy/secrets is there already; remove it to begin anew" >&2; exit 1; }
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
password=$(random)
key=$(random)
secret=$(random)
printf '%s\n' "$password" > secrets/database_password
printf 'postgres://meridian:%s@database/meridian\n' "$password" > secrets/database_url
printf '%s%s\n' "$(random)" "$(random)" > secrets/meridian_secret
printf '%s\n' "$key" > secrets/s3_access_key
printf '%s\n' "$secret" > secrets/s3_secret_key
cat > secrets/s3.json <<JSON
{"identities": [{"name": "meridian", "credentials": [{"accessKey": "$key", "secretKey": "$secret"}],
  "actions": ["Admin", "Read", "Write", "List", "Tagging"]}]}
JSON
# Compose mounts these files with their owner and mode; the services read them as users of their own.
chmod 644 secrets/*
echo "made deploy/secrets"
