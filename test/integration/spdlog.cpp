// spdlog: its ostream_sink, with and without a flush for each message.

#include "devices.hpp"

#include <doctest/doctest.h>

#include <spdlog/logger.h>
#include <spdlog/sinks/ostream_sink.h>

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
