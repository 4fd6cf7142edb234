#!/bin/sh
# Which lines and branches of the library the tests reach:
#
#     sh cmake/coverage.sh
#
# Builds all tests in build/coverage, runs them, and prints the sums; build/coverage/coverage.txt
# says for each file which lines were missed. It fails where fewer than 98 % of the lines or 90 % of
# the branches were reached. Branches that only an exception takes are not counted: each call has
# one, and test/faults is where allocations fail.

set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/cmake/packages.sh"
need $test_packages gcovr

cd "$root"  # where CMake looks for presets
jobs=${JOBS:-$(nproc)}
cmake --preset coverage
cmake --build --preset coverage --parallel "$jobs"
find build/coverage -name '*.gcda' -delete  # an earlier run's counts
ctest --preset coverage --parallel "$jobs"
gcovr --root . --object-directory build/coverage --filter src/ --filter include/ \
    --exclude-throw-branches --exclude-unreachable-branches \
    --txt build/coverage/coverage.txt --print-summary --fail-under-line 98 --fail-under-branch 90 \
    build/coverage
