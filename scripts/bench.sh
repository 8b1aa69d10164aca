#!/usr/bin/env bash
# Measures the release build beside ffmpeg in the same run; goal, figure and verdict a row, and bench/results.json.
# Arguments: only these parts (idle, browsers, files, live, talk); `make bench PARTS="browsers talk"`.
. "$(dirname "$0")/lib.sh"
need_apt ffmpeg python3 chromium espeak-ng
npm_install tests/clients
scripts/build.sh
exec python3 scripts/bench.py target/release bench/results.json "$@"
