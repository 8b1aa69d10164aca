#!/usr/bin/env bash
# All tests. Builds once, in the dev profile; what needs real processes uses those very programs.
. "$(dirname "$0")/lib.sh"
need_tools
need_apt "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
scripts/web.sh
say "unit tests of the web app"
(cd web && npm run -s test)
npm_install tests/clients
python_clients
say "building"
cargo build --workspace --locked --bins --tests
say "speech models of the tests"
for model in base tiny.en; do target/debug/meridian-worker model fetch "$model"; done
# What is installed above may not be skipped.
export MERIDIAN_TEST_ALL=1
say "testing"
cargo test --workspace --locked
say "testing what names a database on PostgreSQL"
MERIDIAN_TEST_DATABASE=postgres cargo test --workspace --locked --lib -- repo:: search::
