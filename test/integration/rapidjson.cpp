// RapidJSON: puts and takes single characters of a stream, which is to say of its buffer; or blocks
// of a FILE.

#include "devices.hpp"

#include <doctest/doctest.h>

#include <rapidjson/document.h>
#include <rapidjson/filereadstream.h>
#include <rapidjson/filewritestream.h>
#include <rapidjson/istreamwrapper.h>
#include <rapidjson/ostreamwrapper.h>
#include <rapidjson/prettywriter.h>

#include <array>
#include <cstdio>
#include <istream>
#include <ostream>

namespace {

rapidjson::Document sample() {
    rapidjson::Document json(rapidjson::kObjectType);
    auto& memory = json.GetAllocator();
    rapidjson::Value rows(rapidjson::kArrayType);
    for (int i = 0; i < 1000; ++i) {
        rapidjson::Value row(rapidjson::kObjectType);
        row.AddMember("id", i, memory).AddMember("weight", i / 8.0, memory);
        rows.PushBack(row, memory);
    }
    json.AddMember("name", "sluice \u00e9", memory).AddMember("rows", rows, memory);
    return json;
}

const integration::codec text{.save =
                                  [](std::ostream& out) {
                                      rapidjson::OStreamWrapper adapter(out);
                                      rapidjson::PrettyWriter writer(adapter);
                                      sample().Accept(writer);
                                  },
                              .load =
                                  [](std::istream& in) {
                                      rapidjson::IStreamWrapper adapter(in);
                                      rapidjson::Document json;
                                      return !json.ParseStream(adapter).HasParseError() &&
                                             json == sample();
                                  }};

// FileWriteStream takes no notice of what fwrite() returns.
const integration::file_codec file{
    .save =
        [](std::FILE* out) {
            std::array<char, 1000> memory{};
            rapidjson::FileWriteStream adapter(out, memory.data(), memory.size());
            rapidjson::PrettyWriter writer(adapter);
            sample().Accept(writer);
        },
    .load =
        [](std::FILE* in) {
            std::array<char, 1000> memory{};
            rapidjson::FileReadStream adapter(in, memory.data(), memory.size());
            rapidjson::Document json;
            return !json.ParseStream(adapter).HasParseError() && json == sample();
        }};

}  // namespace

TEST_CASE("RapidJSON on all devices") {
    integration::check_round_trip(text);
    integration::check_round_trip(file);
}
TEST_CASE("RapidJSON and devices that fail") {
    integration::check_failures(text);
    integration::check_failures(file);
}
