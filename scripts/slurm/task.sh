#!/usr/bin/env bash
# One task of sweep.sh's array: one shard. Whatever ends it early, finished runs are kept.
set -uo pipefail

shards=$1 file=$2 out=$3
shift 3
# Runs of this shard that are there.
finished() {
    grep -cs '"value":{"run":' "$out/runs/shard-$SLURM_ARRAY_TASK_ID-of-$shards.jsonl" || true
}
before=$(finished)
# shellcheck disable=SC2153 # sweep.sh sets it
"$SWARMSIM" sweep "$file" --shard "$SLURM_ARRAY_TASK_ID/$shards" --out "$out" --jobs "${SLURM_CPUS_PER_TASK:-1}" "$@" &
program=$!
again=
# A minute before the time limit: swarmsim ends cleanly, and the task goes back into the queue.
trap 'again=1; kill -TERM "$program" 2>/dev/null' USR1
# Cancelled or preempted: Slurm has told the program too, which ends cleanly (a second TERM would be impatience); Slurm decides whether the task comes back.
trap : TERM
code=0
while kill -0 "$program" 2>/dev/null; do
    # A signal ends the waiting, not the program.
    wait "$program"
    code=$?
done
if [ -n "$again" ] && [ "$code" -ne 0 ]; then
    after=$(finished)
    if [ "${after:-0}" -le "${before:-0}" ]; then
        echo "not one run was finished within the time limit, so the task is not queued again: raise TASK_TIME" >&2
        exit "$code"
    fi
    echo "out of time: back into the queue"
    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
    # Slurm ends the task when it is put back.
    sleep 60
fi
# merge.sh counts these lines.
if [ "$code" -eq 0 ] && [ "${before:-0}" -eq 0 ] && [ "$SECONDS" -lt 60 ]; then
    echo "short: all of this task took $SECONDS s"
fi
exit "$code"
