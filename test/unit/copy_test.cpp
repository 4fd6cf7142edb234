#include <sluice/algorithm/copy.hpp>
#include <sluice/algorithm/read_all.hpp>
#include <sluice/device/mapped.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>

#include <conformance/transfer.hpp>
#include <support/failing_buf.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <fstream>
#include <functional>
#include <ios>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using ios = std::ios_base;
using conformance::sample;
using support::replaced_calls;

std::optional<sluice::error> error_of_copy(std::istream& in, std::ostream& out,
                                           const sluice::copy_options& options = {}) {
    try {
        sluice::copy(in, out, options);
    } catch (const sluice::error& thrown) {
        return thrown;
    }
    return std::nullopt;
}

// -- every source and every target ------------------------------------------------------------

// Both ends of a pipe or a connection, of which the test has the other.
class other_end {
public:
    explicit other_end(bool socket) {
        const int made = socket ? ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data())
                                : ::pipe2(ends_.data(), O_CLOEXEC);
        if (made != 0) {
            throw std::runtime_error("no pipe");
        }
    }
    other_end(const other_end&) = delete;
    other_end& operator=(const other_end&) = delete;
    ~other_end() {
        if (worker_.joinable()) {
            worker_.join();
        }
    }

    [[nodiscard]] int reader() const { return ends_[0]; }
    [[nodiscard]] int writer() const { return ends_[1]; }

    void feed(std::string text) {
        worker_ = std::thread([to = writer(), text = std::move(text)] {
            std::string_view left = text;
            while (!left.empty()) {
                const ssize_t put = ::write(to, left.data(), left.size());
                if (put <= 0) {
                    break;
                }
                left.remove_prefix(static_cast<std::size_t>(put));
            }
            ::close(to);
        });
    }
    void collect() {
        worker_ = std::thread([this] {
            std::array<char, 4096> block{};
            for (ssize_t got = 0; (got = ::read(reader(), block.data(), block.size())) > 0;) {
                text_.append(block.data(), static_cast<std::size_t>(got));
            }
            ::close(reader());
        });
    }
    std::string collected() {
        worker_.join();
        return text_;
    }

private:
    std::array<int, 2> ends_{};
    std::thread worker_;
    std::string text_;
};

struct source {
    const char* name;
    bool seekable;
    std::shared_ptr<void> holder;  // outlives the stream
    std::unique_ptr<std::istream> stream;
};

struct target {
    const char* name;
    bool seekable;
    std::function<std::string()> content;  // having closed the stream where it must
    std::unique_ptr<std::ostream> stream;
};

template <class Stream>
std::unique_ptr<std::istream> on_descriptor(int descriptor) {
    return std::make_unique<Stream>(
        std::make_unique<sluice::filebuf>(descriptor, ios::in, sluice::ownership::owned));
}

std::vector<source> sources(const std::string& text) {
    std::vector<source> all;
    const auto file = std::make_shared<support::temporary_file>(text);
    const std::string& path = file->path();
    all.push_back({"memory", true, nullptr, std::make_unique<sluice::bytes_io>(text)});
    all.push_back({"file", true, file, std::make_unique<sluice::ifstream>(path)});
    all.push_back({"unbuffered file", true, file,
                   std::make_unique<sluice::stream>(sluice::open(path, "rb", {.buffering = 0}))});
    all.push_back({"lent descriptor", true, file,
                   on_descriptor<sluice::stream>(::open(path.c_str(), O_RDONLY | O_CLOEXEC))});
    for (const bool socket : {false, true}) {
        const auto other = std::make_shared<other_end>(socket);
        other->feed(text);
        all.push_back({socket ? "socket" : "pipe", false, other,
                       on_descriptor<sluice::stream>(other->reader())});
    }
    all.push_back({"std file", true, file, std::make_unique<std::ifstream>(path)});
    all.push_back({"std string", true, nullptr, std::make_unique<std::istringstream>(text)});
    all.push_back({"text", true, file, std::make_unique<sluice::stream>(sluice::open(path, "r"))});
    return all;
}

