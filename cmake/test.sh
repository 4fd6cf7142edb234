#!/bin/sh
# Builds everything in build/<preset>, and runs all tests:
#
#     sh cmake/test.sh [--preset NAME]
#
# NAME is one of CMakePresets.json: release (the default), dev, clang, shared, thread, tidy. On a
# Debian, missing packages are installed first. JOBS sets how many compilers and tests run at once.

set -eu

preset=release
if [ $# -eq 2 ] && [ "$1" = --preset ]; then
    preset=$2
elif [ $# -ne 0 ]; then
    echo "usage: sh cmake/test.sh [--preset NAME]" >&2
    exit 2
fi

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/cmake/packages.sh"
case $preset in
    clang | tidy) need $test_packages $clang_packages ;;
    *) need $test_packages ;;
esac

cd "$root"  # where CMake looks for presets
jobs=${JOBS:-$(nproc)}
cmake --preset "$preset"
cmake --build --preset "$preset" --parallel "$jobs"
if [ "$preset" != tidy ]; then  # which builds only
    ctest --preset "$preset" --parallel "$jobs"
fi
