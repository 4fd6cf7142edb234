#include <sluice/device/memory.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>
#include <sluice/stream.hpp>
#include <sluice/testing/faults.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <ios>
#include <iostream>
#include <locale>
#include <string>
#include <thread>

namespace {

using sluice::bytes_io;

struct comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
};

class global_locale {
public:
    explicit global_locale(const std::locale& locale) : before_(std::locale::global(locale)) {}
    global_locale(const global_locale&) = delete;
    global_locale& operator=(const global_locale&) = delete;
    ~global_locale() { std::locale::global(before_); }

private:
    std::locale before_;
};

// In the state of the standard's own stream on the same buffer.
void check_fresh(std::iostream& stream) {
    std::iostream standard(stream.rdbuf());
    CHECK(stream.rdstate() == standard.rdstate());
    CHECK(stream.exceptions() == standard.exceptions());
    CHECK(stream.flags() == standard.flags());
    CHECK(stream.precision() == standard.precision());
    CHECK(stream.width() == standard.width());
    CHECK(stream.fill() == standard.fill());
    CHECK(stream.tie() == standard.tie());
    CHECK(stream.gcount() == standard.gcount());
    CHECK(stream.getloc() == standard.getloc());
}

void check_fresh_streams() {
    bytes_io memory;
    check_fresh(memory);
    sluice::string_io text("3");
    check_fresh(text);
    sluice::stream closed;
    check_fresh(closed);
}

// Lives longer than the thread's other objects where it is made before them.
class writes_when_thread_ends {
public:
    explicit writes_when_thread_ends(std::string& target) : target_(&target) {}
    writes_when_thread_ends(const writes_when_thread_ends&) = delete;
    writes_when_thread_ends& operator=(const writes_when_thread_ends&) = delete;
    ~writes_when_thread_ends() {
        bytes_io last;
        last << 1.5;
        *target_ = last.getvalue();
    }

private:
    std::string* target_;
};

}  // namespace

TEST_SUITE_BEGIN("stream");

TEST_CASE("a fresh stream is in the standard's state") {
    check_fresh_streams();
}

TEST_CASE("a fresh stream knows nothing of the one before") {
    {
        bytes_io changed;
        changed << std::hex << std::showbase;
        changed.precision(3);
        changed.fill('*');
        changed.tie(&std::cout);
        changed.imbue(std::locale(std::locale::classic(), new comma));
        changed.exceptions(std::ios::badbit);
        bytes_io moved = std::move(changed);
        CHECK(moved.tie() == &std::cout);
    }
    check_fresh_streams();
}

TEST_CASE("a fresh stream has the global locale of the moment") {
    {
        const global_locale set(std::locale(std::locale::classic(), new comma));
        check_fresh_streams();
        bytes_io f;
        f << 1.5;
        CHECK(f.view() == "1,5");
    }
    check_fresh_streams();
    bytes_io f;
    f << 1.5;
    CHECK(f.view() == "1.5");
}

TEST_CASE("a stream can be made while its thread ends") {
    std::string written;
    std::thread([&written] {
        static thread_local writes_when_thread_ends at_end(written);
        check_fresh_streams();
    }).join();
    CHECK(written == "1.5");
}

TEST_CASE("a read to the end that fails gives back the part it had, also to the very front") {
    for (const std::streamoff begin : {0, 2}) {
        CAPTURE(begin);
        bytes_io disk("abcdefgh");
        sluice::testing::fault_io in(
            disk, {.faults = {{.on = sluice::testing::fault::read, .after = 5}}, .most_read = 3});
        in.seek(begin);
        CHECK_THROWS_AS(in.read(), sluice::error);
        in.clear();
        CHECK(in.tell() == begin);
        CHECK(disk.tell() == begin);
    }
}

TEST_CASE("read1 is one call to the device, of what is asked or of a buffer") {
    const support::temporary_file file(std::string(100, 'x'));
    sluice::stream read(sluice::open(file.path(), "rb", {.buffering = 16}));
    CHECK(read.read1(50).size() == 50);
    CHECK(read.read1(3).size() == 3);
    CHECK(read.read1(50).size() == 13);  // what the buffer holds comes first
    CHECK(read.read1().size() == 16);
    CHECK(read.read1(50).size() == 18);
    CHECK(read.read1(50).empty());
    CHECK(read.read1().empty());
}

TEST_SUITE_END();
