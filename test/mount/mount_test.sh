#!/bin/sh
# One test of sluice-mount:
#
#     LAUNCHER=<sluice-mount> PROGRAMS=<directory of the test's programs> sh mount_test.sh CASE
#
# It works in the working directory, of which it takes all away first. Exits with 77, and a word, where
# the tool that it is about is not installed.

set -eu

# The launcher may have been built with a sanitizer, which wants to be loaded before all else. Two
# tests run it with something preloaded.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0"

case=$1
tests=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
here=$(pwd -P)
prefix=$here/mounted  # is not there
rm -rf -- "$here"/*

fail() {
    echo "failed: $*" >&2
    exit 1
}

# equal WHAT EXPECTED GOT
equal() {
    [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

need() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null || {
            echo "skipped: $tool is not installed"
            exit 77
        }
    done
}

# Where the copies go: a directory of this test's own, so that it can see that nothing is left.
ram=$here/ram
if [ -w /dev/shm ]; then
    ram=$(mktemp -d /dev/shm/sluice-test-XXXXXX)
else
    mkdir "$ram"
fi
trap 'rm -rf -- "$ram"' EXIT

mount() {
    "$LAUNCHER" --in "$ram" "$@"
}

# status_of EXPECTED COMMAND...: standard output and error are in out and err.
status_of() {
    expected=$1
    shift
    status=0
    "$@" >out 2>err || status=$?
    [ "$status" -eq "$expected" ] || {
        cat out err >&2
        fail "expected status $expected, got $status: $*"
    }
}

make_fixture() {
    mkdir -p "$1/folder/deep"
    printf 'some text' >"$1/text"
    printf inner >"$1/folder/inner"
    printf x >"$1/folder/deep/f"
    printf '#!/bin/sh\necho "ran: $1"\nexit 7\n' >"$1/our-script"
    chmod 755 "$1/our-script"
    ln -s text "$1/relative"
    ln -s "$2/folder/inner" "$1/absolute"
    ln -s /etc/hostname "$1/outside"
    ln -s ../sibling "$1/upward"
    ln -s none "$1/dangling"
    ln -s circle "$1/circle"
    ln -s folder "$1/to_folder"
}

describe() {
    (cd "$1" && find . -printf '%P %y %m %T@ %l\n' | sort && find . -type f -exec cksum {} + | sort)
}

make_fixture fixture "$prefix"
make_fixture on-disk "$here/on-disk"  # as long a name
echo sibling >sibling
describe fixture >before

# -- programs that know nothing of it ---------------------------------------------------------

test_calls() {
    mkdir above
    touch above/file above/mounted
    "$PROGRAMS/mount_calls" "$here/on-disk" >expected
    rm above/mounted
    mount "$prefix=fixture" above/mounted=sibling -- "$PROGRAMS/mount_calls" "$prefix" >got
    diff -u expected got || fail "a mount differs from a disk"
    grep -q '^left alone: EDOM$' got || fail "nothing was compared"
}

test_streams() {
    "$PROGRAMS/mount_streams" "$here/on-disk" | sed "s|$here/on-disk|@|" >expected
    mount "$prefix=fixture" -- "$PROGRAMS/mount_streams" "$prefix" | sed "s|$prefix|@|" >got
    diff -u expected got || fail "a mount differs from a disk"
    grep -q '^some text$' got || fail "nothing was compared"
}

test_cat() {
    equal "cat" "some text" "$(mount "$prefix=fixture" -- cat "$prefix/text")"
    equal "links" "some textinner" \
        "$(mount "$prefix=fixture" -- cat "$prefix/relative" "$prefix/absolute")"
    equal "beside it" "sibling" "$(mount "$prefix=fixture" cat "$prefix/upward")"
    status_of 1 mount "$prefix=fixture" -- cat "$prefix/none"
    grep -q "No such file" err || fail "the error is not the disk's"
}

test_ls() {
    ls -R on-disk | sed 's|^on-disk|mounted|' >expected
    mount "$prefix=fixture" -- ls -R mounted >got
    diff -u expected got || fail "ls -R differs"
    # What a directory takes, and with it the total, is another on each file system.
    ls -l on-disk | grep -v '^total\|^d' | tr -s ' ' | sed "s|$here/on-disk|$prefix|" >expected
    mount "$prefix=fixture" -- ls -l "$prefix" | grep -v '^total\|^d' | tr -s ' ' >got
    diff -u expected got || fail "ls -l differs"
}

test_find() {
    (cd on-disk && find . -printf '%P %y %m %l\n' | sort) | sed "s|$here/on-disk|$prefix|" >expected
    mount "$prefix=fixture" -- find "$prefix" -printf '%P %y %m %l\n' | sort >got
    diff -u expected got || fail "find differs"
    equal "grep" "$prefix/folder/inner" "$(mount "$prefix=fixture" -- grep -rl inner "$prefix")"
    mount "$prefix=fixture" -- find "$prefix" -delete
}

test_cp() {
    mount "$prefix=fixture" -- sh -c '
        cp -a "$1" copied-out && cp -a on-disk "$1/in" && mv "$1/in/text" moved-out &&
        rm -r "$1/folder" && mkdir -p "$1/x/y" && touch -d @5 "$1/x/y/z" && chmod 600 "$1/x/y/z" &&
        cp -a "$1/x" x' sh "$prefix"
    describe copied-out >got
    diff -u before got || fail "what was copied out differs"
    equal "moved out" "some text" "$(cat moved-out)"
    equal "made and copied" "600 5" "$(stat -c '%a %Y' x/y/z)"
}

test_bash() {
    need bash
    mount "$prefix=fixture" -- bash -c '
        echo new >"$1/new"; echo more >>"$1/new"; cat <"$1/new"
        cd "$1/to_folder"; pwd; pwd -P; cat inner; echo; echo *; cd ..; echo */deep/*
        [[ -e text && -d folder && ! -e none && text -nt new ]] || echo tested
        exec 3<text; readlink /proc/self/fd/3; . ./none 2>/dev/null || source <(cat our-script)
        ' bash "$prefix" >got || [ $? -eq 7 ]
    printf '%s\n' new more "$prefix/to_folder" "$prefix/folder" inner 'deep inner' \
        'folder/deep/f to_folder/deep/f' tested "$prefix/text" 'ran: ' >expected
    sed -i "s|^ran: .*|ran: |" got
    diff -u expected got || fail "bash differs"
}

test_python3() {
    need python3
    equal "python" "well" "$(mount "$prefix=fixture" -- python3 "$tests/python.py" "$prefix")"
}

test_sqlite3() {
    need sqlite3
    mount --save "$prefix=saved" "$prefix=fixture" -- sh -c '
        sqlite3 "$1/base" "create table t (a); insert into t values (1), (2);" &&
        sqlite3 "$1/base" "pragma journal_mode = wal; insert into t values (3); select sum(a) from t;" &&
        sqlite3 "$1/base" "pragma journal_mode = delete; begin; delete from t; rollback;
                           update t set a = a + 1; select sum(a) from t;" &&
        sqlite3 "$1/base" "vacuum into \"$1/second\";" && sqlite3 "$1/second" "select count(*) from t;"
        ' sh "$prefix" >got
    equal "sums" "wal 6 delete 9 3" "$(echo $(cat got))"
    equal "on the disk" "9" "$(sqlite3 saved/base 'select sum(a) from t;')"
}

# -- where things are mounted -----------------------------------------------------------------

test_two_mounts() {
    mkdir second
    echo two >second/file
    equal "both" "some text two" "$(echo $(mount "$prefix=fixture" "$here/other=second" -- \
        sh -c 'cat "$1/text" && echo && cat "$2/file"' sh "$prefix" "$here/other"))"
    status_of 2 mount "$prefix=fixture" "$prefix/=second" -- true
}

test_nested() {
    mkdir second
    echo two >second/file
    # Given in the wrong order; over what is there, and where nothing is.
    mount "$prefix/folder=second" "$prefix/new/one=second" "$prefix=fixture" -- sh -c '
        cat "$1/text" "$1/folder/file" "$1/new/one/file"; ls "$1" "$1/folder" "$1/new"
        cat "$1/folder/../text"; test ! -e "$1/folder/inner"' sh "$prefix" >got ||
        fail "what was there is seen"
    equal "listed" "1 1 1" \
        "$(echo $(grep -cx folder got) $(grep -cx file got) $(grep -cx one got))"
    status_of 125 mount "$prefix=fixture" "$prefix/text/under=second" -- true
    status_of 125 mount "$prefix=fixture" "$prefix/outside/under=second" -- true
}

test_over_a_directory() {
    mkdir mounted
    echo hidden >mounted/hidden
    equal "hidden" "some text" "$(mount mounted=fixture -- sh -c \
        'test ! -e mounted/hidden && cat mounted/text && rm -r mounted/*' sh)"
    equal "on the disk" "hidden" "$(ls mounted)"
    # Listed from above, and entered by name.
    mount mounted=fixture -- find . -path ./mounted/folder/inner | grep -q inner ||
        fail "not found from above"
}

test_file() {
    mount --save app.conf=saved "$here/app.conf=fixture/text" -- sh -c '
        cat app.conf && echo more >>app.conf && cat "$1/app.conf" && test ! -e app.conf/x &&
        test -f "$1/../${1##*/}/app.conf" && rm app.conf && test ! -e app.conf &&
        cp sibling app.conf && cat app.conf &&
        ! mv -T sibling/none app.conf 2>/dev/null && mv app.conf elsewhere && mv elsewhere app.conf
        ' sh "$here" >got || fail "$(cat got)"
    equal "a file" "some textsome textmore sibling" "$(echo $(cat got))"
    equal "saved" "sibling" "$(cat saved)"
    test ! -e app.conf || fail "the disk was written"
}

