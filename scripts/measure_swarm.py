# /// script
# requires-python = ">=3.11"
# dependencies = ["libtorrent==2.1.1"]
# ///
"""Plays a scenario of swarmsim with a real client: libtorrent sessions on loopback, in real time, all in this process.

    uv run scripts/measure_swarm.py scenarios/validation/libtorrent_a.toml --out measured/a

It writes `peers.csv` (times in s since t = 0; empty: did not happen), `group_traffic.csv` and `progress.csv` (once a second; chunks, slots and
interest are those of all peers there that began without the file). Bytes are those of blocks, as the client counts what it sends. What the client
can't play is refused. Latency is not played: it stands for what the client itself waits for. Chance has no seed here, so measure several times.
"""

import argparse
import csv
import os
import random
import re
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha1
from importlib import import_module
from pathlib import Path
from typing import Any

lt: Any = import_module("libtorrent")  # so that mypy passes with it and without

UNITS = {"ms": 1e-3, "s": 1, "min": 60, "h": 3600, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "kB": 1e3, "MB": 1e6, "GB": 1e9}
UNITS |= {"kB/s": 1e3, "MB/s": 1e6, "kbit/s": 125, "Mbit/s": 125e3, "Gbit/s": 125e6}
HEAD_START, POLL, SAMPLE = 2.0, 0.1, 1.0  # s: sessions before t = 0; between looks at what they say; between rows of progress.csv
MOMENTS = ["joined_s", "first_request_s", "first_chunk_s", "completed_s", "left_s"]
SETTINGS = {
    "listen_interfaces": "127.0.0.1:0",
    **dict.fromkeys((f"enable_{what}" for what in ["dht", "lsd", "upnp", "natpmp", "incoming_utp", "outgoing_utp"]), False),
    **dict.fromkeys(["in_enc_policy", "out_enc_policy"], 2),  # no encryption
    "allow_multiple_connections_per_ip": True,
    "connection_speed": 1000,  # all connections at once
    "rate_limit_ip_overhead": False,  # limits are of what is sent, without an estimate of headers
    **dict.fromkeys(["choking_algorithm", "seed_choking_algorithm"], 0),  # fixed slots, and among them a seed's round robin
    "seeding_piece_quota": 20,
    "allowed_fast_set_size": 0,
    "close_redundant_connections": False,  # seeds stay connected, so that counters are not lost
}


@dataclass
class Peer:
    """A peer as the scenario has it, and what became of it."""

    group: str
    is_seed: bool
    stays: bool
    at: float
    slots: int
    interval: int
    optimistic_interval: int
    upload: int
    download: int  # 0: unlimited
    number: int = 0  # in peers.csv, and in its peer id
    session: Any = None
    handle: Any = None  # of its torrent, once it has joined
    times: dict[str, float] = field(default_factory=dict)  # of its MOMENTS

    @property
    def present(self) -> bool:
        return self.handle is not None and "left_s" not in self.times

    @property
    def leeches(self) -> bool:
        return not self.is_seed and "completed_s" not in self.times


def quantity(text: str) -> float:
    """A number with a unit, in s, bytes, or bytes per s."""
    parts = re.fullmatch(r"([0-9.]+) *([A-Za-z/]+)", text)
    if parts is None or parts[2] not in UNITS:
        raise ValueError(f'"{text}" is not a quantity that is known here')
    return float(parts[1]) * UNITS[parts[2]]


def nothing_else(where: str, table: dict[str, Any]) -> None:
    if table:
        raise ValueError(f"{where}: the client does not play {' or '.join(table)}")


def only(where: str, given: Any, allowed: Iterable[Any]) -> Any:
    if given not in allowed:
        raise ValueError(f"{where} is {given!r}; the client plays {' or '.join(map(repr, allowed))}")
    return given


