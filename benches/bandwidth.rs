//! What a change of flows costs, and how far it reaches.
//!
//! `cargo bench --bench bandwidth` prints the links visited per change, then the times.
//! `SWARM_PEERS` sets the number of peers, 30,000 if it is not set.

use divan::Bencher;
use divan::counter::ItemsCount;
use rand::RngExt;
use swarmsim::bandwidth::{Clock, MaxMin};
use swarmsim::ids::{FlowIx, PeerIx};
use swarmsim::rng::{Purpose, Rng, below, stream};
use swarmsim::units::{SimDuration, SimTime};

/// Download capacity as a multiple of the upload capacity of the same peer.
const DOWNLOADS: [f64; 4] = [f64::INFINITY, 4.0, 1.5, 1.0];
/// Uploads of a peer that are never stopped; their receivers are random.
const FLOWS_PER_PEER: usize = 5;
const CHUNK: u64 = 262_144;

fn main() {
    println!(
        "{} peers x {FLOWS_PER_PEER} flows, links visited per change of a flow",
        peers()
    );
    println!(
        "{:>10} {:>24} {:>24}",
        "downloads", "drawn capacities", "equal capacities"
    );
    println!(
        "{:>10} {:>8} {:>7} {:>7} {:>8} {:>7} {:>7}",
        "", "mean", "p99", "max", "mean", "p99", "max"
    );
    for ratio in DOWNLOADS {
        let (drawn, equal) = (
            reach(&mut World::new(ratio, true)),
            reach(&mut World::new(ratio, false)),
        );
        println!(
            "{ratio:>9}x {:>8.1} {:>7} {:>7} {:>8.1} {:>7} {:>7}",
            drawn.0, drawn.1, drawn.2, equal.0, equal.1, equal.2
        );
    }
    let bytes = World::new(1.0, true).bandwidth.memory_bytes();
    println!("{} bytes a peer", bytes / peers());
    divan::main();
}

fn peers() -> usize {
    std::env::var("SWARM_PEERS").map_or(30_000, |peers| peers.parse().expect("SWARM_PEERS is a number"))
}

/// A network in steady state.
struct World {
    bandwidth: MaxMin,
    flows: Vec<FlowIx>,
    rng: Rng,
    now: SimTime,
    /// The pending finish of each clock.
    due: Vec<SimTime>,
}

impl World {
    /// Every peer sends to five random ones. Uploads are drawn from 0.5–20 Mbit/s, even in the logarithm, or all equal.
    fn new(ratio: f64, drawn: bool) -> Self {
        let mut rng = stream(1, Purpose::Capacity, 0);
        let mut bandwidth = MaxMin::new(None);
        for peer in 0..peers() {
            let megabits = if drawn {
                0.5 * 40_f64.powf(rng.random::<f64>())
            } else {
                5.0
            };
            bandwidth.set_peer(PeerIx::from_ix(peer), megabits * 125e3, megabits * 125e3 * ratio);
        }
        let due = vec![SimTime::NEVER; peers() * Clock::PER_PEER];
        let mut world = Self {
            bandwidth,
            flows: Vec::new(),
            rng,
            now: SimTime::ZERO,
            due,
        };
        for flow in 0..peers() * FLOWS_PER_PEER {
            let flow = world.start(PeerIx::from_ix(flow / FLOWS_PER_PEER));
            world.flows.push(flow);
        }
        world.settle();
        world
    }

    fn start(&mut self, from: PeerIx) -> FlowIx {
        let to = PeerIx::from_ix(below(&mut self.rng, peers()));
        self.bandwidth.start(self.now, from, to, 1.0, CHUNK)
    }

    fn settle(&mut self) {
        self.bandwidth.settle(self.now);
        let due = &mut self.due;
        self.bandwidth
            .take_rescheduled(|clock, next| due[clock.index()] = next.map_or(SimTime::NEVER, |finish| finish.at));
        self.now += SimDuration(1);
    }

    /// Stops a random flow, then starts one from the same sender to another receiver: two changes.
    fn replace(&mut self, mut each: impl FnMut(&Self)) {
        let place = below(&mut self.rng, self.flows.len());
        let flow = self.flows[place];
        let from = self.bandwidth.from(flow);
        self.bandwidth.stop(flow);
        self.settle();
        each(self);
        self.flows[place] = self.start(from);
        self.settle();
        each(self);
    }
}

/// Links visited per change: mean, 99th percentile, most.
fn reach(world: &mut World) -> (f64, u64, u64) {
    let mut seen = world.bandwidth.visits();
    let mut reached = Vec::new();
    for _ in 0..20_000 {
        world.replace(|world| {
            let visits = world.bandwidth.visits();
            reached.push(visits - seen);
            seen = visits;
        });
    }
    reached.sort_unstable();
    let mean = reached.iter().sum::<u64>() as f64 / reached.len() as f64;
    (mean, reached[reached.len() * 99 / 100], reached[reached.len() - 1])
}

/// One flow stops, another starts, each settled. An item is one change.
#[divan::bench(args = DOWNLOADS, sample_size = 1000, sample_count = 100)]
fn flow_change(bencher: Bencher, ratio: f64) {
    let mut world = World::new(ratio, true);
    bencher
        .counter(ItemsCount::new(2_u32))
        .bench_local(|| world.replace(|_| ()));
}

/// A random clock comes to its next finish and the flow goes on with another chunk. An item is one finish.
///
/// No rate changes, so no clock depends on another, and the instants need not come in order: no event
/// queue is measured with it.
#[divan::bench(args = DOWNLOADS, sample_size = 1000, sample_count = 100)]
fn finish_and_continue(bencher: Bencher, ratio: f64) {
    let World {
        mut bandwidth,
        mut rng,
        mut due,
        ..
    } = World::new(ratio, true);
    let ticking: Vec<Clock> = (0..due.len())
        .filter(|&ix| due[ix] < SimTime::NEVER)
        .map(Clock::from_index)
        .collect();
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        let clock = ticking[below(&mut rng, ticking.len())];
        let now = due[clock.index()];
        let flow = bandwidth.finish(now, clock);
        bandwidth.continue_with(now, flow, CHUNK);
        bandwidth.settle(now);
        bandwidth.take_rescheduled(|clock, next| due[clock.index()] = next.map_or(SimTime::NEVER, |finish| finish.at));
    });
}
