"""Sums up which lines and branches of the library the tests reached: see coverage.sh.

    python3 coverage.py ROOT BUILD REPORT

gcov's counts, as it writes them for programs. A line or a branch that several programs or several
instantiations of a template have is one, and reached where one of them reached it. Of the branches,
those that an exception takes are left out, and those of lines without a word of code, where the
compiler alone branches.
"""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

LINES, BRANCHES = 98, 90  # at least, in hundredths


def counts_of(notes, build):
    """What gcov says of one object: the lines, each with its branches."""
    done = subprocess.run([os.environ.get("GCOV", "gcov"), "-b", "-t", "--json-format", str(notes)],
                          cwd=build, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    for text in done.stdout.splitlines():
        said = json.loads(text)
        for file in said["files"]:
            path = pathlib.Path(said["current_working_directory"], file["file"])
            yield pathlib.Path(os.path.normpath(path)), file["lines"]


class Counts:
    """Of one file."""

    def __init__(self, path):
        self.text = path.read_text().splitlines()
        self.lines = {}
        self.branches = {}

    def add(self, line):
        number = line["line_number"]
        self.lines[number] = self.lines.get(number, 0) + line["count"]
        if line["branches"] and re.search(r"\w", re.sub(r"//.*", "", self.text[number - 1])):
            # Instantiations of one shape are one; where `if constexpr` makes two, both count.
            taken = self.branches.setdefault((number, len(line["branches"])), {})
            for index, branch in enumerate(line["branches"]):
                if not branch["throw"]:
                    taken[index] = taken.get(index, 0) + branch["count"]

    def missed_lines(self):
        return [number for number, count in sorted(self.lines.items()) if count == 0]

    def taken(self):
        return [count > 0 for taken in self.branches.values() for count in taken.values()]

    def missed_branches(self):
        return sorted({number for (number, _), taken in self.branches.items() if 0 in taken.values()})


def objects_of(build):
    """The notes of the objects that the build makes now: those of a source that has gone stay."""
    for command in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        made = re.search(r"-o (\S+)\.o\b", command["command"])
        notes = pathlib.Path(command["directory"], made[1] + ".gcno") if made else None
        if notes is not None and notes.exists():
            yield notes


def share(part, whole):
    return 100.0 * part / whole if whole else 100.0


def main():
    root, build = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    files = {}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        for counts in pool.map(lambda notes: list(counts_of(notes, build)), sorted(set(objects_of(build)))):
            for path, lines in counts:
                if path.is_relative_to(root / "src") or path.is_relative_to(root / "include"):
                    counted = files.setdefault(path, None) or Counts(path)
                    files[path] = counted
                    for line in lines:
                        counted.add(line)

    sums = [0, 0, 0, 0]
    with open(sys.argv[3], "w", encoding="utf-8") as report:
        for path, counted in sorted(files.items()):
            missed, taken = counted.missed_lines(), counted.taken()
            own = [len(counted.lines) - len(missed), len(counted.lines), sum(taken), len(taken)]
            sums = [a + b for a, b in zip(sums, own)]
            print(f"{path.relative_to(root)}: lines {own[0]}/{own[1]}, branches {own[2]}/{own[3]}", file=report)
            for what, numbers in (("lines", missed), ("branches", counted.missed_branches())):
                if numbers:
                    print(f"    {what} missed: {', '.join(map(str, numbers))}", file=report)

    print(f"lines: {share(*sums[:2]):.1f} % ({sums[0]} of {sums[1]})")
    print(f"branches: {share(*sums[2:]):.1f} % ({sums[2]} of {sums[3]})")
    return 0 if share(*sums[:2]) >= LINES and share(*sums[2:]) >= BRANCHES else 1


if __name__ == "__main__":
    sys.exit(main())
