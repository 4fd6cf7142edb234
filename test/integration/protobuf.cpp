// protobuf: blocks of 8 KiB; reading ends with eofbit and failbit set, by its design.

#include "devices.hpp"

#include <doctest/doctest.h>

#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/text_format.h>

#include <istream>
#include <ostream>
#include <stdexcept>
#include <string>

namespace {

// Of the messages that come with protobuf, one that is written in one order only.
google::protobuf::ListValue sample() {
    google::protobuf::ListValue list;
    for (int i = 0; i < 3000; ++i) {
        list.add_values()->set_number_value(i / 8.0);
        list.add_values()->set_string_value("name " + std::to_string(i));
    }
    return list;
}

bool is_sample(const google::protobuf::ListValue& list) {
    return list.SerializeAsString() == sample().SerializeAsString();
}

void require(bool done) {
    if (!done) {
        throw std::runtime_error("protobuf reports a failure");
    }
}

const integration::codec binary{
    .save = [](std::ostream& out) { require(sample().SerializeToOstream(&out)); },
    .load =
        [](std::istream& in) {
            google::protobuf::ListValue list;
            return list.ParseFromIstream(&in) && is_sample(list);
        }};

const integration::codec text{
    .save =
        [](std::ostream& out) {
            google::protobuf::io::OstreamOutputStream adapter(&out);
            require(google::protobuf::TextFormat::Print(sample(), &adapter));
        },
    .load =
        [](std::istream& in) {
            google::protobuf::io::IstreamInputStream adapter(&in);
            google::protobuf::ListValue list;
            return google::protobuf::TextFormat::Parse(&adapter, &list) && is_sample(list);
        }};

}  // namespace

TEST_CASE("protobuf on all devices") {
    integration::check_round_trip(binary);
}
TEST_CASE("protobuf's text on all devices") {
    integration::check_round_trip(text);
}
TEST_CASE("protobuf and devices that fail") {
    const google::protobuf::LogSilencer quiet;
    integration::check_failures(binary);
    integration::check_failures(text);
}
