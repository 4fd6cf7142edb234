#include "places.hpp"

#include <cstdint>
#include <record_file.hpp>
#include <string>

namespace {

records::Account account(int number, std::int64_t balance) {
    records::Account result = {};
    result.number = number;
    result.owner[0] = static_cast<char>('a' + number);
    result.balance = balance;
    return result;
}

}  // namespace

TEST_CASE_TEMPLATE_DEFINE("records are updated in their places", Place, updating) {
    Place place;
    {
        records::RecordFile file(place.path("accounts"));
        CHECK(file.count() == 0);
        for (int i = 0; i < 100; ++i) {
            CHECK(file.append(account(i, 10)));
        }
        CHECK(file.add(41, 32));
        CHECK_FALSE(file.add(41, -43));
        CHECK_FALSE(file.add(100, 1));
        CHECK_FALSE(file.add(-1, 1));
    }
    CHECK(place.read("accounts").size() == 100 * sizeof(records::Account));
    records::RecordFile file(place.path("accounts"));
    records::Account found = {};
    CHECK(file.count() == 100);
    CHECK(file.read(41, found));
    CHECK(found.balance == 42);
    CHECK(file.read(42, found));
    CHECK(found.balance == 10);
    CHECK(std::string(found.owner) == std::string(1, static_cast<char>('a' + 42)));
}

TEST_CASE_TEMPLATE_DEFINE("the last record takes the place of one that is erased", Place, erasing) {
    Place place;
    records::RecordFile file(place.path("accounts"));
    for (int i = 0; i < 3; ++i) {
        CHECK(file.append(account(i, i)));
    }
    CHECK(file.erase(0));
    CHECK(file.erase(1));
    CHECK_FALSE(file.erase(1));
    CHECK(file.count() == 1);
    records::Account found = {};
    CHECK(file.read(0, found));
    CHECK(found.number == 2);
    CHECK(place.read("accounts").size() == sizeof(records::Account));
}

TEST_CASE_TEMPLATE_DEFINE("a record file that cannot be opened is an error", Place, refusing) {
    Place place;
    CHECK_THROWS(records::RecordFile(place.path("none/accounts")));
}

TEST_CASE_TEMPLATE_APPLY(updating, places);
TEST_CASE_TEMPLATE_APPLY(erasing, places);
TEST_CASE_TEMPLATE_APPLY(refusing, places);
