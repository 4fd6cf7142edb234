#include <sluice/stream.hpp>

#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/failing.hpp>
#include <conformance/keep.hpp>

#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

// The calls of Python's file objects on a stream that owns the buffer of each device.

using namespace conformance;

namespace {

/// A stream that owns the buffer of a device, whatever the device's type.
template <class CharT>
struct opened_device {
    using stream_type = sluice::basic_stream<CharT>;

    explicit opened_device(std::unique_ptr<sluice::basic_buf<CharT>> buf) : f(std::move(buf)) {}
    opened_device(const opened_device&) = delete;
    opened_device& operator=(const opened_device&) = delete;
    virtual ~opened_device() = default;
    /// What others see.
    [[nodiscard]] virtual std::string stored() = 0;

    stream_type f;
};

template <class Device>
struct device_member {
    explicit device_member(std::string_view content) : device(content) {}

    Device device;  // which ends after the stream
};

template <class Device>
struct opened_device_of final : device_member<Device>, opened_device<typename Device::char_type> {
    using buf_type = typename Device::buf_type;

    explicit opened_device_of(std::string_view content)
        : device_member<Device>(content),
          opened_device<typename Device::char_type>(
              std::make_unique<buf_type>(std::move(this->device.buf))) {}
    [[nodiscard]] std::string stored() override {
        if constexpr (rules::has_stored<Device>) {
            return this->device.stored();
        } else {
            throw std::logic_error("the device shows nothing to others");
        }
    }
};

/// How a device is made and opened.
template <class CharT>
struct opening {
    std::unique_ptr<opened_device<CharT>> (*open)(std::string_view content);
    std::size_t buffer_size;
};

template <class Device>
std::unique_ptr<opened_device<typename Device::char_type>> open_device(std::string_view content) {
    return std::make_unique<opened_device_of<Device>>(content);
}

template <class Device>
constexpr opening<typename Device::char_type> opening_of{open_device<Device>,
                                                         known_buffer_size<Device>()};

template <class CharT>
struct opened {
    using char_type = CharT;
    using stream_type = sluice::basic_stream<CharT>;
    using string_type = std::basic_string<CharT>;

    opened(const opening<CharT>& how, std::string_view content)
        : device(how.open(content)), f(device->f) {}

    [[nodiscard]] std::string read(std::streamsize count = -1) { return text(f.read(count)); }
    [[nodiscard]] std::string readline(std::streamsize limit = -1) {
        return text(f.readline(limit));
    }
    [[nodiscard]] std::string peek(std::size_t count) { return narrow(f.peek(count)); }
    std::size_t write(std::string_view what) { return f.write(wide(what)); }

    /// All of it, whatever the position.
    [[nodiscard]] std::string content() {
        f.seek(0);
        return read();
    }

    static std::string text(const string_type& what) {
        return narrow(std::basic_string_view<CharT>(what));
    }
    static string_type wide(std::string_view what) { return widen<CharT>(what); }

    std::unique_ptr<opened_device<CharT>> device;
    stream_type& f;
};

template <class Strings>
std::string joined_by_bars(const Strings& lines) {
    std::string result;
    for (const auto& line : lines) {
        result += narrow(std::basic_string_view<typename Strings::value_type::value_type>(line));
        result += '|';
    }
    return result;
}

}  // namespace

/// A case that is compiled once for each type of characters, rather than of devices.
#define STREAM_CASE(name, id)                                                                      \
    template <class CharT>                                                                         \
    void id##_of(const opening<CharT>& how);                                                       \
    CASE_OF_EACH(name, Device, id) {                                                               \
        id##_of(opening_of<Device>);                                                               \
    }                                                                                              \
    template <class CharT>                                                                         \
    void id##_of(const opening<CharT>& how)

TEST_SUITE_BEGIN("conformance: stream");

using stream_devices = one_position_devices;
using readable_stream_devices =
    joined<one_position_devices, string_devices, read_only_devices, fixed_devices, pair_devices>;

STREAM_CASE("read gives what is asked for and then the rest", stream_read) {
    const std::string text = long_sample(how.buffer_size);
    opened<CharT> o(how, text);
    CHECK(o.read(0).empty());
    CHECK((o.read(5) == text.substr(0, 5)));
    CHECK((o.read(4999) == text.substr(5, 4999)));
    CHECK((o.read() == text.substr(5004)));
    CHECK(o.read().empty());
    CHECK(o.read(7).empty());
    CHECK(o.f.good());
}
APPLY_TO_EACH(stream_read, readable_stream_devices);

