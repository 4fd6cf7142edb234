// Writing to devices of Boost.Iostreams: through its own streams, and through devicebuf. Each pass
// begins with a fresh stream, and closes it. What is written to no device shows what the calls of
// std::ostream take, which is the same for both.

#include <sluice/bridge/boost.hpp>
#include <sluice/stream.hpp>

#include "bench.hpp"
#include "scratch.hpp"

#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/device/null.hpp>
#include <boost/iostreams/stream.hpp>

#include <cstddef>
#include <ios>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

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

template <class Stream>
void write_pieces(benchmark::State& state, Stream& out) {
    const std::string piece(64, 'x');
    std::ostream& plain = out;
    for (std::size_t done = 0; done < much; done += piece.size()) {
        plain.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    }
    out.close();
    require(state, plain.good(), "a write failed");
}

template <template <class...> class Stream>
void write_file_sink(benchmark::State& state) {
    for (auto _ : state) {
        Stream<io::file_descriptor_sink> out(io::file_descriptor_sink(fresh_path().string()));
        write_pieces(state, out);
    }
}

template <template <class...> class Stream>
void write_null_sink(benchmark::State& state) {
    for (auto _ : state) {
        Stream<io::null_sink> out{io::null_sink()};
        write_pieces(state, out);
    }
}

}  // namespace

void boost_rows(table& rows) {
    rows.add("Boost's file_descriptor_sink: write 64 B pieces, 64 MiB", gigabytes(much))
        .peer("boost::iostreams::stream", write_file_sink<io::stream>)
        .ours("devicebuf", write_file_sink<device_stream>, at_least(2));
    rows.add("Boost's null_sink: write 64 B pieces, 64 MiB", gigabytes(much))
        .peer("boost::iostreams::stream", write_null_sink<io::stream>)
        .ours("devicebuf", write_null_sink<device_stream>);
}

}  // namespace bench
