#!/bin/sh
# Whether the tests notice when the library is wrong:
#
#     sh cmake/mutation.sh [COUNT [SEED]]
#     sh cmake/mutation.sh --near [COUNT [SEED]]
#     sh cmake/mutation.sh --again LOG
#
# Changes one place of the library at random, COUNT times (200), each time in a copy of the tree
# that is built in build/mutation, and runs the tests until one fails. Prints each change, and fails
# where more than a tenth was noticed by none. Takes an hour or two; JOBS (all processors) tests run
# at once. The second form runs the nearest tests alone, and the third tries once more what survived
# by the output of an earlier run: the two one after the other are the first, with a look in between.
# `--more LOG` goes on after a run that was ended, and `--built` builds nothing but the mutants.
#
# The places are those of src/ but for mount/, whose tests are other programs, and of the headers
# whose code is in the library alone: test/mutation/mutate.py has the list.
#
# No mutant can do harm: its tests run in a box (bubblewrap), as nobody, with nothing to write to but
# an empty /tmp, and end with it.

set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/cmake/packages.sh"
need $test_packages bubblewrap git

cd "$root"
exec python3 test/mutation/mutate.py "$@"
