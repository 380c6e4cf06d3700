#!/usr/bin/env bash
# bench/run numbers: writes docs/numbers.md from the newest raw results of each suite.
# Take them on a machine that does nothing else, and look at the load that each names.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."

suite() {
  local newest
  newest=$(ls -t bench/results/"$1"-*.csv 2>/dev/null | head -n 1)
  [ -n "$newest" ] || { echo "There are no results of '$1': run bench/run $1 first." >&2; exit 2; }
  printf '## bench/run %s\n\n' "$1"
  sed -n -E 's/^# (date|machine|cgroups|load) (.*)$/- \1: \2/p' "$newest"
  printf '\n| what | value | bar | |\n|---|---|---|---|\n'
  awk '/^# BAR / { printf "| %s | %s | %s | %s |\n", $3, $4, $5, $6 } /^# INFO / { printf "| %s | %s | | |\n", $3, $4 }' "$newest"
  if grep -q '^# NOTE ' "$newest"; then
    printf '\n```\n'
    sed -n 's/^# NOTE //p' "$newest"
    printf '```\n'
  fi
  echo
}

{
  cat <<'HEAD'
# Numbers

Written by `bench/run numbers` from the raw samples of the last runs; how each is measured is in [bench/README.md](../bench/README.md).
Rows without a bar stand beside the others for comparison. Absolute times are those of this machine; the ratios are what is promised.

HEAD
  suite sandbox
  suite single
} > docs/numbers.md.new
mv docs/numbers.md.new docs/numbers.md
echo "Wrote docs/numbers.md"
