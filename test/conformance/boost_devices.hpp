// devicebuf over devices of Boost.Iostreams, and over handles of sluice's: there and back.

#ifndef CONFORMANCE_BOOST_DEVICES_HPP
#define CONFORMANCE_BOOST_DEVICES_HPP

#include <sluice/bridge/devicebuf.hpp>
#include <sluice/device/memory.hpp>

#include <conformance/transfer.hpp>
#include <support/boost_devices.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

namespace conformance {

/// A size that leaves the buffer as it is.
inline constexpr std::size_t file_size_of_buffer = std::size_t(128) << 10;

template <std::size_t Size>
inline constexpr std::streamsize given_size = Size == file_size_of_buffer
                                                  ? -1
                                                  : static_cast<std::streamsize>(Size);

/// A device of Boost's that seeks, with a buffer of `Size`.
template <class CharT, std::size_t Size>
struct boost_device {
    using char_type = CharT;
    using buf_type = sluice::devicebuf<support::growing_device<CharT>>;
    static constexpr std::size_t buffer_size =
        Size == file_size_of_buffer ? Size / sizeof(CharT) : Size;

    explicit boost_device(std::string_view content) : device(widen<CharT>(content)) {}
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return stored();
    }
    [[nodiscard]] std::string stored() const {
        return narrow(std::basic_string_view<CharT>(*device.content()));
    }

    support::growing_device<CharT> device;
    buf_type buf{support::growing_device<CharT>(device), given_size<Size>};
};

// Classes of their own, because the arguments of a template bring in the functions of Boost's
// namespace, of which some have the names of the rules' words.
template <class CharT>
struct returned_buf : sluice::devicebuf<sluice::device_handle<boost::iostreams::seekable, CharT>> {
    using sluice::devicebuf<sluice::device_handle<boost::iostreams::seekable, CharT>>::devicebuf;
};
struct scripted_source : support::scripted_device<boost::iostreams::input> {
    using scripted_device::scripted_device;
};
struct scripted_sink : support::scripted_device<boost::iostreams::output> {
    using scripted_device::scripted_device;
};

/// Memory as a device of Boost's, as a buffer again.
template <class CharT, std::size_t Size>
struct returned_device {
    using char_type = CharT;
    using buf_type = returned_buf<CharT>;
    static constexpr std::size_t buffer_size =
        Size == file_size_of_buffer ? Size / sizeof(CharT) : Size;

    explicit returned_device(std::string_view content)
        : memory(std::make_unique<sluice::basic_membuf<CharT>>(widen<CharT>(content))) {}
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return stored();
    }
    [[nodiscard]] std::string stored() const { return narrow(memory->view()); }

    std::unique_ptr<sluice::basic_membuf<CharT>> memory;  // which stays where the device moves
    buf_type buf{sluice::device_for(*memory), given_size<Size>};
};

/// A device of Boost's that is read once.
template <std::size_t Size>
struct boost_source {
    using char_type = char;
    using device_type = scripted_source;
    using buf_type = sluice::devicebuf<device_type>;
    static constexpr std::size_t buffer_size = Size;

    explicit boost_source(std::string_view content) { script->source = content; }

    std::shared_ptr<support::script> script = std::make_shared<support::script>();
    buf_type buf{device_type(script), given_size<Size>};
};

/// A device of Boost's that is written once.
template <std::size_t Size>
struct boost_sink {
    using char_type = char;
    using device_type = scripted_sink;
    using buf_type = sluice::devicebuf<device_type>;
    static constexpr std::size_t buffer_size = Size;

    boost_sink() { script->most = 100; }
    [[nodiscard]] std::string content() const { return script->sink; }

    std::shared_ptr<support::script> script = std::make_shared<support::script>();
    buf_type buf{device_type(script), given_size<Size>};
};

/// Read, written, sought and made shorter; they own what they hold.
using boost_devices = std::tuple<boost_device<char, 7>, boost_device<char, file_size_of_buffer>,
                                 boost_device<wchar_t, file_size_of_buffer>>;

/// The same, but they borrow it.
using returned_devices =
    std::tuple<returned_device<char, 0>, returned_device<char, file_size_of_buffer>,
               returned_device<wchar_t, 7>>;

using boost_sources = std::tuple<boost_source<7>, boost_source<file_size_of_buffer>>;
using boost_sinks = std::tuple<boost_sink<0>, boost_sink<file_size_of_buffer>>;

}  // namespace conformance

TYPE_TO_STRING_AS("devicebuf of 7", conformance::boost_device<char, 7>);
TYPE_TO_STRING_AS("devicebuf", conformance::boost_device<char, conformance::file_size_of_buffer>);
TYPE_TO_STRING_AS("devicebuf of wide characters",
                  conformance::boost_device<wchar_t, conformance::file_size_of_buffer>);
TYPE_TO_STRING_AS("devicebuf without a buffer on memory", conformance::returned_device<char, 0>);
TYPE_TO_STRING_AS("devicebuf on memory",
                  conformance::returned_device<char, conformance::file_size_of_buffer>);
TYPE_TO_STRING_AS("devicebuf of 7 on wide memory", conformance::returned_device<wchar_t, 7>);
TYPE_TO_STRING_AS("devicebuf of 7 on a source", conformance::boost_source<7>);
TYPE_TO_STRING_AS("devicebuf on a source",
                  conformance::boost_source<conformance::file_size_of_buffer>);
TYPE_TO_STRING_AS("devicebuf without a buffer on a sink", conformance::boost_sink<0>);
TYPE_TO_STRING_AS("devicebuf on a sink", conformance::boost_sink<conformance::file_size_of_buffer>);

#endif  // CONFORMANCE_BOOST_DEVICES_HPP
