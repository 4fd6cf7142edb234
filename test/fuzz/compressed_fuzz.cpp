// compressedbuf on what is cut, damaged, put together, or no compressed data at all: it ends, gives
// no more than is allowed, says what is wrong, and gives what came before.

#include <sluice/device/memory.hpp>
#include <sluice/filter/compressed.hpp>

#include "fuzz.hpp"
#include "passing_buf.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ios>
#include <streambuf>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace {

using namespace fuzz;
using ios = std::ios_base;
using sluice::compression;

constexpr std::array formats = {compression::gzip,  compression::zlib, compression::deflate,
                                compression::bzip2, compression::xz,   compression::zstd,
                                compression::infer};
constexpr std::size_t most = std::size_t(1) << 20;

struct packed_text {
    std::string text;
    std::string bytes;
};

// At a level of which a decoder needs little memory: that takes most of the time.
packed_text packed(const std::string& text, compression format) {
    sluice::bytes_io below;
    sluice::compressed_io out(below, {.compression = format, .level = 1}, ios::out);
    out.write(text);
    out.close();
    return {text, below.getvalue()};
}

/// For each format: nothing, a few words, what repeats, and what hardly does.
const std::vector<packed_text>& samples_of(std::size_t format) {
    static const auto all = [] {
        std::array<std::vector<packed_text>, formats.size() - 1> result;
        for (std::size_t i = 0; i < result.size(); ++i) {
            std::string mixed;
            for (unsigned k = 0; k < 200; ++k) {
                mixed += static_cast<char>(k * k * 2654435761U >> 13U);
            }
            for (const std::string& text :
                 {std::string(), std::string("3 apples\n"), std::string(700, 'a'), mixed}) {
                result[i].push_back(packed(text, formats[i]));
            }
        }
        return result;
    }();
    return all[format];
}

struct outcome {
    std::string content;
    std::error_code why;
};

/// Reads by pieces of `size`.
outcome read_all(std::streambuf& below, compression format, std::size_t size) {
    sluice::compressedbuf in(below, {.compression = format, .max_size = most});
    in.pubsetbuf(nullptr, 512);
    outcome result;
    try {
        for (std::string piece(size, '\0');;) {
            const auto got = in.sgetn(piece.data(), static_cast<std::streamsize>(size));
            result.content.append(piece, 0, static_cast<std::size_t>(got));
            if (got < static_cast<std::streamsize>(size)) {
                return result;
            }
        }
    } catch (const sluice::error& failed) {
        result.why = failed.code();
    }
    // What a failed read has left can be read by less.
    try {
        for (int c = in.sbumpc(); c != -1; c = in.sbumpc()) {
            result.content += static_cast<char>(c);
        }
    } catch (const sluice::error& failed) {
        require(failed.code() == result.why, "another failure on the way to the first");
        return result;
    }
    require(false, "a failure that does not come again");
    return result;
}

outcome read_bytes(const std::string& bytes, compression format, std::size_t size) {
    sluice::membuf below(bytes);
    return read_all(below, format, size);
}

/// Applies what the bytes say to the compressed ones. Returns: where they are the same up to.
std::size_t damage(std::string& bytes, choices& from) {
    std::size_t first = bytes.size();
    for (unsigned count = from.below(4); count > 0; --count) {
        const std::size_t at = bytes.empty() ? 0 : from() % bytes.size();
        switch (from.below(5)) {
        case 0: bytes.resize(at); break;
        case 1: bytes.insert(at, from.take(from.below(8))); break;
        case 2: bytes.erase(at, from.below(8)); break;
        default:
            if (!bytes.empty()) {
                bytes[at] = static_cast<char>(from.byte());
            }
            break;
        }
        first = std::min(first, at);
    }
    return first;
}

void check_failure(const outcome& got) {
    const bool known = !got.why || got.why == sluice::errc::corrupt_data ||
                       got.why == sluice::errc::truncated_data ||
                       got.why == sluice::errc::too_long || got.why == std::errc::not_enough_memory;
    require(known, "a failure that damage does not explain");
    require(got.content.size() <= most, "more than max_size");
}

/// By whichever pieces it is read, it is the same; but the last bytes before damage may be missing,
/// for a decoder that is given room for more comes to the damage sooner.
void check_pieces(const std::string& bytes, compression format, const outcome& got,
                  std::size_t size) {
    const outcome again = read_bytes(bytes, format, size);
    if (got.why) {
        require(got.content.starts_with(again.content) || again.content.starts_with(got.content),
                "the content before damage, read by other pieces");
    } else {
        require_same(again.content, got.content, "the content, read by other pieces");
    }
    require(again.why == got.why, "the failure, read by other pieces");
}

/// So it is where nothing can be read twice.
void check_passing(const std::string& bytes, compression format, const outcome& got,
                   std::size_t size) {
    passing_buf below(bytes, size);
    const outcome passed = read_all(below, format, 64);
    check_failure(passed);
    if (!got.why) {
        require(!passed.why && passed.content == got.content, "what cannot be sought");
    } else {
        require(static_cast<bool>(passed.why), "damage in what cannot be sought");
    }
}

void check_ways(const std::string& bytes, compression format, const outcome& got, choices& from) {
    if (from.byte() % 2 == 0) {
        check_pieces(bytes, format, got, from.below(40) + 1);
    } else {
        check_passing(bytes, format, got, from.below(20) + 1);
    }
}

void check_damaged(choices& from) {
    const std::size_t format = from.below(formats.size() - 1);
    const packed_text& sample = samples_of(format)[from.below(4)];
    std::string bytes = sample.bytes;
    std::string text = sample.text;
    const bool joins =
        formats[format] != compression::zlib && formats[format] != compression::deflate;
    if (joins && from.below(4) == 0) {
        const packed_text& more = samples_of(format)[from.below(4)];
        bytes += more.bytes;
        text += more.text;
    }
    const std::string whole = bytes;
    const std::size_t first = damage(bytes, from);
    const outcome got = read_bytes(bytes, formats[format], 100);
    check_failure(got);
    if (bytes == whole) {
        require(!got.why, "a failure without damage");
        require_same(got.content, text, "the content");
    } else if (whole.starts_with(bytes) && joins) {
        require(text.starts_with(got.content), "what is cut gives what was not there");
    }
    // What the undamaged front gives, comes of all of it too.
    if (first < whole.size()) {
        const outcome front = read_bytes(whole.substr(0, first), formats[format], 100);
        require(text.starts_with(front.content), "the front");
        require(got.content.starts_with(front.content), "less than came before the damage");
    }
    check_ways(bytes, formats[format], got, from);
}

void check_any(choices& from) {
    const compression format = formats[from.below(formats.size())];
    const std::string bytes(from.take(256));
    const outcome got = read_bytes(bytes, format, 100);
    check_failure(got);
    choices ways(bytes);
    check_ways(bytes, format, got, ways);
}

}  // namespace

void fuzz::target(choices from) {
    if (from.byte() % 4 == 0) {
        check_any(from);
    } else {
        check_damaged(from);
    }
}
