#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# ///
"""Choking rules against each other without a swarm: rounds in which everybody wants everybody's upload, and nobody ever leaves.

A model of its own, with no line in common with swarmsim, for docs/outcomes.md: what is left of a difference here has nothing to do with chunks,
seeds, arrivals or departures. Half of the peers play one rule, half another. In each round a peer splits its upload over its neighbours by its
rule, which knows what came in the rounds before. Printed is how much the second half gets more than the first, and how much longer it takes for the
same amount, in percent with 95 % intervals over seeds; each seed is played with the halves in both roles.
"""

import random
import statistics

PEERS, OPENED, ROUNDS, RUNS = 60, 12, 60, 12
MEDIAN = 87.5  # kB/s
T_QUANTILE = 2.2  # Student's, of RUNS - 1 degrees of freedom


class Rule:
    """What a peer knows: its upload, its neighbours, what it gave and received in the last rounds."""

    def __init__(self, rng, upload, neighbours, uploads):
        self.rng, self.upload, self.neighbours = rng, upload, neighbours
        self.received, self.before, self.given, self.now = {}, {}, {}, 0

    def turn(self, received):
        """Takes what came in the last round, gives the split of this one."""
        self.before, self.received = self.received, received
        self.given = self.split()
        self.now += 1
        return self.given

    def heard(self):
        """Rate of each neighbour that sent something in the last two rounds."""
        both = [*self.before, *(j for j in self.received if j not in self.before)]
        return {j: (self.before.get(j, 0) + self.received.get(j, 0)) / min(2, max(1, self.now)) for j in both}


class Slots(Rule):
    """Regular slots by rank, the others at random and kept for three rounds: tit-for-tat and its like."""

    regular, lots = 4, ()

    def worth(self, rate):
        return rate

    def split(self):
        slots, heard = self.regular + 1, self.heard()
        senders = self.rng.sample(sorted(heard), len(heard))
        earned = sorted(senders, key=lambda j: -self.worth(heard[j]))[: self.regular]
        kept = [] if self.now % 3 == 0 else [j for j in self.lots if j not in earned]
        free = [j for j in self.neighbours if j not in earned and j not in kept]
        self.lots = kept + self.rng.sample(free, max(0, slots - len(earned) - len(kept)))
        served = earned + self.lots
        return {j: self.upload / len(served) for j in served}


class Birds(Slots):
    """The neighbours whose speed is closest to one's own."""

    def worth(self, rate):
        return -abs(rate - self.upload / (self.regular + 1))


class PropShare(Rule):
    """In proportion to what came in the last round; a share explores."""

    exploring, lot = 0.2, None

    def split(self):
        if not self.received:
            return {j: self.upload / 5 for j in self.rng.sample(self.neighbours, 5)}
        if self.now % 3 == 0 or self.lot in self.received:
            free = [j for j in self.neighbours if j not in self.received]
            self.lot = self.rng.choice(free) if free else None
        share, total = self.exploring if self.lot is not None else 0, sum(self.received.values())
        given = {j: (1 - share) * self.upload * rate / total for j, rate in self.received.items()}
        return given | ({self.lot: share * self.upload} if share else {})


class BitTyrant(Rule):
    """Those who give most for what they ask, until the upload is spent; prices fall and rise as they pay back."""

    ranks, adapts = True, True

    def __init__(self, rng, upload, neighbours, uploads):
        super().__init__(rng, upload, neighbours, uploads)
        self.expected = {j: uploads[j] / 5 * rng.uniform(0.8, 1.2) for j in neighbours}
        self.price = dict.fromkeys(neighbours, 10.0)
        self.paid_back = dict.fromkeys(neighbours, 0)

    def learn(self, j):
        paid = j in self.received
        self.paid_back[j] = self.paid_back[j] + 1 if paid else 0
        if paid:
            self.expected[j] = self.received[j]
        if self.adapts and j in self.given and (not paid or self.paid_back[j] >= 3):
            self.price[j] *= 0.9 if paid else 1.2

    def split(self):
        for j in self.neighbours:
            self.learn(j)
        order = self.rng.sample(self.neighbours, len(self.neighbours))
        if self.ranks:
            order.sort(key=lambda j: -self.expected[j] / self.price[j])
        left, served = self.upload, []
        for j in order:
            if self.price[j] <= left:
                served.append(j)
                left -= self.price[j]
        total = sum(self.price[j] for j in served)
        return {j: self.upload * self.price[j] / total for j in served}


