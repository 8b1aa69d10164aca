#!/usr/bin/env bash
# From a fresh clone to a running Meridian; prints its address. Quick when everything is there already.
. "$(dirname "$0")/lib.sh"
scripts/build.sh
say "speech model ${MERIDIAN_WHISPER_MODEL:-base}"
target/release/meridian-worker model fetch "${MERIDIAN_WHISPER_MODEL:-base}" ||
  say "no speech model: updates will play, their transcripts come when it is there (run make up again)"
mkdir -p "$DATA"
if running; then
  if [ "$(readlink "/proc/$PID/exe")" = "$ROOT/target/release/meridian-server" ]; then
    say "Meridian runs already: http://$LISTEN"
    exit 0
  fi
  say "restarting with the new build"
  stop_server
fi
if (exec 3<>"/dev/tcp/${LISTEN%:*}/${LISTEN##*:}") 2>/dev/null; then
  fail "something else listens on $LISTEN: choose another address, for example MERIDIAN_LISTEN=127.0.0.1:8090 make up"
fi
say "starting"
MERIDIAN_DATA_DIR="$DATA" setsid nohup target/release/meridian-server serve >>"$LOG_FILE" 2>&1 </dev/null &
echo $! >"$PID_FILE"
for _ in $(seq 1 150); do
  if curl -fsS -o /dev/null "http://$LISTEN/readyz" 2>/dev/null; then
    printf '\nMeridian is ready: \033[1m%s\033[0m\n' "${MERIDIAN_PUBLIC_URL:-http://$LISTEN}"
    printf 'Follow its log with `make logs`, stop it with `make down`.\n'
    grep -a 'set-up code' "$LOG_FILE" | tail -n 1 || :
    exit 0
  fi
  running || { tail -n 20 "$LOG_FILE" >&2; fail "the server ended; its log is $LOG_FILE"; }
  sleep 0.2
done
tail -n 20 "$LOG_FILE" >&2
fail "the server does not answer on http://$LISTEN/readyz; its log is $LOG_FILE"
