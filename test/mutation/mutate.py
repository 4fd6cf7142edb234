"""Changes one place of the library at random, and sees whether a test fails: see cmake/mutation.sh.

The tests are linked with the library as a shared one, so that a mutant costs the compilation of one
file. They run from the nearest to the farthest: those of the file's own stem, all units, the
faults, the rules that all devices keep. box.py says where they run.
"""

import argparse
import collections
import concurrent.futures
import itertools
import json
import os
import pathlib
import random
import re
import shlex
import shutil
import subprocess
import sys
import time

import box
import places

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "build" / "mutation" / "source"
BUILD = COPY / "build" / "mutation"
MUTANTS = ROOT / "build" / "mutation" / "mutants"
PROGRAMS = ["test/unit/unit_tests", "test/unit/thread_tests", "test/faults/fault_tests",
            "test/conformance/conformance_tests"]
LIBRARIES = ["sluice", "sluice_net", "sluice_hash"]

# The headers whose code is in the library alone, and the sources that compile it: explicit
# instantiations, which the tests only declare (what is inline is called there, too, where nothing
# is optimized). Any other header is compiled into the tests, and would cost minutes for a mutant.
HEADERS = {
    "include/sluice/buf.hpp": ["src/buf.cpp"],
    "include/sluice/detail/conversion.hpp": ["src/device/file.cpp"],
    "include/sluice/device/buffered_impl.hpp": ["src/device/buffered.cpp"],
    "include/sluice/device/buffered_read_impl.hpp": ["src/device/buffered.cpp"],
    "include/sluice/device/file_impl.hpp": ["src/device/file.cpp"],
    "include/sluice/device/string_impl.hpp": ["src/device/string.cpp"],
}

# The tests that are nearest, where the names do not say so: stems of files in test/unit.
NEAREST = {
    "boost_failure": ["boost*"],
    "boost_links": ["devicebuf*", "device_for*", "boost*"],
    "buf": ["stream*", "file*", "sstream*"],
    "buffered": ["file*", "devicebuf*"],
    "buffered_impl": ["file*", "devicebuf*"],
    "buffered_read_impl": ["file*", "devicebuf*"],
    "bytes": ["memory*", "read_all*"],
    "bytes_below": ["compressed*", "text*", "hash*", "progress*"],
    "checks": ["conformance*"],
    "codec": ["text*", "numeric*"],
    "content": ["filesystem*", "disk*", "rooted*"],
    "conversion": ["file_wide*"],
    "direct": ["span*", "memory*", "mapped*"],
    "drop_in": ["drop_in*", "stdio*"],
    "file_handle": ["file*", "memory*", "mapped*"],
    "file_impl": ["file*", "open*"],
    "fstream": ["file*", "open*"],
    "given_path": ["filesystem*", "disk*", "rooted*", "fs_memory*"],
    "isal_decoder": ["compressed*"],
    "lies_in": ["tree*", "filesystem*", "overlay*"],
    "memory_content": ["fs_memory*", "filesystem*"],
    "memory_tree": ["fs_memory*", "filesystem*"],
    "overlay_tree": ["overlay*"],
    "passing": ["trace*", "count*", "progress*", "fs_passing*", "hash*"],
    "posix": ["file*", "disk*", "copy*", "temporary*", "process*"],
    "posix_attributes": ["disk*", "tree*", "atomic*"],
    "posix_calls": ["file*", "disk*", "process*", "socket*"],
    "posix_deadline": ["socket*", "process*"],
    "posix_directory": ["disk*", "rooted*", "filesystem*"],
    "posix_mapping": ["mapped*", "memory_file*"],
    "posix_memory": ["memory*", "read_all*"],
    "posix_process": ["process*"],
    "posix_stdio": ["stdio*", "capture*"],
    "posix_transfer": ["copy*", "pipe*", "process*", "socket*", "blocking*"],
    "replacement": ["atomic*"],
    "report": ["conformance*"],
    "resolve": ["rooted*", "fs_memory*", "overlay*"],
    "rooted_disk": ["rooted*"],
    "sstream": ["sstream*"],
    "standard_redirect": ["capture*", "feed*"],
    "string": ["sstream*"],
    "string_impl": ["sstream*"],
    "system_codec": ["text*"],
    "zstd_frames": ["compressed*"],
}

