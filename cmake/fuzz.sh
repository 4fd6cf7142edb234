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
# running. JOBS sets how many compilers, and targets, run at once.

set -eu

root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/cmake/packages.sh"
need $test_packages $fuzz_packages

seconds=${1:-30}
[ $# -eq 0 ] || shift
case $seconds in
    '' | *[!0-9]*)
        echo "usage: sh cmake/fuzz.sh [SECONDS [TARGET…]]" >&2
        exit 2
        ;;
esac
cd "$root"  # where CMake looks for presets
for what in "$@"; do
    if [ ! -e "test/fuzz/${what}_fuzz.cpp" ]; then
        echo "fuzz.sh: there is no test/fuzz/${what}_fuzz.cpp" >&2
        exit 2
    fi
done
preset=fuzz${FUZZ_FAST:+-fast}
mutants=
if [ $# -eq 0 ]; then
    for file in test/fuzz/*_fuzz.cpp; do
        what=$(basename "$file" _fuzz.cpp)
        case $what in
            mutant_*) mutants="$mutants libfuzzer_$what" ;;  # whose tests are that they die
            *) set -- "$@" "$what" ;;
        esac
    done
fi
cmake --preset "$preset"
jobs=${JOBS:-$(nproc)}
# shellcheck disable=SC2086 # words, of which each is a target
cmake --build --preset "$preset" --parallel "$jobs" --target $mutants $(printf 'libfuzzer_%s ' "$@")

# One place at a time, and no more than a few calls: a small input is run ten times as often. And
# libFuzzer's weighing of rare features would take most of the time.
limits="-max_len=96 -entropic=0 -timeout=60 -rss_limit_mb=2048"
if [ -n "${FUZZ_RUNS:-}" ]; then
    length="-runs=$FUZZ_RUNS"
else
    length="-max_total_time=$seconds"
fi

# fuzz TARGET: a failure leaves its name in $found/failed.
fuzz() {
    log=$found/$1.log
    if ! "build/$preset/test/fuzz/libfuzzer_$1" "$length" $limits -print_final_stats=1 \
        -artifact_prefix="$found/$1-" "build/fuzz/corpus/$1" "test/fuzz/corpus/$1" >"$log" 2>&1; then
        echo "$1" >>"$found/failed"
        tail -n 40 "$log"
    fi
    echo "== $1: $(sed -n -e 's/^stat::number_of_executed_units: *//p' "$log") executions," \
        "$(sed -n -e 's/^stat::average_exec_per_sec: *//p' "$log") a second"
}

# merge TARGET
merge() {
    fewest=$(mktemp -d)
    "build/$preset/test/fuzz/libfuzzer_$1" -set_cover_merge=1 -use_counters=0 -max_len=64 \
        "$fewest" "test/fuzz/corpus/$1" "build/fuzz/corpus/$1"
    rm -f "test/fuzz/corpus/$1"/*
    ls -S "$fewest" | head -n 60 | while read -r file; do  # the longest reach the most
        cp "$fewest/$file" "test/fuzz/corpus/$1"
    done
    rm -r "$fewest"
}

found=build/fuzz/found
mkdir -p "$found"
rm -f "$found/failed"
running=0
for what in "$@"; do
    mkdir -p "build/fuzz/corpus/$what" "test/fuzz/corpus/$what"
    if [ -n "${FUZZ_MERGE:-}" ]; then
        merge "$what"
        continue
    fi
    fuzz "$what" &
    running=$((running + 1))
    if [ "$running" -ge "$jobs" ]; then
        wait
        running=0
    fi
done
wait
if [ -n "$mutants" ] && [ "$preset" = fuzz ] && [ -z "${FUZZ_MERGE:-}" ]; then
    ctest --preset fuzz --tests-regex libfuzzer_mutant  # what does not find a mutant is no test
fi
if [ -e "$found/failed" ]; then
    echo "found something:" $(cat "$found/failed") >&2
    exit 1
fi
