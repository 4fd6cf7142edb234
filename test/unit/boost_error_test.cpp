// What fails in a chain of Boost.Iostreams, through each combination of its classes and sluice's.

#include <sluice/bridge/boost.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/fstream.hpp>

#include <conformance/failing.hpp>
#include <support/boost_devices.hpp>
#include <support/limits.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <boost/iostreams/compose.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/filter/bzip2.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zlib.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <boost/iostreams/stream.hpp>
#include <boost/iostreams/tee.hpp>
#include <doctest/doctest.h>

#include <cerrno>
#include <functional>
#include <iterator>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace io = boost::iostreams;
using ios = std::ios_base;

namespace {

/// What `call` throws; no error where it throws nothing.
template <class Call>
sluice::error error_thrown_by(Call&& call) {
    try {
        call();
    } catch (const sluice::error& thrown) {
        return thrown;
    }
    return {};
}

template <class Device>
std::unique_ptr<sluice::buf> buffer_on(Device device, std::streamsize size = -1) {
    return std::make_unique<sluice::devicebuf<Device>>(std::move(device), size);
}

/// A chain of filters and a device, as a buffer.
template <class Mode, class... Parts>
std::unique_ptr<sluice::buf> buffer_on_chain(const Parts&... parts) {
    auto chain = std::make_unique<io::filtering_streambuf<Mode>>();
    (chain->push(parts), ...);
    return std::make_unique<sluice::devicebuf<io::filtering_streambuf<Mode>>>(std::move(chain));
}

std::shared_ptr<support::script> scripted() {
    return std::make_shared<support::script>();
}

// Each way to a sink through Boost, as a buffer of sluice's that owns all of the way. `make` gives
// the sink of each.
template <class Make>
std::vector<std::pair<std::string, std::unique_ptr<sluice::buf>>> ways_to(Make make) {
    using Sink = decltype(make());
    using filter = support::scripted_filter;
    std::vector<std::pair<std::string, std::unique_ptr<sluice::buf>>> ways;
    ways.emplace_back("alone", buffer_on(make()));
    ways.emplace_back("in a chain", buffer_on_chain<io::output>(make()));
    ways.emplace_back("behind a filter", buffer_on_chain<io::output>(filter(scripted()), make()));
    ways.emplace_back("behind three filters",
                      buffer_on_chain<io::output>(filter(scripted()), filter(scripted()),
                                                  filter(scripted()), make()));
    ways.emplace_back("behind gzip", buffer_on_chain<io::output>(io::gzip_compressor(), make()));
    ways.emplace_back("behind bzip2", buffer_on_chain<io::output>(io::bzip2_compressor(), make()));
    ways.emplace_back("composed with gzip", buffer_on(io::compose(io::gzip_compressor(), make())));
    ways.emplace_back(
        "composed twice",
        buffer_on(io::compose(filter(scripted()), io::compose(io::zlib_compressor(), make()))));
    ways.emplace_back("in a stream buffer", [&] {
        auto buffer = std::make_unique<io::stream_buffer<Sink>>(make());
        return std::make_unique<sluice::devicebuf<io::stream_buffer<Sink>>>(std::move(buffer));
    }());
    ways.emplace_back("there and back",
                      buffer_on(sluice::device_for<io::output>(buffer_on(make()))));
    ways.emplace_back(
        "there and back in chains",
        buffer_on_chain<io::output>(io::gzip_compressor(),
                                    sluice::device_for<io::output>(
                                        buffer_on_chain<io::output>(filter(scripted()), make()))));
    return ways;
}

}  // namespace

TEST_SUITE_BEGIN("boost errors");

// -- a full disk ------------------------------------------------------------------------------

TEST_CASE("a full disk of sluice's is reported whole by close on each way through Boost") {
    sluice::filebuf disk;
    disk.open("/dev/full", ios::out);
    for (auto& each : ways_to([&] { return sluice::device_for<io::output>(disk); })) {
        CAPTURE(each.first);
        sluice::stream out(std::move(each.second));
        CHECK(out.good());
        out << "hello";
        const sluice::error thrown = error_thrown_by([&] { out.close(); });
        CHECK(thrown.code() == std::error_code(ENOSPC, std::system_category()));
        CHECK(thrown.path() == "/dev/full");
        CHECK(thrown.operation() == "write");
        CHECK(thrown.position() == 0);
        CHECK(sluice::error_of(out).code() == thrown.code());
        CHECK(sluice::error_of(out).path() == "/dev/full");
    }
}

