//! The `swarmsim` command.

fn main() {}
