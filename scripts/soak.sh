#!/usr/bin/env bash
# The campaigns, with many more rounds than the tests have: those that kill server, worker and recording browsers
# (`MERIDIAN_TEST_SEEDS`, `MERIDIAN_BROWSER_KILLS`), and made-up requests (`MERIDIAN_FUZZ_ROUNDS`),
# and recordings sent in as long as they last.
. "$(dirname "$0")/lib.sh"
need_tools
need_apt "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
scripts/web.sh
npm_install tests/clients
cargo build --workspace --locked --bins --tests
target/debug/meridian-worker model fetch tiny.en
MERIDIAN_TEST_SEEDS=${MERIDIAN_TEST_SEEDS:-25} cargo test --locked -p meridian-tests --test it kill -- --test-threads=1
MERIDIAN_TEST_SEEDS=${MERIDIAN_BROWSER_KILLS:-10} cargo test --locked -p meridian-tests --test it killed_browsers -- --ignored
cargo test --locked -p meridian-tests --test it every_recording_in_pieces -- --ignored
say "made-up requests and changed tokens"
MERIDIAN_FUZZ_ROUNDS=${MERIDIAN_FUZZ_ROUNDS:-600} cargo test --locked --workspace --test http -- answered_as_the_document_says changed_tokens
