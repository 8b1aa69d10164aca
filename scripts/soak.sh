#!/usr/bin/env bash
# The campaigns, with many more rounds than the tests have: killed servers, workers and browsers, power cuts, system calls that
# fail, a full disk, PostgreSQL and S3 that go away, rolling restarts, rounds and mail over days of the test clock, backups while all
# goes on, damaged files, made-up requests, and recordings sent in as long as they last.
# Each prints what it did.
# Arguments: only these parts; `make soak PARTS="kills power"`. MERIDIAN_SOAK_SEED gives other trials.
. "$(dirname "$0")/lib.sh"
need_tools
need_apt "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
ALL=(power faults disk kills outages rolling rounds backup mutants hls tests browsers requests postgres fuzz memory)
PARTS=("$@")
[ ${#PARTS[@]} -gt 0 ] || PARTS=("${ALL[@]}")
SEED=${MERIDIAN_SOAK_SEED:-1}
# campaign SCRIPT ARGUMENT...: one of tests/campaigns; 3: it says itself why it was left out.
campaign() {
  say "$1"
  tests/clients/.venv/bin/python "tests/campaigns/$1" --programs target/debug --seed "$SEED" "${@:2}" || [ $? -eq 3 ]
}
wanted() { [[ " ${PARTS[*]} " == *" $1 "* ]]; }
for part in "${PARTS[@]}"; do
  [[ " ${ALL[*]} " == *" $part "* ]] || fail "there is no part $part; parts: ${ALL[*]}"
done

scripts/web.sh
npm_install tests/clients
python_clients
cargo build --workspace --locked --bins --tests
target/debug/meridian-worker model fetch tiny.en

if wanted power; then
  campaign power_cut.py --trials "${MERIDIAN_POWER_CUTS:-100}"
  command -v mkfs.xfs >/dev/null && campaign power_cut.py --kind xfs --trials "${MERIDIAN_POWER_CUTS:-100}"
fi
if wanted faults; then campaign faults.py; fi
if wanted disk; then campaign full_disk.py; fi
if wanted kills; then campaign kills.py --kills "${MERIDIAN_KILLS:-1000}"; fi
if wanted rounds; then campaign rounds.py --days "${MERIDIAN_ROUND_DAYS:-8}"; fi
if wanted outages; then
  for setup in embedded scaled; do campaign outages.py --setup "$setup" --trials "${MERIDIAN_OUTAGES:-50}"; done
fi
if wanted rolling; then campaign rolling.py --trials "${MERIDIAN_ROLLS:-50}"; fi
if wanted backup; then campaign backup.py --trials "${MERIDIAN_BACKUPS:-50}"; fi
if wanted mutants; then campaign mutants.py --count "${MERIDIAN_MUTANTS:-200}"; fi
if wanted hls; then campaign hls.py; fi
if wanted memory; then campaign memory.py; fi
if wanted fuzz; then scripts/fuzz.sh "${MERIDIAN_FUZZ_SECONDS:-60}"; fi
if wanted tests; then
  MERIDIAN_TEST_SEEDS=${MERIDIAN_TEST_SEEDS:-25} cargo test --locked -p meridian-tests --test it kill -- --test-threads=1
  cargo test --locked -p meridian-tests --test it every_recording_in_pieces -- --ignored
  cargo test --locked --workspace --test media ten_minutes -- --ignored
fi
if wanted browsers; then
  MERIDIAN_TEST_SEEDS=${MERIDIAN_BROWSER_KILLS:-10} cargo test --locked -p meridian-tests --test it killed_browsers -- --ignored
fi
if wanted requests; then
  say "made-up requests and changed tokens"
  MERIDIAN_FUZZ_ROUNDS=${MERIDIAN_FUZZ_ROUNDS:-600} cargo test --locked --workspace --test http -- answered_as_the_document_says changed_tokens
fi
if wanted postgres; then
  say "the HTTP tests on PostgreSQL"
  MERIDIAN_TEST_DATABASE=postgres cargo test --locked --workspace --test http
fi