STREAM_CASE("a read of more than there is gives what there is", stream_read_more) {
    opened<CharT> o(how, "abc");
    CHECK(o.read(1LL << 40) == "abc");
    CHECK(o.f.good());
}
APPLY_TO_EACH(stream_read_more, readable_stream_devices);

STREAM_CASE("readline gives a line with its end up to a limit", stream_readline) {
    opened<CharT> o(how, "first\n\nthird line\nlast");
    CHECK(o.readline() == "first\n");
    CHECK(o.readline() == "\n");
    CHECK(o.readline(0).empty());
    CHECK(o.readline(3) == "thi");
    CHECK(o.readline(100) == "rd line\n");
    CHECK(o.readline() == "last");
    CHECK(o.readline().empty());
    CHECK(o.f.good());
}
APPLY_TO_EACH(stream_readline, readable_stream_devices);

STREAM_CASE("a line longer than any buffer is one line", stream_long_line) {
    const std::string line = std::string(20000, 'x') + '\n';
    opened<CharT> o(how, line + line);
    CHECK((o.readline() == line));
    CHECK((o.readline(9999) == line.substr(0, 9999)));
    CHECK((o.readline() == line.substr(9999)));
    CHECK(o.readline().empty());
}
APPLY_TO_EACH(stream_long_line, readable_stream_devices);

STREAM_CASE("a stream is a range of its lines", stream_lines) {
    using string_type = typename opened<CharT>::string_type;
    opened<CharT> o(how, "first\n\nthird line\nlast");
    std::vector<string_type> lines;
    for (const string_type& line : o.f) {
        lines.push_back(line);
        if (lines.size() == 2) {
            break;
        }
    }
    CHECK(joined_by_bars(lines) == "first\n|\n|");
    CHECK(o.read(3) == "thi");
    lines.assign(o.f.begin(), o.f.end());
    CHECK(joined_by_bars(lines) == "rd line\n|last|");
    CHECK(o.f.begin() == o.f.end());
    CHECK(o.f.good());
    o.f.close();
    CHECK(code_thrown_by([&] { static_cast<void>(o.f.begin()); }) == sluice::errc::closed);
}
APPLY_TO_EACH(stream_lines, readable_stream_devices);

STREAM_CASE("readlines gives lines until they pass the hint", stream_readlines) {
    {
        opened<CharT> o(how, "a\nbb\n\nccc");
        CHECK(joined_by_bars(o.f.readlines()) == "a\n|bb\n|\n|ccc|");
        CHECK(o.f.readlines().empty());
    }
    opened<CharT> o(how, "a\nbb\nccc\n");
    CHECK(joined_by_bars(o.f.readlines(2)) == "a\n|bb\n|");  // 2 is not past 2
    CHECK(joined_by_bars(o.f.readlines(0)) == "ccc\n|");
}
APPLY_TO_EACH(stream_readlines, readable_stream_devices);

STREAM_CASE("peek takes nothing", stream_peek) {
    opened<CharT> o(how, "abc");
    CHECK(o.peek(1).substr(0, 1) == "a");
    CHECK(o.read(1) == "a");
    CHECK(o.peek(1).substr(0, 1) == "b");
    CHECK(o.read() == "bc");
    CHECK(o.peek(1).empty());
    CHECK(o.f.good());
}
APPLY_TO_EACH(stream_peek, readable_stream_devices);

STREAM_CASE("peek gives as many as it is asked for where the buffer holds as many",
            stream_peek_many) {
    const std::string text = sample(9000);
    opened<CharT> o(how, text);
    for (const std::size_t count : {3, 5, 100, 4096, 5000}) {
        CAPTURE(count);
        const std::string seen = o.peek(count);
        CHECK(seen.size() >= count);
        CHECK((seen == text.substr(static_cast<std::size_t>(o.f.tell()), seen.size())));
        const auto place = static_cast<std::size_t>(o.f.tell());
        CHECK((o.read(2) == text.substr(place, 2)));
    }
}
using peeking_devices = joined<memory_devices, std::tuple<char_file_device<default_size>>>;
APPLY_TO_EACH(stream_peek_many, peeking_devices);