std::function<std::string()>
content_when_flushed(const std::shared_ptr<support::temporary_file>& file, std::ostream& stream) {
    return [file, &stream] {
        stream.flush();
        return file->content();
    };
}

std::function<std::string()> content_when_closed(const std::shared_ptr<other_end>& other,
                                                 std::ostream& stream) {
    return [other, &stream] {
        dynamic_cast<sluice::stream&>(stream).close();
        return other->collected();
    };
}

std::vector<target> targets() {
    std::vector<target> all;
    const auto add_file = [&](const char* name, auto make) {
        const auto file = std::make_shared<support::temporary_file>();
        std::unique_ptr<std::ostream> stream = make(file->path());
        auto content = content_when_flushed(file, *stream);
        all.push_back({name, true, std::move(content), std::move(stream)});
    };
    auto memory = std::make_unique<sluice::bytes_io>();
    all.push_back(
        {"memory", true, [at = memory.get()] { return at->getvalue(); }, std::move(memory)});
    add_file("file",
             [](const std::string& path) { return std::make_unique<sluice::ofstream>(path); });
    add_file("appending file", [](const std::string& path) {
        return std::make_unique<sluice::ofstream>(path, ios::app);
    });
    add_file("lent descriptor", [](const std::string& path) {
        return std::make_unique<sluice::stream>(std::make_unique<sluice::filebuf>(
            ::open(path.c_str(), O_WRONLY | O_CLOEXEC), ios::out, sluice::ownership::owned));
    });
    for (const bool socket : {false, true}) {
        const auto other = std::make_shared<other_end>(socket);
        other->collect();
        auto stream = std::make_unique<sluice::stream>(
            std::make_unique<sluice::filebuf>(other->writer(), ios::out, sluice::ownership::owned));
        auto content = content_when_closed(other, *stream);
        all.push_back({socket ? "socket" : "pipe", false, std::move(content), std::move(stream)});
    }
    add_file("std file",
             [](const std::string& path) { return std::make_unique<std::ofstream>(path); });
    auto string = std::make_unique<std::ostringstream>();
    all.push_back(
        {"std string", true, [at = string.get()] { return at->str(); }, std::move(string)});
    add_file("text", [](const std::string& path) {
        return std::make_unique<sluice::stream>(sluice::open(path, "w"));
    });
    return all;
}

// Each source to each target, from behind what was read to behind what is pending, and then on.
void copy_all_pairs(const std::string& text, std::optional<std::streamoff> limit) {
    const std::size_t pairs = targets().size();
    const std::size_t read = std::min<std::size_t>(text.size(), 3);
    const std::size_t wanted =
        limit ? std::min(text.size() - read, static_cast<std::size_t>(*limit)) : text.size() - read;
    for (std::size_t i = 0; i < pairs; ++i) {
        for (source& from : sources(text)) {
            target to = std::move(targets()[i]);
            CAPTURE(from.name);
            CAPTURE(to.name);
            std::istream& in = *from.stream;
            std::ostream& out = *to.stream;
            std::string first(read, '?');
            in.read(first.data(), static_cast<std::streamsize>(read));
            out << "head:";
            CHECK(sluice::copy(in, out, {.limit = limit}) == static_cast<std::streamoff>(wanted));
            const bool at_end = !limit || wanted < static_cast<std::size_t>(*limit);
            CHECK(in.rdstate() == (at_end ? ios::eofbit : ios::goodbit));
            CHECK(out.good());
            in.clear();
            if (from.seekable) {
                CHECK(in.tellg() == std::streampos(std::streamoff(read + wanted)));
            }
            if (to.seekable) {
                CHECK(out.tellp() == std::streampos(std::streamoff(5 + wanted)));
            }
            out << ":tail";
            CHECK((to.content() == "head:" + text.substr(read, wanted) + ":tail"));
            CHECK((sluice::read_all(in) == text.substr(read + wanted)));
        }
    }
}

}  // namespace

TEST_SUITE_BEGIN("copy");

TEST_CASE("a short content is copied between all kinds of streams") {
    copy_all_pairs("abcdefgh\nij\n", std::nullopt);
}

