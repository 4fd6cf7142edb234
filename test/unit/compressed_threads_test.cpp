#include <sluice/bridge/boost.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/filter/compressed.hpp>
#include <sluice/stream.hpp>

#include "threads.hpp"
#include <conformance/transfer.hpp>

#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <doctest/doctest.h>

#include <cstddef>
#include <ios>
#include <memory>
#include <string>
#include <utility>

// What the headers say of threads, of layers that compress and of Boost's, for the thread sanitizer
// to see.

using conformance::sample;
using thread_tests::in_threads;
using thread_tests::many;
using thread_tests::require;
namespace io = boost::iostreams;

TEST_SUITE_BEGIN("threads");

TEST_CASE("layers that compress do not disturb each other in sixteen threads") {
    CHECK(
        in_threads(many, [](int i) {
            using sluice::compression;
            const std::string text = sample(static_cast<std::size_t>(20'000 + i));
            for (const compression how : {compression::gzip, compression::zstd, compression::xz}) {
                sluice::bytes_io packed;
                sluice::compressed_io out(packed, {.compression = how, .level = 1},
                                          std::ios_base::out);
                out << text;
                out.close();
                packed.seek(0);
                sluice::compressed_io in(packed);
                require(in.read() == text, "compressed");
            }
        }) == "");
}

TEST_CASE("chains of Boost's and buffers in them do not disturb each other in sixteen threads") {
    CHECK(in_threads(many, [](int i) {
              const std::string text = sample(static_cast<std::size_t>(20'000 + i));
              sluice::bytes_io packed;
              io::filtering_ostream out;
              out.push(io::gzip_compressor());
              out.push(sluice::device_for(packed));
              out << text;
              sluice::close(out);
              packed.seek(0);
              auto chain = std::make_unique<io::filtering_istreambuf>();
              chain->push(io::gzip_decompressor());
              chain->push(sluice::device_for(packed));
              using unzipping = sluice::devicebuf<io::filtering_istreambuf>;
              sluice::stream in(std::make_unique<unzipping>(std::move(chain)));
              require(in.read() == text, "devicebuf");
          }) == "");
}

TEST_SUITE_END();
