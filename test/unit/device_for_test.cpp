#include <sluice/bridge/boost.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/mapped.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/device/span.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/fstream.hpp>
#include <sluice/sstream.hpp>

#include <conformance/failing.hpp>
#include <support/errors.hpp>
#include <support/limits.hpp>
#include <support/temporary.hpp>
#include <support/throwing_buf.hpp>

#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/slice.hpp>
#include <boost/iostreams/stream.hpp>
#include <boost/iostreams/traits.hpp>
#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>

namespace io = boost::iostreams;
using conformance::code_thrown_by;
using ios = std::ios_base;

namespace {

// -- what Boost asks of a device, at compile time ---------------------------------------------

template <class Device, class Mode, class CharT>
constexpr bool models =
    io::is_device<Device>::value && !io::is_filter<Device>::value &&
    std::is_same_v<typename io::mode_of<Device>::type, Mode> &&
    std::is_same_v<typename io::char_type_of<Device>::type, CharT> &&
    std::is_convertible_v<typename io::category_of<Device>::type, io::closable_tag> &&
    std::is_convertible_v<typename io::category_of<Device>::type, io::flushable_tag> &&
    std::is_convertible_v<typename io::category_of<Device>::type, io::localizable_tag>;

template <class CharT, class... Modes>
constexpr bool handles_model = ((models<sluice::device_handle<Modes, CharT>, Modes, CharT> &&
                                 !io::is_direct<sluice::device_handle<Modes, CharT>>::value) &&
                                ...);
template <class CharT, class... Modes>
constexpr bool
    direct_handles_model = ((models<sluice::direct_handle<Modes, CharT>, Modes, CharT> &&
                             io::is_direct<sluice::direct_handle<Modes, CharT>>::value) &&
                            ...);

static_assert(handles_model<char, io::input, io::output, io::bidirectional, io::input_seekable,
                            io::output_seekable, io::seekable, io::dual_seekable,
                            io::bidirectional_seekable>);
static_assert(handles_model<wchar_t, io::input, io::output, io::seekable>);
static_assert(direct_handles_model<char, io::input, io::output, io::seekable, io::input_seekable>);

// Each buffer and stream of sluice's is what Boost takes any other for.
template <class... Devices>
constexpr bool are_devices = (io::is_device<Devices>::value && ...);
template <class... Buffers>
constexpr bool are_seekable = (std::is_same_v<typename io::mode_of<Buffers>::type, io::seekable> &&
                               ...);

static_assert(
    are_devices<sluice::membuf, sluice::wmembuf, sluice::spanbuf, sluice::filebuf,
                sluice::mappedbuf, sluice::spooledbuf, sluice::stringbuf, sluice::textbuf,
                sluice::pairbuf, sluice::bytes_io, sluice::string_io, sluice::ifstream,
                sluice::ofstream, sluice::fstream, sluice::istringstream, sluice::ostringstream,
                sluice::stringstream, sluice::mapped_file, sluice::spooled_file, sluice::stream>);
static_assert(are_seekable<sluice::membuf, sluice::filebuf, sluice::mappedbuf, sluice::bytes_io,
                           sluice::fstream, sluice::stream>);
static_assert(std::is_convertible_v<io::category_of<sluice::ifstream>::type, io::input>);
static_assert(std::is_convertible_v<io::category_of<sluice::ofstream>::type, io::output>);

static_assert(std::is_same_v<decltype(sluice::device_for(std::declval<std::istream&>())),
                             sluice::device_handle<io::input_seekable>>);
static_assert(std::is_same_v<decltype(sluice::device_for(std::declval<std::ostream&>())),
                             sluice::device_handle<io::output_seekable>>);
static_assert(std::is_same_v<decltype(sluice::device_for(std::declval<sluice::bytes_io&>())),
                             sluice::device_handle<io::seekable>>);

// ---------------------------------------------------------------------------------------------

/// Counts how it is closed and ended.
class counted : public sluice::membuf {
public:
    struct counts {
        int closed = 0;
        int ended = 0;
        int synced = 0;
    };
    explicit counted(counts& all) : all_(all) {}
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted() override { ++all_.ended; }

protected:
    std::error_code do_close() noexcept override {
        ++all_.closed;
        return {};
    }
    int sync() override {
        ++all_.synced;
        return 0;
    }

private:
    counts& all_;
};

std::string zipped(const std::string& text) {
    std::string result;
    io::filtering_ostream out;
    out.push(io::gzip_compressor());
    out.push(io::back_inserter(result));
    out << text;
    out.reset();
    return result;
}

std::string text_of(std::size_t size) {
    std::string text;
    for (int i = 0; text.size() < size; ++i) {
        text += std::to_string(i) + '\n';
    }
    text.resize(size);
    return text;
}

}  // namespace