Part = collections.namedtuple("Part", "command seconds")


def run(command):
    """Whether the command of a build ends well. Mutants are not for the compiler's cache."""
    return subprocess.run(command, cwd=BUILD, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, env=os.environ | {"CCACHE_DISABLE": "1"}).returncode == 0


def nearest(file):
    stem = file.stem
    while stem not in NEAREST and "_" in stem and not list((ROOT / "test/unit").glob(f"{stem}*_test.cpp")):
        stem = stem.rpartition("_")[0]  # compressed_decoder: what tests all of compressed
    names = NEAREST.get(stem, [f"{stem}*"])
    if file.parent.name == "fs" and stem not in NEAREST:
        names = names + [f"fs_{stem}*", "filesystem*"]
    return ",".join(f"*/unit/{name}_test.cpp" for name in names)


class Library:
    """How it is compiled and linked: what a mutant changes of it is made beside it."""

    def __init__(self):
        self.compiles = {}
        for entry in json.loads((BUILD / "compile_commands.json").read_text()):
            words = shlex.split(entry["command"])
            name = pathlib.Path(entry["file"]).relative_to(COPY).as_posix()
            target = re.search(r"CMakeFiles/(\w+)\.dir", words[words.index("-o") + 1])[1]
            if target in LIBRARIES:
                self.compiles[name] = words, target
        self.links = {}
        for target in {target for _, target in self.compiles.values()}:
            commands = subprocess.run(["ninja", "-t", "commands", target], cwd=BUILD, check=True,
                                      capture_output=True, text=True).stdout.splitlines()
            link = [c for c in commands if " -shared " in c and f" -o lib{target}.so" in c][-1]
            self.links[target] = [word for word in shlex.split(link) if word not in (":", "&&")]

    def build(self, mutant, place):
        """The library's file and the one with the mutant, made in the directory `place`; None where
        that is no program."""
        name = mutant.file.relative_to(COPY).as_posix()
        changed = place / name
        changed.parent.mkdir(parents=True)
        lines = mutant.file.read_text().splitlines(keepends=True)
        lines[mutant.line] = mutant.after + "\n"
        changed.write_text("".join(lines))

        objects, targets = {}, set()
        for source in HEADERS.get(name, [name]):
            words, target = self.compiles[source]
            targets.add(target)
            made = str(place / f"{len(objects)}.o")
            objects[words[words.index("-o") + 1]] = made
            if not run([words[0], f"-I{place / 'include'}", f"-iquote{(COPY / source).parent}",
                        *words[1:words.index("-o")],
                        "-o", made, "-c", str(changed if source == name else COPY / source)]):
                return None
        (target,) = targets
        words = [objects.get(word, word) for word in self.links[target]]
        output = words.index("-o") + 1
        library, words[output] = BUILD / words[output], str(place / "library.so")
        return (library, place / "library.so") if run(words) else None


def parts_of(program):
    """The cases of a program in parts of a second or so, and the names of those that fail anyway."""
    boxed = box.Boxed([str(BUILD / program), "--duration", "--no-colors"], ROOT, 3600, most=10**9)
    said = boxed.process.communicate()[0].decode(errors="replace")
    parts, failing, failed, first, length = [], [], False, 1, 0.0
    cases = 0
    for line in said.splitlines():
        failed = failed or " ERROR: " in line
        timed = re.match(r"([0-9.]+) s: (.*)", line)
        if timed:
            cases += 1
            length += float(timed[1])
            if failed:
                failing.append(timed[2])
                failed = False
            if length > 1:
                parts.append((first, cases, length))
                first, length = cases + 1, 0.0
    parts.append((first, cases, length))
    if not cases:
        sys.exit(f"{program} ends on the library as it is: {said[-2000:]}")
    return [Part([program, f"--first={first}", f"--last={last}"], seconds)
            for first, last, seconds in parts if first <= last], failing


