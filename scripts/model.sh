#!/usr/bin/env bash
# Fetches the speech models of the tests with the worker that was built for them.
. "$(dirname "$0")/lib.sh"
need_tools
need_apt "${BUILD_PACKAGES[@]}"
cargo build --locked -p meridian-worker
for model in base tiny.en; do target/debug/meridian-worker model fetch "$model"; done
