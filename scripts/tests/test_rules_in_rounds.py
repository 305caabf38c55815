"""The rounds of docs/outcomes.md: bytes are conserved, and a rule is level with itself."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import rules_in_rounds as rounds


def test_everybody_gives_all_of_its_upload():
    for rule in (rounds.Slots, rounds.Birds, rounds.PropShare, rounds.BitTyrant):
        peers = rounds.play(1, (rule, rule), 0.8)
        given, got = sum(upload for upload, _, _ in peers), sum(rate for _, _, rate in peers)
        assert abs(given - got) < 1e-6 * given, rule.__name__


def test_a_rule_is_level_with_itself_when_the_halves_swap():
    rate, time, *_ = rounds.difference(1, (rounds.Slots, rounds.Slots), 0.8)
    assert abs(rate) < 1e-9 and abs(time) < 1e-9


def test_birds_serve_those_closest_to_their_own_speed():
    bird = rounds.Birds(rounds.random.Random(1), 100.0, [1, 2, 3, 4, 5, 6], {})
    bird.received, bird.now = {1: 90.0, 2: 19.0, 3: 1.0, 4: 21.0, 5: 25.0, 6: 16.0}, 1
    bird.turn(bird.received)
    assert {2, 4, 5, 6} <= set(bird.given) and len(bird.given) == 5
