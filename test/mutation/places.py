"""What may be changed in a source, and to what; see mutate.py."""

import collections
import re

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
    (r"(?<=\()!(?=[a-z])|(?<= )!(?=[a-z])", [""]),
]
# A condition that is one line's, and begins no declaration.
CONDITION = re.compile(r"\bif \((?=[^;]*\) (\{|return|throw|break|continue))")
# A statement that is a call or an assignment may be left out.
STATEMENT = re.compile(r"^\s+(?!return|throw|using|auto|const|static|case|delete|co_)[a-z_:>.\-]+(\(| [-+|&]?= ).*;$")
NO_CODE = re.compile(r"^\s*(//|#|static_assert|template|namespace|using |extern )")

Mutant = collections.namedtuple("Mutant", "file line before after")


def code_of(line):
    """The line without its comment and with its strings blanked, so that places keep theirs."""
    line = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])*\'', lambda m: "_" * len(m.group()), line)
    return line.split("//")[0]


def end_of(code, begin):
    """Where the bracket that opens before `begin` is closed; None where that is another line."""
    depth = 1
    for place in range(begin, len(code)):
        depth += {"(": 1, ")": -1}.get(code[place], 0)
        if depth == 0:
            return place
    return None


def mutants_of(file):
    for number, line in enumerate(file.read_text().splitlines()):
        if NO_CODE.match(line):
            continue
        code = code_of(line)

        def with_part(begin, end, part):
            return Mutant(file, number, line, line[:begin] + part + line[end:])

        for pattern, replacements in SWAPS:
            for found in re.finditer(pattern, code):
                for replacement in replacements:
                    yield with_part(found.start(), found.end(), replacement)
        for found in CONDITION.finditer(code):
            begin, end = found.end(), end_of(code, found.end())
            if end is not None:
                yield with_part(begin, end, f"!({line[begin:end]})")
                yield with_part(begin, end, f"({line[begin:end]}) || true")
        if STATEMENT.match(code):
            yield Mutant(file, number, line, re.sub(r"\S.*", ";", line))