def slots(where: str, rule: Any) -> int:
    """Unchoke slots of `choking` or `seeding`."""
    match rule:
        case "free-rider":
            return 0
        case "libtorrent":
            return 8
        case {"libtorrent": {"slots": int(count), **rest}} if not rest:
            return count
    raise ValueError(f'{where}: the client plays "free-rider" and libtorrent = {{ slots = … }}')


def arrivals(where: str, table: dict[str, Any]) -> list[float]:
    match table.pop("arrival", "at-once"):
        case "at-once":
            return [0.0] * table.pop("count")
        case {"at-once": {"at": str(at), **rest}} if not rest:
            return [quantity(at)] * table.pop("count")
        case {"trace": {"peers": list(peers), **rest}} if not rest and all(list(peer) == ["at"] for peer in peers):
            return [quantity(peer["at"]) for peer in peers]
    raise ValueError(f"{where}: the client plays at-once = {{ at = … }} and trace = {{ peers = [{{ at = … }}, …] }}")


def read_group(table: dict[str, Any]) -> list[Peer]:
    name = table.pop("name")
    is_seed = only(f"{name}.starts_with", table.pop("starts_with", "nothing"), ["nothing", "all"]) == "all"
    departure = only(f"{name}.departure", table.pop("departure", "altruistic" if is_seed else "selfish"), ["altruistic", "selfish"])
    choking = table.pop("choking", "libtorrent")
    seeding = table.pop("seeding", "free-rider" if choking == "free-rider" else "libtorrent")
    count = slots(f"{name}.seeding", seeding)
    if not is_seed:
        only(f"{name}.choking: the number of slots", slots(f"{name}.choking", choking), [count])
    rechoke = {"interval": "15 s", "optimistic_every": 2, "phase": "random", "rate_window": "15 s"} | table.pop("rechoke", {})
    interval = quantity(rechoke.pop("interval"))
    intervals = round(interval), round(interval * rechoke.pop("optimistic_every"))
    only(f"{name}.rechoke.phase", rechoke.pop("phase"), ["aligned"] if count > 0 else ["aligned", "random"])
    only(f"{name}.rechoke.rate_window (in s)", quantity(rechoke.pop("rate_window")), [interval])
    nothing_else(f"{name}.rechoke", rechoke)
    download = table.pop("download", "unlimited")
    limits = round(quantity(table.pop("upload"))), 0 if download == "unlimited" else round(quantity(download))
    rules = is_seed, departure == "altruistic"
    peers = [Peer(name, *rules, at, count, *intervals, *limits) for at in arrivals(f"{name}.arrival", table)]
    nothing_else(name, table)
    return peers