TEST_CASE("a long content is copied between all kinds of streams") {
    copy_all_pairs(sample(300000), std::nullopt);
}

TEST_CASE("an empty content is copied between all kinds of streams") {
    copy_all_pairs("", std::nullopt);
}

TEST_CASE("a part is copied between all kinds of streams") {
    copy_all_pairs(sample(300000), 150001);
    copy_all_pairs(sample(1000), 0);
    copy_all_pairs(sample(1000), 5000);
}

// -- the system's calls -----------------------------------------------------------------------

namespace {

int calls_made = 0;
int code_given = 0;

ssize_t refuse_range(int, off_t*, int, off_t*, std::size_t) {
    ++calls_made;
    errno = code_given;
    return -1;
}
ssize_t refuse_file(int, int, off_t*, std::size_t) {
    ++calls_made;
    errno = code_given;
    return -1;
}

// Each of the three, whichever it is, does what a test says.
void refuse_all(int code) {
    calls_made = 0;
    code_given = code;
    replaced_calls::calls().copy_file_range = refuse_range;
    replaced_calls::calls().splice = refuse_range;
    replaced_calls::calls().sendfile = refuse_file;
}

}  // namespace

TEST_CASE("what the system refuses to copy is copied by hand") {
    for (const int code :
         {EXDEV, EINVAL, ENOSYS, EOPNOTSUPP, EBADF, EPERM, EIO, ETXTBSY, ENOMEM, EOVERFLOW}) {
        CAPTURE(code);
        const replaced_calls scope;
        refuse_all(code);
        copy_all_pairs(sample(5000), std::nullopt);
        CHECK(calls_made > 0);
    }
}

TEST_CASE("what the system copies in part is copied to the end") {
    const replaced_calls scope;
    static auto range = scope.real().copy_file_range;
    static auto pipe = scope.real().splice;
    static auto file = scope.real().sendfile;
    calls_made = 0;
    replaced_calls::calls().copy_file_range = [](int from, off_t* at, int to, off_t* there,
                                                 std::size_t size) {
        ++calls_made;
        return range(from, at, to, there, std::min<std::size_t>(size, 7001));
    };
    replaced_calls::calls().splice = [](int from, off_t* at, int to, off_t* there,
                                        std::size_t size) {
        ++calls_made;
        return pipe(from, at, to, there, std::min<std::size_t>(size, 7001));
    };
    replaced_calls::calls().sendfile = [](int to, int from, off_t* at, std::size_t size) {
        ++calls_made;
        return file(to, from, at, std::min<std::size_t>(size, 7001));
    };
    copy_all_pairs(sample(100000), 90000);
    CHECK(calls_made > 100);
}

TEST_CASE("what the system ceases to copy is copied on by hand") {
    const replaced_calls scope;
    static auto range = scope.real().copy_file_range;
    static auto pipe = scope.real().splice;
    static auto file = scope.real().sendfile;
    calls_made = 0;
    replaced_calls::calls().copy_file_range = [](int from, off_t* at, int to, off_t* there,
                                                 std::size_t) {
        return ++calls_made % 2 == 1 ? range(from, at, to, there, 501) : (errno = EIO, ssize_t(-1));
    };
    replaced_calls::calls().splice = [](int from, off_t* at, int to, off_t* there, std::size_t) {
        return ++calls_made % 2 == 1 ? pipe(from, at, to, there, 501) : (errno = EIO, ssize_t(-1));
    };
    replaced_calls::calls().sendfile = [](int to, int from, off_t* at, std::size_t) {
        return ++calls_made % 2 == 1 ? file(to, from, at, 501) : (errno = EIO, ssize_t(-1));
    };
    copy_all_pairs(sample(20000), std::nullopt);
    CHECK(calls_made > 1);
}

