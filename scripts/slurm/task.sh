#!/usr/bin/env bash
# One task of sweep.sh's array: one shard. Whatever ends it early, finished runs are kept.
set -uo pipefail
# Bash counts on from a value that the environment has.
SECONDS=0

queue_again='' over='' told=''
# Ends the program cleanly, if it runs; a second TERM would be impatience. `$!` is the program, from the moment in which it is begun.
tell() {
    if [ -z "$told" ] && [ -n "${!:-}" ]; then
        told=1
        kill -TERM "$!" 2>/dev/null
    fi
}
# A minute before the time limit: the program ends, and the task goes back into the queue.
trap 'queue_again=1; tell' USR1
# Cancelled or preempted: Slurm has told the program too, if it was there; Slurm decides whether the task comes back.
trap 'over=1; told=${!:-}' TERM

shards=$1 file=$2 out=$3
shift 3
# Runs of this shard that are there.
finished() {
    grep -cs '"value":{"run":' "$out/runs/shard-$SLURM_ARRAY_TASK_ID-of-$shards.jsonl" || true
}
before=$(finished)
# What a task ends with that was told to before it had begun.
code=143
if [ -z "$queue_again$over" ]; then
    # shellcheck disable=SC2153 # sweep.sh sets it
    "$SWARMSIM" sweep "$file" --shard "$SLURM_ARRAY_TASK_ID/$shards" --out "$out" --jobs "${SLURM_CPUS_PER_TASK:-1}" "$@" &
    program=$!
    # A signal may have come between the question and the begin.
    [ -z "$queue_again$over" ] || tell
    # A signal ends the waiting, not the program.
    while kill -0 "$program" 2>/dev/null; do
        wait "$program"
    done
    wait "$program"
    code=$?
fi
if [ -n "$queue_again" ] && [ "$code" -ne 0 ]; then
    after=$(finished)
    if [ "${after:-0}" -le "${before:-0}" ]; then
        echo "not one run was finished within the time limit, so the task is not queued again: raise TASK_TIME" >&2
        exit "$code"
    fi
    echo "out of time: back into the queue"
    if ! scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"; then
        echo "error: Slurm did not put the task back into the queue: sweep.sh with the same words plays what is missing" >&2
        exit "$code"
    fi
    # Slurm ends the task when it is put back.
    sleep 60
    echo "error: Slurm has put the task back into the queue, and has not ended it" >&2
    exit "$code"
fi
# merge.sh counts these lines, those of its own array.
if [ "$code" -eq 0 ] && [ "${before:-0}" -eq 0 ] && [ "$SECONDS" -lt 60 ]; then
    echo "short: all of this task of job $SLURM_ARRAY_JOB_ID took $SECONDS s"
fi
exit "$code"