def connected(rng):
    """Everybody opens OPENED connections at random."""
    neighbours = [set() for _ in range(PEERS)]
    for i in range(PEERS):
        for j in rng.sample([j for j in range(PEERS) if j != i], OPENED):
            neighbours[i].add(j)
            neighbours[j].add(i)
    return [sorted(of) for of in neighbours]


def play(seed, rules, sigma):
    """Upload, half and mean rate of each peer."""
    rng = random.Random(seed)
    uploads = [MEDIAN * rng.lognormvariate(0.0, sigma) for _ in range(PEERS)]
    half = [i % 2 for i in range(PEERS)]
    rng.shuffle(half)
    neighbours = connected(rng)
    peers = [rules[half[i]](rng, uploads[i], neighbours[i], uploads) for i in range(PEERS)]
    received, total = [{} for _ in peers], [0.0] * PEERS
    for _ in range(ROUNDS):
        given = [peer.turn(of) for peer, of in zip(peers, received)]
        received = [{} for _ in peers]
        for i, split in enumerate(given):
            for j, rate in split.items():
                received[j][i] = rate
                total[j] += rate / ROUNDS
    return list(zip(uploads, half, total))


def difference(seed, rules, sigma):
    """How much more the second rule gets, and how much longer it takes, and what its thirds by capacity get more; in percent."""
    rates = ([], [])
    for swapped in (False, True):
        peers = sorted(play(seed, rules[::-1] if swapped else rules, sigma))
        for rank, (_, half, rate) in enumerate(peers):
            rates[half != swapped].append((3 * rank // PEERS, rate))
    first, second = rates
    mean = [statistics.mean(rate for _, rate in of) for of in (first, second)]
    time = [statistics.mean(1 / rate for _, rate in of) for of in (first, second)]
    thirds = [[statistics.mean(rate for third, rate in of if third == k) for of in (first, second)] for k in range(3)]
    return [100 * (b / a - 1) for a, b in (mean, time, *thirds)]


def report(label, rules, sigma):
    columns = zip(*(difference(seed, rules, sigma) for seed in range(RUNS)))
    cells = [f"{statistics.mean(c):+6.1f} ± {T_QUANTILE * statistics.stdev(c) / RUNS**0.5:3.1f}" for c in columns]
    # Equals have no thirds.
    cells = cells if sigma > 0 else cells[:2]
    print(f"{label:54}" + "".join(cells), flush=True)


def variant(rule, **settings):
    return type(rule.__name__, (rule,), settings)


def main():
    print(f"{'second - first, %':54}      rate      time     rate of slowest, middle, fastest third")
    for regular in (1, 2, 4, 9):
        rules = [variant(rule, regular=regular) for rule in (Slots, Birds)]
        report(f"tit-for-tat, birds; {regular} + 1 slots", rules, 0.8)
    for exploring in (0.05, 0.1, 0.2, 0.4):
        report(f"bittyrant, propshare exploring {exploring}", (BitTyrant, variant(PropShare, exploring=exploring)), 0.0)
    for label, settings in (
        ("prices fixed", {"adapts": False}),
        ("not ranked", {"ranks": False}),
        ("neither", {"ranks": False, "adapts": False}),
    ):
        for exploring in (0.05, 0.2):
            rules = (variant(BitTyrant, **settings), variant(PropShare, exploring=exploring))
            report(f"bittyrant {label}, propshare exploring {exploring}", rules, 0.0)


if __name__ == "__main__":
    main()
