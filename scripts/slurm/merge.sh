#!/usr/bin/env bash
# The last job of sweep.sh: the tables, once all tasks have ended, well or not.
#
#     merge.sh OUT sweep.sh SHARDS FILE OUT [options]
#
# What follows OUT is the command to give again if runs are missing.
set -uo pipefail

out=$1
shift
"$SWARMSIM" merge "$out"
code=$?
tasks=$(find "$out.log" -name '[0-9]*.txt' | wc -l)
short=$(grep -ls '^short: ' "$out.log"/[0-9]*.txt | wc -l)
if [ "$tasks" -gt 1 ] && [ $((2 * short)) -gt "$tasks" ]; then
    echo "warning: $short of $tasks tasks took less than a minute each, and starting one costs Slurm about a second: fewer shards do as well ('auto' chooses)" >&2
fi
if [ "$code" -ne 0 ]; then
    {
        "$SWARMSIM" status "$out"
        echo "There are no tables yet. Why a task ended early stands in $out.log/, a file for each."
        echo "The same command again plays what is missing, and nothing twice:"
        printf '   '
        printf ' %q' "$@"
        echo
    } >&2
fi
exit "$code"
