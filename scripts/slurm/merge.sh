#!/usr/bin/env bash
# The last job of sweep.sh: the tables, once all tasks have ended, well or not.
#
#     merge.sh OUT JOB TASKS sweep.sh SHARDS FILE OUT [options]
#
# JOB is the array and TASKS how many it has. What follows is the command to give again if runs are missing.
set -uo pipefail

out=$1 job=$2 tasks=$3
shift 3
"$SWARMSIM" merge "$out"
code=$?
short=$(grep -ls "^short: .* of job $job " "$out.log"/[0-9]*.txt | wc -l)
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
