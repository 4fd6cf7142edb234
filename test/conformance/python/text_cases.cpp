// textbuf against CPython's codecs, on the random data of text_cases.tsv (made by
// make_text_cases.py), with blocks of several sizes.

#include <sluice/device/memory.hpp>
#include <sluice/filter/text.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using fields = std::vector<std::string>;

std::vector<fields> cases(std::string_view kind) {
    std::ifstream in(SLUICE_PYTHON_CASES "/text_cases.tsv");
    std::vector<fields> found;
    for (std::string line; std::getline(in, line);) {
        fields parts(1);
        for (const char c : line) {
            if (c == '\t') {
                parts.emplace_back();
            } else {
                parts.back() += c;
            }
        }
        if (parts[0] == kind) {
            found.push_back(parts);
        }
    }
    REQUIRE(!found.empty());
    return found;
}

std::string joined(const fields& parts) {
    std::string text;
    for (const std::string& part : parts) {
        text += part + ' ';
    }
    return text;
}

std::string from_hex(std::string_view text) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
    }
    return bytes;
}

std::string to_hex(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
        constexpr const char* digits = "0123456789abcdef";
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

sluice::encoding_errors errors_of(const std::string& name) {
    using sluice::encoding_errors;
    static const std::map<std::string, encoding_errors> names = {
        {"strict", encoding_errors::strict},
        {"ignore", encoding_errors::ignore},
        {"replace", encoding_errors::replace},
        {"backslashreplace", encoding_errors::backslashreplace},
        {"xmlcharrefreplace", encoding_errors::xmlcharrefreplace},
        {"surrogateescape", encoding_errors::surrogateescape},
    };
    return names.at(name);
}

sluice::newline newline_of(const std::string& name) {
    using sluice::newline;
    static const std::map<std::string, newline> names = {{"universal", newline::universal},
                                                         {"keep", newline::keep},
                                                         {"lf", newline::lf},
                                                         {"cr", newline::cr},
                                                         {"crlf", newline::crlf}};
    return names.at(name);
}

// UTF-8 of code points, surrogates included: what wide text is compared as.
std::string narrow(const std::wstring& text) {
    std::string result;
    for (const wchar_t wide : text) {
        const auto c = static_cast<char32_t>(wide);
        const auto put = [&](char32_t byte) { result += static_cast<char>(byte); };
        if (c < 0x80) {
            put(c);
        } else if (c < 0x800) {
            put(0xC0 | c >> 6);
            put(0x80 | (c & 0x3F));
        } else if (c < 0x10000) {
            put(0xE0 | c >> 12);
            put(0x80 | (c >> 6 & 0x3F));
            put(0x80 | (c & 0x3F));
        } else {
            put(0xF0 | c >> 18);
            put(0x80 | (c >> 12 & 0x3F));
            put(0x80 | (c >> 6 & 0x3F));
            put(0x80 | (c & 0x3F));
        }
    }
    return result;
}
const std::string& narrow(const std::string& text) {
    return text;
}

std::wstring widen(const std::string& text, const wchar_t*) {
    std::wstring result;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        char32_t value = size == 1 ? lead : lead & (0xFFU >> (size + 1));
        for (std::size_t k = 1; k < size; ++k) {
            value = value << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3F);
        }
        result += static_cast<wchar_t>(value);
        i += size;
    }
    return result;
}
std::string widen(const std::string& text, const char*) {
    return text;
}

constexpr std::size_t block_sizes[] = {1, 2, 3, 7, 4096};

template <class CharT>
std::string read_all(sluice::basic_textbuf<CharT>& buf) {
    std::basic_string<CharT> text;
    for (auto c = buf.sbumpc(); c != std::char_traits<CharT>::eof(); c = buf.sbumpc()) {
        text += static_cast<CharT>(c);
    }
    return to_hex(narrow(text));
}

template <class CharT>
std::string decoded(const fields& f, std::size_t block) {
    sluice::membuf bytes(from_hex(f[3]));
    sluice::basic_textbuf<CharT> buf(
        bytes, {.encoding = f[1], .errors = errors_of(f[2]), .newline = sluice::newline::lf});
    buf.pubsetbuf(nullptr, static_cast<std::streamsize>(block));
    try {
        return read_all(buf);
    } catch (const sluice::error& thrown) {
        CHECK(thrown.code() == sluice::errc::bad_encoding);
        return "error:" + std::to_string(thrown.position());
    }
}