test_missing_above() {
    # The directories above a prefix are there too, and in RAM.
    mount "$here/none/above/app=fixture" "$here/none/above/file=fixture/text" -- sh -c '
        test -d none && ls none/above && cat none/above/app/text none/above/file &&
        mkdir -p none/beside && touch none/beside/file && cd none/above && pwd' sh >got
    equal "above" "app file some textsome text$here/none/above" "$(echo $(cat got))"
    test ! -e none || fail "the disk was written"
    status_of 125 mount "$here/sibling/app=fixture" -- true
}

test_listed_above() {
    mkdir folder on
    make_fixture on/mounted "$here/on/mounted"
    mkdir folder/there
    touch folder/file on/file
    # The directory above lists what is mounted in it, whether the disk has it or not.
    mount folder/mounted=on/mounted folder/a=sibling folder/there=fixture -- sh -c '
        ls folder; echo folder/m*/t*; find folder -name inner | sort; rm -r folder/mounted; ls folder
        rm folder/a; ls folder' >got
    printf '%s\n' a file mounted there 'folder/mounted/text folder/mounted/to_folder' \
        folder/mounted/folder/inner folder/there/folder/inner a file there file there >expected
    diff -u expected got || fail "what is listed above differs"
    if command -v python3 >/dev/null; then
        # Read twice, by descriptor, while others are open; from the root.
        equal "python" "['file', 'mounted']
['file', 'mounted']
True
[]" "$(mount on-top/mounted=fixture folder/mounted=fixture /mounted-in-root=fixture -- python3 -c '
import os
entries = [os.scandir("folder") for _ in range(50)]
print(sorted(e.name for e in entries[0] if e.name != "there"))
print(sorted(n for n in os.listdir(os.open("folder", os.O_RDONLY)) if n != "there"))
print("mounted-in-root" in os.listdir("/") and os.listdir("on-top") == ["mounted"])
print([n for n in os.listdir("folder/mounted") if n == "mounted"])')"
    fi
}

test_linked_above() {
    mkdir real
    ln -s real linked
    equal "by both names" "some textsome text$here/real/app" \
        "$(mount "linked/app=fixture" -- sh -c 'cat linked/app/text real/app/text
            cd linked/app && pwd -P')"
}

test_odd_names() {
    odd=$here'/an odd=name: "$x" é'
    make_fixture "fixture two:" "$odd"
    equal "odd" "some text" "$(mount "${odd%%=*}=fixture two:" -- cat "${odd%%=*}/text")"
    status_of 2 mount "$here/a
b=fixture" -- true
    status_of 2 mount "/=fixture" -- true
    # A path that LD_PRELOAD cannot hold.
    mkdir "odd place:"
    cp "$LAUNCHER" "${LAUNCHER%/*}/libsluice_mount.so" "odd place:"
    equal "odd place" "some text" \
        "$("odd place:/sluice-mount" --in "$ram" "$prefix=fixture" -- cat "$prefix/text")"
}

test_outer() {
    mkdir second
    echo two >second/file
    equal "both" "some text two two" "$(echo $(mount "$prefix=fixture" -- \
        "$LAUNCHER" --in "$ram" "$here/other=second" "$prefix/folder=second" -- sh -c '
            cat "$1/text"; echo; cat "$2/file" "$1/folder/file"
            test ! -e "$1/folder/inner"' sh "$prefix" "$here/other"))"
}

# -- archives ---------------------------------------------------------------------------------

# need_archives ARCHIVE
need_archives() {
    if mount "$prefix=$1" -- true 2>&1 | grep -q 'built without libarchive'; then
        echo "skipped: sluice-mount was built without libarchive"
        exit 77
    fi
}

# An archive that was mounted must be as the directory, but for what it does not hold.
check_archive() {
    need_archives "$1"
    mount "$prefix=$1" -- sh -c 'cat "$1/absolute" "$1/text" && "$1/our-script" archive' \
        sh "$prefix" >got && fail "the script's status was lost" || equal "status" 7 $?
    equal "read" "innersome textran: archive" "$(cat got)"
    equal "kept" "$(cksum <"$1")" "$(mount "$here/archive.${1#*.}=$1" -- cat "$here/archive.${1#*.}" | cksum)"
    mv "$1" unnamed
    equal "by the slash" "inner" "$(mount "$prefix/=unnamed" -- cat "$prefix/folder/inner")"
}

test_tar() {
    need tar gzip
    (cd fixture && tar -czf ../made.tar.gz .)
    check_archive made.tar.gz
    (cd fixture && tar -cf ../cut.tar .)
    head -c 1500 cut.tar >damaged.tar
    status_of 125 mount "$prefix=damaged.tar" -- true
    status_of 125 mount "$prefix/=sibling" -- true
    # What would be put elsewhere.
    tar -cPf climbing.tar --transform 's|^sibling|../climbed|' sibling
    status_of 125 mount "$prefix=climbing.tar" -- true
    test ! -e "$ram/climbed" || fail "unpacked elsewhere"
}

test_cpio() {
    need cpio
    (cd fixture && find . | cpio --quiet -o -H newc >../made.cpio)
    check_archive made.cpio
}

test_zip() {
    need python3
    (cd fixture && python3 -c 'import shutil; shutil.make_archive("../made", "zip")')
    need_archives made.zip
    status_of 0 mount "$prefix=made.zip" -- cat "$prefix/folder/deep/f" "$prefix/text"
    equal "zip" "xsome text" "$(cat out)"
}

# -- options ----------------------------------------------------------------------------------

test_read_only() {
    mount --read-only "$prefix=fixture" -- sh -c '
        cat "$1/text" >/dev/null || exit 1
        for try in "rm \"\$1/text\"" "rm \"\$1/dangling\"" "rmdir \"\$1/folder\"" "mkdir \"\$1/x\"" \
            "touch \"\$1/text\"" "touch \"\$1/x\"" "mv \"\$1/text\" \"\$1/x\"" "mv \"\$1/text\" x" \
            "cp sibling \"\$1/text\"" "cp sibling \"\$1/x\"" "ln \"\$1/text\" \"\$1/x\"" "ln -s a \"\$1/x\"" \
            "chmod 600 \"\$1/text\"" "truncate -s 0 \"\$1/text\"" "mkfifo \"\$1/x\"" "mktemp \"\$1/XXXXXX\"" \
            "mktemp -d \"\$1/XXXXXX\"" "tee -a \"\$1/text\""; do
            eval "$try" </dev/null >out 2>err && echo "done: $try"
            grep -q "Read-only file system" err || { echo "$try:"; cat err; }
        done
        test -w "$1/text" && echo writable
        mkdir "$1/folder" 2>&1 | grep -q "File exists" || echo not there
        rm "$1/none" 2>&1 | grep -q "No such file" || echo there' sh "$prefix" >got
    equal "not refused" "" "$(cat got)"
}

test_save() {
    status_of 3 mount --save "$prefix=saved" --save "$prefix/folder=part" "$prefix=fixture" -- \
        sh -c 'echo more >>"$1/text"; rm "$1/outside"; exit 3' sh "$prefix"
    equal "saved" "some textmore" "$(cat saved/text)"
    test ! -e saved/outside || fail "what was removed is saved"
    equal "a part" "inner" "$(cat part/inner)"
    status_of 125 mount --save "$prefix=sibling" "$prefix=fixture" -- touch started
    test ! -e started || fail "started before it was known that nothing can be saved"
    # What cannot be saved is kept.
    status_of 125 mount --save "$prefix=late" "$prefix=fixture" -- touch late
    kept=$(sed -n "s|.*$prefix is kept in ||p" err)
    test -f "$kept/text" || fail "lost: $(cat err)"
    rm -r "${kept%/*}"
    # Where nothing is, nothing is kept.
    status_of 125 mount --save "$prefix=gone" "$prefix=fixture" -- rm -r "$prefix"
    equal "told" "sluice-mount: nothing is left at $prefix: nothing is saved" "$(cat err)"
    test -z "$(ls "$ram")" || fail "left: $(ls "$ram")"
}

# What a file system tells no sooner than at close.
test_save_told_late() {
    case $PROGRAMS in
        *" "*)
            echo "skipped: no path with a space can be preloaded"
            exit 77
            ;;
    esac
    status_of 125 env LD_PRELOAD="$PROGRAMS/libmount_late.so" FAILING_CLOSE="$here/saved/" \
        "$LAUNCHER" --in "$ram" --save "$prefix=saved" "$prefix=fixture" -- true
    grep -q "saved/.*: Disk quota exceeded" err || fail "told: $(cat err)"
    kept=$(sed -n "s|.*$prefix is kept in ||p" err)
    equal "kept" "some text" "$(cat "$kept/text")"
    rm -r "${kept%/*}"
}

test_keep() {
    mount --keep "$prefix=fixture" -- rm "$prefix/text" 2>err
    kept=$(sed -n "s|.*$prefix is kept in ||p" err)
    test -f "$kept/folder/inner" || fail "not kept: $(cat err)"
    equal "for the user alone" "700" "$(stat -c %a "$kept/..")"
    rm -rf -- "${kept%/*}"
}

test_usage() {
    for wrong in "" "$prefix=fixture" "true" "-- true" "=fixture true" "$prefix= true" \
        "--none $prefix=fixture true" "--in" "--save x $prefix=fixture true"; do
        status_of 2 "$LAUNCHER" $wrong
        grep -q "^sluice-mount: " err || fail "no word: $wrong"
    done
    status_of 0 "$LAUNCHER" --help
    grep -q "^usage: " out || fail "no help"
    status_of 0 "$LAUNCHER" --version
    grep -q "^sluice-mount [0-9]" out || fail "no version"
    status_of 125 mount "$prefix=none" -- true
    status_of 125 "$LAUNCHER" --in none "$prefix=fixture" -- true
    status_of 125 "$LAUNCHER" --in fixture "$prefix=fixture" -- true
    test -z "$(find fixture -name 'sluice-mount-*')" || fail "left in the fixture"
}

# -- how it ends ------------------------------------------------------------------------------

test_status() {
    for wanted in 0 1 42 255; do
        status_of "$wanted" mount "$prefix=fixture" -- sh -c "exit $wanted"
    done
    # Of a PATH that may be searched, or it is "Permission denied", as to env.
    status_of 127 env PATH=/usr/bin:/bin "$LAUNCHER" --in "$ram" "$prefix=fixture" -- no-such-program
    status_of 127 mount "$prefix=fixture" -- "$prefix/none"
    status_of 126 mount "$prefix=fixture" -- "$prefix/text"
    status_of 126 mount "$prefix=fixture" -- "$prefix/folder"
    status_of 7 mount "$prefix=fixture" -- "$prefix/our-script" x
    equal "a mounted program" "ran: x" "$(cat out)"
    status_of 7 env PATH="$prefix:$PATH" "$LAUNCHER" --in "$ram" "$prefix=fixture" -- our-script x
    status_of 137 mount "$prefix=fixture" -- sh -c 'kill -KILL $$'
    printf 'echo no first line\n' >fixture/plain
    chmod 755 fixture/plain
    status_of 0 mount "$prefix=fixture" -- "$prefix/plain"
    rm fixture/plain
}

test_static() {
    if [ -x "$PROGRAMS/mount_static" ]; then
        status_of 126 mount "$prefix=fixture" -- "$PROGRAMS/mount_static" "$prefix"
        grep -q "is statically linked" err || fail "not said: $(cat err)"
        ln -s "$PROGRAMS/mount_static" "$ram/static"  # a path without spaces, as "#!" wants it
        printf '#! %s -x\n' "$ram/static" >script
        chmod 755 script
        status_of 126 mount "$prefix=fixture" -- ./script
        rm "$ram/static"
        grep -q "is statically linked" err || fail "not said: $(cat err)"
    else
        echo "skipped: there is no static C++ library to link with"
        exit 77
    fi
}

test_set_user_id() {
    [ "$(id -u)" -eq 0 ] || {
        echo "skipped: only root can make such a program"
        exit 77
    }
    cp "$(command -v cat)" other-user
    chown 65534 other-user
    chmod u+s other-user
    status_of 126 mount "$prefix=fixture" -- ./other-user "$prefix/text"
    grep -q "is set-user-id" err || fail "not said: $(cat err)"
}

# What a signal leaves. The program says when it has started, and waits for what never comes.
signalled() {
    mkfifo started never
    "$LAUNCHER" --in "$ram" "$prefix=fixture" -- \
        sh -c "$1"'; echo >started; read line <>never' sh "$prefix" &
    launcher=$!
    read line <started
    kill "-$2" "$launcher"
    status=0
    wait "$launcher" || status=$?
    rm started never
    equal "status after $2" "$3" "$status"
    equal "left after $2" "" "$(ls -A "$ram")"
}

test_signals() {
    signalled ":" TERM 143
    signalled ":" HUP 129
    signalled ":" ALRM 142
    signalled ":" XCPU 152
    signalled "trap 'exit 9' USR1" USR1 9
    # What does not end the program does not end the launcher.
    signalled 'trap "rm -r \"\$1/folder\"; test ! -e \"\$1/folder\" && exit 5" TERM' TERM 5
}

test_interrupted() {
    # A signal that comes while it copies: here, one that has waited since before it began.
    need python3
    status_of 143 python3 -c 'import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
os.kill(os.getpid(), signal.SIGTERM)
os.execv(sys.argv[1], sys.argv[1:])' "$LAUNCHER" --in "$ram" "$prefix=fixture" -- touch started
    test ! -e started || fail "the program was started"
}

test_no_room() {
    mkdir large
    head -c 200000 /dev/zero >large/large
    ulimit -f 64  # blocks of 512 bytes
    status_of 125 mount "$prefix=large" -- touch started
    grep -q "$ram/.*/large: File too large" err || fail "not said: $(cat err)"
    equal "left" "" "$(ls -A "$ram")"
}

test_default_place() {
    # In RAM where there is some, or where it says; for the user alone; and not there afterwards.
    "$LAUNCHER" "$prefix=fixture" -- sh -c 'echo "$SLUICE_MOUNTS"' >got 2>err
    place=$(sed -n '1s|^w\(.*\)/0$|\1|p' got)
    case $place in
        /dev/shm/sluice-mount-??????) ;;
        *) grep -q "the copy is on the disk" err || fail "in $place, without a word" ;;
    esac
    test ! -e "$place" || fail "$place is left"
}