def measured(program):
    """parts_of(), which takes a while, once for what was built."""
    known = (BUILD / program).with_suffix(".parts")
    if not known.exists() or known.stat().st_mtime < (BUILD / program).stat().st_mtime:
        known.write_text(json.dumps(parts_of(program)))
    parts, failing = json.loads(known.read_text())
    return [Part(*part) for part in parts], failing


def measure():
    """All parts, the shortest first, as the tests of the library as it is take them."""
    parts, failing = [], []
    for program in PROGRAMS:
        found, failed = measured(program)
        parts += found
        failing += failed
    left_out = [f"--test-case-exclude={','.join(name.replace(',', '?') for name in failing)}"] if failing else []
    for name in failing:
        print(f"# left out, as it fails in the box: {name}")
    print(f"# {len(parts)} parts of tests, {sum(part.seconds for part in parts):.0f} s", flush=True)
    return sorted(parts, key=lambda part: part.seconds), left_out


def started(part, left_out, replaced):
    program, *words = part.command
    return box.Boxed([str(BUILD / program), *words, *left_out, "--abort-after=1", "--no-colors"], ROOT,
                     20 + 4 * part.seconds, [replaced])


def result_of(boxed):
    while (failure := boxed.poll()) is None:
        time.sleep(0.02)
    return failure


def killer(file, replaced, tests, jobs):
    """What fails: the name of a test case, or why it ended. But for time, it must do so twice."""
    parts, left_out = tests
    program = PROGRAMS[1 if file.stem in ("ring", "sync") else 0]
    near = Part([program, f"--source-file={nearest(file)}"], 5)
    failure = result_of(started(near, left_out, replaced))
    if failure and (failure == "time" or result_of(started(near, left_out, replaced))):
        return failure

    waiting, running = list(parts), []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append((waiting[0], started(waiting.pop(0), left_out, replaced)))
            for part, boxed in list(running):
                failure = boxed.poll()
                if failure is None:
                    continue
                running.remove((part, boxed))
                if failure and (failure == "time" or result_of(started(part, left_out, replaced))):
                    return failure
            time.sleep(0.02)
    finally:
        for _, boxed in running:
            boxed.end()
    return None


def prepare():
    """A copy of the tree, built. What has not changed since the last time stays as it is."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, names.decode().split("\0")):
        source, copy = ROOT / name, COPY / name
        if source.is_file() and not (copy.exists() and copy.read_bytes() == source.read_bytes()):
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
    for step in (["cmake", "--preset", "mutation"],
                 ["cmake", "--build", "--preset", "mutation", "--parallel", str(jobs_wanted())]):
        subprocess.run(step, cwd=COPY, check=True, stdout=subprocess.DEVNULL)


def jobs_wanted():
    return int(os.environ.get("JOBS") or os.cpu_count())


def all_mutants(library):
    names = sorted(set(library.compiles) | set(HEADERS))
    return [mutant for name in names for mutant in places.mutants_of(COPY / name)]


def again(mutants, log):
    """The mutants of an earlier run's lines that begin with SURVIVED."""
    texts = re.findall(r"^SURVIVED: (.*)$", pathlib.Path(log).read_text(), re.MULTILINE)
    # A line may have moved since; what it is has not.
    wanted = collections.Counter(re.sub(r"^([^:]*):\d+", r"\1", text) for text in texts)
    exact = set(texts)
    for mutant in sorted(mutants, key=lambda m: said(m) not in exact):
        text = re.sub(r"^([^:]*):\d+", r"\1", said(mutant))
        if wanted[text]:
            wanted[text] -= 1
            yield mutant
    for text in +wanted:
        print(f"# is no more: {text}")


