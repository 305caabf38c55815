#!/usr/bin/env bash
# How many shards a sweep should have, so that each takes about TASK_MINUTES (default: 10) on TASK_CPUS cores (2):
#
#     scripts/slurm/shards.sh FILE OUT [options of swarmsim sweep …]
#
# A sweep that has been begun in OUT keeps its number. Otherwise the dearest runs are played here and now, and their time dealt out to all runs by their
# estimated cost: one of them, or, where that takes less than two seconds, of which starting up would be much, about as many as take four.
set -euo pipefail

file=$1 out=$2
shift 2
minutes=${TASK_MINUTES:-10}
if ! [[ $minutes =~ ^([0-9]+\.?[0-9]*|\.[0-9]+)$ && $minutes =~ [1-9] ]]; then
    echo "TASK_MINUTES is a number above 0, such as 10 or 0.5, not '$minutes'" >&2
    exit 2
fi
for segment in "$out"/runs/shard-*-of-*.jsonl; do
    if [ -e "$segment" ]; then
        number=${segment##*-of-}
        echo "${number%.jsonl}"
        exit
    fi
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# The value of the key $1 of JSON with a key a line.
value() { sed -n "s/^ *\"$1\": *\([0-9.e+-]*\),*\$/\1/p"; }
# The first of very many shards is the dearest run alone, or, where runs share a warm-up, all variants of one.
next=100000
while :; do
    of=$next
    began_us=${EPOCHREALTIME/[.,]/}
    "$SWARMSIM" sweep "$file" "$@" --shard "1/$of" --jobs 1 --out "$scratch/$of" --json >"$scratch/played" 2>"$scratch/said" || {
        cat "$scratch/said" >&2
        exit 2
    }
    us=$((${EPOCHREALTIME/[.,]/} - began_us))
    share=$(value share_of_work <"$scratch/played")
    next=$(awk -v us="$us" -v share="$share" 'BEGIN { print int(us / 4e6 / share) }')
    if [ "$us" -ge 2000000 ] || [ "$next" -lt 1 ] || [ "$next" -ge "$of" ]; then break; fi
done
runs=$("$SWARMSIM" status "$scratch/$of" --json | value wanted)
largest=$(scontrol show config | sed -n 's/^MaxArraySize *= *\([0-9]*\)$/\1/p')
awk -v us="$us" -v share="$share" -v runs="$runs" -v largest="${largest:-1001}" \
    -v minutes="$minutes" -v cpus="${TASK_CPUS:-2}" 'BEGIN {
    shards = int(us / 1e6 / share / (60 * minutes * cpus))
    if (shards > runs) shards = runs
    if (shards > largest - 1) shards = largest - 1
    print (shards < 1 ? 1 : shards)
}'