STREAM_CASE("readinto fills its target and leaves the rest of it", stream_readinto) {
    opened<CharT> o(how, "abcdef");
    std::basic_string<CharT> target(4, widen<CharT>('.'));
    CHECK(o.f.readinto(std::span<CharT>(target)) == 4);
    CHECK((target == widen<CharT>("abcd")));
    CHECK(o.f.readinto(std::span<CharT>(target)) == 2);
    CHECK((target == widen<CharT>("efcd")));
    CHECK(o.f.readinto(std::span<CharT>(target)) == 0);
    CHECK((target == widen<CharT>("efcd")));
    CHECK(o.f.good());
}
APPLY_TO_EACH(stream_readinto, readable_stream_devices);

STREAM_CASE("read1 gives something until the end", stream_read1) {
    const std::string text = sample(3000);
    opened<CharT> o(how, text);
    std::string seen;
    CHECK(o.f.read1(0).empty());
    for (std::streamsize limit = 1;; limit = limit == 5 ? -1 : 5) {
        const auto part = o.f.read1(limit);
        if (part.empty()) {
            break;
        }
        CHECK((limit < 0 || part.size() <= static_cast<std::size_t>(limit)));
        seen += narrow(std::basic_string_view<CharT>(part));
    }
    CHECK((seen == text));
    std::basic_string<CharT> target(3, CharT());
    CHECK(o.f.readinto1(std::span<CharT>(target)) == 0);
    CHECK(o.f.good());
}
APPLY_TO_EACH(stream_read1, readable_stream_devices);

STREAM_CASE("write gives the count and writelines adds nothing", stream_write) {
    using string_type = typename opened<CharT>::string_type;
    opened<CharT> o(how, "");
    CHECK(o.write("abc") == 3);
    CHECK(o.write("") == 0);
    o.f.writelines(std::vector<string_type>{o.wide("1\n"), o.wide("2"), o.wide("")});
    CHECK(o.f.tell() == 6);
    CHECK(o.content() == "abc1\n2");
    CHECK(o.f.good());
}
APPLY_TO_EACH(stream_write, stream_devices);

STREAM_CASE("seek gives the position that tell gives", stream_seek) {
    opened<CharT> o(how, "abcdefgh");
    CHECK(o.f.tell() == 0);
    CHECK(o.f.seek(3) == 3);
    CHECK(o.f.tell() == 3);
    CHECK(o.read(1) == "d");
    CHECK(o.f.seek(2, ios::cur) == 6);
    CHECK(o.read(1) == "g");
    CHECK(o.f.seek(-1, ios::end) == 7);
    CHECK(o.read() == "h");
    CHECK(o.f.seek(20) == 20);
    CHECK(o.read().empty());
    CHECK(o.write("x") == 1);
    CHECK(o.f.tell() == 21);
}
APPLY_TO_EACH(stream_seek, random_access_devices);

STREAM_CASE("seek leads back to where tell was", stream_seek_told) {
    opened<CharT> o(how, "abcdefgh");
    CHECK(o.read(3) == "abc");
    const auto place = o.f.tell();
    CHECK(o.read(3) == "def");
    CHECK(o.f.seek(place) == place);
    CHECK(o.read() == "defgh");
    CHECK(o.f.seek(0, ios::end) == 8);
    CHECK(o.f.seek(0, ios::cur) == 8);
}
APPLY_TO_EACH(stream_seek_told, stream_devices);

STREAM_CASE("a seek that is refused throws and does not move", stream_seek_low) {
    opened<CharT> o(how, "abcdef");
    CHECK(o.read(2) == "ab");
    CHECK(code_thrown_by([&] { o.f.seek(-1); }) == sluice::errc::bad_position);
    CHECK(code_thrown_by([&] { o.f.seek(-3, ios::cur); }) == sluice::errc::bad_position);
    CHECK(code_thrown_by([&] { o.f.seek(-7, ios::end); }) == sluice::errc::bad_position);
    CHECK(o.f.good());
    CHECK(o.f.tell() == 2);
    CHECK(o.read() == "cdef");
}
APPLY_TO_EACH(stream_seek_low, random_access_devices);

