#include "places.hpp"

#include <config_reader.hpp>
#include <string>

TEST_CASE_TEMPLATE_DEFINE("a configuration is read with what it includes", Place, reading) {
    Place place;
    place.write("app.conf", "name = demo # as ever\n"
                            "include conf.d/net.conf\n"
                            "[paths]\n"
                            "log = /var/log/\\\n"
                            "demo.log\n");
    place.write("conf.d/net.conf", "[net]\n"
                                   "port = 80\r\n"
                                   "include ../more.conf\n");
    place.write("more.conf", "host = example.org\n");
    Config config;
    config.load(place.path("app.conf"));
    CHECK(config.size() == 4);
    CHECK(config.get("name") == "demo");
    CHECK(config.getInt("net.port") == 80);
    CHECK(config.get("net.host") == "example.org");
    CHECK(config.get("paths.log") == "/var/log/demo.log");
    CHECK(config.getInt("net.timeout", 30) == 30);
}

TEST_CASE_TEMPLATE_DEFINE("what is wrong with a configuration is told with its place", Place,
                          failing) {
    Place place;
    Config config;
    const auto what = [&] {
        try {
            config.load(place.path("app.conf"));
            return std::string("nothing");
        } catch (const ConfigError& error) {
            return std::string(error.what());
        }
    };
    CHECK(what() == place.path("app.conf") + ":0: cannot open");
    place.write("app.conf", "a = 1\nb\n");
    CHECK(what() == place.path("app.conf") + ":2: '=' expected");
    place.write("app.conf", "[a\n");
    CHECK(what() == place.path("app.conf") + ":1: ']' expected");
    place.write("app.conf", "include none\n");
    CHECK(what() == place.path("none") + ":0: cannot open");
    place.write("app.conf", "include app.conf\n");
    CHECK(what() == place.path("app.conf") + ":0: too many files included");
}

TEST_CASE_TEMPLATE_APPLY(reading, places);
TEST_CASE_TEMPLATE_APPLY(failing, places);
