// The devices of the conformance suite that are C's FILEs.

#ifndef CONFORMANCE_STDIO_DEVICES_HPP
#define CONFORMANCE_STDIO_DEVICES_HPP

#include <sluice/bridge/stdio.hpp>

#include <conformance/transfer.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <tuple>

namespace conformance {

/// A FILE of a file on disk, with a buffer of `Size` before it.
template <std::size_t Size>
struct stdio_device {
    using char_type = char;
    using buf_type = sluice::stdiobuf;
    static constexpr std::size_t buffer_size = Size;

    explicit stdio_device(std::string_view content) : file(content) {
        buf.pubsetbuf(nullptr, static_cast<std::streamsize>(Size));
    }
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return stored();
    }
    [[nodiscard]] std::string stored() const { return file.content(); }

    support::temporary_file file;
    buf_type buf{std::fopen(file.path().c_str(), "r+"), sluice::ownership::owned};
};

using stdio_devices =
    std::tuple<stdio_device<0>, stdio_device<7>, stdio_device<(std::size_t(128) << 10)>>;

}  // namespace conformance

TYPE_TO_STRING_AS("stdiobuf without a buffer", conformance::stdio_device<0>);
TYPE_TO_STRING_AS("stdiobuf of 7", conformance::stdio_device<7>);
TYPE_TO_STRING_AS("stdiobuf", conformance::stdio_device<(std::size_t(128) << 10)>);

#endif  // CONFORMANCE_STDIO_DEVICES_HPP
