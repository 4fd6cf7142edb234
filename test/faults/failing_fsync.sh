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
. "$(dirname -- "$0")/disk.sh"

begin mkfs.ext4
mount_at small -t tmpfs -o size=6m tmpfs
truncate -s 64M "$here/small/image"
mkfs.ext4 -q -F "$here/small/image"
mount_at disk -o loop,errors=continue "$here/small/image"
"$saver" fsync "$here/disk"
