#!/usr/bin/env bash
# scripts/slurm/ against a real Slurm of one node, made for this test: one task is killed, one cancelled, the rerun completes, and the merged bytes are
# those of a local sweep; another one comes to its time limit. Needs root on a Debian without a Slurm of its own, where it installs slurm-wlm and munge.
#
#     tests/slurm/run.sh target/debug/swarmsim
set -euo pipefail

SWARMSIM=$(realpath "$1")
export SWARMSIM
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
if ! command -v slurmctld >/dev/null || ! command -v munged >/dev/null; then
    { apt-get update -q && apt-get install -qy --no-install-recommends slurm-wlm munge; } >"$work/apt.txt" 2>&1
fi

stop_slurm() {
    scontrol shutdown 2>/dev/null || true
    [ -f "$work/munged.pid" ] && kill "$(cat "$work/munged.pid")" 2>/dev/null
    sleep 1
    rm -rf "$work"
}

start_slurm() {
    # A munge of its own: that of the machine, if there is one, is left alone.
    chmod 755 "$work" && install -d -o munge -g munge -m 755 "$work/munge"
    dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 status=none
    chown munge:munge "$work/munge/key" && chmod 400 "$work/munge/key"
    runuser -u munge -- /usr/sbin/munged --pid-file "$work/munge/munged.pid" --log-file "$work/munge/log" \
        --key-file "$work/munge/key" --seed-file "$work/munge/seed" --socket "$work/munge/socket"
    ln -sf "$work/munge/munged.pid" "$work/munged.pid"
    mkdir -p "$work/ctld" "$work/d"
    local host
    host=$(hostname -s)
    cat >"$work/slurm.conf" <<CONF
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket,cred_expire=5
KillWait=5
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
StateSaveLocation=$work/ctld
SlurmdSpoolDir=$work/d
SlurmctldLogFile=$work/ctld.log
SlurmdLogFile=$work/d.log
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SchedulerParameters=sched_min_interval=0,batch_sched_delay=0,sched_interval=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
    export SLURM_CONF=$work/slurm.conf
    slurmctld -c && slurmd -c
    for _ in $(seq 60); do
        sinfo -h -o %T 2>/dev/null | grep -q idle && return
        sleep 0.5
    done
    echo "Slurm does not start" && cat "$work"/*.log && exit 1
}

# Whether a job is left that is not of the test beside.
is_busy() { squeue -h -o %j | grep -qvx limited; }

# Waits until none is, ten minutes at most: a task takes minutes where all of a machine is busy.
finish() {
    for _ in $(seq 1200); do
        is_busy || return 0
        sleep 0.5
    done
    echo "jobs are left:" && squeue && exit 1
}

lines() { (wc -l <"$work/out/runs/shard-$1-of-4.jsonl") 2>/dev/null || echo 0; }

# What the processes of the segment $1 say of themselves.
stages() { grep -so '"what":"[a-z]*"' "$1" | cut -d'"' -f4 | xargs; }

# A time limit of a minute, and far more runs than fit into it: Slurm signals the end half a minute before at the latest, the task goes back into the
# queue and begins once more. Then it is cancelled.
out_of_time() {
    local job segment=limited/runs/shard-1-of-1.jsonl
    job=$(sbatch --parsable --job-name=limited --array=1 --requeue --open-mode=append --time=1 --mem=0 --signal=B:USR1@60 --output=limited.txt \
        "$root/scripts/slurm/task.sh" 1 "$root/scenarios/bandwidth_classes.toml" limited --set 'file.size="16 MiB"' \
        --vary 'file.chunk_size=32 KiB,64 KiB' --runs 10000 -q)
    for _ in $(seq 240); do
        [[ "$(stages "$segment")" = "started interrupted started"* ]] && break
        sleep 0.5
    done
    scancel "$job"
    [[ "$(stages "$segment")" = "started interrupted started"* ]] && grep -q "out of time: back into the queue" limited.txt
}

# Waits until shard $1 has finished a run.
begun() {
    for _ in $(seq 240); do
        [ "$(lines "$1")" -ge 3 ] && return
        sleep 0.1
    done
    echo "shard $1 does not begin" && exit 1
}

trap stop_slurm EXIT
start_slurm
cd "$work"
study=(--vary 'file.chunk_size=32 KiB,64 KiB' --runs 16 --set 'file.size="64 MiB"' -q)
"$SWARMSIM" sweep "$root/scenarios/bandwidth_classes.toml" --out local "${study[@]}"

export TASK_CPUS=1 TASK_MEM=0
out_of_time &
limited=$!
submit() { "$root/scripts/slurm/sweep.sh" 4 "$root/scenarios/bandwidth_classes.toml" out "${study[@]}"; }
first=$(submit | tee /dev/stderr | grep -o 'job [0-9]*' | head -1 | cut -d' ' -f2)
begun 1
# This sweep's own process: the path of the program, this shard, nothing else on the machine.
kill -KILL "$(pgrep -of "^$SWARMSIM sweep .* --shard 1/4 --out out ")"
begun 2
scancel "${first}_2"
begun 3
scancel --batch --signal=USR1 "${first}_3"
finish
"$SWARMSIM" status out
# Shard, and what its processes say of themselves: killed; cancelled; out of time, queued again and ended; undisturbed.
while read -r shard expected; do
    said=$(stages "out/runs/shard-$shard-of-4.jsonl")
    [ "$said" = "$expected" ] || { echo "shard $shard: $said, not $expected" && cat out.log/* && exit 1; }
done <<STAGES
1 started
2 started interrupted
3 started interrupted started ended
4 started ended
STAGES
if [ -e out/comparison.csv ]; then echo "merged though runs are missing" && exit 1; fi
for words in 'runs are missing' 'slurm/sweep.sh 4 .* out --vary'; do
    grep -q "$words" out.log/merge.txt || { echo "the merge does not say '$words'" && cat out.log/merge.txt && exit 1; }
done
# The merge has waited for the task that went back into the queue: it has seen its end.
for shard in 3 4; do
    grep -q "shard $shard/4 .* ended " out.log/merge.txt || { echo "the merge did not wait for shard $shard" && cat out.log/merge.txt && exit 1; }
done

echo "once more: what is missing is played"
second=$(submit | grep -o 'job [0-9]*' | head -1 | cut -d' ' -f2)
finish
"$SWARMSIM" status out | grep -q '32 of 32' || { "$SWARMSIM" status out && cat out.log/* && exit 1; }
[ "$("$root/scripts/slurm/shards.sh" "$root/scenarios/bandwidth_classes.toml" out "${study[@]}")" = 4 ] || { echo "a sweep begun in 4 shards has others" && exit 1; }

echo "tasks of less than a minute are told, those of the same submission"
short="short: all of this task of job $first took"
grep -q "^$short " out.log/4.txt || { cat out.log/4.txt && exit 1; }
echo "$short 3 s" | tee -a out.log/1.txt out.log/2.txt >/dev/null
"$root/scripts/slurm/merge.sh" out "$first" 4 2>&1 | grep -q 'warning: 3 of 4 tasks' || { echo "nobody is warned of short tasks" && exit 1; }
if "$root/scripts/slurm/merge.sh" out "$second" 4 2>&1 | grep 'warning: . of 4 tasks'; then echo "this is of the first submission" && exit 1; fi

echo "the number of shards is measured: all runs are some core-seconds, a shard ten core-minutes, so there is one, also on a busy machine"
mkdir measured
(cd measured && TASK_MINUTES=10 "$root/scripts/slurm/sweep.sh" auto "$root/scenarios/bandwidth_classes.toml" out "${study[@]}" | grep ' 1 tasks')
finish

echo "some seconds are a task, too, so here are several; names may begin with a dash; what no array can have is refused before anything is submitted"
cp "$root/scenarios/bandwidth_classes.toml" -- -study.toml
TASK_MINUTES=0.05 "$root/scripts/slurm/sweep.sh" auto -study.toml -dashed "${study[@]}" | grep ' tasks' | grep -v ' 1 tasks'
finish
refused() {
    local words=$1 said
    shift
    if said=$("$@" 2>&1); then echo "not refused: $*" && exit 1; fi
    grep -q "$words" <<<"$said" || { echo "'$said' does not say '$words'" && exit 1; }
}
refused MaxArraySize "$root/scripts/slurm/sweep.sh" 50000 -study.toml many "${study[@]}"
refused TASK_MINUTES env TASK_MINUTES=soon "$root/scripts/slurm/sweep.sh" auto -study.toml many "${study[@]}"
refused TASK_CPUS "$root/scripts/slurm/sweep.sh" 4 -study.toml many "${study[@]}" --jobs 4
refused "3 minutes or more" env TASK_TIME=0:59 "$root/scripts/slurm/sweep.sh" 4 -study.toml many "${study[@]}"
refused "a %" "$root/scripts/slurm/sweep.sh" 4 -study.toml many%a "${study[@]}"
if is_busy || [ -e many.log ]; then echo "something was submitted" && squeue && exit 1; fi
wait "$limited" || { echo "a task out of time is not begun once more" && cat limited.txt && exit 1; }
diff -rx runs local ./-dashed
rm -rf {out,local,measured/out}/runs
diff -r local out && diff -r local measured/out && echo "slurm: the bytes of a local sweep"
