#!/usr/bin/env bash
# Stops the server of this data folder, with its worker.
. "$(dirname "$0")/lib.sh"
if running; then stop_server; say "stopped"; else say "nothing runs in $DATA"; fi
