# What the tests have in common that make a disk of their own; sourced by them.
#
# `$here` is a directory that goes at the end, with what is mounted in it: what a test has mounted
# last is named first in `mounted`. A test that has more to end defines end() for it.

mounted=
here=

# skip WORD…: ends a test that cannot run.
skip() {
    echo "skipped: $*"
    exit 77
}

end() { :; }

clean_up() {
    end
    for place in $mounted; do
        umount "$here/$place" 2>/dev/null || true
    done
    rm -rf --one-file-system -- "$here"
}

# begin TOOL…: skips the test where it is not root's, or one of its tools is missing.
begin() {
    [ "$(id -u)" -eq 0 ] || skip "only root can mount"
    for tool in mount umount "$@"; do
        command -v "$tool" >/dev/null || skip "$tool is not installed"
    done
    here=$(mktemp -d)
    trap clean_up EXIT
    trap 'exit 1' HUP INT TERM
}

# mount_at PLACE OPTION…: makes the directory `$here/PLACE`, and mounts there; where that cannot be,
# the test is skipped.
mount_at() {
    place=$1
    shift
    mkdir -p "$here/$place"
    mount "$@" "$here/$place" 2>"$here/why" || skip "no mount: $(cat "$here/why")"
    mounted="$place $mounted"
}
