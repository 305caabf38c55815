#!/usr/bin/env bash
# `cargo install` of the commit that is checked out gives the same program wherever it is built, byte by byte: it is built in two directories and compared.
# Two optimised builds of everything, so not a part of `.ci/run`. The same compiler, and the same place of the dependencies (CARGO_HOME), are given.
#
#     tests/reproducible.sh
set -euo pipefail
unset CARGO_TARGET_DIR
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

places=("$work/one" "$work/another/place")
for place in "${places[@]}"; do
    git clone --quiet "$root" "$place/source"
    (cd "$place/source" && cargo install --quiet --locked --no-track --path . --root "$place")
done
"${places[0]}/bin/swarmsim" --version
sha256sum "${places[@]/%//bin/swarmsim}"
cmp "${places[@]/%//bin/swarmsim}" && echo "the same program, byte by byte"
