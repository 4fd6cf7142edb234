#include <sluice/bridge/devicebuf.hpp>
#include <sluice/bridge/stdio.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/mapped.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/span.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/filter/chain.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/limit.hpp>
#include <sluice/filter/null.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/filter/zero.hpp>
#include <sluice/fs/memory.hpp>

#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>
#include <support/setting.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <boost/iostreams/categories.hpp>
#include <boost/iostreams/positioning.hpp>
#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <ios>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

// Positions and sizes about 2^31, 2^32 and 2^63. Files are sparse, memory is zeros that nobody
// touches.

using conformance::code_thrown_by;
using conformance::look;
using conformance::put;
using conformance::read;
using conformance::read_all;
using conformance::seek;
using conformance::seek_to;
using conformance::take;
using conformance::tell;
using conformance::write;
using ios = std::ios_base;

TEST_SUITE_BEGIN("limits");

namespace {

constexpr auto most = std::numeric_limits<std::streamoff>::max();
constexpr auto least = std::numeric_limits<std::streamoff>::min();
constexpr bool wide_memory = sizeof(std::size_t) > 4;  // or no memory is as large
constexpr std::streamsize three_gib =
    wide_memory ? std::streamsize(3LL << 30) : std::numeric_limits<std::streamsize>::max();

const std::vector<std::streamoff> places = {
    (1LL << 31) - 1, 1LL << 31,       (1LL << 31) + 1, (1LL << 32) - 1,
    1LL << 32,       (1LL << 32) + 1, 5LL << 30,
};

/// A device of Boost.Iostreams that holds what is not zero, and is as large as positions allow.
class sparse_device {
public:
    using char_type = char;
    struct category : boost::iostreams::seekable_device_tag {};
    using offset = boost::iostreams::stream_offset;

    std::streamsize read(char* target, std::streamsize count) {
        const auto part = static_cast<std::streamsize>(
            std::min<offset>(count, std::max<offset>(size_ - position_, 0)));
        for (std::streamsize i = 0; i < part; ++i) {
            const auto found = content_.find(position_ + i);
            target[i] = found != content_.end() ? found->second : '\0';
        }
        position_ += part;
        return part > 0 || count == 0 ? part : -1;
    }
    std::streamsize write(const char* source, std::streamsize count) {
        for (std::streamsize i = 0; i < count; ++i) {
            content_[position_++] = source[i];
        }
        size_ = std::max(size_, position_);
        return count;
    }
    std::streampos seek(offset by, ios::seekdir whence) {
        position_ = by + (whence == ios::beg ? 0 : whence == ios::cur ? position_ : size_);
        return position_;
    }
    void truncate(offset size) {
        content_.erase(content_.lower_bound(size), content_.end());
        size_ = size;
    }

private:
    std::map<offset, char> content_;
    offset size_ = 0;
    offset position_ = 0;
};

/// Memory that takes none until it is touched.
class untouched {
public:
    explicit untouched(std::size_t size)
        : size_(size),
          memory_(::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
        if (memory_ == MAP_FAILED) {
            throw std::bad_alloc();
        }
    }
    untouched(const untouched&) = delete;
    untouched& operator=(const untouched&) = delete;
    ~untouched() { ::munmap(memory_, size_); }

