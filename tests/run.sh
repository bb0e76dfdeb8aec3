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

say "tests on SQLite"
# The browser story comes on its own at the end: it must not share two cores with everything.
cargo test --locked --workspace --exclude tests
cargo test --locked -p tests --lib --bins
for story in tests/*/main.rs; do
    name="$(basename "$(dirname "$story")")"
    case "$name" in
    bench | browser) ;;
    *) cargo test --locked -p tests --test "$name" ;;
    esac
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
TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres" cargo test --locked -p tests --test stories
trap - EXIT
stop_postgres

say "a browser"
if [ -f tests/browser/main.rs ]; then
    cargo test --locked -p tests --test browser
fi

say "the binary"
cargo build --locked -p server
target/debug/mypark --help >/dev/null

say "all is well"
