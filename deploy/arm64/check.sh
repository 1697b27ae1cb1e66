#!/usr/bin/env bash
# The wheel on emulated 64-bit ARM and on this machine: the same sentences? And within 512 MB?
# Needs what make_root.sh needs. The tools of `pip install -e '.[dev]'` are looked for in $PYTHON.
# Usage: check.sh ROOT [OUT]    (ROOT is made where it is missing; the wheel, an environment and the report go to OUT)
set -euo pipefail
fail() { echo "check.sh: $1" >&2; exit 2; }
root=${1:?usage: check.sh ROOT [OUT]}
python=${PYTHON:-python3}
[ "$(id -u)" = 0 ] || fail "root's rights are needed to make and to enter $root; run this as root"
case $root in /*) ;; *) root=$PWD/$root ;; esac
out=${2:-}
case $out in '' | /*) ;; *) out=$PWD/$out ;; esac
cd "$(dirname "$0")/../.."
out=${out:-build/arm64}
mkdir -p "$out"
# By way of a source distribution: a wheel from the tree itself would hold what an earlier build has left in build/.
rm -rf "$out/dist"
"$python" -m build --no-isolation --outdir "$out/dist" . >"$out/build.log" 2>&1 ||
    fail "the wheel could not be built; see $out/build.log"
wheel=$(echo "$out"/dist/*.whl)
PYTHON=$python deploy/arm64/make_root.sh "$root" "$wheel"
"$python" -m venv --clear "$out/here" || fail "no environment could be made in $out/here; run: apt-get install python3-venv"
"$out/here/bin/python" -m pip install --quiet --disable-pip-version-check "$wheel[litert]" ||
    fail "the wheel could not be installed in $out/here; check the network, and run this again"
exec "$python" -m benchmarks arm64 --root "$root" --python "$out/here/bin/python" --out "$out"
