//! What no design of a swarm simulator can avoid, and nothing else: for each chunk transfer one bitfield of each neighbour is read, a chunk is drawn and marked, and one
//! event taken from a queue and put back. No slots, no rates, no metrics.

use cpu_time::ProcessTime;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use swarmsim::rng::{Purpose, Rng, below, stream};

const NEIGHBOURS: usize = 40;
const CHUNKS: usize = 400;
/// 400 bits, in one cache line.
const WORDS: usize = 8;

#[derive(Clone, Copy)]
#[repr(align(64))]
struct Bitfield([u64; WORDS]);

/// CPU seconds a transfer for `peers` peers that get 400 chunks each.
pub fn seconds_a_transfer(peers: usize) -> f64 {
    let mut rng = stream(1, Purpose::Picking, 0);
    let neighbours: Vec<[u32; NEIGHBOURS]> = (0..peers)
        .map(|_| std::array::from_fn(|_| below(&mut rng, peers) as u32))
        .collect();
    let mut lacking = vec![Bitfield([0; WORDS]); peers];
    for bitfield in &mut lacking {
        (0..CHUNKS).for_each(|chunk| bitfield.0[chunk / 64] |= 1 << (chunk % 64));
    }
    let mut queue: BinaryHeap<_> = (0..peers as u32)
        .map(|peer| Reverse((below(&mut rng, 1 << 20), peer)))
        .collect();
    let start = ProcessTime::now();
    let mut transfers = 0_u64;
    while let Some(Reverse((time, peer))) = queue.pop() {
        let mine = lacking[peer as usize].0;
        let mut seldom = mine;
        for &other in &neighbours[peer as usize] {
            let theirs = &lacking[other as usize].0;
            (0..WORDS).for_each(|word| seldom[word] &= theirs[word]);
        }
        let candidates = if seldom.iter().all(|&word| word == 0) {
            mine
        } else {
            seldom
        };
        let chunk = draw(&candidates, &mut rng);
        lacking[peer as usize].0[chunk / 64] &= !(1 << (chunk % 64));
        transfers += 1;
        if lacking[peer as usize].0.iter().any(|&word| word != 0) {
            queue.push(Reverse((time + 1 + below(&mut rng, 1 << 20), peer)));
        }
    }
    assert_eq!(transfers, (peers * CHUNKS) as u64);
    start.elapsed().as_secs_f64() / transfers as f64
}

/// One of the set bits, of which there are some.
fn draw(bits: &[u64; WORDS], rng: &mut Rng) -> usize {
    let total: usize = bits.iter().map(|word| word.count_ones() as usize).sum();
    let mut n = below(rng, total);
    for (index, &word) in bits.iter().enumerate() {
        let here = word.count_ones() as usize;
        if n < here {
            let mut word = word;
            (0..n).for_each(|_| word &= word - 1);
            return index * 64 + word.trailing_zeros() as usize;
        }
        n -= here;
    }
    unreachable!("there are more than n set bits")
}
