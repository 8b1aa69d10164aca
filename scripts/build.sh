#!/usr/bin/env bash
# Installs what is missing and builds everything for use: target/release/{meridian-server,meridian-worker,meridian}.
. "$(dirname "$0")/lib.sh"
need_tools
need_apt "${BUILD_PACKAGES[@]}"
scripts/web.sh
say "building the programs (the first time takes several minutes)"
cargo build --release --locked --bins