TEST_SUITE_BEGIN("device_for");

TEST_CASE("a handle reads what there is and then says that it has ended") {
    sluice::membuf memory("abcdef");
    auto device = sluice::device_for(memory);
    std::array<char, 10> block{};
    CHECK(device.read(block.data(), 4) == 4);
    CHECK(std::string(block.data(), 4) == "abcd");
    CHECK(device.read(block.data(), 10) == 2);
    CHECK(device.read(block.data(), 10) == -1);
    CHECK(device.read(block.data(), 10) == -1);
    CHECK(device.read(block.data(), 0) == -1);
    CHECK(device.read(block.data(), -1) == -1);
    CHECK(device.write("gh", 2) == 2);
    CHECK(device.write(nullptr, 0) == 0);
    CHECK(device.write("x", -1) == 0);
    CHECK(device.flush());
    CHECK(memory.view() == "abcdefgh");
    CHECK_FALSE(bool(device.reason()));
}

TEST_CASE("copies of a handle share one buffer and its position") {
    sluice::membuf memory("abcdef");
    auto first = sluice::device_for(memory);
    auto second = first;
    std::array<char, 2> block{};
    CHECK(first.read(block.data(), 2) == 2);
    CHECK(second.read(block.data(), 2) == 2);
    CHECK(std::string(block.data(), 2) == "cd");
    CHECK(first.seek(1, ios::beg) == std::streampos(1));
    CHECK(second.seek(0, ios::cur) == std::streampos(1));
    CHECK(second.seek(-1, ios::end) == std::streampos(5));
    CHECK(first.rdbuf() == &memory);
}

TEST_CASE("what a handle borrows is flushed by close and closed by nobody") {
    counted::counts counts;
    counted buffer(counts);
    {
        auto device = sluice::device_for(buffer);
        auto copy = device;
        copy.write("abc", 3);
        device.close();
        CHECK(counts.synced == 1);
        copy.close();
        CHECK(copy.write("d", 1) == 1);  // it goes on
    }
    CHECK(counts.closed == 0);
    CHECK(buffer.is_open());
    CHECK(buffer.view() == "abcd");
}

TEST_CASE("what a handle owns is closed once and ends with the last copy") {
    counted::counts counts;
    {
        auto device = sluice::device_for(std::make_unique<counted>(counts));
        {
            auto copy = device;
            copy.write("abc", 3);
            copy.close();
            CHECK(counts.closed == 1);
        }
        device.close();
        CHECK(counts.closed == 1);
        CHECK(counts.ended == 0);
        CHECK(code_thrown_by([&] { device.write("x", 1); }) == sluice::errc::closed);
        CHECK(code_thrown_by([&] { device.seek(0, ios::beg); }) == sluice::errc::closed);
        CHECK(code_thrown_by([&] { device.flush(); }) == sluice::errc::closed);
    }
    CHECK(counts.ended == 1);
}

TEST_CASE("a handle that is never closed ends what it owns all the same") {
    support::temporary_file file;
    {
        sluice::filebuf buffer;
        buffer.open(file.path(), ios::out);
        auto device = sluice::device_for(std::move(buffer));
        CHECK(device.path() == file.path());
        device.write("abc", 3);
    }
    CHECK(file.content() == "abc");
}

TEST_CASE("a buffer and a stream are moved into a handle") {
    auto device = sluice::device_for(sluice::membuf("abc"));
    std::array<char, 3> block{};
    CHECK(device.read(block.data(), 3) == 3);

    sluice::bytes_io bytes("defg");
    bytes.seek(1);
    auto of_stream = sluice::device_for(std::move(bytes));
    CHECK(of_stream.read(block.data(), 3) == 3);
    CHECK(std::string(block.data(), 3) == "efg");
}

