#!/usr/bin/env bash
# The web app's types are those of the API document in the tree (which a test compares with the code).
. "$(dirname "$0")/lib.sh"
npm_install web
made=$(mktemp)
trap 'rm -f "$made"' EXIT
(cd web && npx --no-install openapi-typescript ../server/openapi.json -o "$made" >/dev/null)
cmp -s "$made" web/src/lib/api/schema.d.ts || fail "web/src/lib/api/schema.d.ts is old: run \`npm run types\` in web and commit it"
say "the web app's types follow the API document"
