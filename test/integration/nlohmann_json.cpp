// nlohmann-json: parse(std::istream&) takes one character at a time from the buffer, and
// parse(FILE*) one at a time by getc(); << puts them.

#include "devices.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <istream>
#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>
#include <string>

namespace {

nlohmann::json sample() {
    nlohmann::json json{{"name", "sluice \u00e9\n"}, {"pi", 3.14159}, {"none", nullptr}};
    for (int i = 0; i < 500; ++i) {
        json["rows"].push_back({{"id", i}, {"even", i % 2 == 0}});
    }
    return json;
}

const integration::codec text{
    .save = [](std::ostream& out) { out << sample(); },
    .load = [](std::istream& in) { return nlohmann::json::parse(in) == sample(); }};

const integration::codec cbor{
    .save = [](std::ostream& out) { nlohmann::json::to_cbor(sample(), out); },
    .load = [](std::istream& in) { return nlohmann::json::from_cbor(in) == sample(); }};

const integration::file_codec file{
    .save =
        [](std::FILE* out) {
            const std::string json = sample().dump(2);
            if (std::fwrite(json.data(), 1, json.size(), out) != json.size()) {
                throw std::runtime_error("fwrite reports a failure");
            }
        },
    .load = [](std::FILE* in) { return nlohmann::json::parse(in) == sample(); }};

}  // namespace

TEST_CASE("nlohmann-json on all devices") {
    integration::check_round_trip(text);
}
TEST_CASE("nlohmann-json on all devices, as CBOR") {
    integration::check_round_trip(cbor);
}
TEST_CASE("nlohmann-json on all devices, by a FILE") {
    integration::check_round_trip(file);
}
TEST_CASE("nlohmann-json and devices that fail") {
    integration::check_failures(text);
    integration::check_failures(cbor);
    integration::check_failures(file);
}
