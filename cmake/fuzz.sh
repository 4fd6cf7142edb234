#!/bin/sh
# Builds the fuzz targets with clang's libFuzzer and the sanitizers, and runs each:
#
#     sh cmake/fuzz.sh [SECONDS [TARGET…]]
#
# SECONDS is 30 unless told; TARGET is what stands before _fuzz.cpp in test/fuzz, all of them unless
# told. FUZZ_RUNS=N stops each after N executions instead. FUZZ_FAST=1 builds and runs without the
# sanitizers, in build/fuzz-fast, two to twelve times as fast: for millions of executions, whose
# corpus another run then repeats with them. What libFuzzer learns stays in build/fuzz/corpus,
# beside what is checked in; what it finds, in build/fuzz/found, to be repeated with
# `build/fuzz/test/fuzz/fuzz_TARGET FILE`. FUZZ_MERGE=1 makes test/fuzz/corpus anew of the fewest
# inputs, up to 64 bytes each, that reach what all of them reach, and of those up to 60, instead of
# running. JOBS sets how many compilers run at once.

set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/cmake/packages.sh"
need $test_packages $fuzz_packages

seconds=${1:-30}
[ $# -eq 0 ] || shift
cd "$root"  # where CMake looks for presets
if [ $# -eq 0 ]; then
    for file in test/fuzz/*_fuzz.cpp; do
        what=$(basename "$file" _fuzz.cpp)
        case $what in
            mutant_*) ;;  # whose tests are that they die
            *) set -- "$@" "$what" ;;
        esac
    done
fi
preset=fuzz${FUZZ_FAST:+-fast}
cmake --preset "$preset"
cmake --build --preset "$preset" --parallel "${JOBS:-$(nproc)}"

# One place at a time, and no more than a few calls: a small input is run ten times as often. And
# libFuzzer's weighing of rare features would take most of the time.
limits="-max_len=96 -entropic=0 -timeout=60 -rss_limit_mb=2048"
if [ -n "${FUZZ_RUNS:-}" ]; then
    length="-runs=$FUZZ_RUNS"
else
    length="-max_total_time=$seconds"
fi

failed=
for what in "$@"; do
    program=build/$preset/test/fuzz/libfuzzer_$what
    learned=build/fuzz/corpus/$what
    kept=test/fuzz/corpus/$what
    mkdir -p "$learned" "$kept" build/fuzz/found
    if [ -n "${FUZZ_MERGE:-}" ]; then
        fewest=$(mktemp -d)
        "$program" -set_cover_merge=1 -use_counters=0 -max_len=64 "$fewest" "$kept" "$learned"
        rm -f "$kept"/*
        ls -S "$fewest" | head -n 60 | while read -r file; do  # the longest reach the most
            cp "$fewest/$file" "$kept"
        done
        rm -r "$fewest"
        continue
    fi
    echo "== $what"
    log=build/fuzz/found/$what.log
    if ! "$program" "$length" $limits -print_final_stats=1 \
        -artifact_prefix="build/fuzz/found/$what-" "$learned" "$kept" >"$log" 2>&1; then
        tail -n 40 "$log"
        failed="$failed $what"
    fi
    grep -E '^(Done|stat::(number_of_executed|average))' "$log" || :
done
[ -z "$failed" ] || { echo "found something:$failed" >&2; exit 1; }
