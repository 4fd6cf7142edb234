#include "compressed_coder.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sluice::detail {
namespace {

using namespace std::string_view_literals;

struct magic {
    std::string_view bytes;
    compression format;
};

// '?' stands for a byte of a range, which in_range() knows.
constexpr std::array magics = {
    magic{"\x1F\x8B\x08"sv, compression::gzip},
    magic{"BZh?1AY&SY"sv, compression::bzip2},  // with a block
    magic{"BZh?\x17\x72\x45\x38\x50\x90"sv, compression::bzip2},
    magic{"\xFD"
          "7zXZ\0"sv,
          compression::xz},
    magic{"\x28\xB5\x2F\xFD"sv, compression::zstd},
    magic{"?\x2A\x4D\x18"sv, compression::zstd},  // a frame to be skipped
};

bool in_range(compression format, char byte) noexcept {
    return format == compression::bzip2 ? byte >= '1' && byte <= '9' : (byte & 0xF0) == 0x50;
}

// As far as both go.
bool agrees(const magic& known, std::string_view front) noexcept {
    const std::size_t size = std::min(known.bytes.size(), front.size());
    for (std::size_t i = 0; i < size; ++i) {
        const bool equal =
            known.bytes[i] == '?' ? in_range(known.format, front[i]) : known.bytes[i] == front[i];
        if (!equal) {
            return false;
        }
    }
    return true;
}

constexpr std::array endings = {
    std::pair(".gz"sv, compression::gzip),   std::pair(".tgz"sv, compression::gzip),
    std::pair(".zz"sv, compression::zlib),   std::pair(".bz2"sv, compression::bzip2),
    std::pair(".tbz"sv, compression::bzip2), std::pair(".tbz2"sv, compression::bzip2),
    std::pair(".xz"sv, compression::xz),     std::pair(".txz"sv, compression::xz),
    std::pair(".zst"sv, compression::zstd),  std::pair(".tzst"sv, compression::zstd),
};

bool ends_with(std::string_view text, std::string_view lower_case) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return text.size() >= lower_case.size() &&
           std::equal(lower_case.begin(), lower_case.end(), text.end() - lower_case.size(),
                      [&](char a, char b) { return a == lower(b); });
}

// Those of Boost's, whose best_compression of zstd is its library's without --ultra.
std::pair<int, int> levels(compression format) noexcept {
    switch (format) {
    case compression::bzip2: return {1, 9};
    case compression::zstd: return {1, 19};
    default: return {0, 9};
    }
}

}  // namespace

std::optional<compression> recognize(std::string_view front) noexcept {
    bool may_be = false;
    for (const magic& known : magics) {
        if (agrees(known, front)) {
            if (front.size() >= known.bytes.size()) {
                return known.format;
            }
            may_be = true;
        }
    }
    return may_be ? std::nullopt : std::optional(compression::none);
}

compression named(std::string_view path) {
    for (const auto& [ending, format] : endings) {
        if (ends_with(path, ending)) {
            return format;
        }
    }
    return compression::none;
}

std::string_view name_of(compression format) noexcept {
    switch (format) {
    case compression::none: return "none";
    case compression::infer: return "infer";
    case compression::gzip: return "gzip";
    case compression::zlib: return "zlib";
    case compression::deflate: return "deflate";
    case compression::bzip2: return "bzip2";
    case compression::xz: return "xz";
    case compression::zstd: return "zstd";
    }
    return "unknown compression";
}

std::string level_fault(compression format, std::optional<int> level) {
    if (!level || format == compression::none || format == compression::infer) {
        return {};
    }
    const auto [least, most] = levels(format);
    if (*level >= least && *level <= most) {
        return {};
    }
    return std::string(name_of(format)) + " has no level " + std::to_string(*level);
}

coded gzip_padding::skip(std::string_view in) noexcept {
    const std::size_t zeros = std::min(in.find_first_not_of('\0'), in.size());
    has_zeros_ = has_zeros_ || zeros != 0;
    const bool something_else = zeros != in.size() && (has_zeros_ || in[0] != '\x1F');
    return {.read = zeros, .error = something_else ? errc::corrupt_data : std::error_code()};
}

}  // namespace sluice::detail
