#!/usr/bin/env bash
# The campaigns that kill server, worker and recording browsers, with many more rounds than the tests have;
# `MERIDIAN_TEST_SEEDS` and `MERIDIAN_BROWSER_KILLS` set how many.
. "$(dirname "$0")/lib.sh"
need_tools
need_apt "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
scripts/web.sh
npm_install tests/clients
cargo build --workspace --locked --bins --tests
target/debug/meridian-worker model fetch tiny.en
MERIDIAN_TEST_SEEDS=${MERIDIAN_TEST_SEEDS:-25} cargo test --locked -p meridian-tests --test it kill -- --test-threads=1
MERIDIAN_TEST_SEEDS=${MERIDIAN_BROWSER_KILLS:-10} cargo test --locked -p meridian-tests --test it killed_browsers -- --ignored
cargo test --locked -p meridian-tests --test it whole::week -- --ignored
