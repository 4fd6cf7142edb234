#include <sluice/device/container.hpp>
#include <sluice/device/mapped.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/span.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/fstream.hpp>

#include <conformance/failing.hpp>
#include <support/limits.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <iterator>
#include <memory>
#include <memory_resource>
#include <sstream>
#include <string>
#include <tuple>

using conformance::code_thrown_by;
using ios = std::ios_base;

namespace {

std::error_code system_code(int number) {
    return {number, std::system_category()};
}

/// A descriptor that nobody closes but release().
class loose_descriptor {
public:
    loose_descriptor(const std::string& path, int flags)
        : number_(::open(path.c_str(), flags | O_CLOEXEC)) {}
    loose_descriptor(const loose_descriptor&) = delete;
    loose_descriptor& operator=(const loose_descriptor&) = delete;
    ~loose_descriptor() { release(); }

    [[nodiscard]] int number() const { return number_; }
    void release() {
        if (number_ >= 0) {
            ::close(number_);
        }
        number_ = -1;
    }

private:
    int number_;
};

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

struct closed_behind {
    support::temporary_file file;
    loose_descriptor lent{file.path(), O_RDWR};
    sluice::fstream stream{lent.number()};
    std::error_code code = system_code(EBADF);
    std::string path;
    std::streamoff position = 0;

    closed_behind() { lent.release(); }
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

struct closed_stream {
    sluice::bytes_io stream{"abc"};
    std::error_code code = sluice::errc::closed;
    std::string path;
    std::streamoff position = -1;

    closed_stream() { stream.close(); }
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

struct closed_spool {
    sluice::spooled_file stream{0};
    std::error_code code = sluice::errc::closed;
    std::string path = std::filesystem::temp_directory_path();
    std::streamoff position = -1;

    closed_spool() {
        stream.write("abc");
        stream.close();
    }
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

// -- what refuses a read ----------------------------------------------------------------------

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

TYPE_TO_STRING_AS("a full disk", full_disk);
TYPE_TO_STRING_AS("a descriptor closed behind", closed_behind);
TYPE_TO_STRING_AS("a descriptor for reading", read_only_descriptor);
TYPE_TO_STRING_AS("a limit of the file size", size_limit);
TYPE_TO_STRING_AS("a pipe without a reader", broken_pipe);
TYPE_TO_STRING_AS("a full span", full_span);
TYPE_TO_STRING_AS("a full mapping", full_mapping);
TYPE_TO_STRING_AS("a mapping to be read", read_only_mapping);
TYPE_TO_STRING_AS("a pair of which one is a full disk", paired_full_disk);
TYPE_TO_STRING_AS("a mapping cut short", cut_short);
TYPE_TO_STRING_AS("memory with a maximum", full_memory);
TYPE_TO_STRING_AS("a container out of memory", exhausted_container);
TYPE_TO_STRING_AS("pinned memory", pinned_memory);
TYPE_TO_STRING_AS("a file opened for reading", opened_for_reading);
TYPE_TO_STRING_AS("a span to be read", read_only_span);
TYPE_TO_STRING_AS("closed memory", closed_stream);
TYPE_TO_STRING_AS("a directory", directory);
TYPE_TO_STRING_AS("a descriptor for writing", write_only_descriptor);
TYPE_TO_STRING_AS("a file opened for writing", opened_for_writing);
TYPE_TO_STRING_AS("a span to be written", write_only_span);
TYPE_TO_STRING_AS("a closed file", closed_file);

TEST_SUITE_BEGIN("conformance: errors");

TEST_CASE_TEMPLATE_DEFINE("a write that fails makes its stream bad and says why", Device,
                          error_write) {
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
TEST_CASE_TEMPLATE_APPLY(error_write, refusing_devices);

TEST_CASE_TEMPLATE_DEFINE("a write that fails throws the reason where the stream is told to throw",
                          Device, error_write_throws) {
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
TEST_CASE_TEMPLATE_APPLY(error_write_throws, refusing_devices);

TEST_CASE_TEMPLATE_DEFINE("a raw write that fails returns the protocol's failure", Device,
                          error_write_raw) {
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
TEST_CASE_TEMPLATE_APPLY(error_write_raw, refusing_devices);

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
