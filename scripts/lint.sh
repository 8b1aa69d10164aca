#!/usr/bin/env bash
# What CI checks beside the tests.
. "$(dirname "$0")/lib.sh"
need_tools
need_apt "${BUILD_PACKAGES[@]}"
cargo fmt --all --check
scripts/web.sh
(cd web && npm run -s lint && npm run -s check)
scripts/check-types.sh
cargo clippy --workspace --all-targets --locked -- -D warnings
scripts/check-deps.sh
scripts/check-sources.sh
scripts/check-licences.py
scripts/check-compose.sh