class Swarm:
    """A scenario that the client can play, and what is seen of it."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        for key in ("name", "seed", "expect"):
            scenario.pop(key, None)
        only("preset", scenario.pop("preset", "textbook"), ["libtorrent"])
        network = {"latency": "0 s", "full_mesh": False} | scenario.pop("network", {})
        only("network.full_mesh", network.pop("full_mesh"), [True])
        network.pop("latency")
        nothing_else("network", network)
        file = {"chunk_size": "256 KiB"} | scenario.pop("file")
        self.size, self.chunk_size = (round(quantity(file.pop(key))) for key in ("size", "chunk_size"))
        nothing_else("file", file)
        self.peers = [peer for group in scenario.pop("group") for peer in read_group(group)]
        nothing_else("scenario", scenario)
        self.sent: Counter[tuple[int, int]] = Counter()  # bytes, from one to another
        self.sent_leeching: Counter[tuple[int, int]] = Counter()  # before the sender had the file
        self.progress: list[list[Any]] = []
        self.longest_poll = 0.0

    def make_torrent(self, folder: str) -> bytes:
        """A file of random bytes, and its torrent: private, so that nobody looks for peers."""
        content = os.urandom(self.size)
        Path(folder, "file").write_bytes(content)
        pieces = b"".join(sha1(content[start : start + self.chunk_size]).digest() for start in range(0, self.size, self.chunk_size))
        info = {b"name": b"file", b"length": self.size, b"piece length": self.chunk_size, b"pieces": pieces, b"private": 1}
        return bytes(lt.bencode({b"info": info}))

    def start_session(self, peer: Peer) -> None:
        own = {
            "peer_fingerprint": f"-SW{peer.number:04}-",
            "alert_mask": lt.alert_category.status | lt.alert_category.block_progress | lt.alert_category.piece_progress,
            "upload_rate_limit": peer.upload,
            "download_rate_limit": peer.download,
            "unchoke_slots_limit": peer.slots,
            "num_optimistic_unchoke_slots": min(1, peer.slots),
            "unchoke_interval": peer.interval,
            "optimistic_unchoke_interval": peer.optimistic_interval,
        }
        peer.session = lt.session(SETTINGS | own)
        all_equal = lt.ip_filter()  # neighbours on loopback would be in the class of local ones: always unchoked, and without a limit
        all_equal.add_rule("0.0.0.0", "255.255.255.255", 1 << lt.session.global_peer_class_id)
        peer.session.set_peer_class_filter(all_equal)

    def join(self, peer: Peer, torrent: bytes, folder: str) -> None:
        params = lt.load_torrent_buffer(torrent)
        params.save_path = folder if peer.is_seed else tempfile.mkdtemp(dir=folder)
        params.flags = lt.torrent_flags.seed_mode if peer.is_seed else 0
        peer.handle = peer.session.add_torrent(params)
        for port in [other.session.listen_port() for other in self.peers if other.present and other is not peer]:
            peer.handle.connect_peer(("127.0.0.1", port))

    def run(self, folder: str, limit: float) -> None:
        torrent = self.make_torrent(folder)
        for number, peer in random.sample(list(enumerate(self.peers)), len(self.peers)):  # whom the seed meets first goes by this order
            peer.number = number
            self.start_session(peer)
        time.sleep(HEAD_START)
        waiting = sorted(self.peers, key=lambda peer: (peer.at, not peer.is_seed, random.random()))
        start, now = time.monotonic(), 0.0
        while now < limit and any(peer.leeches for peer in self.peers):
            while waiting and waiting[0].at <= now:
                waiting[0].times["joined_s"] = time.monotonic() - start
                self.join(waiting.pop(0), torrent, folder)
            for peer in self.peers:
                self.listen(peer, time.monotonic() - start)
            if now >= len(self.progress) * SAMPLE:
                self.sample(now)
            took = time.monotonic() - start - now
            self.longest_poll = max(self.longest_poll, took)
            time.sleep(max(0.0, POLL - took))
            now = time.monotonic() - start
        self.sample(now)

    def neighbours(self, peer: Peer) -> list[Any]:
        """Those of a peer, with whose counters the bytes sent are brought up to date."""
        neighbours: list[Any] = peer.handle.get_peer_info()
        for neighbour in neighbours:
            if any(neighbour.pid.to_bytes()):  # it has said who it is
                own, other = peer.number, int(neighbour.pid.to_bytes()[3:7])
                for pair, count in [((own, other), neighbour.total_upload), ((other, own), neighbour.total_download)]:
                    self.sent[pair] = max(self.sent[pair], count)
                    if self.peers[pair[0]].leeches:
                        self.sent_leeching[pair] = self.sent[pair]
        return neighbours

    def listen(self, peer: Peer, now: float) -> None:
        """What a session has said since the last time. A peer that does not stay leaves as soon as it has the file."""
        for alert in peer.session.pop_alerts():
            match alert:
                case lt.block_downloading_alert():
                    peer.times.setdefault("first_request_s", now)
                case lt.piece_finished_alert():
                    peer.times.setdefault("first_chunk_s", now)
                case lt.torrent_finished_alert() if peer.leeches:
                    self.neighbours(peer)
                    peer.times["completed_s"] = now
                    if not peer.stays:
                        peer.handle.pause()
                        peer.times["left_s"] = now

    def sample(self, now: float) -> None:
        joined = [peer for peer in self.peers if peer.handle is not None]
        present = [peer for peer in joined if peer.present and not peer.is_seed]
        chunks = [peer.handle.status(0).num_pieces for peer in present] or [0]
        flags = [neighbour.flags for peer in present for neighbour in self.neighbours(peer)]
        unchoked = sum(not flag & lt.peer_info.choked for flag in flags)
        interested = sum(bool(flag & lt.peer_info.remote_interested) for flag in flags)
        chunks_mean, *means = (f"{total / max(1, len(present)):.2f}" for total in [sum(chunks), unchoked, interested])
        counts = [sum(peer.leeches for peer in present), sum("completed_s" in peer.times for peer in joined)]
        counts.append(sum(peer.handle.status(0).total_payload_upload for peer in joined))
        self.progress.append([f"{now:.1f}", *counts, min(chunks), chunks_mean, max(chunks), *means])

    def write(self, out: Path) -> None:
        def table(name: str, columns: str, rows: Iterable[list[Any]]) -> None:
            with (out / name).open("w", newline="", encoding="utf-8") as file:
                csv.writer(file, lineterminator="\n").writerows([columns.split(","), *rows])

        peers = []
        for peer in (peer for peer in self.peers if peer.handle is not None):
            times = [f"{peer.times[moment]:.2f}" if moment in peer.times else "" for moment in MOMENTS]
            sums = [getattr(peer.handle.status(0), f"total_{what}") for what in ["payload_upload", "payload_download", "redundant_bytes"]]
            peers.append([peer.number, peer.group, peer.upload, peer.download or "", *times, *sums])
        columns = f"upload_cap_bytes_per_s,download_cap_bytes_per_s,{','.join(MOMENTS)},uploaded_bytes,downloaded_bytes,redundant_bytes"
        table("peers.csv", f"peer,group,{columns}", peers)
        traffic: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for pair, count in self.sent.items():
            sums = traffic[self.peers[pair[0]].group, self.peers[pair[1]].group]
            sums[:] = sums[0] + count, sums[1] + self.sent_leeching[pair]
        rows = ([*groups, *sums] for groups, sums in sorted(traffic.items()) if sums[0] > 0)
        table("group_traffic.csv", "from_group,to_group,bytes,bytes_while_sender_leeches", rows)
        means = "chunks_min,chunks_mean,chunks_max,unchoked_slots_mean,interested_in_me_mean"
        table("progress.csv", f"time_s,leechers,completed,uploaded_total_bytes,{means}", self.progress)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures a swarm of libtorrent sessions on loopback.")
    parser.add_argument("scenario", type=Path, help='a scenario of swarmsim with preset = "libtorrent" and a full mesh')
    parser.add_argument("--out", type=Path, required=True, help="where the tables go")
    parser.add_argument("--limit", type=float, default=3600, metavar="S", help="end after this many seconds in any case [default: 3600]")
    options = parser.parse_args()
    try:
        swarm = Swarm(tomllib.loads(options.scenario.read_text(encoding="utf-8")))
    except (ValueError, KeyError, OSError) as error:
        sys.exit(f"error: {options.scenario}: {error}{' is missing' if isinstance(error, KeyError) else ''}")
    options.out.mkdir(parents=True, exist_ok=True)
    begun, used = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        swarm.run(folder, options.limit)
        swarm.write(options.out)
    share = (time.process_time() - used) / (time.monotonic() - begun)
    print(f"libtorrent {lt.__version__}, {share:.2f} of a core; a round of all sessions took {swarm.longest_poll:.2f} s at most")
    sys.exit(f"error: not all have the file after {options.limit:g} s" if any(peer.leeches for peer in swarm.peers) else None)


if __name__ == "__main__":
    main()
