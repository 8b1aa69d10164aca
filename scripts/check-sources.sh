#!/usr/bin/env bash
# House rules that no compiler checks: a first line in every file, no registry address in the npm lock files.
. "$(dirname "$0")/lib.sh"
bad=0
while read -r file; do
  head -n 1 "$file" | grep -q '^//!' || { echo "$file does not begin with a //! line" >&2; bad=1; }
done < <(git ls-files '*.rs')
if git ls-files '*package-lock.json' | xargs -r grep -l '"resolved": *"http'; then
  echo "an npm lock file holds download addresses" >&2
  bad=1
fi
[ "$bad" -eq 0 ] || fail "see above"
say "sources follow the house rules"
