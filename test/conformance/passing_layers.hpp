// Layers whose content passes by once.

#ifndef CONFORMANCE_PASSING_LAYERS_HPP
#define CONFORMANCE_PASSING_LAYERS_HPP

#include <sluice/filter/ring.hpp>
#include <sluice/filter/sync.hpp>
#include <sluice/filter/tee.hpp>

#include <conformance/layer_devices.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

namespace conformance {

/// The reader of a ring, which a thread writes to.
template <class CharT, std::size_t Capacity>
struct ring_source {
    using char_type = CharT;
    using buf_type = sluice::basic_ringbuf<CharT>;
    static constexpr std::size_t buffer_size = Capacity;

    explicit ring_source(std::string content)
        : feeder([to = std::move(ends.writer), text = std::move(content)] {
              write(*to, text);
              static_cast<sluice::basic_buf<CharT>&>(*to).close();
          }) {}
    ring_source(const ring_source&) = delete;
    ring_source& operator=(const ring_source&) = delete;
    ~ring_source() {
        try {
            buf = buf_type();  // a feeder that still waits for a reader fails
            feeder.join();
        } catch (...) {
            std::terminate();
        }
    }

    typename buf_type::ends ends = buf_type::make(Capacity);
    buf_type buf = std::move(*ends.reader);
    std::thread feeder;
};

/// The writer of a ring, which a thread reads.
template <std::size_t Capacity>
struct ring_sink {
    using char_type = char;
    using buf_type = sluice::ringbuf;
    static constexpr std::size_t buffer_size = Capacity;

    ring_sink()
        : collector([this, from = std::move(ends.reader)] { collected = read_all(*from); }) {}
    ring_sink(const ring_sink&) = delete;
    ring_sink& operator=(const ring_sink&) = delete;
    ~ring_sink() {
        { const buf_type ended(std::move(buf)); }  // the collector comes to its end
        if (collector.joinable()) {
            collector.join();
        }
    }
    [[nodiscard]] std::string content() {
        collector.join();
        return collected;
    }

    buf_type::ends ends = buf_type::make(Capacity);
    buf_type buf = std::move(*ends.writer);
    std::string collected;
    std::thread collector;
};

/// A tee to two memories, with a buffer of `Size`.
template <class CharT, std::size_t Size>
struct tee_sink {
    using char_type = CharT;
    using buf_type = sluice::basic_teebuf<CharT>;
    static constexpr std::size_t buffer_size = Size;

    tee_sink() {
        if (Size < 4096) {
            buf.pubsetbuf(nullptr, static_cast<std::streamsize>(Size));
        }
    }
    [[nodiscard]] std::string content() const {
        const std::string one = content_of<CharT>(first);
        return one == content_of<CharT>(second) ? one : "the two differ";
    }

    memory_below<CharT> first = make_memory<CharT>("");
    memory_below<CharT> second = make_memory<CharT>("");
    buf_type buf{*first, *second};
};

struct sync_device {
    using char_type = char;
    using buf_type = sluice::syncbuf;

    [[nodiscard]] std::string content() const { return content_of<char>(bytes); }

    memory_below<char> bytes = make_memory<char>("");
    std::unique_ptr<sluice::sync_sink> sink = std::make_unique<sluice::sync_sink>(*bytes);
    buf_type buf{*sink};
};

using large_ring_source = ring_source<char, std::size_t(64) << 10>;
using layer_sources = std::tuple<ring_source<char, 100>, large_ring_source,
                                 ring_source<wchar_t, std::size_t(4) << 10>>;
using layer_sinks = std::tuple<ring_sink<100>, ring_sink<(std::size_t(64) << 10)>,
                               tee_sink<char, 7>, tee_sink<char, (std::size_t(128) << 10)>,
                               tee_sink<wchar_t, (std::size_t(32) << 10)>, sync_device>;

}  // namespace conformance

TYPE_TO_STRING_AS("ringbuf of 100", conformance::ring_source<char, 100>);
TYPE_TO_STRING_AS("ringbuf", conformance::large_ring_source);
TYPE_TO_STRING_AS("wringbuf", conformance::ring_source<wchar_t, (std::size_t(4) << 10)>);
TYPE_TO_STRING_AS("ringbuf of 100 written", conformance::ring_sink<100>);
TYPE_TO_STRING_AS("ringbuf written", conformance::ring_sink<(std::size_t(64) << 10)>);
TYPE_TO_STRING_AS("teebuf of 7", conformance::tee_sink<char, 7>);
TYPE_TO_STRING_AS("teebuf", conformance::tee_sink<char, (std::size_t(128) << 10)>);
TYPE_TO_STRING_AS("wteebuf", conformance::tee_sink<wchar_t, (std::size_t(32) << 10)>);
TYPE_TO_STRING_AS("syncbuf", conformance::sync_device);

#endif  // CONFORMANCE_PASSING_LAYERS_HPP