TEST_CASE("an interrupted call of a copy is made again") {
    const replaced_calls scope;
    static auto range = scope.real().copy_file_range;
    static auto pipe = scope.real().splice;
    static auto file = scope.real().sendfile;
    calls_made = 0;
    replaced_calls::calls().copy_file_range = [](int from, off_t* at, int to, off_t* there,
                                                 std::size_t size) {
        return ++calls_made % 2 == 1 ? (errno = EINTR, ssize_t(-1))
                                     : range(from, at, to, there, size);
    };
    replaced_calls::calls().splice = [](int from, off_t* at, int to, off_t* there,
                                        std::size_t size) {
        return ++calls_made % 2 == 1 ? (errno = EINTR, ssize_t(-1))
                                     : pipe(from, at, to, there, size);
    };
    replaced_calls::calls().sendfile = [](int to, int from, off_t* at, std::size_t size) {
        return ++calls_made % 2 == 1 ? (errno = EINTR, ssize_t(-1)) : file(to, from, at, size);
    };
    copy_all_pairs(sample(20000), std::nullopt);
    CHECK(calls_made > 1);
}

TEST_CASE("between two files nothing is brought into the process") {
    const std::string text = sample(300000);
    const support::temporary_file from(text);
    const support::temporary_file to;
    sluice::ifstream in(from.path());
    sluice::ofstream out(to.path());
    const replaced_calls scope;
    static std::size_t most_read = 0;
    most_read = 0;
    static auto real = scope.real().read;
    replaced_calls::calls().read = [](int file, void* target, std::size_t size) {
        const ssize_t got = real(file, target, size);
        most_read += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
        return got;
    };
    replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t { throw 0; };
    CHECK(sluice::copy(in, out) == 300000);
    CHECK(most_read == 0);
    CHECK((to.content() == text));
}

TEST_CASE("a file that tells no size is copied") {
    sluice::ifstream in("/proc/self/status");
    const support::temporary_file to;
    sluice::ofstream out(to.path());
    CHECK(sluice::copy(in, out) > 100);
    out.close();
    CHECK(to.content().starts_with("Name:"));
    CHECK(in.rdstate() == ios::eofbit);
}

TEST_CASE("a target whose reader has gone is an error and no signal") {
    const std::string text = sample(300000);
    const support::temporary_file file(text);
    for (const bool socket : {false, true}) {
        CAPTURE(socket);
        other_end other(socket);
        ::close(other.reader());
        sluice::stream out(
            std::make_unique<sluice::filebuf>(other.writer(), ios::out, sluice::ownership::owned));
        sluice::ifstream in(file.path());
        const auto thrown = error_of_copy(in, out);
        REQUIRE(thrown);
        CHECK(thrown->code() == std::errc::broken_pipe);
        CHECK(out.bad());
        CHECK_FALSE(in.bad());
    }
}

TEST_CASE("two ends that would block say so and lose nothing") {
    const std::string text = sample(400000);
    const support::temporary_file file(text);
    other_end other(false);
    REQUIRE(::fcntl(other.writer(), F_SETFL, O_NONBLOCK) == 0);
    sluice::stream out(
        std::make_unique<sluice::filebuf>(other.writer(), ios::out, sluice::ownership::owned));
    sluice::ifstream in(file.path());
    std::streamoff done = 0;
    std::string collected;
    int blocked = 0;
    for (;;) {
        const auto thrown = error_of_copy(in, out);
        if (!thrown) {
            break;
        }
        REQUIRE(thrown->code() == sluice::errc::would_block);
        ++blocked;
        done += thrown->count();
        CHECK(in.tellg() == std::streampos(done));
        out.clear();
        std::string block(50000, '?');
        const ssize_t got = ::read(other.reader(), block.data(), block.size());
        REQUIRE(got > 0);
        collected.append(block, 0, static_cast<std::size_t>(got));
    }
    CHECK(blocked > 1);
    REQUIRE(::fcntl(other.writer(), F_SETFL, 0) == 0);
    other.collect();
    out.close();
    CHECK((collected + other.collected() == text));
}

// -- one file for both ------------------------------------------------------------------------

