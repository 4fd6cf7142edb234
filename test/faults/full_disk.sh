#!/bin/sh
# A disk with room for 0 to 16 pages more:
#
#     sh full_disk.sh SAVER
#
# It is a tmpfs of 1 MiB. Exits with 77, and a word, where it cannot run: it needs root.

set -eu

saver=$1

skip() {
    echo "skipped: $*"
    exit 77
}

[ "$(id -u)" -eq 0 ] || skip "only root can mount"

here=$(mktemp -d)
cleanup() {
    umount "$here/disk" 2>/dev/null || true
    rm -rf --one-file-system -- "$here"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

mkdir "$here/disk"
mount -t tmpfs -o size=1m tmpfs "$here/disk" 2>"$here/why" || skip "no mount: $(cat "$here/why")"
"$saver" full "$here/disk"
