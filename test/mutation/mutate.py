"""Changes one place of the library at random, and sees whether a test fails: see cmake/mutation.sh.

The tests are linked with the library as a shared one, so that a mutant costs the compilation of
one file. They run from the nearest to the farthest: those of the file's own stem, all units, the
faults, the rules that all devices keep.
"""

import collections
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
COPY = ROOT / "build" / "mutation" / "source"
BUILD = COPY / "build" / "shared"
PROGRAMS = ["test/unit/unit_tests", "test/faults/fault_tests", "test/conformance/conformance_tests"]

# What a place becomes, by a pattern of the place. Binary operators stand between spaces here, which
# clang-format sees to; that keeps <, > and * of templates and pointers out.
SWAPS = [
    (r" < ", [" <= ", " >= "]),
    (r" <= ", [" < ", " > "]),
    (r" > ", [" >= ", " <= "]),
    (r" >= ", [" > ", " < "]),
    (r" == ", [" != "]),
    (r" != ", [" == "]),
    (r" && ", [" || "]),
    (r" \|\| ", [" && "]),
    (r" \+ ", [" - "]),
    (r" - ", [" + "]),
    (r" \+= ", [" -= "]),
    (r" -= ", [" += "]),
    (r"\+\+", ["--"]),
    (r"\btrue\b", ["false"]),
    (r"\bfalse\b", ["true"]),
    (r"\b0\b", ["1"]),
    (r"\b1\b", ["0", "2"]),
    (r"\bcontinue;", ["break;"]),
    (r"\bstd::min\b", ["std::max"]),
    (r"\bstd::max\b", ["std::min"]),
    (r"\bif \((?!constexpr)", ["if (!", "if (true || "]),
    (r"(?<=\()!(?=[a-z])|(?<= )!(?=[a-z])", [""]),
]
# A statement that is a call or an assignment may be left out.
STATEMENT = re.compile(r"^\s+(?!return|throw|using|auto|const|static|case|delete|co_)[a-z_:>.\-]+(\(| [-+|&]?= ).*;$")
NO_CODE = re.compile(r"^\s*(//|#|static_assert|template|namespace|using |extern )")

Mutant = collections.namedtuple("Mutant", "file line before after")


def code_of(line):
    """The line without its comment and with its strings blanked, so that places keep theirs."""
    line = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'', lambda m: "_" * len(m.group()), line)
    return line.split("//")[0]


def places(file):
    lines = file.read_text().splitlines()
    for number, line in enumerate(lines):
        if NO_CODE.match(line):
            continue
        code = code_of(line)
        for pattern, replacements in SWAPS:
            for found in re.finditer(pattern, code):
                for replacement in replacements:
                    yield Mutant(file, number, line, line[: found.start()] + replacement + line[found.end() :])
        if STATEMENT.match(code):
            yield Mutant(file, number, line, re.sub(r"\S.*", ";", line))


def run(command, seconds):
    """Whether the command ends well in time."""
    try:
        done = subprocess.run(command, cwd=BUILD, timeout=seconds, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def runs_of(file):
    """The tests, nearest first, as (command, what it is)."""
    stem = file.stem
    yield [PROGRAMS[0], "--abort-after=1", f"--source-file=*/{stem}*_test.cpp"], f"tests of {stem}"
    for program in PROGRAMS:
        yield [program, "--abort-after=1"], program.rsplit("/", 1)[-1]


def killer(mutant, limits):
    for command, name in runs_of(mutant.file):
        if not run([str(BUILD / command[0]), *command[1:]], limits[command[0]]):
            return name
    return None


def build(target):
    return run(["ninja", "-C", str(BUILD), target], 1200)


def prepare():
    if not COPY.exists():
        subprocess.run(["git", "worktree", "prune"], cwd=ROOT, check=True)
    shutil.rmtree(COPY, ignore_errors=True)
    COPY.mkdir(parents=True)
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    for name in filter(None, files.decode().split("\0")):
        (COPY / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, COPY / name)
    subprocess.run(["cmake", "--preset", "shared"], cwd=COPY, check=True, stdout=subprocess.DEVNULL)
    for program in PROGRAMS:
        if not build(program.rsplit("/", 1)[-1]):
            sys.exit(f"{program} does not build")


def measure():
    """How long each program may run, from how long it takes on what is right."""
    limits = {}
    for program in PROGRAMS:
        began = time.monotonic()
        if not run([str(BUILD / program)], 3600):
            sys.exit(f"{program} fails on the library as it is")
        limits[program] = 20 + 5 * (time.monotonic() - began)
    return limits


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    prepare()
    limits = measure()
    mutants = [m for file in sorted((COPY / "src").rglob("*.cpp")) for m in places(file)]
    random.Random(seed).shuffle(mutants)
    print(f"{len(mutants)} places, seed {seed}", flush=True)

    killed = survived = 0
    for mutant in mutants:
        if killed + survived == count:
            break
        original = mutant.file.read_text()
        lines = original.splitlines(keepends=True)
        lines[mutant.line] = mutant.after + "\n"
        mutant.file.write_text("".join(lines))
        # What does not compile, the compiler has noticed: it counts for nothing.
        if build("sluice"):
            by = killer(mutant, limits)
            killed += by is not None
            survived += by is None
            place = f"{mutant.file.relative_to(COPY)}:{mutant.line + 1}"
            print(f"{'killed by ' + by if by else 'SURVIVED'}: {place}: "
                  f"{mutant.before.strip()}  ->  {mutant.after.strip()}", flush=True)
        mutant.file.write_text(original)
    build("sluice")
    print(f"{killed} of {killed + survived} killed")
    return 0 if 10 * survived <= killed + survived else 1


if __name__ == "__main__":
    sys.exit(main())