TEST_CASE("a handle of nothing fails as closed") {
    CHECK(code_thrown_by([] { (void)sluice::device_for(std::unique_ptr<sluice::membuf>()); }) ==
          sluice::errc::closed);
    std::istream none(nullptr);
    CHECK(code_thrown_by([&] { (void)sluice::device_for(none); }) == sluice::errc::closed);
    sluice::device_handle<io::seekable> device;
    char c = 0;
    CHECK(code_thrown_by([&] { device.read(&c, 1); }) == sluice::errc::closed);
    CHECK(device.rdbuf() == nullptr);
    CHECK(device.path().empty());
    CHECK_NOTHROW(device.close());
    CHECK_NOTHROW(device.clear_reason());
    CHECK_NOTHROW(device.imbue(std::locale::classic()));
    CHECK_FALSE(bool(sluice::error_of(device)));
}

TEST_CASE("a handle does not wait for more than there is") {
    const std::array<int, 2> ends = support::new_pipe();
    sluice::filebuf from(ends[0], ios::in, sluice::ownership::owned);
    CHECK(::write(ends[1], "abc", 3) == 3);
    auto device = sluice::device_for<io::input>(from);
    std::array<char, 100> block{};
    CHECK(device.read(block.data(), 100) == 3);
    ::close(ends[1]);
    CHECK(device.read(block.data(), 100) == -1);
}

TEST_CASE("a handle that would block gives 0 and loses nothing") {
    const std::array<int, 2> ends = support::new_pipe();
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    sluice::filebuf from(ends[0], ios::in, sluice::ownership::owned);
    sluice::filebuf to(ends[1], ios::out, sluice::ownership::owned);
    to.pubsetbuf(nullptr, 0);
    auto source = sluice::device_for<io::input>(from);
    auto sink = sluice::device_for<io::output>(to);
    std::array<char, 100> block{};
    CHECK(source.read(block.data(), 100) == 0);

    const std::string much(100000, 'x');
    const std::streamsize put = sink.write(much.data(), 100000);
    CHECK(put > 0);
    CHECK(put < 100000);
    CHECK(sink.write(much.data(), 1) == 0);
    std::streamsize got = 0;
    while (got < put) {
        got += source.read(block.data(), 100);
    }
    CHECK(got == put);
    CHECK(source.read(block.data(), 100) == 0);
    CHECK_FALSE(bool(source.reason()));
    CHECK_FALSE(bool(sink.reason()));
    CHECK_NOTHROW(sink.close());
}

TEST_CASE("a handle of a buffer that is not sluice's fails with what is known") {
    std::stringbuf text("abc", ios::in);
    auto device = sluice::device_for(text);
    CHECK(code_thrown_by([&] { device.write("x", 1); }) == std::errc::io_error);
    CHECK(code_thrown_by([&] { device.seek(-1, ios::beg); }) == sluice::errc::not_seekable);
    CHECK(code_thrown_by([&] { device.truncate(0); }) == sluice::errc::unsupported);
    CHECK(device.reason().operation() == "write");
    CHECK(device.path().empty());
}

TEST_CASE("a handle passes on the codes of what a buffer that is not sluice's throws") {
    struct {
        void (*raise)();
        std::error_code code;
        std::string detail;
    } const things[] = {
        {[] { throw ios::failure("disk", std::make_error_code(std::errc::no_space_on_device)); },
         std::make_error_code(std::errc::no_space_on_device), "disk"},
        {[] { throw std::system_error(ENOSPC, std::system_category()); },
         std::error_code(ENOSPC, std::system_category()), ""},
        {[] { throw std::bad_alloc(); }, std::make_error_code(std::errc::not_enough_memory), ""},
        {[] { throw std::runtime_error("gone"); }, std::make_error_code(std::errc::io_error),
         "gone"},
        {[] { throw 5; }, std::make_error_code(std::errc::io_error), ""},
    };
    for (const auto& thing : things) {
        CAPTURE(thing.code.message());
        support::throwing_buf buffer(thing.raise);
        const auto check = [&](const std::string& operation, auto call) {
            CAPTURE(operation);
            auto device = sluice::device_for(buffer);
            const sluice::error why = support::thrown_by([&] { call(device); });
            CHECK(why.code() == thing.code);
            CHECK(why.operation() == operation);
            CHECK(why.detail() == thing.detail);
            CHECK(device.reason().code() == thing.code);
        };
        char c = 'x';
        check("read", [&](auto& device) { device.read(&c, 1); });
        check("write", [&](auto& device) { device.write(&c, 1); });
        check("seek", [](auto& device) { device.seek(1, ios::beg); });
        check("sync", [](auto& device) { device.flush(); });
        check("close", [](auto& device) { device.close(); });
    }
}

