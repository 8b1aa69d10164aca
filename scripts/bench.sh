#!/usr/bin/env bash
# Measures the release build beside ffmpeg in the same run; goal, figure and verdict a row, and bench/results.json.
# Arguments: only these parts (idle, browsers, files, live, talk, speech, pages, uploads, ranges, search, feed, streams,
# workers);
# `make bench PARTS="browsers talk"`. The peers come from the registries.
# `make bench PARTS="--setup postgres"`, or `"--setup postgres feed"`: on PostgreSQL and SeaweedFS (S3) in place of SQLite and a
# folder: uploads, ranges, search, feed, streams, workers. The rows of both stand beside each other in the results.
. "$(dirname "$0")/lib.sh"
need_apt ffmpeg python3 python3-venv chromium espeak-ng nginx-light wrk util-linux
if [[ " $* " == *" postgres "* ]]; then
  need_apt postgresql curl coreutils
  python_clients
fi
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
