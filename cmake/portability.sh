#!/bin/sh
# Builds sluice where it is not at home, and runs its unit tests there:
#
#     sh cmake/portability.sh [SURROUNDING…]
#
# SURROUNDING is one of these, all of them by default; each has its own folder, build/portability-…:
#
#     gcc, clang   the whole library, warnings being errors
#     debug        gcc with the checked containers of libstdc++ (_GLIBCXX_DEBUG)
#     libcxx       the core with clang and libc++ 14
#     i386         the core for 32 bits, with -m32
#     s390x        the core for a machine that is big-endian, under qemu: the tests that know of the
#                  order of bytes
#
# The core is sluice without Boost's compiled part (SLUICE_COMPRESSION=OFF). On a Debian, missing
# packages are installed first. JOBS sets how many compilers run at once.

set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/cmake/packages.sh"
cd "$root"
jobs=${JOBS:-$(nproc)}

tests=unit_tests

# build NAME [OPTION…]: configures and builds $tests.
build() {
    directory=build/portability-$1
    shift
    cmake -S . -B "$directory" -G Ninja -D CMAKE_BUILD_TYPE=Debug -D SLUICE_BUILD_EXAMPLES=OFF \
        -D CMAKE_COMPILE_WARNING_AS_ERROR=ON -D CMAKE_CXX_FLAGS_DEBUG=-O1 "$@"
    cmake --build "$directory" --parallel "$jobs" --target "$tests"
}

# core NAME [OPTION…]: the same of the core.
core() {
    name=$1
    shift
    build "$name" -D SLUICE_COMPRESSION=OFF -D SLUICE_NET=OFF -D SLUICE_HASH=OFF \
        -D SLUICE_ISAL=OFF -D SLUICE_MOUNT=OFF "$@"
}

# run [EMULATOR [OPTION…]]: runs $tests.
run() {
    "$@" "$directory/test/unit/$tests" --no-intro=true
}

# foreign ARCHITECTURE: unpacks, and does not install, the converters and the locales of a C library,
# without which a cross compiler comes. What was unpacked in part is unpacked anew.
foreign() {
    system=$root/build/portability-$1/system
    [ ! -e "$system/whole" ] || return 0
    rm -rf -- "$system"
    lists=$system/apt/lists
    cache=$system/apt/cache
    mkdir -p "$lists/partial" "$cache/archives/partial"
    (
        cd "$system/apt"
        for action in update "download libc6:$1 libc-bin:$1"; do
            # shellcheck disable=SC2086 # words, of which each is an argument
            apt-get -q -o "Dir::State::lists=$lists" -o "Dir::Cache=$cache" \
                -o "APT::Architectures::=$1" \
                -o "APT::Architectures::=$(dpkg --print-architecture)" $action
        done
    )
    for package in "$system"/apt/*.deb; do
        dpkg-deb --extract "$package" "$system"
    done
    : >"$system/whole"
}

surrounding() {
    case $1 in
        gcc)
            need $test_packages
            build gcc
            run
            ;;
        clang)
            need $test_packages $clang_packages
            build clang -D CMAKE_CXX_COMPILER=clang++
            run
            ;;
        debug)
            need $test_packages
            build debug -D CMAKE_CXX_FLAGS="-D_GLIBCXX_DEBUG -D_GLIBCXX_ASSERTIONS"
            run
            ;;
        libcxx)
            need $test_packages $clang_packages $libcxx_packages
            core libcxx -D CMAKE_CXX_COMPILER=clang++ -D CMAKE_CXX_FLAGS=-stdlib=libc++
            run
            ;;
        i386)
            need $test_packages $i386_packages
            # The kernel's headers are the same for both, and stand where -m32 does not look.
            core i386 -D CMAKE_CXX_COMPILER=g++-12 -D Boost_NO_BOOST_CMAKE=ON \
                -D CMAKE_CXX_FLAGS="-m32 -idirafter /usr/include/$(g++-12 -print-multiarch)"
            run
            ;;
        s390x)
            need $test_packages $s390x_packages
            tests=byte_order_tests
            foreign s390x
            core s390x -D CMAKE_SYSTEM_NAME=Linux -D CMAKE_SYSTEM_PROCESSOR=s390x \
                -D CMAKE_CXX_COMPILER=s390x-linux-gnu-g++-12 -D Boost_NO_BOOST_CMAKE=ON \
                -D CMAKE_CROSSCOMPILING_EMULATOR="qemu-s390x;-L;/usr/s390x-linux-gnu"
            run qemu-s390x -L /usr/s390x-linux-gnu -E "LOCPATH=$system/usr/lib/locale" \
                -E "GCONV_PATH=$system/usr/lib/s390x-linux-gnu/gconv"
            ;;
        *)
            echo "portability.sh: no surrounding is called $1" >&2
            return 2
            ;;
    esac
}

if [ $# -eq 1 ]; then
    surrounding "$1"
    exit
fi
[ $# -gt 0 ] || set -- gcc clang debug libcxx i386 s390x
failed=
for name in "$@"; do
    sh "$root/cmake/portability.sh" "$name" || failed="$failed $name"
done
if [ -n "$failed" ]; then
    echo "Failed:$failed" >&2
    exit 1
fi