TEST_CASE("a file appended to itself is doubled once") {
    const std::string text = sample(300000);
    for (const bool appends : {false, true}) {
        CAPTURE(appends);
        const support::temporary_file file(text);
        sluice::ifstream in(file.path());
        sluice::ofstream out(file.path(), appends ? ios::app : ios::in | ios::out | ios::ate);
        out << "--";
        CHECK(sluice::copy(in, out) == 300002);
        CHECK(in.rdstate() == ios::eofbit);
        out.close();
        std::string expected = text + "--";
        expected += expected;
        CHECK((file.content() == expected));
    }
}

TEST_CASE("a part of a file is copied over another part as if it lay elsewhere") {
    const std::string text = sample(300000);
    for (const std::size_t begin : {0, 1000, 290000}) {
        for (const std::size_t end : {0, 1, 999, 1000, 1001, 150000, 300000}) {
            for (const std::streamoff limit : {0, 500, 250000, 400000}) {
                CAPTURE(begin);
                CAPTURE(end);
                CAPTURE(limit);
                const support::temporary_file file(text);
                sluice::ifstream in(file.path());
                sluice::fstream out(file.path(), ios::in | ios::out);
                in.seekg(static_cast<std::streamoff>(begin));
                out.seekp(static_cast<std::streamoff>(end));
                const std::string part = text.substr(begin, static_cast<std::size_t>(limit));
                CHECK(sluice::copy(in, out, {.limit = limit}) ==
                      static_cast<std::streamoff>(part.size()));
                in.clear();
                CHECK(in.tellg() == std::streampos(std::streamoff(begin + part.size())));
                CHECK(out.tellp() == std::streampos(std::streamoff(end + part.size())));
                out.close();
                std::string expected = text;
                expected.replace(end, part.size(), part);
                CHECK((file.content() == expected));
            }
        }
    }
}

TEST_CASE("a stream is not copied to itself") {
    sluice::bytes_io io("abc");
    const auto thrown = error_of_copy(io, io);
    REQUIRE(thrown);
    CHECK(thrown->code() == std::errc::invalid_argument);
    CHECK(io.view() == "abc");
    CHECK(io.good());
}

// -- failures ---------------------------------------------------------------------------------

TEST_CASE("a failed read sets badbit on the source and tells how much came") {
    for (const std::size_t block : {0, 1, 3, 100}) {
        CAPTURE(block);
        support::failing_buf buf("abcdefgh", block, 5);
        std::istream in(&buf);
        sluice::bytes_io out;
        CHECK_THROWS_AS(sluice::copy(in, out), std::runtime_error);
        CHECK(in.rdstate() == ios::badbit);
        CHECK(out.good());
        CHECK(out.view() == "abcde");
    }
}

TEST_CASE("the reason of a failed read is the device's and counted") {
    const std::string text = sample(300000);
    const support::temporary_file file(text);
    sluice::ifstream in(file.path());
    sluice::bytes_io out;
    {
        const replaced_calls scope;
        static auto real = scope.real().read;
        calls_made = 0;
        replaced_calls::calls().read = [](int from, void* target, std::size_t size) {
            return ++calls_made > 2 ? (errno = EIO, ssize_t(-1)) : real(from, target, size);
        };
        const auto thrown = error_of_copy(in, out);
        REQUIRE(thrown);
        CHECK(thrown->operation() == "read");
        CHECK(thrown->code() == std::errc::io_error);
        CHECK(thrown->path() == file.path());
        CHECK(thrown->count() == out.tell());
        CHECK(thrown->count() > 0);
        CHECK(in.bad());
        CHECK(out.good());
    }
    in.clear();
    sluice::copy(in, out);
    CHECK((out.view() == text));
}

TEST_CASE("a failed write leaves the source behind what was taken") {
    const std::string text = sample(1000);
    sluice::bytes_io out;
    out.set_max_size(600);
    const support::temporary_file file(text);
    const auto check = [&](std::istream& in) {
        out.clear();
        out.seek(0);
        const auto thrown = error_of_copy(in, out);
        REQUIRE(thrown);
        CHECK(thrown->operation() == "write");
        CHECK(thrown->code() == sluice::errc::no_space);
        CHECK(thrown->count() == 600);
        CHECK(out.rdstate() == ios::badbit);
        CHECK(in.good());
        CHECK((sluice::read_all(in) == text.substr(600)));
    };
    std::istringstream of_std(text);
    check(of_std);
    sluice::bytes_io memory(text);
    check(memory);
    sluice::ifstream our_file(file.path());
    check(our_file);
    support::failing_buf buf(text, 0);
    std::istream unbuffered(&buf);
    check(unbuffered);
}

