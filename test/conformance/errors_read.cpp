#include <sluice/device/mapped.hpp>
#include <sluice/device/span.hpp>
#include <sluice/fstream.hpp>
#include <sluice/stream.hpp>

#include <conformance/failing.hpp>
#include <conformance/failing_devices.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <istream>
#include <iterator>
#include <memory>
#include <string>
#include <tuple>

using conformance::closed_behind;
using conformance::closed_spool;
using conformance::closed_stream;
using conformance::code_thrown_by;
using conformance::loose_descriptor;
using conformance::system_code;
using ios = std::ios_base;

namespace {

struct directory {
    sluice::fstream stream{"/tmp", ios::in};
    std::error_code code = system_code(EISDIR);
    std::string path = "/tmp";
};

struct write_only_descriptor {
    support::temporary_file file{"abc"};
    loose_descriptor lent{file.path(), O_WRONLY};
    sluice::fstream stream{lent.number(), ios::in};
    std::error_code code = system_code(EBADF);
    std::string path;
};

struct opened_for_writing {
    support::temporary_file file{"abc"};
    sluice::fstream stream{file.path(), ios::out};
    std::error_code code = sluice::errc::not_readable;
    std::string path = file.path();
};

struct write_only_span {
    std::array<char, 100> memory{};
    sluice::stream stream{std::make_unique<sluice::spanbuf>(memory, ios::out)};
    std::error_code code = sluice::errc::not_readable;
    std::string path;
};

struct cut_short {
    support::temporary_file file{std::string(100, '?')};
    sluice::mapped_file stream{file.path()};
    std::error_code code = system_code(EIO);
    std::string path = file.path();

    cut_short() { static_cast<void>(::truncate(file.path().c_str(), 0)); }
};

struct closed_file {
    support::temporary_file file{"abc"};
    sluice::fstream stream{file.path()};
    std::error_code code = sluice::errc::closed;
    std::string path = file.path();

    closed_file() { stream.close(); }
};

using unreadable_devices =
    std::tuple<cut_short, directory, closed_behind, write_only_descriptor, opened_for_writing,
               write_only_span, closed_stream, closed_file, closed_spool>;

struct way_to_read {
    const char* name;
    void (*read)(std::istream&);
};

const way_to_read ways_to_read[] = {
    {"get", [](std::istream& in) { in.get(); }},
    {"get of a block",
     [](std::istream& in) {
         char block[10];
         in.get(block, sizeof block);
     }},
    {"getline of a block",
     [](std::istream& in) {
         char block[10];
         in.getline(block, sizeof block);
     }},
    {"std::getline",
     [](std::istream& in) {
         std::string line;
         std::getline(in, line);
     }},
    {"read",
     [](std::istream& in) {
         char block[10];
         in.read(block, sizeof block);
     }},
    {"read of much",
     [](std::istream& in) {
         std::string block(300000, '\0');
         in.read(block.data(), std::streamsize(block.size()));
     }},
    {"peek", [](std::istream& in) { in.peek(); }},
    {"ignore", [](std::istream& in) { in.ignore(5); }},
    {"a number extracted",
     [](std::istream& in) {
         int value = 0;
         in >> value;
     }},
    {"a word extracted",
     [](std::istream& in) {
         std::string word;
         in >> word;
     }},
    {"a character extracted",
     [](std::istream& in) {
         char c = 0;
         in >> c;
     }},
};

const way_to_read raw_ways_to_read[] = {
    {"sgetc", [](std::istream& in) { in.rdbuf()->sgetc(); }},
    {"sbumpc", [](std::istream& in) { in.rdbuf()->sbumpc(); }},
    {"snextc", [](std::istream& in) { in.rdbuf()->snextc(); }},
    {"sgetn",
     [](std::istream& in) {
         char block[10];
         in.rdbuf()->sgetn(block, sizeof block);
     }},
    {"an iterator",
     [](std::istream& in) { const std::string all(std::istreambuf_iterator<char>(in), {}); }},
};

}  // namespace

TYPE_TO_STRING_AS("a mapping cut short", cut_short);
TYPE_TO_STRING_AS("a directory", directory);
TYPE_TO_STRING_AS("a descriptor for writing", write_only_descriptor);
TYPE_TO_STRING_AS("a file opened for writing", opened_for_writing);
TYPE_TO_STRING_AS("a span to be written", write_only_span);
TYPE_TO_STRING_AS("a closed file", closed_file);

TEST_SUITE_BEGIN("conformance: errors");

TEST_CASE_TEMPLATE_DEFINE("a read that fails makes its stream bad and is no end", Device,
                          error_read) {
    for (const way_to_read& way : ways_to_read) {
        CAPTURE(way.name);
        Device device;
        REQUIRE(device.stream.good());
        way.read(device.stream);
        CHECK(device.stream.bad());
        CHECK_FALSE(device.stream.eof());
        const sluice::error reason = sluice::error_of(device.stream);
        CHECK(reason.code() == device.code);
        CHECK(reason.path() == device.path);
        CHECK(reason.operation() == "read");
    }
}
TEST_CASE_TEMPLATE_APPLY(error_read, unreadable_devices);

TEST_CASE_TEMPLATE_DEFINE("a read that fails throws the reason where the stream is told to throw",
                          Device, error_read_throws) {
    for (const way_to_read& way : ways_to_read) {
        CAPTURE(way.name);
        Device device;
        device.stream.exceptions(ios::badbit);
        CHECK(code_thrown_by([&] { way.read(device.stream); }) == device.code);
        CHECK(device.stream.bad());
        CHECK_FALSE(device.stream.eof());
        device.stream.exceptions(ios::goodbit);
    }
}
TEST_CASE_TEMPLATE_APPLY(error_read_throws, unreadable_devices);

TEST_CASE_TEMPLATE_DEFINE("a raw read that fails throws the reason", Device, error_read_raw) {
    for (const way_to_read& way : raw_ways_to_read) {
        CAPTURE(way.name);
        Device device;
        CHECK(code_thrown_by([&] { way.read(device.stream); }) == device.code);
        CHECK(device.stream.bad());
        CHECK_FALSE(device.stream.eof());
        CHECK(sluice::error_of(device.stream).code() == device.code);
    }
}
TEST_CASE_TEMPLATE_APPLY(error_read_raw, unreadable_devices);

TEST_CASE("a file that cannot be opened says which and why") {
    sluice::filebuf buf;
    CHECK(buf.open("/no/such", ios::in) == nullptr);
    CHECK(std::string(buf.reason().what()) == "open /no/such: No such file or directory");
    CHECK(buf.reason().code() == std::errc::no_such_file_or_directory);

    sluice::ifstream in("/no/such");
    CHECK(in.rdstate() == ios::failbit);
    CHECK(std::string(sluice::error_of(in).what()) == "open /no/such: No such file or directory");
    CHECK(sluice::error_of(in).path() == "/no/such");

    sluice::ifstream throwing;
    throwing.exceptions(ios::failbit);
    CHECK(code_thrown_by([&] { throwing.open("/no/such"); }) == system_code(ENOENT));
}

TEST_CASE("an end is not an error") {
    support::temporary_file file("12");
    sluice::fstream f(file.path());
    int value = 0;
    f >> value;
    f >> value;
    CHECK(f.rdstate() == (ios::eofbit | ios::failbit));
    CHECK_FALSE(bool(sluice::error_of(f)));
}

TEST_SUITE_END();
