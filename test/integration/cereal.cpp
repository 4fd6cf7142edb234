// cereal: its binary archives call the buffer directly, with 1 to 24 bytes; the text ones put
// single characters.

#include "devices.hpp"

#include <doctest/doctest.h>

#include <cereal/archives/binary.hpp>
#include <cereal/archives/json.hpp>
#include <cereal/archives/portable_binary.hpp>
#include <cereal/archives/xml.hpp>
#include <cereal/types/map.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>
#include <istream>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace {

struct record {
    int id = 0;
    double weight = 0;
    std::string name;
    std::vector<int> parts;
    std::map<std::string, int> counts;

    friend bool operator==(const record&, const record&) = default;

    template <class Archive>
    void serialize(Archive& archive) {
        archive(CEREAL_NVP(id), CEREAL_NVP(weight), CEREAL_NVP(name), CEREAL_NVP(parts),
                CEREAL_NVP(counts));
    }
};

std::vector<record> sample() {
    std::vector<record> records;
    records.reserve(100);
    for (int i = 0; i < 100; ++i) {
        records.push_back({i, i / 8.0, "name " + std::to_string(i), {i, i + 1}, {{"a", i}}});
    }
    return records;
}

template <class Output, class Input>
const integration::codec codec{.save =
                                   [](std::ostream& out) {
                                       Output archive(out);
                                       archive(cereal::make_nvp("records", sample()));
                                   },
                               .load =
                                   [](std::istream& in) {
                                       std::vector<record> records;
                                       Input archive(in);
                                       archive(cereal::make_nvp("records", records));
                                       return records == sample();
                                   }};

using portable = cereal::PortableBinaryOutputArchive;

// Swaps bytes, and so writes them one at a time.
const integration::codec swapped{.save =
                                     [](std::ostream& out) {
                                         portable archive(out, portable::Options::BigEndian());
                                         archive(sample());
                                     },
                                 .load = codec<portable, cereal::PortableBinaryInputArchive>.load};

}  // namespace

TEST_CASE("cereal's binary archives on all devices") {
    integration::check_round_trip(codec<cereal::BinaryOutputArchive, cereal::BinaryInputArchive>);
}
TEST_CASE("cereal's portable archives on all devices") {
    integration::check_round_trip(
        codec<cereal::PortableBinaryOutputArchive, cereal::PortableBinaryInputArchive>);
    integration::check_round_trip(swapped);
}
TEST_CASE("cereal's JSON archives on all devices") {
    integration::check_round_trip(codec<cereal::JSONOutputArchive, cereal::JSONInputArchive>);
}
TEST_CASE("cereal's XML archives on all devices") {
    integration::check_round_trip(codec<cereal::XMLOutputArchive, cereal::XMLInputArchive>);
}
TEST_CASE("cereal and devices that fail") {
    integration::check_failures(codec<cereal::BinaryOutputArchive, cereal::BinaryInputArchive>);
    integration::check_failures(
        codec<cereal::PortableBinaryOutputArchive, cereal::PortableBinaryInputArchive>);
    integration::check_failures(codec<cereal::JSONOutputArchive, cereal::JSONInputArchive>);
    integration::check_failures(codec<cereal::XMLOutputArchive, cereal::XMLInputArchive>);
}
