// Boost.Serialization: imbues and syncs the stream, and its binary archives call the buffer.

#include "devices.hpp"

#include <boost/archive/binary_iarchive.hpp>
#include <boost/archive/binary_oarchive.hpp>
#include <boost/archive/text_iarchive.hpp>
#include <boost/archive/text_oarchive.hpp>
#include <boost/archive/xml_iarchive.hpp>
#include <boost/archive/xml_oarchive.hpp>
#include <boost/serialization/map.hpp>
#include <boost/serialization/nvp.hpp>
#include <boost/serialization/string.hpp>
#include <boost/serialization/vector.hpp>
#include <doctest/doctest.h>

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
    void serialize(Archive& archive, unsigned /*version*/) {
        using boost::serialization::make_nvp;
        archive& make_nvp("id", id) & make_nvp("weight", weight) & make_nvp("name", name) &
            make_nvp("parts", parts) & make_nvp("counts", counts);
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
const integration::codec codec{
    .save =
        [](std::ostream& out) {
            Output archive(out);
            const std::vector<record> records = sample();
            archive << boost::serialization::make_nvp("records", records);
        },
    .load =
        [](std::istream& in) {
            std::vector<record> records;
            Input archive(in);
            archive >> boost::serialization::make_nvp("records", records);
            return records == sample();
        }};

using boost::archive::binary_iarchive;
using boost::archive::binary_oarchive;
using boost::archive::text_iarchive;
using boost::archive::text_oarchive;
using boost::archive::xml_iarchive;
using boost::archive::xml_oarchive;

}  // namespace

TEST_CASE("Boost's binary archives on all devices") {
    integration::check_round_trip(codec<binary_oarchive, binary_iarchive>);
}
TEST_CASE("Boost's text archives on all devices") {
    integration::check_round_trip(codec<text_oarchive, text_iarchive>);
}
TEST_CASE("Boost's XML archives on all devices") {
    integration::check_round_trip(codec<xml_oarchive, xml_iarchive>);
}
TEST_CASE("Boost's archives and devices that fail") {
    integration::check_failures(codec<binary_oarchive, binary_iarchive>);
    integration::check_failures(codec<text_oarchive, text_iarchive>);
    integration::codec xml = codec<xml_oarchive, xml_iarchive>;
    // The destructors write and read this, and throw where they cannot, on any stream:
    // std::terminate.
    xml.unneeded = std::string("\n</records>\n</boost_serialization>\n\n").size();
    integration::check_failures(xml);
}