TEST_CASE("a full disk of Boost's is reported with its errno by close on each way") {
    for (auto& each : ways_to([] { return io::file_descriptor_sink("/dev/full"); })) {
        CAPTURE(each.first);
        sluice::stream out(std::move(each.second));
        out << "hello";
        const sluice::error thrown = error_thrown_by([&] { out.close(); });
        CHECK(thrown.code() == std::error_code(ENOSPC, std::system_category()));
        CHECK(thrown.detail() == "failed writing");
        CHECK(sluice::error_of(out).code() == thrown.code());
    }
}

TEST_CASE("a full disk is met while much is written on each way") {
    sluice::filebuf disk;
    disk.open("/dev/full", ios::out);
    std::string much(3000000, '\0');
    for (std::size_t i = 0; i < much.size(); ++i) {  // which gzip cannot make small
        much[i] = static_cast<char>(i * i >> (i % 11));
    }
    for (auto& each : ways_to([&] { return sluice::device_for<io::output>(disk); })) {
        CAPTURE(each.first);
        sluice::stream out(std::move(each.second));
        std::ostream& plain = out;
        plain << much << std::flush;
        CHECK(out.bad());
        CHECK(sluice::error_of(out).code() == std::errc::no_space_on_device);
        CHECK(sluice::error_of(out).path() == "/dev/full");
        CHECK(error_thrown_by([&] { out.close(); }).code() == std::errc::no_space_on_device);
    }
}

TEST_CASE("a full disk is reported by a flush through links without a word of Boost's") {
    for (const bool filtered : {false, true}) {
        CAPTURE(filtered);
        const io::file_descriptor_sink full("/dev/full");
        sluice::stream out(
            filtered ? buffer_on_chain<io::output>(support::scripted_filter(scripted()), full)
                     : buffer_on_chain<io::output>(full));
        out << "hello";
        std::ostream& plain = out;
        plain.flush();
        CHECK(out.bad());
        CHECK(sluice::error_of(out).code() == std::errc::no_space_on_device);
    }
}

TEST_CASE("a full disk makes Boost's own streams on a handle say so") {
    sluice::filebuf disk;
    disk.open("/dev/full", ios::out);
    {
        io::stream<sluice::device_handle<io::output>> out(sluice::device_for<io::output>(disk));
        out << "hello" << std::flush;
        CHECK(out.bad());
        CHECK(sluice::error_of(out).code() == std::errc::no_space_on_device);
        CHECK(error_thrown_by([&] { out.close(); }).path() == "/dev/full");
    }
    {
        io::filtering_ostream out;
        out.push(io::gzip_compressor());
        out.push(sluice::device_for(disk));
        out << "hello" << std::flush;
        CHECK(error_thrown_by([&] { out.reset(); }).code() == std::errc::no_space_on_device);
    }
    {
        const auto device = sluice::device_for<io::output>(disk);
        io::filtering_ostream out;
        out.push(io::gzip_compressor());
        out.push(device);
        out << "hello";
        CHECK(error_thrown_by([&] { sluice::close(out); }).path() == "/dev/full");
        CHECK(sluice::error_of(device).path() == "/dev/full");
    }
    {
        io::filtering_ostream out;
        out.push(support::scripted_filter(scripted()));
        out.push(io::file_descriptor_sink("/dev/full"));
        out << "hello" << std::flush;
        CHECK(out.good());  // Boost does not look
        CHECK(error_thrown_by([&] { sluice::close(out); }).code() == std::errc::no_space_on_device);
    }
    {
        io::stream<io::file_descriptor_sink> out("/dev/full");
        out << "hello";
        CHECK(error_thrown_by([&] { sluice::close(out); }).code() == std::errc::no_space_on_device);
    }
}

