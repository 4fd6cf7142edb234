#!/usr/bin/env python3
"""Makes text_cases.tsv: random byte strings and texts, and what CPython's codecs make of them.

    python3 make_text_cases.py > text_cases.tsv

Fields of a line, separated by tabs:
    decode  encoding  errors  bytes as hex  text as hex of UTF-8 | error:position
    encode  encoding  errors  text as hex of UTF-8  bytes as hex | error
    lines   newline  bytes as hex  text as hex, in universal newlines or kept  kinds seen
In UTF-8, a surrogate (of surrogateescape) has three bytes. The seed is fixed: the same CPython gives
the same file.
"""

import codecs
import io
import random
import sys

SEED = 20240607
ENCODINGS = ["utf-8", "utf-8-sig", "ascii", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32",
             "utf-32-le", "utf-32-be", "cp1252", "iso8859-15", "koi8-r", "shift_jis", "euc_jp"]
READ_HANDLERS = ["strict", "ignore", "replace", "backslashreplace", "surrogateescape"]
WRITE_HANDLERS = READ_HANDLERS + ["xmlcharrefreplace"]

# Where an escaped byte would tear the units of two or four bytes apart; sluice escapes none there.
MARKS = {"utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
         "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)}
WIDE = {"utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"}

# Of which iconv and CPython take different bytes as mistakes: only what is valid.
STRICT_ONLY = {"shift_jis", "euc_jp"}

PIECES = [b"\xc3\xa9", b"\xe2\x82\xac", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80",
          b"\xe2\x82", b"\xf0\x9f", b"\x80", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\r", b"\n",
          b"\r\n", b"a", b"bc", b"\x00", b"\xd8\x00", b"\x00\xd8", b"\xdc\x00\x00\xdc", b"\xe0\x80\x80", b"\xf0\x80\x80\x41"]
CHARACTERS = "aZ09 \n\r\xe9\xff\u0153\u20ac\u0416\u3042\u6f22\uac00\U0001f600\U0010ffff\ufeff\udc80\udcff\udce9"

random = random.Random(SEED)


def random_bytes(encoding):
    if encoding in STRICT_ONLY:
        return "".join(random.choice("aZ09\n\u3042\u6f22") for _ in range(9)).encode(encoding)
    if random.random() < 0.5:
        return b"".join(random.choice(PIECES) for _ in range(random.randrange(1, 9)))
    text = "".join(random.choice(CHARACTERS) for _ in range(random.randrange(1, 9)))
    data = bytearray(text.encode(encoding, "ignore"))
    for _ in range(random.randrange(3)):
        if data:
            at = random.randrange(len(data))
            random.choice([lambda: data.__setitem__(at, random.randrange(256)),
                           lambda: data.pop(at),
                           lambda: data.insert(at, random.randrange(256))])()
    return bytes(data)


def hex_of(text):
    return text.encode("utf-8", "surrogatepass").hex()


def decode_case(encoding, errors):
    data = random_bytes(encoding)
    wrapper = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors=errors, newline="\n")
    try:
        return ["decode", encoding, errors, data.hex(), hex_of(wrapper.read())]
    except UnicodeDecodeError as error:
        if encoding in MARKS and not data.startswith(MARKS[encoding]):
            return ["decode", encoding, errors, data.hex(), "error:0"]  # guesses an order first
        start = error.start + len(data) - len(error.object)  # utf-8-sig does not count its mark
        return ["decode", encoding, errors, data.hex(), f"error:{start}"]
    except UnicodeError:  # no byte order mark
        return ["decode", encoding, errors, data.hex(), "error:0"]


def encode_case(encoding, errors):
    text = "".join(random.choice(CHARACTERS) for _ in range(random.randrange(1, 9)))
    raw = io.BytesIO()
    wrapper = io.TextIOWrapper(raw, encoding=encoding, errors=errors, newline="\n")
    try:
        wrapper.write(text)
        wrapper.flush()
        return ["encode", encoding, errors, hex_of(text), raw.getvalue().hex()]
    except UnicodeEncodeError:
        return ["encode", encoding, errors, hex_of(text), "error"]


def lines_case(newline):
    data = b"".join(random.choice([b"a", b"\xc3\xa9", b"\r", b"\n", b"\r\n"])
                    for _ in range(random.randrange(1, 12)))
    wrapper = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline=newline)
    lines = list(wrapper)
    seen = wrapper.newlines or ()
    seen = (seen,) if isinstance(seen, str) else seen
    names = {"\r": "cr", "\n": "lf", "\r\n": "crlf"}
    rules = {None: "universal", "": "keep", "\n": "lf", "\r": "cr", "\r\n": "crlf"}
    return ["lines", rules[newline], data.hex(), ",".join(hex_of(line) for line in lines),
            " ".join(names[kind] for kind in seen)]


def main():
    for encoding in ENCODINGS:
        handlers = ["strict"] if encoding in STRICT_ONLY else READ_HANDLERS
        for errors in handlers:
            if errors == "surrogateescape" and encoding in WIDE:
                continue
            for _ in range(40):
                print("\t".join(decode_case(encoding, errors)))
        handlers = ["strict"] if encoding in STRICT_ONLY else WRITE_HANDLERS
        for errors in handlers:
            for _ in range(20):
                print("\t".join(encode_case(encoding, errors)))
    for newline in (None, "", "\n", "\r", "\r\n"):
        for _ in range(60):
            print("\t".join(lines_case(newline)))


if __name__ == "__main__":
    sys.exit(main())
