#!/usr/bin/env bash
# The campaigns that kill server and worker, with many more rounds than the tests have; `MERIDIAN_TEST_SEEDS` sets how many.
. "$(dirname "$0")/lib.sh"
need_tools
need_apt "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
scripts/web.sh
cargo build --workspace --locked --bins --tests
target/debug/meridian-worker model fetch tiny.en
MERIDIAN_TEST_SEEDS=${MERIDIAN_TEST_SEEDS:-25} cargo test --locked -p meridian-tests --test it kill -- --test-threads=1
