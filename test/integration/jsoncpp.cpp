// jsoncpp: takes all there is by inserting the buffer into a string stream.

#include "devices.hpp"

#include <doctest/doctest.h>

#include <json/json.h>

#include <istream>
#include <memory>
#include <ostream>
#include <string>

namespace {

Json::Value sample() {
    Json::Value json;
    json["name"] = "sluice \u00e9";
    for (int i = 0; i < 1000; ++i) {
        Json::Value row;
        row["id"] = i;
        row["weight"] = i / 8.0;
        json["rows"].append(row);
    }
    return json;
}

const integration::codec text{.save =
                                  [](std::ostream& out) {
                                      const std::unique_ptr<Json::StreamWriter> writer(
                                          Json::StreamWriterBuilder().newStreamWriter());
                                      writer->write(sample(), &out);
                                  },
                              .load =
                                  [](std::istream& in) {
                                      Json::Value json;
                                      std::string errors;
                                      return Json::parseFromStream(Json::CharReaderBuilder(), in,
                                                                   &json, &errors) &&
                                             json == sample();
                                  }};

}  // namespace

TEST_CASE("jsoncpp on all devices") {
    integration::check_round_trip(text);
}
TEST_CASE("jsoncpp and devices that fail") {
    integration::check_failures(text);
}
