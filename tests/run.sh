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
for story in house speed commands stories kill; do
    cargo test --locked --workspace --test "$story"
done

say "stories on PostgreSQL"
bin="$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)"
cluster="$(mktemp -d /tmp/mypark-postgres.XXXXXX)"
port="$(node -e 'const s = require("net").createServer(); s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')"
# PostgreSQL refuses to run as root.
as_postgres() { "$@"; }
if [ "$(id -u)" -eq 0 ]; then
    chown postgres "$cluster"
    as_postgres() { runuser -u postgres -- "$@"; }
fi
stop_postgres() {
    (cd "$cluster" && as_postgres "$bin/pg_ctl" -D "$cluster/data" -m immediate -w stop >/dev/null 2>&1) || true
    rm -rf "$cluster"
}
trap stop_postgres EXIT
(
    cd "$cluster"
    as_postgres "$bin/initdb" -D "$cluster/data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
    as_postgres "$bin/pg_ctl" -D "$cluster/data" -l "$cluster/log" -w start >/dev/null \
        -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$cluster -c fsync=off -c max_connections=300"
) || { cat "$cluster/log" >&2; exit 1; }
export TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres"
for story in stories commands kill; do
    cargo test --locked --workspace --test "$story"
done
unset TEST_DATABASE_URL
trap - EXIT
stop_postgres

say "a browser"
cargo test --locked --workspace --test browser

say "the binary"
"$MYPARK_BIN" --help >/dev/null

say "all is well"
