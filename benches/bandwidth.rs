//! What a change of flows costs, and how far it reaches.
//!
//! `cargo bench --bench bandwidth`: first counts of links visited, then times.

use std::hint::black_box;

use rand::{Rng, RngExt, SeedableRng, rngs::ChaCha8Rng};
use swarmsim::bandwidth::MaxMin;
use swarmsim::ids::{FlowIx, PeerIx};
use swarmsim::units::{SimDuration, SimTime};

/// Download capacity as a multiple of the upload capacity of the same peer.
const DOWNLOADS: [f64; 4] = [f64::INFINITY, 4.0, 1.5, 1.0];
const FLOWS_PER_PEER: usize = 5;
/// One chunk.
const CHUNK: u64 = 262_144;
fn main() { divan::main(); }