    [[nodiscard]] char* data() const { return static_cast<char*>(memory_); }
    [[nodiscard]] std::span<char> span() const { return {data(), size_}; }

private:
    std::size_t size_;
    void* memory_;
};

/// A buffer, and what it lies on.
struct opened {
    std::vector<std::shared_ptr<void>> below;
    std::unique_ptr<sluice::buf> buf;
};

/// Where zeros are written one by one if a content is made longer, and so are not here.
enum zeros { nowhere, in_memory, in_device };

struct device {
    std::string name;
    zeros written;
    std::function<opened()> open;
};

template <class Buf, class... Arguments>
opened of(Arguments&&... arguments) {
    return {{}, std::make_unique<Buf>(std::forward<Arguments>(arguments)...)};
}

template <class Layer, class... Arguments>
opened over(std::shared_ptr<sluice::buf> below, Arguments... arguments) {
    auto layer = std::make_unique<Layer>(*below, arguments...);
    return {{std::move(below)}, std::move(layer)};
}

opened file_of(std::streamsize buffer_size) {
    const support::temporary_file file;  // whose name is not needed
    auto buf = std::make_unique<sluice::filebuf>();
    if (buffer_size >= 0) {
        buf->pubsetbuf(nullptr, buffer_size);
    }
    buf->open(file.path(), ios::in | ios::out | ios::binary);
    return {{}, std::move(buf)};
}

opened attached() {
    const support::temporary_file file;
    auto descriptor = std::make_shared<support::descriptor>(file.path(), O_RDWR);
    auto buf = std::make_unique<sluice::filebuf>();
    buf->attach(descriptor->number(), ios::in | ios::out);
    return {{std::move(descriptor)}, std::move(buf)};
}

opened in_file_system() {
    sluice::fs::memory files;
    return {{}, files.open("f", ios::in | ios::out | ios::trunc).detach()};
}

opened stdio() {
    return {{}, std::make_unique<sluice::stdiobuf>(std::tmpfile(), sluice::ownership::owned)};
}

const std::vector<device>& devices() {
    using sluice::limitbuf;
    using sluice::slicebuf;
    constexpr auto any = std::numeric_limits<std::uint64_t>::max();
    static const std::vector<device> all = {
        {"file", nowhere, [] { return file_of(-1); }},
        {"file, 7", nowhere, [] { return file_of(7); }},
        {"file, unbuffered", nowhere, [] { return file_of(0); }},
        {"descriptor", nowhere, attached},
        {"stdio", nowhere, stdio},
        {"memory", in_memory, [] { return of<sluice::membuf>(); }},
        {"spooled", nowhere, [] { return of<sluice::spooledbuf>(5); }},
        {"file in RAM", nowhere, in_file_system},
        {"devicebuf", in_device,
         [] { return of<sluice::devicebuf<sparse_device>>(sparse_device()); }},
        {"slice of a file", nowhere,
         [] { return over<slicebuf>(file_of(-1).buf, 3, slicebuf::to_end); }},
        {"slice of memory", in_memory,
         [] { return over<slicebuf>(of<sluice::membuf>().buf, 3, slicebuf::to_end); }},
        {"limit", in_memory, [] { return over<limitbuf>(of<sluice::membuf>().buf, any); }},
        {"count", in_memory, [] { return over<sluice::countbuf>(of<sluice::membuf>().buf); }},
    };
    return all;
}

/// What is said of the largest positions is the same for all: no position wraps.
const std::vector<std::streamoff> last_places = {most - 5, most - 1, most};

}  // namespace

TEST_CASE("positions about the sizes of integers are exact") {
    for (const device& each : devices()) {
        CAPTURE(each.name);
        if (!wide_memory && (each.written == in_memory || each.name == "spooled")) {
            continue;
        }
        for (const std::streamoff place : places) {
            CAPTURE(place);
            const opened device = each.open();
            sluice::buf& buf = *device.buf;
            CHECK(write(buf, "front") == 5);
            CHECK(seek(buf, place) == place);
            CHECK(look(buf) == conformance::end);
            CHECK(tell(buf) == place);
            CHECK(write(buf, "abc") == 3);
            CHECK(tell(buf) == place + 3);
            CHECK(buf.size() == place + 3);
            CHECK(seek(buf, -4, ios::cur) == place - 1);
            CHECK(read(buf, 9) == std::string("\0abc", 4));
            CHECK(tell(buf) == place + 3);
            CHECK(seek(buf, -(place + 2), ios::end) == 1);
            CHECK(read(buf, 4) == "ront");
            CHECK(seek(buf, place - 4, ios::cur) == place + 1);
            CHECK(put(buf, 'B'));
            CHECK(buf.truncate(place + 2) == place + 2);
            CHECK(tell(buf) == place + 2);
            CHECK(seek(buf, -2, ios::end) == place);
            CHECK(read_all(buf) == "aB");
            CHECK(buf.truncate(place) == place);
            CHECK(seek_to(buf, place) == place);
            CHECK(take(buf) == conformance::end);
            if (each.written == nowhere) {
                CHECK(buf.truncate(3) == 3);
                CHECK(buf.truncate(place) == place);
                CHECK(seek(buf, -1, ios::end) == place - 1);
                CHECK(read_all(buf) == std::string(1, '\0'));
            }
            CHECK_FALSE(bool(buf.reason()));
        }
    }
}