TEST_CASE("a handle on Boost's cut gzip says that the data ends too early") {
    const std::string whole = zipped(text_of(1000));
    io::filtering_istreambuf in;
    in.push(io::gzip_decompressor());
    in.push(io::array_source(whole.data(), whole.size() - 10));
    auto device = sluice::device_for(in);
    std::array<char, 2000> block{};
    const sluice::error why = support::thrown_by([&] {
        while (device.read(block.data(), 2000) > 0) {
        }
    });
    CHECK(why.code() == sluice::errc::truncated_data);
    CHECK(why.operation() == "read");
}

TEST_CASE("a refused seek throws and is no loss for close to report") {
    const std::array<int, 2> ends = support::new_pipe();
    sluice::filebuf to(ends[1], ios::out, sluice::ownership::owned);
    auto device = sluice::device_for(to);
    CHECK(code_thrown_by([&] { device.seek(0, ios::beg); }) == sluice::errc::not_seekable);
    CHECK_FALSE(bool(device.reason()));
    CHECK_NOTHROW(device.close());
    ::close(ends[0]);
}

TEST_CASE("a handle seeks each of two positions where the buffer has them") {
    std::stringbuf text("abcdef");
    auto device = sluice::device_for<io::dual_seekable>(text);
    CHECK(device.seek(2, ios::beg, ios::in) == std::streampos(2));
    CHECK(device.seek(4, ios::beg, ios::out) == std::streampos(4));
    std::array<char, 2> block{};
    CHECK(device.read(block.data(), 2) == 2);
    CHECK(device.write("X", 1) == 1);
    CHECK(std::string(block.data(), 2) == "cd");
    CHECK(text.str() == "abcdXf");
}

TEST_CASE("a handle of two sequences closes with the writing one") {
    counted::counts counts;
    sluice::membuf from("abc");
    {
        auto pair = std::make_unique<sluice::pairbuf>(std::make_unique<sluice::membuf>("abc"),
                                                      std::make_unique<counted>(counts));
        auto device = sluice::device_for<io::bidirectional>(std::move(pair));
        io::stream<sluice::device_handle<io::bidirectional>> both(device);
        std::string word;
        both << "x" << std::flush;
        both >> word;
        CHECK(word == "abc");
        device.close(ios::in);
        CHECK(counts.closed == 0);
        both.close();
        CHECK(counts.closed == 1);
    }
    CHECK(counts.closed == 1);
}

TEST_CASE("positions beyond 2 GiB pass through a handle and Boost's stream on it") {
    support::temporary_file file;
    sluice::fstream f(file.path(), ios::in | ios::out | ios::binary);
    constexpr std::int64_t far = (std::int64_t(5) << 30) + 3;
    auto device = sluice::device_for(f);
    CHECK(std::streamoff(device.seek(far, ios::beg)) == far);
    CHECK(device.write("end", 3) == 3);
    CHECK(std::streamoff(device.seek(0, ios::end)) == far + 3);
    {
        io::stream<sluice::device_handle<io::seekable>> far_stream(device);
        far_stream.seekg(far + 1);
        CHECK(far_stream.get() == 'n');
        CHECK(std::streamoff(far_stream.tellg()) == far + 2);
        far_stream.seekp(-2, ios::end);
        far_stream << "ND";
        far_stream.close();
        CHECK(far_stream.good());
    }
    CHECK(device.seek(far, ios::beg) == std::streampos(far));
    std::array<char, 3> block{};
    CHECK(device.read(block.data(), 3) == 3);
    CHECK(std::string(block.data(), 3) == "eND");
}

