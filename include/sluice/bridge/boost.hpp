// boost: Boost.Iostreams both ways. Its devices, filters and chains as buffers of sluice's
// (devicebuf), and any stream buffer as a device of its (device_for); with every error that it
// meets.
//
//     boost::iostreams::filtering_ostream out;
//     out.push(boost::iostreams::gzip_compressor());
//     out.push(sluice::device_for(file));
//     out << "hello\n";
//     sluice::close(out);                       // throws what Boost's own close swallows
//
// A sluice stream or buffer can be pushed itself too, as `out.push(file)`: Boost uses it by
// reference then, as any std::ostream or std::streambuf. What is lost that way: nobody closes it,
// or looks at what a flush gave; a write that fails is at error_of(file) alone (its stream throws
// where its exceptions() hold badbit), and Boost's filters may try it again for ever when they are
// closed.
//
// Threads: as devicebuf.hpp and device_for.hpp say; a chain of Boost's and all in it are one
// object.

#ifndef SLUICE_BRIDGE_BOOST_HPP
#define SLUICE_BRIDGE_BOOST_HPP

#include <sluice/bridge/device_for.hpp>
#include <sluice/bridge/devicebuf.hpp>
#include <sluice/detail/held_exceptions.hpp>

#include <boost/iostreams/filtering_stream.hpp>
#include <boost/iostreams/stream.hpp>

#include <memory>

namespace sluice {

namespace detail {

template <class Stream>
void close_boost(Stream& closed) {
    link_calls<Stream> calls(closed);
    if (!calls.is_open()) {
        return;
    }
    try {
        calls.close();
    } catch (...) {
        throw_as_error();
    }
}

}  // namespace detail

/// Closes a chain of Boost's, each filter and the device, whatever fails. It is empty then, and a
/// stream with it has badbit until something is pushed again. One without a device stays as it is.
///
/// Errors: throws error: the first that failed, see devicebuf; also what Boost's own close()
///         swallows, and what a destructor would.
template <class Mode, class CharT>
void close(boost::iostreams::filtering_stream<Mode, CharT>& of) {
    if (!of.is_complete()) {
        return;
    }
    const detail::held_exceptions<CharT, std::char_traits<CharT>> quiet(&of);
    detail::first_failure failures;
    failures.attempt([&] { detail::close_boost(of); });
    of.std::template basic_ios<CharT>::rdbuf(nullptr);
    failures.rethrow();
}
template <class Mode, class CharT>
void close(boost::iostreams::filtering_streambuf<Mode, CharT>& buffer) {
    detail::close_boost(buffer);
}

/// The same for a stream or a stream buffer of Boost's on one device; a second call does nothing.
template <class Device>
void close(boost::iostreams::stream_buffer<Device>& buffer) {
    detail::close_boost(buffer);
}
template <class Device>
void close(boost::iostreams::stream<Device>& of) {
    detail::close_boost(
        dynamic_cast<boost::iostreams::stream_buffer<Device>&>(detail::buffer_of(of)));
}

/// What failed first at the handle (see device_for) with which a chain of Boost's ends, or on which
/// a stream of Boost's stands. No error where it has none any more: a copy of the handle knows.
template <class Mode, class CharT>
[[nodiscard]] error error_of(const boost::iostreams::filtering_stream<Mode, CharT>& of) {
    const auto* const handle = detail::handle_of(of);
    return handle != nullptr ? handle->reason() : error();
}
template <class Mode, class CharT>
[[nodiscard]] error error_of(const boost::iostreams::filtering_streambuf<Mode, CharT>& buffer) {
    const auto* const handle = detail::handle_of(buffer);
    return handle != nullptr ? handle->reason() : error();
}
template <class Device>
requires detail::handle_device<Device>
[[nodiscard]] error error_of(boost::iostreams::stream<Device>& of) {
    return of.is_open() ? of->reason() : error();
}

}  // namespace sluice

#endif  // SLUICE_BRIDGE_BOOST_HPP
