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
// Whoever pushes a sluice stream or buffer itself, as `out.push(file)`, has Boost use it by
// reference, as any std::ostream or std::streambuf. What is lost that way: it is never closed nor,
// by most of Boost, flushed with a look at the result; what a write gives is at error_of(file)
// alone, and Boost's close() tries a write that fails again for ever; it cannot be told from a
// stream that seeks.

#ifndef SLUICE_BRIDGE_BOOST_HPP
#define SLUICE_BRIDGE_BOOST_HPP

#include <sluice/bridge/device_for.hpp>
#include <sluice/bridge/devicebuf.hpp>

#include <boost/iostreams/filtering_stream.hpp>
#include <boost/iostreams/stream.hpp>

#include <memory>

namespace sluice {

/// What failed first at the device_handle with which a chain of Boost's ends, or on which a stream
/// of Boost's stands; no error where there is another device, or none any more.
template <class Mode, class CharT, class Traits, class Alloc, class Access>
[[nodiscard]] error
error_of(const boost::iostreams::filtering_stream<Mode, CharT, Traits, Alloc, Access>& stream) {
    const auto* const handle = detail::handle_of(stream);
    return handle != nullptr ? handle->reason() : error();
}
template <class Mode, class CharT, class Traits, class Alloc, class Access>
[[nodiscard]] error
error_of(const boost::iostreams::filtering_streambuf<Mode, CharT, Traits, Alloc, Access>& buffer) {
    const auto* const handle = detail::handle_of(buffer);
    return handle != nullptr ? handle->reason() : error();
}

}  // namespace sluice

#endif  // SLUICE_BRIDGE_BOOST_HPP
