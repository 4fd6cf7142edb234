#include <sluice/device/mapped.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/span.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/fstream.hpp>
#include <sluice/stream.hpp>

#include <conformance/each_type.hpp>
#include <conformance/failing.hpp>
#include <conformance/failing_devices.hpp>
#include <conformance/transfer.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <istream>
#include <iterator>
#include <locale>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

using conformance::closed_behind;
using conformance::closed_spool;
using conformance::closed_stream;
using conformance::code_thrown_by;
using conformance::loose_descriptor;
using conformance::system_code;
using conformance::widen;
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

// -- what is read at the front, and fails then --------------------------------------------------
//
// The content is the three lines of `content`, of which the last is not all there.

const std::string content = "one\ntwo\nthr";
const std::string content_and_no_character = content + "\xFF\n";

/// How many characters of `content` a read of `size` at `position` gives; none where it fails.
std::size_t readable_part(std::size_t size, off_t position) {
    const auto end = static_cast<off_t>(content.size());
    return position < end ? std::min(size, static_cast<std::size_t>(end - position)) : 0;
}

/// A disk of which no more than `content` can be read.
struct failing_disk {
    support::replaced_calls replaced;

    failing_disk() {
        auto& calls = support::replaced_calls::calls();
        calls.read = [](int file, void* target, std::size_t size) -> ssize_t {
            const std::size_t part = readable_part(size, ::lseek(file, 0, SEEK_CUR));
            return part == 0 ? (errno = EIO, -1) : ::read(file, target, part);
        };
        calls.pread = [](int file, void* target, std::size_t size, off_t position) -> ssize_t {
            const std::size_t part = readable_part(size, position);
            return part == 0 ? (errno = EIO, -1) : ::pread(file, target, part, position);
        };
    }
};

struct file_of_failing_disk {
    support::temporary_file file{content + "ee\n"};
    failing_disk disk;
    sluice::fstream stream{file.path()};
    std::error_code code = system_code(EIO);
};

struct unbuffered_file_of_failing_disk : file_of_failing_disk {
    unbuffered_file_of_failing_disk() { stream.rdbuf()->pubsetbuf(nullptr, 0); }
};

struct spool_of_failing_disk {
    failing_disk disk;
    sluice::spooled_file stream{0};
    std::error_code code = system_code(EIO);

    spool_of_failing_disk() {
        stream.write(content + "ee\n");
        stream.seek(0);
    }
};

struct text_of_failing_disk {
    support::temporary_file file{content + "ee\n"};
    failing_disk disk;
    sluice::fstream below{file.path()};
    sluice::text_io stream{below};
    std::error_code code = system_code(EIO);
};

struct text_of_no_character {
    sluice::text_io stream{std::make_unique<sluice::membuf>(content_and_no_character)};
    std::error_code code = sluice::errc::bad_encoding;
};

struct wide_file_of_no_character {
    support::temporary_file file{content_and_no_character};
    sluice::wfstream stream;
    std::error_code code = sluice::errc::bad_encoding;

    wide_file_of_no_character() {
        stream.imbue(std::locale("C.UTF-8"));
        stream.open(file.path());
    }
};

struct mapping_cut_behind {
    support::temporary_file file{content + std::string(100000, '?')};
    sluice::mapped_file stream{file.path()};
    std::error_code code = system_code(EIO);

    mapping_cut_behind() {
        static_cast<void>(::truncate(file.path().c_str(), static_cast<off_t>(content.size())));
    }
};

using devices_failing_then =
    std::tuple<file_of_failing_disk, unbuffered_file_of_failing_disk, spool_of_failing_disk,
               text_of_failing_disk, text_of_no_character, wide_file_of_no_character,
               mapping_cut_behind>;

/// The stream of a device, with the calls of Python's file objects.
template <class CharT>
sluice::basic_stream<CharT> taken(sluice::basic_fstream<CharT>& stream) {
    auto buffer = std::make_unique<sluice::basic_filebuf<CharT>>(std::move(*stream.rdbuf()));
    return sluice::basic_stream<CharT>(std::move(buffer));
}
template <class CharT>
sluice::basic_stream<CharT> taken(sluice::basic_stream<CharT>& stream) {
    return std::move(stream);
}

template <class Stream>
std::streamoff place(Stream& stream) {
    return stream.seekable() ? std::streamoff(stream.tell()) : -1;
}

