#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| swarmsim_fuzz::replay(input));
