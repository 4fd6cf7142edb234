#include <sluice/device/container.hpp>
#include <sluice/device/mapped.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/span.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/fstream.hpp>

#include <conformance/each_type.hpp>
#include <conformance/failing.hpp>
#include <conformance/failing_devices.hpp>
#include <support/limits.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <memory>
#include <memory_resource>
#include <sstream>
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

// -- what refuses a write ---------------------------------------------------------------------
//
// Each has the stream that owns its buffer, the code and the path of the reason, and the position
// where it has to fail; -1 where that is not known.

struct full_disk {
    sluice::fstream stream{"/dev/full", ios::out};
    std::error_code code = system_code(ENOSPC);
    std::string path = "/dev/full";
    std::streamoff position = 0;
};

struct read_only_descriptor {
    support::temporary_file file;
    loose_descriptor lent{file.path(), O_RDONLY};
    sluice::fstream stream{lent.number(), ios::out};
    std::error_code code = system_code(EBADF);
    std::string path;
    std::streamoff position = 0;
};

struct size_limit {
    support::file_size_limit limit{8192};
    support::temporary_file file;
    sluice::fstream stream{file.path(), ios::in | ios::out};
    std::error_code code = system_code(EFBIG);
    std::string path = file.path();
    std::streamoff position = 8192;
};

struct broken_pipe {
    support::ignored_signal ignored{SIGPIPE};
    std::array<int, 2> ends = support::new_pipe();
    sluice::fstream stream{ends[1], ios::out, sluice::ownership::owned};
    std::error_code code = system_code(EPIPE);
    std::string path;
    std::streamoff position = 0;

    broken_pipe() { ::close(ends[0]); }
};

struct full_span {
    std::array<char, 100> memory{};
    sluice::stream stream{std::make_unique<sluice::spanbuf>(memory, ios::out)};
    std::error_code code = sluice::errc::no_space;
    std::string path;
    std::streamoff position = 100;
};

struct full_mapping {
    support::temporary_file file{std::string(100, '?')};
    sluice::mapped_file stream{file.path(), sluice::map_access::shared};
    std::error_code code = sluice::errc::no_space;
    std::string path = file.path();
    std::streamoff position = 100;
};

struct full_memory {
    sluice::bytes_io stream;
    std::error_code code = sluice::errc::no_space;
    std::string path;
    std::streamoff position = 100;

    full_memory() { stream.set_max_size(100); }
};

struct exhausted_container {
    std::array<std::byte, 4000> memory{};
    std::pmr::monotonic_buffer_resource resource{memory.data(), memory.size(),
                                                 std::pmr::null_memory_resource()};
    std::pmr::string content{&resource};
    sluice::stream stream{std::make_unique<sluice::containerbuf<std::pmr::string>>(content)};
    std::error_code code = std::make_error_code(std::errc::not_enough_memory);
    std::string path;
    std::streamoff position = -1;
};

struct pinned_memory {
    sluice::bytes_io stream{"abc"};
    sluice::pinned_bytes pin = stream.getbuffer();
    std::error_code code = sluice::errc::pinned;
    std::string path;
    std::streamoff position = -1;
};

struct opened_for_reading {
    support::temporary_file file{"abc"};
    sluice::fstream stream{file.path(), ios::in};
    std::error_code code = sluice::errc::not_writable;
    std::string path = file.path();
    std::streamoff position = 0;
};

struct read_only_mapping {
    support::temporary_file file{"abc"};
    sluice::mapped_file stream{file.path()};
    std::error_code code = sluice::errc::not_writable;
    std::string path = file.path();
    std::streamoff position = 0;
};

struct paired_full_disk {
    sluice::membuf reader;
    sluice::filebuf writer;
    sluice::pair_stream stream{reader, opened(writer)};
    std::error_code code = system_code(ENOSPC);
    std::string path = "/dev/full";
    std::streamoff position = -1;

    static sluice::filebuf& opened(sluice::filebuf& buf) {
        buf.open("/dev/full", ios::out);
        return buf;
    }
};

struct read_only_span {
    sluice::stream stream{std::make_unique<sluice::spanbuf>("abc")};
    std::error_code code = sluice::errc::not_writable;
    std::string path;
    std::streamoff position = 0;
};

struct nowhere_to_spool {
    sluice::spooled_file stream{100, "/nonexistent"};
    std::error_code code = system_code(ENOENT);
    std::string path = "/nonexistent";
    std::streamoff position = -1;
};

