#!/usr/bin/env bash
# Makes the pictures of the README from a sample workspace of its own: four screens, and a short film of record, watch, comment.
# PROGRAMS: a folder with the programs; else they are built. The films need a speech model (make model).
. "$(dirname "$0")/lib.sh"
need_apt chromium ffmpeg python3 espeak-ng fonts-noto-color-emoji
npm_install tests/clients
PROGRAMS=${PROGRAMS:-}
[ -n "$PROGRAMS" ] || { scripts/build.sh; PROGRAMS=target/release; }
WORK=$(mktemp -d)
trap 'kill "$SERVER" 2>/dev/null || :; rm -rf "$WORK"' EXIT
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
BASE="http://127.0.0.1:$PORT"
env -i PATH="$PATH" HOME="$HOME" MERIDIAN_LISTEN="127.0.0.1:$PORT" MERIDIAN_DATA_DIR="$WORK/data" MERIDIAN_LOG=warn \
  MERIDIAN_MODEL_DIR="${MERIDIAN_MODEL_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/meridian/models}" \
  "$PROGRAMS/meridian-server" serve >"$WORK/log" 2>&1 &
SERVER=$!
for _ in $(seq 1 150); do curl -fsS -o /dev/null "$BASE/readyz" 2>/dev/null && break; sleep 0.2; done
say "loading the sample workspace"
python3 scripts/demo.py "$BASE" "$WORK/demo.json" >/dev/null
say "taking pictures"
node tests/browser/pictures.mjs "$BASE" "$WORK/demo.json" "$WORK/pictures"
mkdir -p docs/pictures
for name in home watch round search; do
  # A palette keeps a screen of flat colours small.
  ffmpeg -hide_banner -loglevel error -nostdin -y -i "$WORK/pictures/$name.png" \
    -vf 'split[a][b];[a]palettegen=max_colors=200:stats_mode=single[p];[b][p]paletteuse=dither=none' \
    -compression_level 100 "docs/pictures/$name.png"
done
say "making the film"
ffmpeg -hide_banner -loglevel error -nostdin -y -f concat -safe 0 -i "$WORK/pictures/film.txt" \
  -vf 'scale=960:-2:flags=lanczos' -fps_mode vfr -c:v libwebp_anim -lossless 0 -q:v 60 -compression_level 6 -loop 0 docs/pictures/film.webp
du -bc docs/pictures/* | tail -n 1
