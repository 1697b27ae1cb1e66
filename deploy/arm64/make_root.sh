#!/usr/bin/env bash
# An emulated 64-bit ARM Debian in a folder, with the device's packages: to hold sentences against this machine's, never for speed.
# Needs root, and on Debian: apt-get install qemu-user-static debootstrap
# Usage: make_root.sh ROOT    (7 minutes; a root that is there already is kept)
set -euo pipefail
root=${1:?usage: make_root.sh ROOT}
python=${PYTHON:-python3}
for tool in debootstrap qemu-aarch64-static; do
    command -v "$tool" >/dev/null || { echo "make_root.sh: $tool is missing; run: apt-get install qemu-user-static debootstrap" >&2; exit 2; }
done
if [ ! -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ]; then
    mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
    /usr/lib/systemd/systemd-binfmt
fi
if [ ! -e "$root/.complete" ]; then
    rm -rf "$root"
    debootstrap --arch=arm64 --foreign --variant=minbase --include=python3,libgl1,libglib2.0-0 bookworm "$root"
    chroot "$root" /debootstrap/debootstrap --second-stage
    touch "$root/.complete"
fi
# The packages are fetched here, for there: Bookworm's Python is 3.11. /sys stays unmounted: with it onnxruntime's detection crashes.
"$python" -m pip install --quiet --disable-pip-version-check --upgrade --target "$root/opt/site" --only-binary=:all: --python-version 3.11 \
    --platform manylinux_2_28_aarch64 --platform manylinux_2_27_aarch64 --platform manylinux2014_aarch64 \
    numpy pillow onnxruntime ai-edge-litert
echo "$root"
