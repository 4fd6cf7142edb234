#!/bin/sh
# Whether the tests notice when the library is wrong:
#
#     sh cmake/mutation.sh [COUNT [SEED]]
#
# Changes one place of src/ at random, COUNT times (200), each time in a copy of the tree that is
# built as the preset "shared", and runs the tests until one fails. Prints each change that none
# noticed, and fails where those are more than a tenth. Takes an hour or more.

set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/cmake/packages.sh"
need $test_packages git

cd "$root"
exec python3 test/mutation/mutate.py "${1:-200}" "${2:-1}"
