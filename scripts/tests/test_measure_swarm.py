"""What the client can play is read from the scenario, and anything else is refused in words. The client itself is not needed here."""

import sys
import tomllib
from types import ModuleType
from typing import Any

import pytest
from conftest import ROOT

SCENARIOS = ROOT / "scenarios/validation"


@pytest.fixture
def swarm(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(sys.modules, "libtorrent", ModuleType("libtorrent"))
    monkeypatch.delitem(sys.modules, "measure_swarm", raising=False)
    import measure_swarm

    return measure_swarm.Swarm


def test_the_measured_swarms_are_read(swarm: Any) -> None:
    peers = swarm(tomllib.loads((SCENARIOS / "libtorrent_d.toml").read_text())).peers
    assert [(peer.group, peer.is_seed, peer.slots) for peer in peers] == [
        ("origin", True, 5),
        *[("leechers", False, 5)] * 20,
        *[("free-riders", False, 0)] * 6,
    ]
    assert [(peer.upload, peer.download, peer.interval, peer.optimistic_interval, peer.stays) for peer in peers[:2]] == [
        (200_000, 0, 10, 30, True),
        (100_000, 0, 10, 30, True),
    ]


def test_who_comes_when_and_leaves(swarm: Any) -> None:
    text = (SCENARIOS / "libtorrent_a.toml").read_text()
    text = text.replace("count = 30", 'download = "1.6 Mbit/s"\narrival.trace.peers = [{ at = "0 s" }, { at = "1.5 min" }]')
    peers = swarm(tomllib.loads(text.replace('departure = "altruistic"', ""))).peers
    assert [(peer.at, peer.download, peer.stays) for peer in peers] == [(0, 0, True), (0, 200_000, False), (90, 200_000, False)]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("full_mesh = true", "", "network.full_mesh is False"),
        ("count = 30", 'count = 30\npicking = "random"', "leechers: the client does not play picking"),
        ("count = 30", 'count = 30\narrival.at-once = { jitter = "5 s" }', "leechers.arrival"),
        ('departure = "altruistic"', 'departure.altruistic = { linger = "5 s" }', "leechers.departure"),
        ("choking.libtorrent = { slots = 5 }", "choking.libtorrent = { slots = 4 }", "leechers.choking: the number of slots is 4"),
        ('phase = "aligned"', 'phase = "random"', "origin.rechoke.phase is 'random'"),
        ('upload = "100 kB/s"', 'upload = "100 furlongs"', '"100 furlongs" is not a quantity'),
    ],
)
def test_what_the_client_does_not_do_is_refused(swarm: Any, old: str, new: str, says: str) -> None:
    text = (SCENARIOS / "libtorrent_a.toml").read_text()
    assert old in text
    with pytest.raises(ValueError, match=says):
        swarm(tomllib.loads(text.replace(old, new)))
