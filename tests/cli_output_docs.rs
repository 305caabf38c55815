//! docs/output.md is what the schema says. `SWARMSIM_BLESS=1 cargo test --test cli_output_docs` writes it anew.

use std::{env, fs};

use swarmsim::metrics::output_markdown;

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/output.md");

#[test]
fn the_documentation_of_the_output_is_up_to_date() {
    let expected = output_markdown();
    if env::var_os("SWARMSIM_BLESS").is_some() {
        fs::write(PATH, &expected).expect("docs/ can be written");
    }
    let actual = fs::read_to_string(PATH).expect("docs/output.md is there");
    assert!(
        actual == expected,
        "docs/output.md is out of date: SWARMSIM_BLESS=1 cargo test --test cli_output_docs"
    );
}