TEST_CASE("a locale reaches the buffer of a handle") {
    sluice::membuf memory;
    auto device = sluice::device_for(memory);
    device.imbue(std::locale("C.UTF-8"));
    CHECK(memory.getloc().name() == "C.UTF-8");
}

TEST_CASE("a handle of wide characters") {
    sluice::wmembuf memory(L"ab\x20ac");
    auto device = sluice::device_for(memory);
    io::stream<sluice::device_handle<io::seekable, wchar_t>> in(device);
    std::wstring word;
    in >> word;
    CHECK((word == L"ab\x20ac"));
}

// -- Boost's streams on a handle --------------------------------------------------------------

namespace {

using boost_stream = io::stream<sluice::device_handle<io::seekable>>;
constexpr int chunk = 59;

// Writes each chunk, reads it, and writes it over itself, by one of three ways to seek.
void rewrite_chunks(std::iostream& f, const std::string& text, ios::seekdir whence) {
    const auto size = static_cast<int>(text.size());
    for (int at = 0; at + chunk <= size; at += chunk) {
        CAPTURE(at);
        const auto back = [&] {
            f.seekp(whence == ios::beg ? at : whence == ios::cur ? -chunk : at - size, whence);
        };
        const std::string part = text.substr(static_cast<std::size_t>(at), chunk);
        std::string seen(chunk, '\0');
        f.write(part.data(), chunk);
        back();
        f.read(seen.data(), chunk);
        REQUIRE(seen == part);
        back();
        for (const char c : part) {
            f.put(c);
        }
    }
}

}  // namespace

TEST_CASE("Boost's stream on a handle writes and reads in turns at each place") {
    const std::string text = text_of(chunk * 200);
    for (const ios::seekdir whence : {ios::beg, ios::cur, ios::end}) {
        sluice::membuf memory(text);
        boost_stream f(sluice::device_for(memory));
        rewrite_chunks(f, text, whence);
        f.close();
        CHECK(f.good());
        CHECK((memory.view() == text));
    }
}

TEST_CASE("Boost's filtering stream on a handle seeks") {
    const std::string text = text_of(chunk * 200);
    support::temporary_file file(text);
    sluice::fstream below(file.path(), ios::in | ios::out | ios::binary);
    io::filtering_stream<io::seekable> f;
    f.push(sluice::device_for(below));
    rewrite_chunks(f, text, ios::beg);
    f.reset();
    CHECK((file.content() == text));
}

// -- Boost's algorithms and filters -----------------------------------------------------------

TEST_CASE("a handle ends a chain of filters in both directions") {
    const std::string text = text_of(100000);
    support::temporary_file file;
    {
        sluice::ofstream to(file.path());
        io::filtering_ostream out;
        out.push(io::gzip_compressor());
        out.push(sluice::device_for(to));
        out << text;
        out.reset();
        CHECK(to.good());
    }
    CHECK((file.content() == zipped(text)));
    sluice::ifstream from(file.path());
    io::filtering_istream in;
    in.push(io::gzip_decompressor());
    in.push(sluice::device_for(from));
    const std::string seen(std::istreambuf_iterator<char>(in), {});
    CHECK((seen == text));
}

TEST_CASE("Boost's copy takes handles and flushes what they borrow") {
    const std::string text = text_of(100000);
    sluice::membuf from(text);
    support::temporary_file file;
    sluice::ofstream to(file.path());
    CHECK(io::copy(sluice::device_for(from), sluice::device_for(to)) == 100000);
    CHECK((file.content() == text));
    CHECK(to.rdbuf()->is_open());
    from.pubseekpos(0);
    std::string string;
    io::copy(sluice::device_for(from), io::back_inserter(string));
    CHECK((string == text));
    sluice::membuf again;
    io::copy(io::array_source(text.data(), text.size()), sluice::device_for(again));
    CHECK((again.view() == text));
}

TEST_CASE("slice shows a part of a handle's content") {
    sluice::membuf memory("0123456789");
    io::filtering_istream in;
    in.push(io::slice(sluice::device_for(memory), 2, 5));
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "23456");
}

TEST_SUITE_END();