TEST_CASE("a failure that Boost swallowed is at the handle in a chain") {
    sluice::filebuf disk;
    disk.open("/dev/full", ios::out);
    io::filtering_ostream out;
    out.push(support::scripted_filter(scripted()));
    out.push(sluice::device_for(disk));
    out << "hello" << std::flush;
    CHECK(sluice::error_of(out).code() == std::errc::no_space_on_device);
    CHECK(sluice::error_of(std::as_const(out)).path() == "/dev/full");
    CHECK_THROWS_AS(out.reset(), sluice::error);
}

TEST_CASE("a disk that fails after a while is reported with the place") {
    static int writes = 0;
    writes = 0;
    support::replaced_calls scope;
    const auto failing = [](int, const void*, std::size_t count, off_t) -> ssize_t {
        if (++writes > 2) {
            errno = EIO;
            return -1;
        }
        return static_cast<ssize_t>(count);
    };
    scope.calls().pwrite = failing;
    scope.calls().write = [](int, const void*, std::size_t count) -> ssize_t {
        if (++writes > 2) {
            errno = EIO;
            return -1;
        }
        return static_cast<ssize_t>(count);
    };
    support::temporary_file file;
    sluice::filebuf disk;
    disk.pubsetbuf(nullptr, 1000);
    disk.open(file.path(), ios::out);
    sluice::stream out(buffer_on_chain<io::output>(support::scripted_filter(scripted()),
                                                   sluice::device_for<io::output>(disk)));
    const sluice::error thrown = error_thrown_by([&] {
        out.write(std::string(100000, 'x'));
        out.close();
    });
    CHECK(thrown.code() == std::error_code(EIO, std::system_category()));
    CHECK(thrown.path() == file.path());
    CHECK(thrown.position() > 0);
    CHECK(out.closed());
}

// -- compressed data that is cut or wrong -----------------------------------------------------

namespace {

template <class Filter>
std::string packed(const Filter& filter) {
    std::string text;
    for (int i = 0; i < 20000; ++i) {
        text += std::to_string(i * 7919 % 10007);
    }
    std::string result;
    io::filtering_ostream out;
    out.push(filter);
    out.push(io::back_inserter(result));
    out << text;
    out.reset();
    return result;
}

// Reads `bytes` to the end on each way, and gives the codes of what failed.
template <class Filter>
void check_reading(const std::string& bytes, const Filter& filter, std::error_code code) {
    for (const bool chained : {false, true}) {
        CAPTURE(chained);
        sluice::membuf memory(bytes);
        const auto source = sluice::device_for<io::input>(memory);
        sluice::stream in(chained ? buffer_on_chain<io::input>(filter, source)
                                  : buffer_on(io::compose(filter, source)));
        std::string line;
        while (std::getline(in, line)) {
        }
        CHECK(in.bad());
        CHECK_FALSE(in.eof());
        CHECK(sluice::error_of(in).code() == code);
        CHECK(sluice::error_of(in).operation() == "read");
        CHECK_FALSE(sluice::error_of(in).detail().empty());
        in.clear();
        CHECK(bool(error_thrown_by([&] { static_cast<void>(in.read()); })));
    }
    sluice::membuf memory(bytes);
    sluice::device_handle<io::input> inner(
        buffer_on_chain<io::input>(filter, sluice::device_for<io::input>(memory)));
    io::filtering_istream in;
    in.push(inner);
    std::string line;
    while (std::getline(in, line)) {
    }
    CHECK(in.bad());
    CHECK(sluice::error_of(in).code() == code);
}

}  // namespace

TEST_CASE("compressed data that is cut is an error and no end") {
    const std::string gzip = packed(io::gzip_compressor());
    const std::string zlib = packed(io::zlib_compressor());
    const std::string bzip2 = packed(io::bzip2_compressor());
    for (const std::size_t cut : {std::size_t(4), std::size_t(1000)}) {
        CAPTURE(cut);
        check_reading(gzip.substr(0, gzip.size() - cut), io::gzip_decompressor(),
                      sluice::errc::truncated_data);
        check_reading(zlib.substr(0, zlib.size() - cut), io::zlib_decompressor(),
                      sluice::errc::truncated_data);
        check_reading(bzip2.substr(0, bzip2.size() - cut), io::bzip2_decompressor(),
                      sluice::errc::truncated_data);
    }
}

