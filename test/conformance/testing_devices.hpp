// The devices of the conformance suite that are sluice::testing's layers, with nothing to do.

#ifndef CONFORMANCE_TESTING_DEVICES_HPP
#define CONFORMANCE_TESTING_DEVICES_HPP

#include <sluice/testing/faults.hpp>
#include <sluice/testing/trace.hpp>

#include <conformance/layer_devices.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <string_view>
#include <tuple>

namespace conformance {

/// A trace that lends its areas, or has none.
template <class CharT, bool EveryCall>
struct trace_device {
    using char_type = CharT;
    using buf_type = sluice::testing::basic_tracebuf<CharT>;

    explicit trace_device(std::string_view content) : bytes(make_memory<CharT>(content)) {}
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return content_of<CharT>(bytes);
    }

    memory_below<CharT> bytes;
    buf_type buf{*bytes,
                 sluice::testing::trace_options{.every_call = EveryCall, .most_calls = 100}};
};

/// No faults, in transfers of `Most` characters.
template <std::size_t Most>
struct fault_device {
    using char_type = char;
    using buf_type = sluice::testing::faultbuf;

    explicit fault_device(std::string_view content) : bytes(make_memory<char>(content)) {}
    [[nodiscard]] std::string content() {
        buf.pubsync();
        return content_of<char>(bytes);
    }

    memory_below<char> bytes;
    buf_type buf{*bytes, sluice::testing::fault_options{.most_read = Most, .most_written = Most}};
};

using whole_fault_device = fault_device<std::numeric_limits<std::size_t>::max()>;

/// Read, written, and sought by any offset, at one position.
using testing_devices = std::tuple<trace_device<char, false>, trace_device<char, true>,
                                   whole_fault_device, fault_device<3>>;

}  // namespace conformance

TYPE_TO_STRING_AS("tracebuf", conformance::trace_device<char, false>);
TYPE_TO_STRING_AS("tracebuf of every call", conformance::trace_device<char, true>);
TYPE_TO_STRING_AS("faultbuf", conformance::whole_fault_device);
TYPE_TO_STRING_AS("faultbuf of 3", conformance::fault_device<3>);

#endif  // CONFORMANCE_TESTING_DEVICES_HPP
