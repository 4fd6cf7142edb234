#!/bin/sh
# Builds everything in build/<preset>, and runs all tests:
#
#     sh cmake/test.sh [--preset NAME]
#     sh cmake/test.sh --long
#
# NAME is one of CMakePresets.json: release (the default), dev, clang, shared, thread, tidy. On a
# Debian, missing packages are installed first. JOBS sets how many compilers and tests run at once.
# Exits with 77 where the thread sanitizer is asked for and cannot run.
#
# --long takes hours: the release build again, with the tests that are labelled "long", some of them
# for root alone; then each fuzz target FUZZ_RUNS times (10,000,000), the scripts beside this one
# that measure the tests and the portability, and the faults and the threads, in full, under the
# sanitizers. It goes on where one of these fails, and names it at the end.

set -eu

preset=release
long=
if [ $# -eq 2 ] && [ "$1" = --preset ]; then
    preset=$2
elif [ $# -eq 1 ] && [ "$1" = --long ]; then
    preset=long
    long=yes
elif [ $# -ne 0 ]; then
    echo "usage: sh cmake/test.sh [--preset NAME | --long]" >&2
    exit 2
fi

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/cmake/packages.sh"
case $preset in
    clang | tidy) need $test_packages $clang_packages ;;
    long) need $test_packages $clang_packages $long_packages ;;
    *) need $test_packages ;;
esac
want $integration_packages

# GCC 12's thread sanitizer starts only where addresses are not drawn from more bits than it knows of.
run=
if [ "$preset" = thread ]; then
    if setarch -R true 2>/dev/null; then
        run="setarch -R"
    elif [ "$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 0)" -gt 28 ]; then
        echo "The thread sanitizer does not start on this kernel: vm.mmap_rnd_bits is above 28." >&2
        exit 77
    fi
fi

cd "$root"  # where CMake looks for presets
jobs=${JOBS:-$(nproc)}
cmake --preset "$preset"
cmake --build --preset "$preset" --parallel "$jobs"
if [ -z "$long" ]; then
    if [ "$preset" != tidy ]; then  # which builds only
        $run ctest --preset "$preset" --parallel "$jobs"
    fi
    exit
fi

failed=
ctest --preset long --parallel "$jobs" || failed="$failed ctest"
# The sanitizers then repeat what was learned without them.
FUZZ_FAST=1 FUZZ_RUNS="${FUZZ_RUNS:-10000000}" sh cmake/fuzz.sh || failed="$failed fuzz.sh"
env -u FUZZ_RUNS sh cmake/fuzz.sh 600 || failed="$failed fuzz.sh"
for script in portability coverage mutation; do
    sh "cmake/$script.sh" || failed="$failed $script.sh"
done
SLUICE_ALL_FAULTS=1 sh cmake/test.sh --preset dev || failed="$failed dev"
SLUICE_THREAD_OPERATIONS=1000000 sh cmake/test.sh --preset thread || [ $? -eq 77 ] ||
    failed="$failed thread"
if [ -n "$failed" ]; then
    echo "Failed:$failed" >&2
    exit 1
fi