TEST_CASE("a full disk fails the target whichever way it is written") {
    const std::string text = sample(300000);
    const support::temporary_file file(text);
    sluice::ifstream in(file.path());
    sluice::ofstream out("/dev/full");
    const auto thrown = error_of_copy(in, out);
    REQUIRE(thrown);
    CHECK(thrown->code() == std::errc::no_space_on_device);
    CHECK(thrown->path() == "/dev/full");
    CHECK(out.bad());
    CHECK_FALSE(in.bad());
    std::ofstream of_std("/dev/full");
    sluice::ifstream again(file.path());
    const auto thrown_then = error_of_copy(again, of_std);
    REQUIRE(thrown_then);
    CHECK(thrown_then->code() == std::errc::io_error);
    CHECK(of_std.bad());
}

TEST_CASE("a write that fails in the overlap of a file with itself gives back what was read") {
    const std::string text = sample(200000);
    const support::temporary_file file(text);
    sluice::ifstream in(file.path());
    sluice::fstream out(file.path(), ios::in | ios::out);
    out.seekp(10);
    const replaced_calls scope;
    replaced_calls::calls().pwrite = [](int, const void*, std::size_t, off_t) -> ssize_t {
        errno = ENOSPC;
        return -1;
    };
    replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
        errno = ENOSPC;
        return -1;
    };
    const auto thrown = error_of_copy(in, out);
    REQUIRE(thrown);
    CHECK(thrown->code() == std::errc::no_space_on_device);
    CHECK(thrown->count() == 0);
    CHECK(in.tellg() == std::streampos(0));
}

TEST_CASE("exceptions are thrown as the error itself and stay as they were") {
    sluice::bytes_io in("abcdef");
    sluice::bytes_io out;
    out.set_max_size(4);
    in.exceptions(ios::badbit | ios::failbit);
    out.exceptions(ios::badbit);
    const auto thrown = error_of_copy(in, out);
    REQUIRE(thrown);
    CHECK(thrown->count() == 4);
    CHECK(out.exceptions() == ios::badbit);
    CHECK(in.exceptions() == (ios::badbit | ios::failbit));
    CHECK(in.good());
    CHECK(in.tell() == 4);
}

TEST_CASE("a stream that has failed is not copied") {
    sluice::ifstream missing("/nonexistent/file");
    sluice::bytes_io good("abc");
    auto thrown = error_of_copy(missing, good);
    REQUIRE(thrown);
    CHECK(thrown->code() == std::errc::no_such_file_or_directory);
    sluice::ofstream nowhere("/nonexistent/file");
    thrown = error_of_copy(good, nowhere);
    REQUIRE(thrown);
    CHECK(thrown->code() == std::errc::no_such_file_or_directory);
    CHECK(good.tell() == 0);
    std::ostream none(nullptr);
    thrown = error_of_copy(good, none);
    REQUIRE(thrown);
    CHECK(thrown->code() == sluice::errc::closed);
    thrown = error_of_copy(good, nowhere, {.limit = -1});
    CHECK(thrown);
}

TEST_CASE("a negative limit is refused and the end copies nothing") {
    sluice::bytes_io in("abc");
    sluice::bytes_io out;
    const auto thrown = error_of_copy(in, out, {.limit = -1});
    REQUIRE(thrown);
    CHECK(thrown->code() == std::errc::invalid_argument);
    in.setstate(ios::eofbit);
    CHECK(sluice::copy(in, out) == 0);
    CHECK(in.rdstate() == ios::eofbit);
}

// -- progress ---------------------------------------------------------------------------------

