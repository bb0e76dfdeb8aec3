#!/usr/bin/env bash
# Every check: format, lints, tests on SQLite, the stories on PostgreSQL, a browser, the binary.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s (%ss)\n' "$1" "$SECONDS"; }

say "what the checks need"
.ci/need gcc libc6-dev chromium chromium-driver postgresql
make assets

say "format"
cargo fmt --check

say "lints"
cargo clippy --locked --workspace --all-targets -- -D warnings

say "building the tests"
# Everything with one set of features: another selection of packages would build the libraries anew.
cargo build --locked --workspace --bins
cargo test --locked --workspace --no-run
MYPARK_BIN="$(realpath "${CARGO_TARGET_DIR:-target}")/debug/mypark"
export MYPARK_BIN

say "tests on SQLite"
cargo test --locked --workspace --lib --bins --test chat
# The kill and browser stories come on their own: they must not share two cores with everything.
for story in house speed commands kill; do
    cargo test --locked --workspace --test "$story"
done
# A story waits for its own clocks more than it computes: more of them at once than there are cores.
cargo test --locked --workspace --test stories -- --test-threads=4

say "clients that others wrote"
cargo test --locked --workspace --test clients

say "stories on PostgreSQL"
# shellcheck disable=SC2016 # the inner shell expands it
tests/with-postgres.sh bash -euc '
    cargo test --locked --workspace --test stories -- --test-threads=4
    for story in commands kill replicas; do
        cargo test --locked --workspace --test "$story"
    done
'

say "a browser"
cargo test --locked --workspace --test browser

say "the binary"
"$MYPARK_BIN" --help >/dev/null

say "all is well"
