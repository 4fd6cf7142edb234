// yaml-cpp: thousands of writes of one or two bytes; reads 2 KiB at a time, from the buffer itself.

#include "devices.hpp"

#include <doctest/doctest.h>

#include <yaml-cpp/yaml.h>

#include <istream>
#include <ostream>
#include <string>
#include <vector>

namespace {

std::vector<std::string> sample() {
    std::vector<std::string> names;
    names.reserve(500);
    for (int i = 0; i < 500; ++i) {
        names.push_back("a name: " + std::to_string(i) + "\n\u00e9");
    }
    return names;
}

const integration::codec yaml{
    .save =
        [](std::ostream& out) {
            YAML::Emitter emitter(out);
            emitter << YAML::BeginMap << YAML::Key << "names" << YAML::Value << sample()
                    << YAML::EndMap;
        },
    .load =
        [](std::istream& in) {
            return YAML::Load(in)["names"].as<std::vector<std::string>>() == sample();
        }};

}  // namespace

// Its reader, where it meets a failure in its constructor, loses a block. The leak sanitizer asks:
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libyaml-cpp";
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

TEST_CASE("yaml-cpp on all devices") {
    integration::check_round_trip(yaml);
}
TEST_CASE("yaml-cpp and devices that fail") {
    integration::check_failures(yaml);
}