TEST_CASE("no position passes the largest") {
    for (const device& each : devices()) {
        CAPTURE(each.name);
        for (const std::streamoff place : last_places) {
            CAPTURE(place);
            const opened device = each.open();
            sluice::buf& buf = *device.buf;
            CHECK(write(buf, "front") == 5);
            CHECK(buf.pubsync() == 0);
            const std::streamoff there = seek(buf, place);
            if (there != place) {  // a refusal is fine, where nothing moves
                CHECK(there == -1);
                CHECK(tell(buf) == 5);
                continue;
            }
            CHECK(tell(buf) == place);
            CHECK(seek(buf, most - place, ios::cur) == most);
            CHECK(seek(buf, 1, ios::cur) == -1);
            CHECK(seek(buf, most, ios::cur) == -1);
            CHECK(seek(buf, most, ios::end) == -1);
            CHECK(seek(buf, least, ios::cur) == -1);
            CHECK(seek(buf, least, ios::end) == -1);
            CHECK(tell(buf) == most);
            CHECK(seek(buf, place - most, ios::cur) == place);
            // C reads whole blocks; some systems (tmpfs) refuse one that would pass the largest.
            const bool refused = each.name == "stdio" && code_thrown_by([&] {
                                                             static_cast<void>(look(buf));
                                                         }) == std::errc::invalid_argument;
            if (!refused) {
                CHECK(look(buf) == conformance::end);
                CHECK(read(buf, 8).empty());
            }
            CHECK(tell(buf) == place);
            CHECK(buf.size() == 5);
        }
    }
}

TEST_CASE("what is written at the largest position is refused and not wrapped") {
    for (const device& each : devices()) {
        CAPTURE(each.name);
        for (const std::streamoff place : last_places) {
            CAPTURE(place);
            for (const bool in_bulk : {true, false}) {
                CAPTURE(in_bulk);
                const opened device = each.open();
                sluice::buf& buf = *device.buf;
                CHECK(write(buf, "front") == 5);
                CHECK(buf.pubsync() == 0);
                if (seek(buf, place) != place) {
                    continue;
                }
                std::streamoff put = 0;
                if (in_bulk) {
                    put = static_cast<std::streamoff>(write(buf, "0123456789"));
                } else {
                    while (put < 10 && conformance::put(buf, 'x')) {
                        ++put;
                    }
                }
                CHECK(put <= most - place);
                CHECK(tell(buf) <= most);
                CHECK(tell(buf) >= place);
                const bool failed = put < 10 || buf.pubsync() != 0;
                CHECK(failed);
                CHECK(bool(buf.reason()));
                CHECK_NOTHROW(static_cast<void>(code_thrown_by([&] { buf.close(); })));
            }
        }
    }
}

TEST_CASE("a content is not made larger than it can be") {
    for (const device& each : devices()) {
        CAPTURE(each.name);
        if (each.written == in_device) {
            continue;
        }
        const opened device = each.open();
        sluice::buf& buf = *device.buf;
        CHECK(write(buf, "front") == 5);
        if (code_thrown_by([&] { buf.truncate(most); }) == std::error_code()) {
            CHECK(buf.size() == most);  // a sparse one may be
            CHECK(seek(buf, 0, ios::end) == most);
            CHECK(seek(buf, -1, ios::end) == most - 1);
            CHECK(read_all(buf) == std::string(1, '\0'));
            CHECK(tell(buf) == most);
        } else {
            CHECK(buf.size() == 5);
        }
        CHECK(code_thrown_by([&] { buf.truncate(-1); }) == sluice::errc::bad_position);
        CHECK(code_thrown_by([&] { buf.truncate(least); }) == sluice::errc::bad_position);
        CHECK(buf.truncate(2) == 2);
        CHECK(seek(buf, 0) == 0);
        CHECK(read_all(buf) == "fr");
    }
}

TEST_CASE("a part that lies far off has its own positions") {
    if (!wide_memory) {
        return;
    }
    sluice::membuf below;
    for (const std::streamoff place : places) {
        CAPTURE(place);
        sluice::slicebuf slice(below, place, 5);
        CHECK(write(slice, "abcdefg") == 5);
        CHECK(slice.size() == 5);
        CHECK(tell(slice) == 5);
        CHECK(below.size() == place + 5);
        CHECK(seek(slice, -2, ios::end) == 3);
        CHECK(read_all(slice) == "de");
        slice.close();
        CHECK(seek(below, -5, ios::end) == place);
        CHECK(read_all(below) == "abcde");
    }
    sluice::zerobuf endless;
    sluice::slicebuf last(endless, most - 2, 5);
    CHECK(write(last, "abc") == 2);
    CHECK(last.reason().code() == sluice::errc::no_space);
    CHECK(seek(last, 1) == 1);
    CHECK(read_all(last).size() == 1);
    CHECK(seek(last, most) == most);
    CHECK(take(last) == conformance::end);
    CHECK(write(last, "x") == 0);
}