def said(mutant):
    return (f"{mutant.file.relative_to(COPY)}:{mutant.line + 1}: "
            f"{mutant.before.strip()}  ->  {mutant.after.strip()}")


def built(mutants, library, jobs):
    """Each mutant and what build() says of it, which is called for the next while one is tried."""
    shutil.rmtree(MUTANTS, ignore_errors=True)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        ahead = collections.deque()
        for number, mutant in enumerate(itertools.chain(mutants, [None] * (jobs + 1))):
            if mutant is not None:
                place = MUTANTS / str(number)
                ahead.append((mutant, place, pool.submit(library.build, mutant, place)))
            if ahead and (len(ahead) > jobs + 1 or mutant is None):
                oldest, place, building = ahead.popleft()
                try:
                    yield oldest, building.result()
                except GeneratorExit:
                    pool.shutdown(cancel_futures=True)
                    raise


def tried(mutants, library, tests, jobs):
    """Each mutant, and by whom it is killed: several at once where the nearest tests are all there are,
    one after the other where its own tests are many."""
    def by_whom(mutant, replaced):
        by = killer(mutant.file, replaced, tests, jobs)
        shutil.rmtree(replaced[1].parent)
        return by

    at_once = 1 if tests[0] else jobs + 1
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        ahead = collections.deque()
        try:
            for mutant, replaced in built(mutants, library, jobs):
                if replaced is None:
                    continue  # it does not compile, and counts for nothing
                ahead.append((mutant, pool.submit(by_whom, mutant, replaced)))
                if len(ahead) >= at_once:
                    oldest, trying = ahead.popleft()
                    yield oldest, trying.result()
            for mutant, trying in ahead:
                yield mutant, trying.result()
        except GeneratorExit:
            pool.shutdown(cancel_futures=True)
            raise


def main():
    parser = argparse.ArgumentParser(prog="mutation.sh")
    parser.add_argument("count", type=int, nargs="?", default=200)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--again", metavar="LOG", help="try the survivors of an earlier run")
    parser.add_argument("--more", metavar="LOG", help="go on after an earlier run that was ended")
    parser.add_argument("--near", action="store_true", help="run the nearest tests alone")
    parser.add_argument("--built", action="store_true", help="build nothing but the mutants")
    arguments = parser.parse_args()

    box.check(ROOT)
    if not arguments.built:
        prepare()
    jobs = jobs_wanted()
    library = Library()
    tests = ([], []) if arguments.near else measure()
    mutants = all_mutants(library)
    print(f"# {len(mutants)} mutants, seed {arguments.seed}", flush=True)
    survived = killed = 0
    if arguments.again:
        mutants = list(again(mutants, arguments.again))
    else:
        random.Random(arguments.seed).shuffle(mutants)
    if arguments.more:
        done = pathlib.Path(arguments.more).read_text().splitlines()
        survived = sum(line.startswith("SURVIVED: ") for line in done)
        killed = sum(line.startswith("killed: ") for line in done)
        said_then = {line.split(": ", 1)[1] for line in done if line.startswith(("SURVIVED: ", "killed: "))}
        last = max(index for index, mutant in enumerate(mutants) if said(mutant) in said_then)
        mutants = mutants[last + 1:]

    began = time.monotonic()
    for mutant, by in tried(mutants, library, tests, jobs):
        killed += by is not None
        survived += by is None
        print(f"SURVIVED: {said(mutant)}" if by is None else f"killed: {said(mutant)}")
        print(f"#   {time.monotonic() - began:.0f} s{', ' + by if by else ''}", flush=True)
        began = time.monotonic()
        if killed + survived == arguments.count:
            break
    print(f"{killed} of {killed + survived} killed")
    enough = arguments.again is not None or killed + survived >= arguments.count
    return 0 if enough and 10 * survived <= killed + survived else 1


if __name__ == "__main__":
    sys.exit(main())
