#!/usr/bin/env bash
# Runs a script of this folder with the clients that it needs; makes their place when it is missing.
set -euo pipefail
cd "$(dirname "$0")/../.."

place="$(realpath -m "${CARGO_TARGET_DIR:-target}")/clients"
wanted="tests/clients/requirements.txt"
mkdir -p "$place"
(
    flock 9
    if ! cmp -s "$wanted" "$place/installed.txt"; then
        python3 -c 'import ensurepip, venv' 2>/dev/null || .ci/need python3 python3-venv
        rm -rf "$place/venv"
        python3 -m venv "$place/venv"
        "$place/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --requirement "$wanted"
        cp "$wanted" "$place/installed.txt"
    fi
) 9>"$place/lock" >&2
script="$1"
shift
exec "$place/venv/bin/python" -W error::RuntimeWarning "tests/clients/$script" "$@"
