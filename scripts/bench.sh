#!/usr/bin/env bash
# Measures the release build beside ffmpeg in the same run; goal, figure and verdict a row, and bench/results.json.
. "$(dirname "$0")/lib.sh"
need_apt ffmpeg python3 chromium espeak-ng
npm_install tests/clients
scripts/build.sh
exec python3 scripts/bench.py target/release bench/results.json
