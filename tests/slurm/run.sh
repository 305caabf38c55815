#!/usr/bin/env bash
# scripts/slurm/ against a real Slurm of one node, made for this test: one task is killed, one cancelled, the rerun completes, and the merged bytes are
# those of a local sweep. Needs root on a Debian without a Slurm of its own, where it installs slurm-wlm and munge.
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
    install -d -o munge -g munge /run/munge
    [ -f /etc/munge/munge.key ] || dd if=/dev/urandom of=/etc/munge/munge.key bs=1 count=1024 status=none
    chown munge:munge /etc/munge/munge.key && chmod 400 /etc/munge/munge.key
    chmod 755 "$work" && install -d -o munge -g munge "$work/munge"
    runuser -u munge -- /usr/sbin/munged --pid-file "$work/munge/munged.pid" --log-file "$work/munge/log" --force
    ln -sf "$work/munge/munged.pid" "$work/munged.pid"
    mkdir -p "$work/ctld" "$work/d"
    local host
    host=$(hostname -s)
    cat >"$work/slurm.conf" <<CONF
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
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

# Waits until no job is left, a minute at most for each.
finish() {
    for _ in $(seq 240); do
        [ -z "$(squeue -h)" ] && return
        sleep 0.5
    done
    echo "jobs are left:" && squeue && exit 1
}

lines() { (wc -l <"$work/out/runs/shard-$1-of-4.jsonl") 2>/dev/null || echo 0; }

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
submit() { "$root/scripts/slurm/sweep.sh" 4 "$root/scenarios/bandwidth_classes.toml" out "${study[@]}"; }
first=$(submit | tee /dev/stderr | grep -o 'job [0-9]*' | head -1 | cut -d' ' -f2)
begun 1
pkill -KILL -f -- "--shard 1/4"
begun 2
scancel "${first}_2"
# One that runs out of time goes back into the queue by itself, there to wait two minutes; this one is not waited for.
begun 3
scancel --batch --signal=USR1 "${first}_3"
queued() { squeue -h -t PD -r -o %i | grep -q "_3$"; }
for _ in $(seq 100); do
    if queued; then break; fi
    sleep 0.2
done
queued || { echo "out of time, and not back in the queue" && exit 1; }
scancel "${first}_3"
finish
"$SWARMSIM" status out
if [ -e out/comparison.csv ]; then echo "merged though runs are missing" && exit 1; fi

echo "once more: what is missing is played"
submit >/dev/null
finish
"$SWARMSIM" status out | grep -q '32 of 32' || { "$SWARMSIM" status out && cat out.log/* && exit 1; }
rm -rf out/runs local/runs
diff -r local out && echo "slurm: the bytes of a local sweep"