TEST_CASE("parts that follow one another may be as long as positions allow and no longer") {
    for (const std::streamoff place : places) {
        CAPTURE(place);
        sluice::chainbuf all(std::make_unique<sluice::zerobuf>(place),
                             std::make_unique<sluice::membuf>("abc"),
                             std::make_unique<sluice::zerobuf>(place));
        CHECK(all.size() == 2 * place + 3);
        CHECK(seek(all, place - 1) == place - 1);
        CHECK(read(all, 5) == std::string("\0abc\0", 5));
        CHECK(seek(all, -1, ios::end) == 2 * place + 2);
        CHECK(read_all(all) == std::string(1, '\0'));
        CHECK(seek(all, place + 2) == place + 2);
        CHECK(take(all) == 'c');
    }
    sluice::chainbuf too_long(std::make_unique<sluice::zerobuf>(most - 1),
                              std::make_unique<sluice::zerobuf>(most - 1));
    CHECK(code_thrown_by([&] { static_cast<void>(too_long.size()); }) ==
          std::errc::value_too_large);
    CHECK(seek(too_long, 0, ios::end) == -1);
    CHECK(seek(too_long, most - 3) == most - 3);
    CHECK(read(too_long, 2).size() == 2);
    CHECK(tell(too_long) == most - 1);
    CHECK(read(too_long, 8).size() <= 1);
    CHECK(seek(too_long, most) == most);
    CHECK(read(too_long, 8).empty());

    // What lies below may stand anywhere when it is given.
    sluice::zerobuf endless;
    CHECK(seek(endless, 7) == 7);
    sluice::chainbuf rest(endless);
    CHECK(seek(rest, most) == most);
    CHECK(code_thrown_by([&] { static_cast<void>(read(rest, 1)); }) == sluice::errc::bad_position);
}

TEST_CASE("a limit counts beyond 4 GiB") {
    for (const std::streamoff place : places) {
        CAPTURE(place);
        sluice::zerobuf below;
        sluice::limitbuf limit(below, static_cast<std::uint64_t>(place) + 2);
        const untouched memory(std::size_t(1) << 30);
        std::streamoff put = 0;
        while (put < place) {
            const auto part =
                static_cast<std::streamsize>(std::min<std::streamoff>(place - put, 1 << 30));
            REQUIRE(limit.sputn(memory.data(), part) == part);
            put += part;
        }
        CHECK(tell(limit) == place);
        CHECK(write(limit, "abc") == 2);
        CHECK(limit.reason().code() == sluice::errc::too_long);
        CHECK(tell(limit) == place + 2);
    }
}

TEST_CASE("text is read and written beyond 4 GiB") {
    for (const std::streamoff place : places) {
        CAPTURE(place);
        for (const char* const encoding : {"utf-8", "latin-1"}) {
            CAPTURE(encoding);
            const opened below = file_of(-1);
            CHECK(seek(*below.buf, place) == place);
            CHECK(write(*below.buf, "line\nmore\n") == 10);
            CHECK(seek(*below.buf, place) == place);
            sluice::textbuf text(*below.buf, {.encoding = encoding});
            CHECK(tell(text) == place);
            CHECK(read(text, 5) == "line\n");
            const std::streamoff here = tell(text);
            CHECK(here == place + 5);
            CHECK(read(text, 5) == "more\n");
            CHECK(seek_to(text, here) == here);
            CHECK(write(text, "LESS") == 4);
            CHECK(tell(text) == place + 9);
            CHECK(seek(text, 0, ios::end) == place + 10);
            CHECK(seek_to(text, most) <= most);
            CHECK(seek(text, 1, ios::cur) == -1);
            text.close();
            CHECK(seek(*below.buf, place) == place);
            CHECK(read_all(*below.buf) == "line\nLESS\n");
        }
    }
}

