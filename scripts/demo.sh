#!/usr/bin/env bash
# Loads a sample workspace into the running instance, by the public API.
. "$(dirname "$0")/lib.sh"
command -v python3 >/dev/null || fail "python3 is missing: sudo apt-get install python3"
running || fail "nothing runs in $DATA: run make up first"
exec python3 scripts/demo.py "http://$LISTEN" "$DATA/demo.json"
