#!/usr/bin/env bash
# A sweep as a Slurm job array, and its merge as a job that waits for it:
#
#     scripts/slurm/sweep.sh SHARDS FILE OUT [options of swarmsim sweep …]
#     scripts/slurm/sweep.sh 20 study.toml results/study --runs 100
#     scripts/slurm/sweep.sh auto study.toml results/study --runs 100
#
# OUT must be on a file system that all nodes share. A task that is killed, cancelled or preempted loses the runs under way, no others; one that runs out
# of time is put back into the queue. After a failure the same command may be given again: it plays what is missing.
# `auto` plays some runs here and now, for seconds, to find out how many shards give each task some ten minutes to do (shards.sh); a single run is far too small for a task
# of its own.
#
# Environment: SWARMSIM, the program (default: swarmsim); SBATCH_ARGS, options for both jobs, such as "--account=net --partition=short";
# TASK_TIME (default: 1:00:00, at least 3 minutes), TASK_CPUS (2), TASK_MEM (2G) for each task; TASK_MINUTES (10) is what `auto` aims at.
set -euo pipefail

if [ $# -lt 3 ]; then
    sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2
    exit 2
fi
command=("$0" "$@")
shards=$1 file=$2 out=$3
shift 3
# Without slashes at its end: messages go beside it.
out=${out%"${out##*[!/]}"}
# A name that begins with a dash is no option.
case $file in -*) file=./$file ;; esac
case $out in -*) out=./$out ;; esac
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export SWARMSIM=${SWARMSIM:-swarmsim}
command -v "$SWARMSIM" >/dev/null || { echo "there is no program '$SWARMSIM': set SWARMSIM to its path" >&2 && exit 2; }
case $shards in
auto) some=1 ;;
'' | *[!0-9]* | 0*) echo "the number of shards is a whole number from 1, or 'auto', not '$shards'" >&2 && exit 2 ;;
*) some=$shards ;;
esac
for option in "$@"; do
    case $option in
    --jobs | --jobs=* | --shard | --shard=* | --out | --out=* | --dry-run | --json | -h | --help)
        echo "'$option' is not for the tasks: how many runs at a time is TASK_CPUS, and the shard and OUT are given by this script" >&2 && exit 2 ;;
    esac
done
# What sbatch takes for a time, in seconds: minutes, minutes:seconds, hours:minutes:seconds, and days-hours with or without :minutes and :seconds.
seconds() {
    awk -v time="$1" 'BEGIN {
        days = sub(/-/, ":", time) ? 1 : 0
        n = split(time, part, ":")
        for (i = 1; i <= n; i++) if (part[i] !~ /^[0-9]+$/) exit
        if (days) print 86400 * part[1] + 3600 * part[2] + 60 * part[3] + part[4]
        else if (n == 3) print 3600 * part[1] + 60 * part[2] + part[3]
        else print 60 * part[1] + part[2]
    }'
}
limit=$(seconds "${TASK_TIME:-1:00:00}")
if [ -n "$limit" ] && [ "$limit" -lt 180 ]; then
    echo "TASK_TIME is 3 minutes or more, not '$TASK_TIME': a task ends a minute before it, and Slurm counts in minutes" >&2
    exit 2
fi
case $out in *%*) echo "'$out' may not have a % in it: Slurm would put something else in its place" >&2 && exit 2 ;; esac
# What is wrong with the scenario, the options or OUT is said here and now, not by each task; another plan than that of OUT is refused.
"$SWARMSIM" sweep "$file" --shard "1/$some" --out "$out" --jobs "${TASK_CPUS:-2}" "$@" --dry-run >/dev/null
if [ "$shards" = auto ]; then
    shards=$("$here/shards.sh" "$file" "$out" "$@")
fi
# The largest number of a task is less than MaxArraySize.
largest=$({ scontrol show config 2>/dev/null || true; } | sed -n 's/^MaxArraySize *= *\([0-9]*\)$/\1/p')
if [ "$shards" -ge "${largest:-1001}" ]; then
    echo "this Slurm allows no more than $((${largest:-1001} - 1)) tasks in an array (MaxArraySize), not $shards" >&2
    exit 2
fi
mkdir -p "$out.log"

# shellcheck disable=SC2086 # several words are meant
array=$(sbatch --parsable ${SBATCH_ARGS:-} --job-name="sweep" --array="1-$shards" --requeue --open-mode=append \
    --time="${TASK_TIME:-1:00:00}" --cpus-per-task="${TASK_CPUS:-2}" --mem="${TASK_MEM:-2G}" --signal=B:USR1@60 \
    --output="$out.log/%a.txt" "$here/task.sh" "$shards" "$file" "$out" "$@")
array=${array%%;*}
# After tasks that failed, too: then it says what is missing and how to go on.
# shellcheck disable=SC2086
merge=$(sbatch --parsable ${SBATCH_ARGS:-} --job-name="merge" --dependency="afterany:$array" \
    --output="$out.log/merge.txt" "$here/merge.sh" "$out" "$array" "$shards" "${command[@]}")
echo "sweep: job $array, $shards tasks; merge: job ${merge%%;*}; messages in $out.log; $SWARMSIM status $out says how far it is"