STREAM_CASE("truncate cuts at the position or where it is told", stream_truncate) {
    opened<CharT> o(how, "abcdefgh");
    CHECK(o.read(5) == "abcde");
    CHECK(o.f.truncate() == 5);
    CHECK(o.f.tell() == 5);
    CHECK(o.content() == "abcde");
    CHECK(o.f.truncate(2) == 2);
    CHECK(o.f.tell() == 5);
    CHECK(o.content() == "ab");
    CHECK(o.f.truncate(4) == 4);
    CHECK(o.content() == std::string("ab\0\0", 4));
    CHECK(code_thrown_by([&] { o.f.truncate(-1); }) == sluice::errc::bad_position);
    CHECK(o.f.good());
}
APPLY_TO_EACH(stream_truncate, stream_devices);

STREAM_CASE("after all was read a seek and an extraction just work", stream_drained) {
    opened<CharT> o(how, "12 34");
    int value = 0;
    CHECK(o.read() == "12 34");
    o.f.seek(0);
    CHECK(bool(o.f >> value));
    CHECK(value == 12);
    while (o.f >> value) {
    }
    CHECK(o.f.rdstate() == (ios::eofbit | ios::failbit));
    o.f.seek(0);
    CHECK(o.f.good());
    CHECK(bool(o.f >> value));
    CHECK(value == 12);
    CHECK(o.read() == " 34");
}
APPLY_TO_EACH(stream_drained, stream_devices);

STREAM_CASE("the calls take no notice of an end that was seen", stream_after_end) {
    opened<CharT> o(how, "12");
    int value = 0;
    o.f >> value >> value;
    CHECK(o.f.rdstate() == (ios::eofbit | ios::failbit));
    CHECK(o.write("34") == 2);
    CHECK(o.f.tell() == 4);
    CHECK(o.read().empty());
    CHECK(o.f.rdstate() == (ios::eofbit | ios::failbit));
    CHECK(o.content() == "1234");
}
APPLY_TO_EACH(stream_after_end, stream_devices);

STREAM_CASE("the calls mix with the standard's", stream_mixed) {
    using string_type = typename opened<CharT>::string_type;
    opened<CharT> o(how, "3 apples\n5 pears\nrest");
    int count = 0;
    string_type word;
    CHECK(o.readline() == "3 apples\n");
    CHECK(bool(o.f >> count >> word));
    CHECK(count == 5);
    CHECK((word == o.wide("pears")));
    CHECK(o.readline() == "\n");
    CHECK(bool(std::getline(o.f, word)));
    CHECK((word == o.wide("rest")));
    o.f.clear();
    o.f << ' ' << 42;
    CHECK(o.write("!") == 1);
    o.f << std::flush;
    CHECK(o.content() == "3 apples\n5 pears\nrest 42!");
}
APPLY_TO_EACH(stream_mixed, stream_devices);

STREAM_CASE("a stream says what it can do", stream_abilities) {
    opened<CharT> o(how, "abc");
    CHECK_FALSE(o.f.closed());
    CHECK(o.f.readable());
    CHECK(o.f.writable());
    CHECK(o.f.seekable());
    CHECK_FALSE(o.f.isatty());
    o.f.close();
    CHECK(o.f.closed());
    CHECK_FALSE(o.f.readable());
    CHECK_FALSE(o.f.writable());
    CHECK_FALSE(o.f.seekable());
    CHECK_NOTHROW(o.f.close());
}
APPLY_TO_EACH(stream_abilities, stream_devices);

STREAM_CASE("each call on a closed stream throws and marks no end", stream_closed) {
    opened<CharT> o(how, "abc");
    o.f.close();
    const auto check = [&](auto call) {
        CHECK(code_thrown_by(call) == sluice::errc::closed);
        CHECK((o.f.rdstate() & (ios::eofbit | ios::failbit)) == ios::goodbit);
    };
    check([&] { (void)o.f.read(); });
    check([&] { (void)o.f.read(1); });
    check([&] { (void)o.f.read1(1); });
    check([&] { (void)o.f.peek(1); });
    check([&] { (void)o.f.readline(); });
    check([&] { (void)o.f.readlines(); });
    check([&] { o.write("x"); });
    check([&] { o.f.writelines(std::vector<typename opened<CharT>::string_type>()); });
    check([&] { o.f.seek(0); });
    check([&] { (void)o.f.tell(); });
    check([&] { o.f.truncate(0); });
    check([&] { o.f.flush(); });
    check([&] { (void)o.f.isatty(); });
    check([&] { (void)o.f.fileno(); });
    check([&] { (void)o.f.detach(); });
}
APPLY_TO_EACH(stream_closed, stream_devices);

