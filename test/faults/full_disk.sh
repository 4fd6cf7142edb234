#!/bin/sh
# A disk with room for 0 to 16 pages more:
#
#     sh full_disk.sh SAVER
#
# It is a tmpfs of 1 MiB. Exits with 77, and a word, where it cannot run: it needs root.

set -eu

saver=$1
. "$(dirname -- "$0")/disk.sh"

begin
mount_at disk -t tmpfs -o size=1m tmpfs
"$saver" full "$here/disk"
