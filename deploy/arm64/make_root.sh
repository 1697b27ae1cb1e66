#!/usr/bin/env bash
# An emulated 64-bit ARM Debian in a folder, with the device's packages: to hold sentences against this machine's, never for speed.
# Needs root, and on Debian: apt-get install qemu-user-static debootstrap
# Usage: make_root.sh ROOT [WHEEL]    (7 minutes; a root that is there already is kept)
# With WHEEL, edge-caption itself is installed from it, and what it asks for; without, only what it asks for.
set -euo pipefail
fail() { echo "make_root.sh: $1" >&2; exit 2; }
root=${1:?usage: make_root.sh ROOT [WHEEL]}
wheel=${2:-}
python=${PYTHON:-python3}
[ -z "$wheel" ] || [ -f "$wheel" ] || fail "$wheel is missing; build it with: python -m build"
for tool in debootstrap qemu-aarch64-static; do
    command -v "$tool" >/dev/null || fail "$tool is missing; run: apt-get install qemu-user-static debootstrap"
done
[ "$(id -u)" = 0 ] || fail "root's rights are needed to make and to enter $root; run this as root"
if [ ! -e /proc/sys/fs/binfmt_misc/qemu-aarch64 ]; then
    mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc ||
        fail "binfmt_misc cannot be mounted here, so nothing starts qemu; use a machine or a privileged container where it can"
    /usr/lib/systemd/systemd-binfmt || fail "qemu's binfmt entry cannot be made; run: apt-get install --reinstall qemu-user-static"
fi
if [ ! -e "$root/.complete" ]; then
    rm -rf "$root"
    debootstrap --arch=arm64 --foreign --variant=minbase --include=python3,libgl1,libglib2.0-0 bookworm "$root" ||
        fail "Debian could not be fetched into $root; check the network and the disk, and run this again"
    chroot "$root" /debootstrap/debootstrap --second-stage || fail "Debian could not be set up in $root; see $root/debootstrap/debootstrap.log"
    touch "$root/.complete"
fi
# The packages are fetched here, for there: Bookworm's Python is 3.11. /sys stays unmounted: with it onnxruntime's detection crashes.
packages=(numpy pillow onnxruntime ai-edge-litert)
[ -z "$wheel" ] || packages=("$wheel[litert]")
rm -rf "$root/opt/site.new"
"$python" -m pip install --quiet --disable-pip-version-check --target "$root/opt/site.new" --only-binary=:all: --python-version 3.11 \
    --platform manylinux_2_28_aarch64 --platform manylinux_2_27_aarch64 --platform manylinux2014_aarch64 "${packages[@]}" ||
    fail "the packages for 64-bit ARM could not be fetched; check the network, and run this again"
rm -rf "$root/opt/site"
mv "$root/opt/site.new" "$root/opt/site"
echo "$root"