TEST_CASE("fileno names itself where there is no descriptor") {
    sluice::bytes_io memory;
    try {
        (void)memory.fileno();
        FAIL("nothing was thrown");
    } catch (const sluice::error& thrown) {
        CHECK(thrown.operation() == "fileno");
        CHECK(thrown.code() == sluice::errc::unsupported);
    }
}

STREAM_CASE("a write to what is read only throws and marks no end", stream_read_only) {
    opened<CharT> o(how, "abc");
    CHECK(code_thrown_by([&] { o.write("x"); }) == sluice::errc::not_writable);
    CHECK(code_thrown_by([&] { o.f.truncate(0); }) == sluice::errc::not_writable);
    CHECK((o.f.rdstate() & (ios::eofbit | ios::failbit)) == ios::goodbit);
    CHECK(o.read() == "abc");
}
APPLY_TO_EACH(stream_read_only, read_only_devices);

STREAM_CASE("detach hands the buffer out and closes the stream", stream_detach) {
    opened<CharT> o(how, "abcdef");
    CHECK(o.read(1) == "a");
    CHECK(o.write("1") == 1);
    auto buffer = o.f.detach();
    REQUIRE(buffer != nullptr);
    CHECK(o.f.closed());
    CHECK(o.f.rdbuf() == nullptr);
    CHECK(code_thrown_by([&] { (void)o.f.read(); }) == sluice::errc::closed);
    CHECK(buffer->is_open());
    CHECK(buffer->owner() == nullptr);
    CHECK(read_all(*buffer) == "cdef");
    CHECK(seek_to(*buffer, 0) == 0);
    CHECK(read_all(*buffer) == "a1cdef");
}
APPLY_TO_EACH(stream_detach, stream_devices);

STREAM_CASE("a moved stream goes on and what it leaves is closed", stream_move) {
    opened<CharT> o(how, "abcdef");
    CHECK(o.read(2) == "ab");
    CHECK(o.write("3") == 1);
    typename opened<CharT>::stream_type moved(std::move(o.f));
    CHECK(moved.rdbuf()->owner() == &moved);
    CHECK(moved.tell() == 3);
    CHECK(o.text(moved.read(1)) == "d");
    CHECK(o.f.closed());
    o.f = std::move(moved);
    CHECK(o.f.rdbuf()->owner() == &o.f);
    CHECK(o.read() == "ef");
    CHECK(o.content() == "ab3def");
}
APPLY_TO_EACH(stream_move, stream_devices);

STREAM_CASE("a swap of streams exchanges their devices", stream_swap) {
    opened<CharT> a(how, "aaa");
    opened<CharT> b(how, "bbbbb");
    CHECK(a.read(1) == "a");
    CHECK(b.write("22") == 2);
    swap(a.f, b.f);
    CHECK(a.f.rdbuf()->owner() == &a.f);
    CHECK(a.read() == "bbb");
    CHECK(b.read() == "aa");
    CHECK(a.content() == "22bbb");
    swap(a.f, b.f);  // for what a buffer borrowed ends with its device
}
// Not text, which borrows its bytes, and they end with their device.
APPLY_TO_EACH(stream_swap, owning_devices);

STREAM_CASE("a stream's close and its end write what was pending", stream_end) {
    {
        opened<CharT> o(how, "");
        CHECK(o.write("pending") == 7);
        o.f.close();
        CHECK(o.device->stored() == "pending");
    }
    opened<CharT> o(how, "");
    {
        const auto ended = std::move(o.f);
        ended.rdbuf()->sputc(widen<CharT>('x'));
    }
    CHECK(o.device->stored() == "x");
}
APPLY_TO_EACH(stream_end, external_devices);

STREAM_CASE("a flush shows what was written", stream_flush) {
    opened<CharT> o(how, "abc");
    CHECK(o.write("1") == 1);
    CHECK(&o.f.flush() == &o.f);
    CHECK(o.device->stored() == "1bc");
    CHECK(o.read() == "bc");
}
APPLY_TO_EACH(stream_flush, external_devices);

TEST_SUITE_END();
