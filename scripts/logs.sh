#!/usr/bin/env bash
# Follows the log of the server of this data folder.
. "$(dirname "$0")/lib.sh"
[ -e "$LOG_FILE" ] || fail "there is no log in $DATA yet: run make up"
exec tail -n 100 -F "$LOG_FILE"
