//! The committed corpus of `fuzz/`, with all that the fuzzer ever found, through the same functions; and mutations of it, blindly and always the same.
//!
//! `SWARMSIM_MUTATIONS=20000 cargo test --release --test fuzz_corpus` tries more of them.

#[path = "../fuzz/src/lib.rs"]
mod targets;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use std::fs;
use std::path::Path;

/// Feeds every file of the corpus to `target`.
fn feed(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let entries = fs::read_dir(folder)
        .expect("a corpus")
        .map(|entry| entry.expect("an entry"));
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{name} has no corpus");
    let mut inputs = Vec::new();
    for file in files {
        println!("{}", file.display());
        inputs.push(fs::read(file).expect("read"));
        target(&inputs[inputs.len() - 1]);
    }
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(7);
    for number in 0..mutations() {
        let input = mutated(&inputs, &mut rng);
        println!("mutation {number}: {:?}", String::from_utf8_lossy(&input));
        target(&input);
    }
}

/// How many mutations are tried for each target.
fn mutations() -> u32 {
    std::env::var("SWARMSIM_MUTATIONS").map_or(2000, |number| number.parse().expect("a number"))
}

/// One of `inputs` with a few bytes changed, repeated, left out, or taken from another one.
fn mutated(inputs: &[Vec<u8>], rng: &mut Xoshiro256PlusPlus) -> Vec<u8> {
    const TELLING: [&[u8]; 10] = [
        b"-1",
        b"0",
        b"1e308",
        b"nan",
        b"18446744073709551616",
        b"\"",
        b"]",
        b"\0",
        b"\r\n",
        "\u{202e}".as_bytes(),
    ];
    let mut bytes = inputs[rng.random_range(0..inputs.len())].clone();
    for _ in 0..rng.random_range(1..4) {
        let mut place = || rng.random_range(0..=bytes.len());
        let (one, other) = (place(), place());
        let range = one.min(other)..one.max(other).min(one.min(other) + 40);
        let new = match rng.random_range(0..5) {
            0 => Vec::new(),
            1 => bytes[range.clone()].repeat(2),
            2 => vec![rng.random(); 1],
            3 => TELLING[rng.random_range(0..TELLING.len())].to_vec(),
            _ => {
                let from = &inputs[rng.random_range(0..inputs.len())];
                let start = rng.random_range(0..=from.len());
                from[start..from.len().min(start + 60)].to_vec()
            }
        };
        bytes.splice(range, new);
    }
    bytes
}

#[test]
fn scenarios() {
    feed("scenario", targets::scenario);
}

#[test]
fn traces() {
    feed("trace", targets::trace);
}

#[test]
fn stores() {
    feed("store", targets::store);
}

#[test]
fn plans() {
    feed("plan", targets::plan);
}

#[test]
fn reports() {
    feed("report", targets::report);
}

#[test]
fn replays() {
    feed("replay", targets::replay);
}