TEST_CASE("compressed data that is wrong is an error") {
    std::string gzip = packed(io::gzip_compressor());
    gzip[gzip.size() / 2] = static_cast<char>(~gzip[gzip.size() / 2]);
    check_reading(gzip, io::gzip_decompressor(), sluice::errc::corrupt_data);
    check_reading("no gzip at all", io::gzip_decompressor(), sluice::errc::corrupt_data);
    check_reading("no zlib at all", io::zlib_decompressor(), sluice::errc::corrupt_data);
    check_reading("no bzip2 at all", io::bzip2_decompressor(), sluice::errc::corrupt_data);
    std::string bzip2 = packed(io::bzip2_compressor());
    bzip2[bzip2.size() / 2] = static_cast<char>(~bzip2[bzip2.size() / 2]);
    check_reading(bzip2, io::bzip2_decompressor(), sluice::errc::corrupt_data);
    std::string xz = packed(io::lzma_compressor());
    xz[xz.size() / 2] = static_cast<char>(~xz[xz.size() / 2]);
    check_reading(xz, io::lzma_decompressor(), sluice::errc::corrupt_data);
    check_reading("no zstd at all", io::zstd_decompressor(), sluice::errc::corrupt_data);
}

TEST_CASE("a source that fails below a decompressor keeps its own reason") {
    const std::string gzip = packed(io::gzip_compressor());
    for (const bool chained : {false, true}) {
        CAPTURE(chained);
        sluice::filebuf directory;
        directory.open("/tmp", ios::in);
        const auto source = sluice::device_for<io::input>(directory);
        sluice::stream in(chained ? buffer_on_chain<io::input>(io::gzip_decompressor(), source)
                                  : buffer_on(io::compose(io::gzip_decompressor(), source)));
        const sluice::error thrown = error_thrown_by([&] { static_cast<void>(in.read(1)); });
        CHECK(thrown.code() == std::error_code(EISDIR, std::system_category()));
        CHECK(thrown.path() == "/tmp");
        CHECK(sluice::error_of(in).path() == "/tmp");
    }
}

// -- what throws ------------------------------------------------------------------------------

namespace {

struct thrown_thing {
    std::string name;
    std::function<void()> raise;
    std::error_code code;
    std::string detail;
};

const std::vector<thrown_thing> things{
    {"a system_error",
     [] { throw std::system_error(ENODEV, std::system_category(), "pulled out"); },
     {ENODEV, std::system_category()},
     "pulled out"},
    {"a failure", [] { throw std::ios_base::failure("odd"); },
     std::make_error_code(std::errc::io_error), "odd"},
    {"a failure of the system's",
     [] { throw std::ios_base::failure("odd: No such process"); },
     {ESRCH, std::system_category()},
     "odd"},
    {"a runtime_error", [] { throw std::runtime_error("went wrong"); },
     std::make_error_code(std::errc::io_error), "went wrong"},
    {"a bad_alloc", [] { throw std::bad_alloc(); },
     std::make_error_code(std::errc::not_enough_memory), ""},
    {"a system_error of nothing", [] { throw std::system_error(std::error_code()); },
     std::make_error_code(std::errc::io_error), ""},
    {"a number", [] { throw 5; }, std::make_error_code(std::errc::io_error), ""},
    {"an error", [] { throw sluice::error("fly", sluice::errc::timed_out, "there", 7, "why"); },
     sluice::errc::timed_out, "why"},
};

}  // namespace

TEST_CASE("what a device throws is the error of each way, when it is written or closed") {
    using sink = support::scripted_device<io::output>;
    for (const thrown_thing& thing : things) {
        CAPTURE(thing.name);
        for (const bool at_close : {false, true}) {
            CAPTURE(at_close);
            const auto script = scripted();
            (at_close ? script->before_close : script->before_write) = thing.raise;
            for (auto& each : ways_to([&] { return sink(script); })) {
                CAPTURE(each.first);
                sluice::stream out(std::move(each.second));
                out << "hello";
                const sluice::error thrown = error_thrown_by([&] { out.close(); });
                CHECK(thrown.code() == thing.code);
                CHECK(thrown.detail() == thing.detail);
                CHECK(sluice::error_of(out).code() == thing.code);
                CHECK(out.closed());
            }
        }
    }
}