TEST_CASE("text is not written beyond the largest position") {
    for (const std::streamoff place : last_places) {
        CAPTURE(place);
        sluice::zerobuf below;
        CHECK(seek(below, place) == place);
        sluice::textbuf text(below, {.encoding = "latin-1"});
        const std::size_t put = write(text, "0123456789");
        const bool failed = put < 10 || text.pubsync() != 0;
        CHECK(failed);
        CHECK(tell(text) >= -1);
        CHECK(tell(below) >= place);
        static_cast<void>(code_thrown_by([&] { text.close(); }));
    }
}

TEST_CASE("a mapping begins and ends beyond 4 GiB") {
    const support::temporary_file file;
    constexpr std::streamoff page = 4096;
    for (const std::streamoff place : places) {
        CAPTURE(place);
        sluice::filebuf out;
        out.open(file.path(), ios::out | ios::binary);
        CHECK(seek(out, place) == place);
        CHECK(write(out, "abc") == 3);
        out.sluice::buf::close();

        const std::streamoff begin = place / page * page;
        sluice::mappedbuf end(file.path(), sluice::map_access::shared, begin);
        CHECK(end.size() == place + 3 - begin);
        CHECK(seek(end, -3, ios::end) == place - begin);
        CHECK(read_all(end) == "abc");
        CHECK(code_thrown_by([&] { const sluice::mappedbuf none(file.path(), {}, most); }) ==
              sluice::errc::bad_position);
        CHECK(code_thrown_by([&] {
                  const sluice::mappedbuf none(file.path(), {}, begin,
                                               std::numeric_limits<std::size_t>::max() - 1);
              }) == sluice::errc::bad_position);
        if (wide_memory) {
            sluice::mappedbuf all(file.path(), sluice::map_access::shared);
            CHECK(all.size() == place + 3);
            CHECK(seek(all, place - 1) == place - 1);
            CHECK(read(all, 9) == std::string("\0abc", 4));
            CHECK(seek(all, place) == place);
            CHECK(write(all, "ABCDEF") == 3);
            CHECK(seek(all, most) == most);
            CHECK(take(all) == conformance::end);
            CHECK(write(all, "x") == 0);
        } else {
            CHECK(code_thrown_by([&] { const sluice::mappedbuf all(file.path()); }) !=
                  std::error_code());
        }
    }
}

TEST_CASE("a FILE on a buffer stands beyond 4 GiB") {
    for (const std::streamoff place : places) {
        CAPTURE(place);
        sluice::devicebuf<sparse_device> below{sparse_device()};
        sluice::stdio_file file(below);
        CHECK(::fseeko(file.get(), static_cast<off_t>(place), SEEK_SET) == 0);
        CHECK(std::fputs("abc", file.get()) >= 0);
        CHECK(::ftello(file.get()) == place + 3);
        CHECK(::fseeko(file.get(), -3, SEEK_END) == 0);
        CHECK(::ftello(file.get()) == place);
        CHECK(std::fgetc(file.get()) == 'a');
        file.close();
        CHECK(below.size() == place + 3);
    }
}

TEST_CASE("more is written at once than the system takes") {
    const untouched memory(static_cast<std::size_t>(three_gib));
    SUBCASE("to /dev/null, whose writes are short beyond 2 GiB") {
        sluice::filebuf out;
        REQUIRE(out.open("/dev/null", ios::out | ios::binary) != nullptr);
        CHECK(out.sputn(memory.data(), three_gib) == three_gib);
        CHECK(tell(out) == three_gib);
        CHECK(out.sputn(memory.data(), three_gib) == three_gib);
        CHECK(tell(out) == 2 * std::streamoff(three_gib));
    }
    SUBCASE("to a descriptor") {
        const support::descriptor null("/dev/null", O_WRONLY);
        sluice::filebuf out;
        REQUIRE(out.attach(null.number(), ios::out) != nullptr);
        CHECK(out.sputn(memory.data(), three_gib) == three_gib);
        CHECK(out.pubsync() == 0);
    }
    SUBCASE("to what counts it") {
        sluice::nullbuf out;
        CHECK(out.sputn(memory.data(), three_gib) == three_gib);
        CHECK(out.sputn(memory.data(), three_gib) == three_gib);
        CHECK(out.written() == 2 * static_cast<std::uint64_t>(three_gib));
    }
    SUBCASE("to zeros, a part of them, and a limit") {
        sluice::zerobuf below;
        sluice::slicebuf part(below, 5, sluice::slicebuf::to_end);
        sluice::limitbuf limit(part, static_cast<std::uint64_t>(three_gib) + 1);
        CHECK(limit.sputn(memory.data(), three_gib) == three_gib);
        CHECK(limit.sputn(memory.data(), three_gib) == 1);
        CHECK(tell(part) == std::streamoff(three_gib) + 1);
        CHECK(part.pubsync() == 0);
        CHECK(tell(below) == std::streamoff(three_gib) + 6);
    }
}

