#!/bin/sh
# A disk that takes what it has no room for, and says so when it is asked to bring it to the disk:
#
#     sh failing_fsync.sh SAVER
#
# An ext4 of 64 MiB lies in a file without content on a tmpfs of 6 MiB.
#
# Exits with 77, and a word, where it cannot run: it needs root and loop devices.

set -eu

saver=$1

skip() {
    echo "skipped: $*"
    exit 77
}

[ "$(id -u)" -eq 0 ] || skip "only root can mount"
for tool in mkfs.ext4 mount umount; do
    command -v "$tool" >/dev/null || skip "$tool is not installed"
done

here=$(mktemp -d)
cleanup() {
    for place in disk small; do
        umount "$here/$place" 2>/dev/null || true
    done
    rm -rf --one-file-system -- "$here"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

mkdir "$here/small" "$here/disk"
mount -t tmpfs -o size=6m tmpfs "$here/small" 2>"$here/why" || skip "no mount: $(cat "$here/why")"
truncate -s 64M "$here/small/image"
mkfs.ext4 -q -F "$here/small/image"
mount -o loop,errors=continue "$here/small/image" "$here/disk" 2>"$here/why" ||
    skip "no loop mount: $(cat "$here/why")"
"$saver" fsync "$here/disk"