TEST_CASE("progress is told on the way and at the end") {
    const std::string text = sample(std::size_t(5) << 20);
    const support::temporary_file file(text);
    const auto check = [&](std::istream& in, std::ostream& out) {
        std::vector<std::streamoff> seen;
        const auto note = [&](std::streamoff done) {
            seen.push_back(done);
            return true;
        };
        CHECK(sluice::copy(in, out, {.limit = (4 << 20) + 5, .progress = note}) == (4 << 20) + 5);
        CHECK(seen.size() == 5);
        CHECK(std::is_sorted(seen.begin(), seen.end()));
        CHECK(seen.back() == (4 << 20) + 5);
    };
    sluice::ifstream in(file.path());
    const support::temporary_file to;
    sluice::ofstream out(to.path());
    check(in, out);
    sluice::bytes_io memory(text);
    sluice::bytes_io more;
    check(memory, more);
    std::istringstream of_std(text);
    std::ostringstream to_std;
    check(of_std, to_std);
}

TEST_CASE("progress may stop the copy and what it throws is thrown") {
    const std::string text = sample(std::size_t(3) << 20);
    const support::temporary_file file(text);
    sluice::ifstream in(file.path());
    const support::temporary_file to;
    sluice::ofstream out(to.path());
    const auto stop = [](std::streamoff) { return false; };
    const std::streamoff done = sluice::copy(in, out, {.progress = stop});
    CHECK(done >= 1 << 20);
    CHECK(done < 2 << 20);
    CHECK(in.tellg() == std::streampos(done));
    CHECK(out.tellp() == std::streampos(done));
    CHECK(in.good());
    in.exceptions(ios::badbit);
    CHECK_THROWS_AS(sluice::copy(in, out, {.progress = [](std::streamoff) -> bool { throw 7; }}),
                    int);
    CHECK(in.exceptions() == ios::badbit);
    CHECK(in.good());
    CHECK(in.tellg() == out.tellp());
    sluice::copy(in, out);
    out.close();
    CHECK((to.content() == text));
}

TEST_CASE("wide characters are copied") {
    std::wistringstream in(L"abc");
    std::wostringstream out;
    CHECK(sluice::copy(in, out) == 3);
    CHECK((out.str() == L"abc"));
}

TEST_CASE("a copy to itself through layers ends, and is what was there") {
    std::string all;
    for (int i = 0; i < 50000; ++i) {
        all += std::to_string(i) + '\n';
    }
    SUBCASE("text at the end of its own file") {
        const support::temporary_file file(all);
        sluice::stream in = sluice::open(file.path(), "r");
        sluice::stream out = sluice::open(file.path(), "a");
        CHECK(sluice::copy(in, out) == static_cast<std::streamoff>(all.size()));
        out.close();
        CHECK((file.content() == all + all));
    }
    SUBCASE("counted, to a place further on") {
        const support::temporary_file file(all);
        sluice::stream in = sluice::open(file.path(), "rb");
        sluice::count_io out(sluice::open(file.path(), "r+b"));
        out.seek(1000);
        CHECK(sluice::copy(in, out) == static_cast<std::streamoff>(all.size()));
        out.close();
        CHECK((file.content() == all.substr(0, 1000) + all));
    }
    SUBCASE("two slices of one buffer") {
        sluice::bytes_io bytes(all);
        sluice::slice_io in(bytes, 0);
        sluice::slice_io out(bytes, 500);
        CHECK(sluice::copy(in, out) == static_cast<std::streamoff>(all.size()));
        out.close();
        CHECK((bytes.getvalue() == all.substr(0, 500) + all));
    }
    SUBCASE("a mapping over its own file") {
        const support::temporary_file file(all);
        sluice::mapped_file in(file.path());
        sluice::ofstream out(file.path(), std::ios::in | std::ios::out);
        out.seekp(5000);
        const std::streamoff count = 100000;
        CHECK(sluice::copy(in, out, {.limit = count}) == count);
        out.close();
        CHECK((file.content().substr(5000, count) == all.substr(0, count)));
    }
}

TEST_SUITE_END();
