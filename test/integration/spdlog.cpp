// spdlog: its ostream_sink, with and without a flush for each message; and its sinks to stdout and
// stderr, captured.

#include <sluice/testing/capture.hpp>

#include "devices.hpp"

#include <doctest/doctest.h>

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <istream>
#include <memory>
#include <ostream>
#include <string>

namespace {

template <bool Flush>
const integration::codec messages{
    .save =
        [](std::ostream& out) {
            spdlog::logger logger("test",
                                  std::make_shared<spdlog::sinks::ostream_sink_st>(out, Flush));
            logger.set_pattern("%n [%l] %v");
            for (int i = 0; i < 500; ++i) {
                logger.warn("message {}", i);
            }
            logger.flush();
        },
    .load =
        [](std::istream& in) {
            std::string line;
            int count = 0;
            while (std::getline(in, line)) {
                if (line != "test [warning] message " + std::to_string(count)) {
                    return false;
                }
                ++count;
            }
            return count == 500;
        }};

}  // namespace

TEST_CASE("spdlog on all devices") {
    integration::check_round_trip(messages<false>);
    integration::check_round_trip(messages<true>);
}
TEST_CASE("spdlog and devices that fail") {
    integration::check_failures(messages<false>);
    integration::check_failures(messages<true>);
}
TEST_CASE("what spdlog prints is captured") {
    sluice::testing::capture printed;
    spdlog::logger logger("test", {std::make_shared<spdlog::sinks::stdout_sink_mt>(),
                                   std::make_shared<spdlog::sinks::stderr_color_sink_mt>()});
    logger.set_pattern("%n [%l] %v");
    logger.warn("message {}", 1);
    logger.flush();
    printed.stop();
    CHECK(printed.out() == "test [warning] message 1\n");
    CHECK(printed.err() == "test [warning] message 1\n");
}
