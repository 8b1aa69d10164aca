#!/usr/bin/env bash
# Builds the web app where its sources are newer than what was built.
. "$(dirname "$0")/lib.sh"
npm_install web
if [ ! -e web/build/index.html ] || [ -n "$(find web/src web/static web/package-lock.json web/*.config.* -newer web/build/index.html -print -quit 2>/dev/null)" ]; then
  say "building the web app"
  (cd web && npm run -s build >/dev/null)
fi