template <class CharT>
std::string encoded(const fields& f) {
    sluice::bytes_io bytes;
    sluice::basic_text_io<CharT> out(
        bytes, {.encoding = f[1], .errors = errors_of(f[2]), .newline = sluice::newline::lf});
    try {
        out.write(widen(from_hex(f[3]), static_cast<const CharT*>(nullptr)));
    } catch (const sluice::error& thrown) {
        CHECK(thrown.code() == sluice::errc::bad_encoding);
        return "error";
    }
    out.flush();
    return to_hex(bytes.view());
}

// Every position that tellg() gave leads back to the rest of the text.
template <class CharT>
void check_positions(const fields& f, std::size_t block) {
    sluice::membuf bytes(from_hex(f[2]));
    sluice::basic_textbuf<CharT> buf(bytes, {.encoding = "utf-8", .newline = newline_of(f[1])});
    buf.pubsetbuf(nullptr, static_cast<std::streamsize>(block));
    std::vector<std::streampos> places;
    std::basic_string<CharT> text;
    do {
        places.push_back(buf.pubseekoff(0, std::ios::cur));
        REQUIRE(places.back() != std::streampos(-1));
        const auto c = buf.sbumpc();
        if (c == std::char_traits<CharT>::eof()) {
            break;
        }
        text += static_cast<CharT>(c);
    } while (true);
    for (std::size_t i = places.size(); i-- > 0;) {
        CAPTURE(i);
        REQUIRE(buf.pubseekpos(places[i]) != std::streampos(-1));
        CHECK(read_all(buf) == to_hex(narrow(text.substr(i))));
    }
}

}  // namespace

TEST_SUITE_BEGIN("python text");

TEST_CASE_TEMPLATE("bytes are decoded as by Python", CharT, char, wchar_t) {
    for (const fields& f : cases("decode")) {
        for (const std::size_t block : block_sizes) {
            CAPTURE(joined(f));
            CAPTURE(block);
            CHECK(decoded<CharT>(f, block) == f[4]);
        }
    }
}

TEST_CASE_TEMPLATE("text is encoded as by Python", CharT, char, wchar_t) {
    for (const fields& f : cases("encode")) {
        CAPTURE(joined(f));
        CHECK(encoded<CharT>(f) == f[4]);
    }
}

TEST_CASE_TEMPLATE("lines end as in Python", CharT, char, wchar_t) {
    for (const fields& f : cases("lines")) {
        for (const std::size_t block : block_sizes) {
            CAPTURE(joined(f));
            CAPTURE(block);
            sluice::bytes_io bytes(from_hex(f[2]));
            sluice::basic_text_io<CharT> in(bytes, {.newline = newline_of(f[1])});
            in.rdbuf()->pubsetbuf(nullptr, static_cast<std::streamsize>(block));
            std::string lines;
            for (const auto& line : in.readlines()) {
                lines += (lines.empty() ? "" : ",") + to_hex(narrow(line));
            }
            CHECK(lines == f[3]);
            const sluice::newlines_seen seen = in.newlines();
            std::string kinds;
            for (const auto& [kind, is_seen] : {std::pair("cr", seen.cr), std::pair("lf", seen.lf),
                                                std::pair("crlf", seen.crlf)}) {
                kinds += is_seen ? (kinds.empty() ? "" : " ") + std::string(kind) : "";
            }
            CHECK(kinds == f[4]);
        }
    }
}

TEST_CASE_TEMPLATE("a position that was told is returned to", CharT, char, wchar_t) {
    for (const fields& f : cases("lines")) {
        for (const std::size_t block : block_sizes) {
            CAPTURE(joined(f));
            CAPTURE(block);
            check_positions<CharT>(f, block);
        }
    }
}

// Python: F29, F42. A read of as much as the block goes past it, and leaves nothing ahead.
TEST_CASE_TEMPLATE("a byte order mark is written at the front only", CharT, char, wchar_t) {
    for (const char* const encoding : {"utf-8-sig", "utf-16", "utf-32"}) {
        for (const std::size_t block : block_sizes) {
            CAPTURE(encoding);
            CAPTURE(block);
            sluice::bytes_io bytes;
            sluice::basic_text_io<CharT> f(bytes, {.encoding = encoding});
            f.rdbuf()->pubsetbuf(nullptr, static_cast<std::streamsize>(block));
            std::string text(5000, 'a');
            f.write(widen(text, static_cast<const CharT*>(nullptr)));
            f.seek(0);
            CHECK((narrow(f.read()) == text));
            f.write(widen("z", static_cast<const CharT*>(nullptr)));
            f.seek(0);
            CHECK((narrow(f.read()) == text + 'z'));
        }
    }
}

TEST_SUITE_END();