struct spooled_to_size_limit {
    support::file_size_limit limit{8192};
    sluice::spooled_file stream{1000, "/tmp"};
    std::error_code code = system_code(EFBIG);
    std::string path = "/tmp";
    std::streamoff position = 8192;
};

using refusing_devices =
    std::tuple<full_mapping, read_only_mapping, paired_full_disk, full_disk, closed_behind,
               read_only_descriptor, size_limit, broken_pipe, full_span, full_memory,
               exhausted_container, pinned_memory, opened_for_reading, read_only_span,
               closed_stream, nowhere_to_spool, spooled_to_size_limit, closed_spool>;

// More than any buffer takes.
const std::string much(300000, 'x');

struct way_to_write {
    const char* name;
    void (*write)(std::ostream&);
};

const way_to_write ways_to_write[] = {
    {"write", [](std::ostream& out) { out.write(much.data(), std::streamsize(much.size())); }},
    {"a string inserted", [](std::ostream& out) { out << much; }},
    {"numbers inserted",
     [](std::ostream& out) {
         for (int i = 0; i < 30000; ++i) {
             out << 1234567890;
         }
     }},
    {"put",
     [](std::ostream& out) {
         for (const char c : much) {
             out.put(c);
         }
     }},
    {"sputn through rdbuf()",
     [](std::ostream& out) { out.rdbuf()->sputn(much.data(), std::streamsize(much.size())); }},
    {"sputc through rdbuf()",
     [](std::ostream& out) {
         for (const char c : much) {
             out.rdbuf()->sputc(c);
         }
     }},
    {"small sputn through rdbuf()",
     [](std::ostream& out) {
         for (std::size_t i = 0; i < much.size(); i += 10) {
             out.rdbuf()->sputn(much.data() + i, 10);
         }
     }},
    {"an iterator",
     [](std::ostream& out) {
         std::copy(much.begin(), much.end(), std::ostreambuf_iterator<char>(out));
     }},
    {"a buffer inserted",
     [](std::ostream& out) {
         std::stringbuf source(much);
         out << &source;
     }},
};

// The standard's inserter of a buffer swallows what it catches, whatever exceptions() says.
bool swallows(const way_to_write& way) {
    return std::string(way.name) == "a buffer inserted";
}

}  // namespace

TYPE_TO_STRING_AS("a full disk", full_disk);
TYPE_TO_STRING_AS("a descriptor for reading", read_only_descriptor);
TYPE_TO_STRING_AS("a limit of the file size", size_limit);
TYPE_TO_STRING_AS("a pipe without a reader", broken_pipe);
TYPE_TO_STRING_AS("a full span", full_span);
TYPE_TO_STRING_AS("a full mapping", full_mapping);
TYPE_TO_STRING_AS("a mapping to be read", read_only_mapping);
TYPE_TO_STRING_AS("a pair of which one is a full disk", paired_full_disk);
TYPE_TO_STRING_AS("memory with a maximum", full_memory);
TYPE_TO_STRING_AS("a container out of memory", exhausted_container);
TYPE_TO_STRING_AS("pinned memory", pinned_memory);
TYPE_TO_STRING_AS("a file opened for reading", opened_for_reading);
TYPE_TO_STRING_AS("a span to be read", read_only_span);

TEST_SUITE_BEGIN("conformance: errors");

CASE_OF_EACH("a write that fails makes its stream bad and says why", Device, error_write) {
    for (const way_to_write& way : ways_to_write) {
        CAPTURE(way.name);
        Device device;
        REQUIRE(device.stream.good());
        way.write(device.stream);
        if (device.stream.good()) {
            std::ostream& out = device.stream;
            out.flush();
        }
        CHECK(device.stream.bad());
        CHECK_FALSE(device.stream.eof());
        const sluice::error reason = sluice::error_of(device.stream);
        CHECK(reason.code() == device.code);
        CHECK(reason.path() == device.path);
        CHECK(reason.operation() == "write");
        if (device.position >= 0) {
            CHECK(reason.position() == device.position);
        }
    }
}
APPLY_TO_EACH(error_write, refusing_devices);

