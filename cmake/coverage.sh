#!/bin/sh
# Which lines and branches of the library the tests reach:
#
#     sh cmake/coverage.sh
#
# Builds all tests in build/coverage, runs them, and prints the sums; build/coverage/coverage.txt
# says for each file which were missed. It fails where fewer than 98 % of the lines or 90 % of the
# branches were reached. Branches that only an exception takes are not counted: each call has one,
# and test/faults is where allocations fail.
#
# coverage.py does the counting: gcovr 5.2 reads the branches of a template's instantiations as each
# other's, and has a line whose branches were never taken although it ran.

set -eu

if [ $# -ne 0 ]; then
    echo "usage: sh cmake/coverage.sh" >&2
    exit 2
fi
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/cmake/packages.sh"
need $test_packages

cd "$root"  # where CMake looks for presets
jobs=${JOBS:-$(nproc)}
cmake --preset coverage
cmake --build --preset coverage --parallel "$jobs"
find build/coverage -name '*.gcda' -delete  # an earlier run's counts
ctest --preset coverage --parallel "$jobs"
# The counts are read by the gcov of the compiler that made them.
compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[^=]*=//p' build/coverage/CMakeCache.txt)
own=gcov-$("$compiler" -dumpversion | cut -d. -f1)
[ -n "${GCOV:-}" ] || ! command -v "$own" >/dev/null || export GCOV="$own"
python3 cmake/coverage.py . build/coverage build/coverage/coverage.txt
