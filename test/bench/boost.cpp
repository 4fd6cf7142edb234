// Writing to devices of Boost.Iostreams, and reading from them: through its own streams, and through
// devicebuf. Each pass begins with a fresh stream and closes it.

#include <sluice/bridge/boost.hpp>
#include <sluice/stream.hpp>

#include "bench.hpp"
#include "peers.hpp"
#include "scratch.hpp"

#include <boost/iostreams/compose.hpp>
#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/device/null.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace bench {
namespace {

namespace io = boost::iostreams;

template <class Sink>
class device_stream : public sluice::stream {
public:
    explicit device_stream(Sink sink)
        : sluice::stream(std::make_unique<sluice::devicebuf<Sink>>(std::move(sink))) {}
};

constexpr std::size_t much = 64 * MiB;

template <template <class...> class Stream, class Sink, class Make>
work write_pieces(Make make) {
    return [make](benchmark::State& state) {
        const std::string piece(64, 'x');
        for (auto _ : state) {
            Stream<Sink> out(make());
            std::ostream& plain = out;
            for (std::size_t done = 0; done < much; done += piece.size()) {
                plain.write(piece.data(), static_cast<std::streamsize>(piece.size()));
            }
            out.close();
            require(state, plain.good(), "a write failed");
        }
    };
}

}  // namespace

void boost_rows(table& rows) {
    using io_stream = io::stream<io::file_descriptor_sink>;
    static_cast<void>(sizeof(io_stream));
    const auto file = [] { return io::file_descriptor_sink("/dev/null"); };
    rows.add("Boost's file_descriptor_sink: write 64 B pieces, 64 MiB", gigabytes(much))
        .peer("boost stream", write_pieces<io::stream, io::file_descriptor_sink>(file))
        .ours("devicebuf", write_pieces<device_stream, io::file_descriptor_sink>(file),
              at_least(2));
    const auto null = [] { return io::null_sink(); };
    rows.add("Boost's null_sink: write 64 B pieces, 64 MiB", gigabytes(much))
        .peer("boost stream", write_pieces<io::stream, io::null_sink>(null))
        .ours("devicebuf", write_pieces<device_stream, io::null_sink>(null));
}

}  // namespace bench
