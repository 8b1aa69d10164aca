#!/usr/bin/env bash
# Measures the release build beside ffmpeg in the same run; goal, figure and verdict a row, and bench/results.json.
# Arguments: only these parts (idle, browsers, files, live, talk, speech, uploads, ranges, search);
# `make bench PARTS="browsers talk"`. The peers come from the registries.
. "$(dirname "$0")/lib.sh"
need_apt ffmpeg python3 python3-venv chromium espeak-ng nginx-light wrk
npm_install tests/clients
npm_install scripts/peers
PEERS=scripts/peers/.venv
if ! cmp -s scripts/peers/requirements.txt "$PEERS/installed"; then
  say "installing faster-whisper with its weights, and tantivy"
  python3 -m venv "$PEERS"
  "$PEERS/bin/pip" install --quiet --disable-pip-version-check -r scripts/peers/requirements.txt
  cp scripts/peers/requirements.txt "$PEERS/installed"
fi
scripts/build.sh
exec "$PEERS/bin/python" scripts/bench.py target/release bench/results.json "$@"