TEST_CASE("what a filter throws is the error, when it is read or written or closed") {
    for (const thrown_thing& thing : things) {
        CAPTURE(thing.name);
        const auto failing = scripted();
        const support::scripted_filter filter(failing);
        const auto device = scripted();
        device->source = std::string(10000, 'x');
        const support::scripted_device<io::output> sink(device);
        const support::scripted_device<io::input> source(device);
        const auto writers = [&] {
            std::vector<std::unique_ptr<sluice::buf>> all;
            all.push_back(buffer_on_chain<io::output>(filter, sink));
            all.push_back(buffer_on(io::compose(filter, sink)));
            all.push_back(
                buffer_on_chain<io::output>(support::scripted_filter(scripted()), filter, sink));
            return all;
        };
        failing->before_write = thing.raise;
        for (auto& buffer : writers()) {
            sluice::stream out(std::move(buffer));
            out << "hello";
            CHECK(error_thrown_by([&] { out.close(); }).code() == thing.code);
            CHECK(device->log.back() == 'c');  // it is closed all the same
        }
        failing->before_write = nullptr;
        failing->before_close = thing.raise;
        for (auto& buffer : writers()) {
            sluice::stream out(std::move(buffer));
            out << "hello";
            device->sink.clear();
            CHECK(error_thrown_by([&] { out.close(); }).code() == thing.code);
            CHECK(device->sink == "hello");
            CHECK(device->log.back() == 'c');
        }
        failing->before_close = nullptr;
        failing->before_read = thing.raise;
        for (const bool chained : {false, true}) {
            sluice::stream in(chained ? buffer_on_chain<io::input>(filter, source)
                                      : buffer_on(io::compose(filter, source)));
            CHECK(in.get() == std::char_traits<char>::eof());
            CHECK(in.bad());
            CHECK_FALSE(in.eof());
            CHECK(sluice::error_of(in).code() == thing.code);
            CHECK(error_thrown_by([&] { static_cast<void>(in.read(5)); }).code() == thing.code);
        }
    }
}

TEST_CASE("an error passes whole, with its operation, path and position") {
    const auto script = scripted();
    script->before_write = [] {
        throw sluice::error("fly", sluice::errc::timed_out, "there", 7, "why");
    };
    for (auto& each : ways_to([&] { return support::scripted_device<io::output>(script); })) {
        CAPTURE(each.first);
        sluice::stream out(std::move(each.second));
        out << "hello";
        CHECK(error_thrown_by([&] { out.close(); }).what() ==
              std::string("fly there: why: The time allowed has passed"));
        CHECK(sluice::error_of(out).position() == 7);
    }
}

TEST_CASE("a device of two sequences is closed twice, and the first failure is reported") {
    const auto script = scripted();
    int calls = 0;
    script->before_close = [&] { throw std::runtime_error(++calls == 1 ? "first" : "second"); };
    sluice::devicebuf both{support::scripted_device<io::bidirectional>(script)};
    CHECK(both.sputn("hello", 5) == 5);
    CHECK(error_thrown_by([&] { both.close(); }).detail() == "first");
    CHECK(script->log == "wio");
    CHECK(script->sink == "hello");
    CHECK_NOTHROW(both.close());
}

TEST_CASE("what could not be written wins over what failed at the close") {
    const auto script = scripted();
    script->before_write = [] { throw std::runtime_error("write"); };
    script->before_close = [] { throw std::runtime_error("close"); };
    for (auto& each : ways_to([&] { return support::scripted_device<io::output>(script); })) {
        CAPTURE(each.first);
        each.second->sputn("hello", 5);
        CHECK(error_thrown_by([&] { each.second->close(); }).detail() == "write");
    }
}

