#!/usr/bin/env bash
# Runs a command beside a PostgreSQL of its own, which TEST_DATABASE_URL names and which is gone
# afterwards. POSTGRES_FSYNC=on makes its commits durable, as a measurement needs them.
set -euo pipefail
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
        -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$cluster -c fsync=${POSTGRES_FSYNC:-off} -c max_connections=300"
) || { cat "$cluster/log" >&2; exit 1; }
export TEST_DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres"
"$@"
