#include "places.hpp"

#include <log_rotator.hpp>

TEST_CASE_TEMPLATE_DEFINE("a log that has grown is moved on, and the oldest goes", Place,
                          rotating) {
    Place place;
    logging::Rotator log(place.path("logs/app.log"), 12, 2);
    CHECK(log.write("first"));
    CHECK(log.write("next"));
    CHECK(place.read("logs/app.log") == "first\nnext\n");
    CHECK_FALSE(place.exists("logs/app.log.1"));
    CHECK(log.write("second"));
    CHECK(place.read("logs/app.log") == "second\n");
    CHECK(place.read("logs/app.log.1") == "first\nnext\n");
    CHECK(log.write("third"));
    CHECK(log.write("fourth"));
    CHECK(place.read("logs/app.log") == "fourth\n");
    CHECK(place.read("logs/app.log.1") == "third\n");
    CHECK(place.read("logs/app.log.2") == "second\n");
    CHECK_FALSE(place.exists("logs/app.log.3"));
    CHECK(log.totalSize() == 7 + 6 + 7);
}

TEST_CASE_TEMPLATE_DEFINE("a log goes on where another run has left it", Place, appending) {
    Place place;
    place.write("app.log", "before\n");
    logging::Rotator log(place.path("app.log"), 1000, 1);
    CHECK(log.write("after"));
    CHECK(place.read("app.log") == "before\nafter\n");
}

TEST_CASE_TEMPLATE_DEFINE("a log that cannot be written says so", Place, refusing) {
    Place place;
    place.write("app.log/in", "the way");
    logging::Rotator log(place.path("app.log/in/app.log"), 1000, 1);
    CHECK_THROWS(log.write("line"));
}

TEST_CASE_TEMPLATE_APPLY(rotating, places);
TEST_CASE_TEMPLATE_APPLY(appending, places);
TEST_CASE_TEMPLATE_APPLY(refusing, places);
