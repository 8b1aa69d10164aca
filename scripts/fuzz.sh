#!/usr/bin/env bash
# Each fuzz target for some seconds (60), from the seeds in fuzz/corpus; what is found on the way is kept in fuzz/target.
# Arguments: SECONDS [TARGET...]. Stable Rust: the coverage is asked for by flags of its own, as cargo-fuzz does.
. "$(dirname "$0")/lib.sh"
SECONDS_EACH=${1:-60}
TARGETS=("${@:2}")
[ ${#TARGETS[@]} -gt 0 ] || TARGETS=(captions cursor query range sniff tus)
HOST=$(rustc -vV | sed -n 's/^host: //p')
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
  -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 --cfg=fuzzing"
bins=()
for target in "${TARGETS[@]}"; do bins+=(--bin "$target"); done
say "building the fuzz targets"
cargo build --quiet --release --locked --manifest-path fuzz/Cargo.toml --target "$HOST" "${bins[@]}"
for target in "${TARGETS[@]}"; do
  found="fuzz/target/corpus/$target"
  mkdir -p "$found" "fuzz/target/crashes"
  log="fuzz/target/$target.log"
  if ! "fuzz/target/$HOST/release/$target" "$found" "fuzz/corpus/$target" -max_total_time="$SECONDS_EACH" -max_len=4096 -timeout=10 \
    -rss_limit_mb=1024 -artifact_prefix="fuzz/target/crashes/$target-" -print_final_stats=1 >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    fail "the fuzz target $target found something: see $log"
  fi
  say "fuzz $target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs in $SECONDS_EACH s, nothing found"
done