CASE_OF_EACH("a write that fails throws the reason where the stream is told to throw", Device,
             error_write_throws) {
    for (const way_to_write& way : ways_to_write) {
        if (swallows(way)) {
            continue;
        }
        CAPTURE(way.name);
        Device device;
        device.stream.exceptions(ios::badbit);
        std::ostream& out = device.stream;
        CHECK(code_thrown_by([&] {
                  way.write(out);
                  out.flush();
              }) == device.code);
        CHECK(device.stream.bad());
        CHECK_FALSE(device.stream.eof());
        CHECK(sluice::error_of(device.stream).code() == device.code);
        device.stream.exceptions(ios::goodbit);
    }
}
APPLY_TO_EACH(error_write_throws, refusing_devices);

CASE_OF_EACH("a raw write that fails returns the protocol's failure", Device, error_write_raw) {
    Device device;
    auto& buf = *device.stream.rdbuf();
    buf.set_owner(nullptr);
    std::streamsize last = 1;
    for (int i = 0; i < 300000 && last == 1; ++i) {
        last = buf.sputn("x", 1);
    }
    const bool failed = last == 0 || buf.pubsync() == -1;
    CHECK(failed);
    CHECK(buf.reason().code() == device.code);
    CHECK(device.stream.good());
    buf.set_owner(&device.stream);
}
APPLY_TO_EACH(error_write_raw, refusing_devices);

TEST_CASE("a full disk is named by a flush") {
    sluice::ofstream out("/dev/full");
    out << "x" << std::flush;
    CHECK(out.rdstate() == ios::badbit);
    CHECK(std::string(sluice::error_of(out).what()) == "write /dev/full: No space left on device");

    sluice::ofstream throwing("/dev/full");
    throwing.exceptions(ios::badbit);
    throwing << "x";
    try {
        throwing.flush();
        FAIL("nothing was thrown");
    } catch (const sluice::error& thrown) {
        CHECK(std::string(thrown.what()) == "write /dev/full: No space left on device");
        CHECK(thrown.operation() == "write");
        CHECK(thrown.position() == 0);
    }
    throwing.exceptions(ios::goodbit);
}

TEST_CASE("a close tells what buffering deferred") {
    sluice::ofstream out("/dev/full");
    out << "x";
    CHECK(out.good());
    out.close();
    CHECK(out.fail());
    CHECK(sluice::error_of(out).code() == system_code(ENOSPC));

    sluice::filebuf buf;
    REQUIRE(buf.open("/dev/full", ios::out) != nullptr);
    buf.sputc('x');
    sluice::buf& base = buf;
    CHECK(code_thrown_by([&] { base.close(); }) == system_code(ENOSPC));
    CHECK_FALSE(buf.is_open());
}

TEST_CASE("what fits is written before a limit") {
    for (const way_to_write& way : ways_to_write) {
        CAPTURE(way.name);
        size_limit disk;
        way.write(disk.stream);
        CHECK(disk.file.content().size() == 8192);
        full_span span;
        way.write(span.stream);
        CHECK(static_cast<sluice::spanbuf*>(span.stream.rdbuf())->view().size() == 100);
        full_memory memory;
        way.write(memory.stream);
        CHECK(memory.stream.view().size() == 100);
    }
}

TEST_CASE("what could not be written is written when there is room") {
    support::temporary_file file;
    sluice::ofstream out(file.path());
    std::string text;
    {
        const support::file_size_limit limit(8192);
        for (int i = 0; out.good() && i < 5000; ++i) {
            text += std::to_string(i) + '\n';
            out << i << '\n';
        }
        out.flush();
        CHECK(out.bad());
        CHECK(file.content() == text.substr(0, 8192));
    }
    out.clear();
    out << "last" << std::flush;
    CHECK(out.good());
    CHECK((file.content() == text + "last"));
    CHECK(out.tellp() == std::streampos(static_cast<std::streamoff>(text.size() + 4)));
}

TEST_CASE("the first failure is the reason until the stream is cleared") {
    std::array<char, 4> memory{};
    sluice::stream f(std::make_unique<sluice::spanbuf>(memory, ios::out));
    f << "12345";
    CHECK(sluice::error_of(f).code() == sluice::errc::no_space);
    f.close();
    f.rdbuf()->sputc('x');
    CHECK(sluice::error_of(f).code() == sluice::errc::no_space);
    f.clear();
    f.rdbuf()->sputc('x');
    CHECK(sluice::error_of(f).code() == sluice::errc::closed);
}

TEST_SUITE_END();
