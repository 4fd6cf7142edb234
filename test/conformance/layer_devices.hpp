// The devices of the conformance suite that are layers on another buffer.

#ifndef CONFORMANCE_LAYER_DEVICES_HPP
#define CONFORMANCE_LAYER_DEVICES_HPP

#include <sluice/device/memory.hpp>
#include <sluice/filter/chain.hpp>
#include <sluice/filter/count.hpp>
#ifdef SLUICE_HAS_HASH
#include <sluice/filter/hash.hpp>
#endif
#include <sluice/filter/limit.hpp>
#include <sluice/filter/progress.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/tee.hpp>

#include <conformance/transfer.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace conformance {

/// What lies below stays in its place where the device moves.
template <class CharT>
using memory_below = std::unique_ptr<sluice::basic_membuf<CharT>>;

template <class CharT>
[[nodiscard]] memory_below<CharT> make_memory(std::string_view content) {
    return std::make_unique<sluice::basic_membuf<CharT>>(widen<CharT>(content));
}

template <class CharT>
[[nodiscard]] std::string content_of(const memory_below<CharT>& memory) {
    return narrow(std::basic_string_view<CharT>(memory->view()));
}

template <class CharT>
struct count_device {
    using char_type = CharT;
    using buf_type = sluice::basic_countbuf<CharT>;

    explicit count_device(std::string_view content) : bytes(make_memory<CharT>(content)) {}
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return content_of<CharT>(bytes);
    }

    memory_below<CharT> bytes;
    buf_type buf{*bytes};
};

/// A limit that is never met.
struct limit_device {
    using char_type = char;
    using buf_type = sluice::limitbuf;

    explicit limit_device(std::string_view content) : bytes(make_memory<char>(content)) {}
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return content_of<char>(bytes);
    }

    memory_below<char> bytes;
    buf_type buf{*bytes, std::numeric_limits<std::uint64_t>::max()};
};

/// What is read goes to another memory too.
struct record_device {
    using char_type = char;
    using buf_type = sluice::recordbuf;

    explicit record_device(std::string_view content) : bytes(make_memory<char>(content)) {}
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return content_of<char>(bytes);
    }

    memory_below<char> bytes;
    memory_below<char> record = make_memory<char>("");
    buf_type buf{*bytes, *record};
};

/// It is told of each block.
struct progress_device {
    using char_type = char;
    using buf_type = sluice::progressbuf;

    explicit progress_device(std::string_view content) : bytes(make_memory<char>(content)) {}
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return content_of<char>(bytes);
    }

    memory_below<char> bytes;
    buf_type buf{*bytes, [](const sluice::progress& /*now*/) {},
                 sluice::progress_options{.interval = std::chrono::milliseconds(0)}};
};

/// All that lies behind a few characters, with a buffer of `Size`; or so long as its content.
template <class CharT, std::size_t Size, bool Bounded = false>
struct slice_device {
    using char_type = CharT;
    using buf_type = sluice::basic_slicebuf<CharT>;
    static constexpr std::string_view before = "before";
    static constexpr std::size_t buffer_size = Size;

    explicit slice_device(std::string_view content)
        : size(content.size()),
          bytes(make_memory<CharT>(std::string(before) + std::string(content) +
                                   (Bounded ? "after" : ""))),
          buf(*bytes, static_cast<std::streamoff>(before.size()),
              Bounded ? static_cast<std::streamoff>(content.size()) : buf_type::to_end) {
        if (Size < 4096) {
            buf.pubsetbuf(nullptr, static_cast<std::streamsize>(Size));
        }
    }
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return stored();
    }
    [[nodiscard]] std::string stored() const {
        return content_of<CharT>(bytes).substr(before.size(), Bounded ? size : std::string::npos);
    }

    std::size_t size;
    memory_below<CharT> bytes;
    buf_type buf;
};

/// Thirds of the content, with nothing between.
template <class CharT>
struct chain_device {
    using char_type = CharT;
    using buf_type = sluice::basic_chainbuf<CharT>;

    explicit chain_device(std::string_view content) : text(content), buf(parts_of(content)) {}
    [[nodiscard]] std::string content() const { return text; }

    static std::vector<sluice::basic_lower<CharT>> parts_of(std::string_view content) {
        const std::size_t third = content.size() / 3;
        return sluice::lowers<CharT>(make_memory<CharT>(content.substr(0, third)),
                                     make_memory<CharT>(""),
                                     make_memory<CharT>(content.substr(third, third)),
                                     make_memory<CharT>(content.substr(2 * third)));
    }

    std::string text;
    buf_type buf;
};

#ifdef SLUICE_HAS_HASH
struct hash_device {
    using char_type = char;
    using buf_type = sluice::hashbuf;

    explicit hash_device(std::string_view content) : bytes(make_memory<char>(content)) {}
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return content_of<char>(bytes);
    }

    memory_below<char> bytes;
    buf_type buf{*bytes, sluice::hash_algorithm::crc32};
};
using hash_devices = std::tuple<hash_device>;
#else
using hash_devices = std::tuple<>;
#endif

using large_slice = slice_device<char, std::size_t(128) << 10>;
using bounded_slice = slice_device<char, std::size_t(128) << 10, true>;

/// Read, written, and sought by any offset, at one position.
using layer_devices =
    std::tuple<count_device<char>, count_device<wchar_t>, limit_device, record_device,
               progress_device, slice_device<char, 7>, large_slice>;

/// Of those, where what was written can be seen without the buffer.
using external_layers = std::tuple<slice_device<char, 7>, large_slice>;

}  // namespace conformance

TYPE_TO_STRING_AS("countbuf", conformance::count_device<char>);
TYPE_TO_STRING_AS("wcountbuf", conformance::count_device<wchar_t>);
#ifdef SLUICE_HAS_HASH
TYPE_TO_STRING_AS("hashbuf", conformance::hash_device);
#endif
TYPE_TO_STRING_AS("limitbuf", conformance::limit_device);
TYPE_TO_STRING_AS("recordbuf", conformance::record_device);
TYPE_TO_STRING_AS("progressbuf", conformance::progress_device);
TYPE_TO_STRING_AS("slicebuf of 7", conformance::slice_device<char, 7>);
TYPE_TO_STRING_AS("slicebuf", conformance::large_slice);
TYPE_TO_STRING_AS("slicebuf with an end", conformance::bounded_slice);
TYPE_TO_STRING_AS("chainbuf", conformance::chain_device<char>);

#endif  // CONFORMANCE_LAYER_DEVICES_HPP
