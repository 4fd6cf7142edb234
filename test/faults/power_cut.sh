#!/bin/sh
# What a power cut leaves of files that were being saved:
#
#     sh power_cut.sh SAVER [PICTURES]
#
# A file system (ext4) lies in a file of another (XFS), which can copy that file in one step while it
# is in use: a picture of the disk as a power cut would have left it. `noauto_da_alloc` takes away
# what ext4 does of its own for programs that forget to fsync. In each of 300 PICTURES, half of them
# with a file that has a name before its end, the file that SAVER saves must be whole, and as new as
# the last commit() that had returned; and so its log. Saved without `durable`, which promises nothing
# of a power cut, it must be found torn or lost (not merely old) in a picture, or this test shows
# nothing.
#
# Exits with 77, and a word, where it cannot run: it needs root, loop devices and mkfs.xfs.

set -eu

saver=$1
pictures=${2:-300}
. "$(dirname -- "$0")/disk.sh"

fail() {
    echo "failed: $*" >&2
    exit 1
}

writer=
end() {
    [ -z "$writer" ] || kill -9 "$writer" 2>/dev/null || true
    wait
}

begin mkfs.ext4 mkfs.xfs
mkdir "$here/disk" "$here/look"
truncate -s 1G "$here/base"
mkfs.xfs -q -m reflink=1 "$here/base"
mount_at top -o loop "$here/base"
mounted="look disk top"  # the first two come and go

# start {durable|quick} {unnamed|named}: a fresh disk, and a program that saves there.
start() {
    rm -f "$here/top/image"  # a loop device may still hold the last
    truncate -s 96M "$here/top/image"
    mkfs.ext4 -q -F "$here/top/image"
    mount -o loop,commit=1,noauto_da_alloc "$here/top/image" "$here/disk"
    rm -f "$here/told.saved" "$here/told.logged"
    : >"$here/told.saved"
    : >"$here/told.logged"
    "$saver" save "$here/disk" "$here/told" "$@" &
    writer=$!
    sleep 2  # a disk has more than one journal's worth on it
}

stop() {
    kill -9 "$writer"
    wait "$writer" 2>/dev/null || true
    writer=
    umount "$here/disk"
}

# Whether what the disk holds now would do after a power cut.
picture_is_well() {
    kill -0 "$writer" || fail "the writer has ended"
    saved=$(stat -c %s "$here/told.saved") || fail "no progress is told"
    logged=$(stat -c %s "$here/told.logged") || fail "no progress is told"
    rm -f "$here/top/picture"
    cp --reflink=always "$here/top/image" "$here/top/picture" || fail "no picture can be taken"
    mount -o loop "$here/top/picture" "$here/look" || fail "a picture cannot be mounted"
    status=0
    "$saver" check "$here/look" "$saved" "$logged" >"$here/wrong" || status=$?
    umount "$here/look" || fail "a picture cannot be unmounted"
    [ $status -le 1 ] || fail "the check itself has failed"
    cat "$here/wrong"
    [ $status -eq 0 ]
}

# take COUNT: sets `bad` to how many pictures show damage, and `torn` to how many of them have no
# whole file. In what follows `||`, set -e is off: so what is no damage calls fail.
take() {
    bad=0
    torn=0
    for i in $(seq "$1"); do
        picture_is_well || bad=$((bad + 1))
        ! grep -qE '^(torn|lost)' "$here/wrong" || torn=$((torn + 1))
    done
}

failed=0
for names in unnamed named; do
    start durable $names
    take $((pictures / 2))
    echo "durable, $names: $bad damaged of $((pictures / 2)) pictures, $saved saves, $logged log lines"
    [ $bad -eq 0 ] || failed=1
    stop
done

controls=$((pictures / 10 + 2))
start quick unnamed
take $controls >"$here/control"
echo "control without fsync: $bad damaged of $controls pictures, $torn of them torn or lost"
head -3 "$here/control"
[ $torn -gt 0 ] || failed=1
stop
exit $failed