/// Both ways to read all, each from where the stream stands.
template <class Stream>
void check_to_the_end_fails(Stream& stream, const std::error_code& code) {
    const auto before = place(stream);
    CHECK(code_thrown_by([&] { static_cast<void>(stream.read()); }) == code);
    stream.clear();
    CHECK(place(stream) == before);
    for (const std::streamsize hint : {-1, 0}) {
        CHECK(code_thrown_by([&] { static_cast<void>(stream.readlines(hint)); }) == code);
        stream.clear();
        CHECK(place(stream) == before);
    }
}

}  // namespace

TYPE_TO_STRING_AS("a mapping cut short", cut_short);
TYPE_TO_STRING_AS("a directory", directory);
TYPE_TO_STRING_AS("a descriptor for writing", write_only_descriptor);
TYPE_TO_STRING_AS("a file opened for writing", opened_for_writing);
TYPE_TO_STRING_AS("a span to be written", write_only_span);
TYPE_TO_STRING_AS("a closed file", closed_file);
TYPE_TO_STRING_AS("a file of a failing disk", file_of_failing_disk);
TYPE_TO_STRING_AS("an unbuffered file of a failing disk", unbuffered_file_of_failing_disk);
TYPE_TO_STRING_AS("a spool of a failing disk", spool_of_failing_disk);
TYPE_TO_STRING_AS("text of a failing disk", text_of_failing_disk);
TYPE_TO_STRING_AS("text of no character", text_of_no_character);
TYPE_TO_STRING_AS("a wide file of no character", wide_file_of_no_character);
TYPE_TO_STRING_AS("a mapping cut behind", mapping_cut_behind);

TEST_SUITE_BEGIN("conformance: errors");

CASE_OF_EACH("a read that fails makes its stream bad and is no end", Device, error_read) {
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
APPLY_TO_EACH(error_read, unreadable_devices);

CASE_OF_EACH("a read that fails throws the reason where the stream is told to throw", Device,
             error_read_throws) {
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
APPLY_TO_EACH(error_read_throws, unreadable_devices);

CASE_OF_EACH("a raw read that fails throws the reason", Device, error_read_raw) {
    for (const way_to_read& way : raw_ways_to_read) {
        CAPTURE(way.name);
        Device device;
        CHECK(code_thrown_by([&] { way.read(device.stream); }) == device.code);
        CHECK(device.stream.bad());
        CHECK_FALSE(device.stream.eof());
        CHECK(sluice::error_of(device.stream).code() == device.code);
    }
}
APPLY_TO_EACH(error_read_raw, unreadable_devices);

CASE_OF_EACH("read() and readlines() to the end that fail throw and have read nothing", Device,
             error_to_end) {
    Device device;
    auto stream = taken(device.stream);
    check_to_the_end_fails(stream, device.code);
}
APPLY_TO_EACH(error_to_end, unreadable_devices);
APPLY_TO_EACH(error_to_end, devices_failing_then);

CASE_OF_EACH("what a read() or readlines() to the end that fails gave back is read", Device,
             error_to_end_again) {
    Device device;
    auto stream = taken(device.stream);
    using CharT = typename decltype(stream)::char_type;
    check_to_the_end_fails(stream, device.code);
    CHECK(stream.readline() == widen<CharT>("one\n"));
    check_to_the_end_fails(stream, device.code);
    CHECK(stream.readline() == widen<CharT>("two\n"));
    check_to_the_end_fails(stream, device.code);
    CHECK(stream.readline() == widen<CharT>("thr"));
    check_to_the_end_fails(stream, device.code);
}
APPLY_TO_EACH(error_to_end_again, devices_failing_then);

CASE_OF_EACH("readlines with a hint gives what came before a failure", Device, error_hint) {
    Device device;
    auto stream = taken(device.stream);
    using CharT = typename decltype(stream)::char_type;
    const auto lines = stream.readlines(1000);
    CHECK(stream.good());
    REQUIRE(lines.size() == 3);
    CHECK(lines[0] == widen<CharT>("one\n"));
    CHECK(lines[1] == widen<CharT>("two\n"));
    CHECK(lines[2] == widen<CharT>("thr"));
    CHECK(code_thrown_by([&] { static_cast<void>(stream.readlines(1000)); }) == device.code);
    CHECK(stream.bad());
}
APPLY_TO_EACH(error_hint, devices_failing_then);

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