test_unwritable() {
    # Also what its owner may not write is copied, and removed.
    mkdir fixture/closed
    echo x >fixture/closed/file
    chmod 555 fixture/closed
    if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
        chmod 777 "$ram"
        setpriv --reuid 65534 --clear-groups "$LAUNCHER" --in "$ram" "$prefix=$here/fixture" -- \
            cat "$prefix/closed/file" >out 2>err || { cat err >&2; grep -q "Permission denied" err; }
    else
        status_of 0 mount "$prefix=fixture" -- cat "$prefix/closed/file"
    fi
    chmod 755 fixture/closed
    rm -r fixture/closed
    touch -r on-disk fixture
}

# -- the library ------------------------------------------------------------------------------

test_library() {
    need readelf nm
    library=${LAUNCHER%/*}/libsluice_mount.so
    [ -e "$library" ] || library=$LIBRARY
    equal "needs" "libc.so.6" \
        "$(readelf -d "$library" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | grep -v '^ld-linux\|^libdl')"
    nm -D --defined-only "$library" | sed 's/.* //' | grep '^_Z' &&
        fail "exports what is no function of the C library" || :
    # Without mounts it does nothing; what was preloaded before stays first.
    equal "without mounts" "some text" "$(LD_PRELOAD=$library cat fixture/text)"
    preloaded=$(LD_PRELOAD=libm.so.6 \
        "$LAUNCHER" --in "$ram" "$prefix=fixture" -- sh -c 'echo "$LD_PRELOAD"')
    case $library in
        *" "*) preloaded="${preloaded%:*}:$library" ;;  # a copy, for no such path can be preloaded
    esac
    equal "preloaded" "libm.so.6:$library" "$preloaded"
    equal "nonsense" "some text" "$(SLUICE_MOUNTS=nonsense LD_PRELOAD=$library cat fixture/text)"
    # As few descriptors, whatever is called.
    equal "descriptors" "$(ls /proc/self/fd | wc -l)" \
        "$(mount "$prefix=fixture" -- ls /proc/self/fd | wc -l)"
}

test_early() {
    # What is loaded before it is initialized before it, here.
    case $LAUNCHER$PROGRAMS in
        *" "*)
            echo "skipped: no path with a space can be preloaded"
            exit 77
            ;;
    esac
    library=${LAUNCHER%/*}/libsluice_mount.so
    equal "early" "some textinner" "$(LD_PRELOAD="$library:$PROGRAMS/libmount_early.so" \
        EARLY=$prefix/text "$LAUNCHER" --in "$ram" "$prefix=fixture" -- cat "$prefix/absolute")"
}

# ---------------------------------------------------------------------------------------------

"test_$case"

describe fixture >after
sed -i '/^ d /d' before after  # the time of the directory itself, in which some tests made files
diff -u before after || fail "the fixture was changed"
equal "left in RAM" "" "$(ls -A "$ram")"