// The system's side is played: a real read would touch all of the memory.
TEST_CASE("more is read at once than the system gives") {
    const untouched memory(static_cast<std::size_t>(three_gib));
    static std::size_t largest;
    static std::streamoff next;
    largest = 0;
    next = 0;
    const opened file = file_of(-1);
    const support::replaced_calls scope;
    scope.calls().read = [](int /*file*/, void* /*target*/, std::size_t size) {
        largest = std::max(largest, size);
        next += static_cast<std::streamoff>(size);
        return static_cast<ssize_t>(size);
    };
    CHECK(file.buf->sgetn(memory.data(), three_gib) == three_gib);
    CHECK(tell(*file.buf) == three_gib);
    CHECK(next == three_gib);
    CHECK(largest <= 0x7fffffff);
}

// SLUICE_TRANSFER_MIB sets how much; all of it is touched.
TEST_CASE("much is read and written at once where all of it is touched") {
    const std::streamsize size =
        std::streamsize(support::setting("SLUICE_TRANSFER_MIB", 8)) * (1 << 20) + 1;
    const auto last = static_cast<std::size_t>(size) - 1;
    const untouched memory(static_cast<std::size_t>(size));
    memory.data()[last] = 'z';

    sluice::membuf grown;
    CHECK(grown.sputn(memory.data(), size) == size);
    CHECK(tell(grown) == size);
    CHECK(grown.view().size() == last + 1);
    CHECK(grown.view()[last] == 'z');
    CHECK(seek(grown, 0) == 0);
    memory.data()[last] = '?';
    CHECK(grown.sgetn(memory.data(), size) == size);
    CHECK(memory.data()[last] == 'z');
    CHECK(take(grown) == conformance::end);

    memory.data()[last] = '?';
    sluice::spanbuf span(memory.span());
    CHECK(span.sputn(grown.view().data(), size) == size);
    CHECK(memory.data()[last] == 'z');
    CHECK(put(span, 'x') == false);
    CHECK(seek(span, 0) == 0);
    grown.clear();
    CHECK(write(grown, "front") == 5);

    const opened file = file_of(-1);
    memory.data()[last / 2] = 'y';
    CHECK(file.buf->sputn(memory.data(), size) == size);
    CHECK(seek(*file.buf, 0) == 0);
    memory.data()[last / 2] = memory.data()[last] = '?';
    CHECK(file.buf->sgetn(memory.data(), size) == size);
    CHECK(memory.data()[last / 2] == 'y');
    CHECK(memory.data()[last] == 'z');
    CHECK(tell(*file.buf) == size);
    CHECK(take(*file.buf) == conformance::end);
}

TEST_CASE("memory is asked for no more than there can be") {
    sluice::membuf buf;
    CHECK(write(buf, "abc") == 3);
    for (const std::size_t count :
         {std::numeric_limits<std::size_t>::max(), std::numeric_limits<std::size_t>::max() / 2 + 1,
          std::numeric_limits<std::size_t>::max() / (wide_memory ? 2 : 1)}) {  // 2 GiB there are
        CHECK(code_thrown_by([&] { buf.reserve(count); }) != std::error_code());
    }
    CHECK(buf.view() == "abc");
    sluice::wmembuf wide;
    for (const std::size_t count :
         {std::numeric_limits<std::size_t>::max(),
          std::numeric_limits<std::size_t>::max() / sizeof(wchar_t) + 1,
          std::numeric_limits<std::size_t>::max() / (wide_memory ? 2 : 1) / sizeof(wchar_t)}) {
        CHECK(code_thrown_by([&] { wide.reserve(count); }) != std::error_code());
    }
    CHECK(code_thrown_by([&] { wide.truncate(most); }) != std::error_code());
    CHECK(code_thrown_by([&] { wide.truncate(most / 4 + 1); }) != std::error_code());
    CHECK(wide.size() == 0);
}

TEST_SUITE_END();
