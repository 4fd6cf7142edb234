#!/bin/sh
# Builds sluice and runs its tour (test/examples/tour.cpp) on the files given:
#
#     sh cmake/demo.sh [FILE…]
#
# On a Debian, missing packages are installed first. JOBS sets how many compilers run at once.

set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/cmake/packages.sh"
need $build_packages

# The build's log goes to standard error, so that standard output is the tour's alone.
build=$root/build/demo
cmake -S "$root" -B "$build" -G Ninja -D CMAKE_BUILD_TYPE=Release -D SLUICE_BUILD_TESTS=OFF \
    -D SLUICE_BUILD_EXAMPLES=ON >&2
cmake --build "$build" --parallel "${JOBS:-$(nproc)}" --target tour >&2

# Run from where the caller stands, so that relative paths mean what the caller meant.
exec "$build/test/examples/tour" "$@"