TEST_CASE("a flush that a device refuses or throws from makes the stream bad") {
    const auto script = scripted();
    script->before_flush = [] { throw std::runtime_error("no flush"); };
    const support::scripted_device<io::output> sink(script);
    sluice::stream out(buffer_on(sink));
    std::ostream& plain = out;
    plain << "hello" << std::flush;
    CHECK(out.bad());
    CHECK(script->sink == "hello");
    CHECK(sluice::error_of(out).detail() == "no flush");
    CHECK(sluice::error_of(out).operation() == "sync");
    sluice::stream chained(buffer_on_chain<io::output>(sink));
    CHECK(error_thrown_by([&] { chained.flush(); }).code() == std::errc::io_error);
}

// -- going on ---------------------------------------------------------------------------------

TEST_CASE("what failed stays pending and is written once when the device takes it") {
    const auto script = scripted();
    script->before_write = [] { throw std::runtime_error("not now"); };
    for (auto& each : ways_to([&] { return support::scripted_device<io::output>(script); })) {

        if (each.first.find("filter") != std::string::npos ||
            each.first.find("gzip") != std::string::npos ||
            each.first.find("bzip2") != std::string::npos ||
            each.first.find("twice") != std::string::npos ||
            each.first.find("chains") != std::string::npos) {
            continue;  // what a filter held when it threw is lost
        }
        CAPTURE(each.first);
        script->sink.clear();
        script->before_write = [] { throw std::runtime_error("not now"); };
        sluice::stream out(std::move(each.second));
        out << std::string(10000, 'a') << 'b';
        std::ostream& plain = out;
        plain.flush();
        CHECK(out.bad());
        out.clear();
        script->before_write = nullptr;
        plain << 'c';
        CHECK_NOTHROW(out.close());
        CHECK((script->sink == std::string(10000, 'a') + "bc"));
    }
}

TEST_CASE("a device that would block is neither at its end nor failed") {
    const auto script = scripted();
    script->most = 0;
    script->source = "later";
    sluice::stream in(buffer_on(support::scripted_device<io::input>(script)));
    CHECK(in.get() == std::char_traits<char>::eof());
    CHECK(in.bad());
    CHECK_FALSE(in.eof());
    CHECK(sluice::error_of(in).code() == sluice::errc::would_block);
    sluice::stream chained(buffer_on_chain<io::input>(support::scripted_filter(scripted()),
                                                      support::scripted_device<io::input>(script)));
    CHECK(error_thrown_by([&] { static_cast<void>(chained.read(5)); }).code() ==
          sluice::errc::would_block);
    script->most = 3;
    in.clear();
    std::string word;
    in >> word;
    CHECK(word == "later");
    script->source = "more";
    chained.clear();
    CHECK(chained.read(4) == "more");

    script->most = 0;
    sluice::stream out(buffer_on(support::scripted_device<io::output>(script)));
    out << "abcdef";
    CHECK(error_thrown_by([&] { out.flush(); }).code() == sluice::errc::would_block);
    script->most = 4;
    out.clear();
    CHECK_NOTHROW(out.close());
    CHECK(script->sink == "abcdef");
}

TEST_CASE("an interrupted call below Boost is made again") {
    const auto script = scripted();
    script->source = "read";
    int calls = 0;
    const auto interrupt = [&] {
        if (++calls % 3 != 0) {
            throw std::ios_base::failure("failed: Interrupted system call");
        }
    };
    script->before_read = script->before_write = script->before_close = interrupt;
    sluice::stream in(buffer_on(support::scripted_device<io::input>(script)));
    CHECK(in.read() == "read");
    sluice::stream out(buffer_on(support::scripted_device<io::output>(script)));
    out << "written";
    CHECK_NOTHROW(out.close());
    CHECK(script->sink == "written");
}

TEST_CASE("a stream on Boost that is told to throw throws the reason") {
    sluice::stream out(buffer_on_chain<io::output>(support::scripted_filter(scripted()),
                                                   io::file_descriptor_sink("/dev/full")));
    out.exceptions(ios::badbit);
    std::ostream& plain = out;
    CHECK(error_thrown_by([&] { plain << "hello" << std::flush; }).code() ==
          std::errc::no_space_on_device);
    out.exceptions(ios::goodbit);
}

TEST_SUITE_END();
