#include <sluice/error.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>
#include <sluice/open_file.hpp>

#include <support/compression.hpp>
#include <support/errors.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <ios>
#include <locale>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace {

using sluice::errc;
using sluice::detail::transfer;
using sluice::fs::memory;
using support::system_code;
using support::thrown_by;

using ios = std::ios_base;

// While it lives, files are opened by a file system.
class injected {
public:
    explicit injected(sluice::file_opener& files) : before_(sluice::detail::inject(&files)) {}
    injected(const injected&) = delete;
    injected& operator=(const injected&) = delete;
    ~injected() { sluice::detail::inject(before_); }

private:
    sluice::file_opener* before_;
};

// What the test says of a file, and what has become of it.
struct script {
    std::size_t longest = SIZE_MAX;  // of one transfer
    int read_error = 0;
    int write_error = 0;
    int size_error = 0;
    int close_error = 0;
    std::string content;
    int closes = 0;
    int lives = 0;
};

// Notes whether a file is opened of which it was never asked whether it is a directory.
class asked_opener : public sluice::file_opener {
public:
    sluice::file_handle open_file(const std::string& /*path*/, ios::openmode /*mode*/,
                                  std::error_code& code) override {
        unasked = unasked || !asked;
        asked = false;
        code = std::make_error_code(std::errc::no_such_file_or_directory);
        return {};
    }
    bool names_directory(const std::string& /*path*/) override {
        asked = true;
        return false;
    }

    bool asked = false;
    bool unasked = false;
};

class scripted_file : public sluice::open_file {
public:
    explicit scripted_file(script& plan) : plan_(plan) { ++plan_.lives; }
    scripted_file(const scripted_file&) = delete;
    scripted_file& operator=(const scripted_file&) = delete;
    ~scripted_file() override { --plan_.lives; }

    transfer read(void* target, std::size_t size, std::int64_t position) noexcept override {
        if (plan_.read_error != 0) {
            return {0, system_code(plan_.read_error)};
        }
        const auto here = std::min(static_cast<std::size_t>(position), plan_.content.size());
        const std::size_t count = std::min({size, plan_.content.size() - here, plan_.longest});
        std::copy_n(plan_.content.data() + here, count, static_cast<char*>(target));
        return {count, {}};
    }
    transfer write(const void* source, std::size_t size, std::int64_t position) noexcept override {
        if (plan_.write_error != 0) {
            return {0, system_code(plan_.write_error)};
        }
        const std::size_t count = std::min(size, plan_.longest);
        const auto here = static_cast<std::size_t>(position);
        plan_.content.resize(std::max(plan_.content.size(), here + count));
        std::copy_n(static_cast<const char*>(source), count, plan_.content.data() + here);
        return {count, {}};
    }
    transfer append(const void* source, std::size_t size, std::int64_t& end) noexcept override {
        const transfer result =
            write(source, size, static_cast<std::int64_t>(plan_.content.size()));
        end = static_cast<std::int64_t>(plan_.content.size());
        return result;
    }
    std::int64_t size(std::error_code& code) const noexcept override {
        code = plan_.size_error != 0 ? system_code(plan_.size_error) : std::error_code();
        return code ? -1 : static_cast<std::int64_t>(plan_.content.size());
    }
    std::error_code truncate(std::int64_t size) noexcept override {
        plan_.content.resize(static_cast<std::size_t>(size));
        return {};
    }
    std::error_code close() noexcept override {
        ++plan_.closes;
        return plan_.close_error != 0 ? system_code(plan_.close_error) : std::error_code();
    }

private:
    script& plan_;
};

void open(sluice::filebuf& buffer, script& plan, ios::openmode mode) {
    sluice::file_handle file(std::make_unique<scripted_file>(plan),
                             (mode & ios::app) != ios::openmode());
    REQUIRE(buffer.adopt(std::move(file), "scripted", mode | ios::binary) != nullptr);
}

constexpr ios::openmode both = ios::in | ios::out;

}  // namespace

TEST_SUITE_BEGIN("open_file");

TEST_CASE("a file stream opens by its path what is injected") {
    memory files;
    files.write_bytes("config", "answer 42\n");
    const injected scope(files);
    sluice::ifstream in("/config");
    std::string key;
    int value = 0;
    in >> key >> value;
    CHECK(value == 42);
    sluice::ofstream("made") << "by a stream";
    CHECK(files.read_bytes("made") == "by a stream");
    sluice::fstream update("made");
    update.seekp(3);
    update << "the stream" << std::flush;
    CHECK(files.read_bytes("made") == "by the stream");
}

TEST_CASE("a wide stream converts what is injected") {
    memory files;
    const injected scope(files);
    sluice::wofstream out;
    out.imbue(std::locale("C.UTF-8"));
    out.open("wide");
    out << L"\u00e4\u20ac";
    out.close();
    CHECK(files.read_bytes("wide") == "\xc3\xa4\xe2\x82\xac");
    sluice::wifstream in;
    in.imbue(std::locale("C.UTF-8"));
    in.open("wide");
    std::wstring text;
    CHECK(static_cast<bool>(in >> text));
    CHECK((text == L"\u00e4\u20ac"));
}

TEST_CASE("sluice::open goes to what is injected, and to what it is given whatever is" *
          support::needs_compression) {
    memory one;
    memory other;
    one.write_bytes("f", "one\r\n");
    other.write_bytes("f", "other");
    const injected scope(one);
    CHECK(sluice::open("f").read() == "one\n");
    CHECK(sluice::open(other, "f").read() == "other");
    CHECK(sluice::wopen(other, "f").read() == L"other");
    sluice::open(other, "new.gz", "w", {.compression = sluice::compression::infer})
        .write("compressed");
    CHECK(sluice::open(other, "new.gz", "r", {.compression = sluice::compression::infer}).read() ==
          "compressed");
    CHECK_FALSE(one.exists("new.gz"));
    CHECK(thrown_by([&] { static_cast<void>(sluice::open(other, "no")); }).code() ==
          system_code(ENOENT));
    CHECK(thrown_by([&] { static_cast<void>(sluice::open(other, "f", "x")); }).code() ==
          system_code(EEXIST));
}

TEST_CASE("a file that is not the system's has no handle and is no terminal") {
    memory files;
    files.write_bytes("f", "x");
    const injected scope(files);
    sluice::ifstream in("f");
    CHECK(thrown_by([&] { static_cast<void>(in.native_handle()); }).code() == errc::unsupported);
    sluice::stream opened = files.open("f");
    CHECK_FALSE(opened.isatty());
    CHECK(opened.seekable());
    CHECK(in.good());
    CHECK(in.get() == 'x');
}

TEST_CASE("what injected files refuse is said as of a file") {
    memory files;
    const injected scope(files);
    const sluice::ifstream in("no/such");
    CHECK(in.fail());
    CHECK(std::string(in.rdbuf()->reason().what()) == "open no/such: No such file or directory");
    sluice::ifstream nul(std::string("a\0b", 3));
    CHECK(nul.rdbuf()->reason().code() == std::errc::invalid_argument);
    files.write_bytes("f", "x");
    sluice::ofstream twice("f", ios::out | sluice::noreplace);
    CHECK(twice.rdbuf()->reason().code() == system_code(EEXIST));
}

TEST_CASE("injecting gives back who it was") {
    memory files;
    CHECK(sluice::detail::injected() == nullptr);
    CHECK(sluice::detail::inject(&files) == nullptr);
    CHECK(sluice::detail::injected() == &files);
    CHECK(sluice::detail::inject(nullptr) == &files);
    CHECK(sluice::detail::injected() == nullptr);
}

TEST_CASE("a stream that was opened stays with its file when others are injected") {
    memory files;
    sluice::ofstream out;
    {
        const injected scope(files);
        out.open("f");
    }
    out << "abc";
    out.close();
    CHECK(files.read_bytes("f") == "abc");
}

TEST_CASE("short transfers of an open file are completed") {
    script plan;
    plan.longest = 3;
    sluice::filebuf buffer;
    open(buffer, plan, both);
    CHECK(buffer.sputn("0123456789", 10) == 10);
    CHECK(buffer.pubsync() == 0);
    CHECK(plan.content == "0123456789");
    buffer.pubseekpos(0);
    std::string all(10, '?');
    CHECK(buffer.sgetn(all.data(), 10) == 10);
    CHECK(all == "0123456789");
}

TEST_CASE("what an open file fails with is told by the stream") {
    script plan;
    plan.content = "abc";
    sluice::filebuf buffer;
    open(buffer, plan, both);
    SUBCASE("read") {
        plan.read_error = EIO;
        const sluice::error failure = thrown_by([&] { static_cast<void>(buffer.sgetc()); });
        CHECK(failure.code() == system_code(EIO));
        CHECK(std::string(failure.what()) == "read scripted: Input/output error");
    }
    SUBCASE("write") {
        plan.write_error = ENOSPC;
        CHECK(buffer.sputn("x", 1) == 1);
        CHECK(buffer.pubsync() == -1);
        CHECK(buffer.reason().code() == system_code(ENOSPC));
        plan.write_error = 0;
        CHECK(buffer.pubsync() == 0);
        CHECK(plan.content == "xbc");
    }
    SUBCASE("size") {
        plan.size_error = EIO;
        CHECK(thrown_by([&] { static_cast<void>(buffer.size()); }).code() == system_code(EIO));
        CHECK(buffer.pubseekoff(0, ios::end) == std::streampos(-1));
    }
    SUBCASE("close") {
        plan.close_error = EDQUOT;
        CHECK(buffer.close() == nullptr);
        CHECK(buffer.reason().code() == system_code(EDQUOT));
        CHECK_FALSE(buffer.is_open());
    }
}

TEST_CASE("an open file is closed once, and then gone") {
    script plan;
    {
        sluice::filebuf buffer;
        open(buffer, plan, both);
        sluice::filebuf moved(std::move(buffer));
        CHECK(plan.lives == 1);
        CHECK(moved.close() != nullptr);
        CHECK(plan.closes == 1);
        CHECK(plan.lives == 0);
        open(moved, plan, both);
        open(buffer, plan, ios::in);
        moved.swap(buffer);
        CHECK(plan.lives == 2);
    }
    CHECK(plan.closes == 3);
    CHECK(plan.lives == 0);
}

TEST_CASE("a handle without a file is closed") {
    const sluice::file_handle none(nullptr, false);
    CHECK_FALSE(none.is_open());
}

TEST_CASE("who opens files when a call begins is asked all, whoever it is then") {
    asked_opener files;
    std::string path = "/";  // which the system takes a while to look at
    for (int i = 0; i < 50; ++i) {
        path += "./";
    }
    std::atomic<bool> done = false;
    std::thread other([&] {
        while (!done) {
            const injected use(files);
        }
    });
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
    while (std::chrono::steady_clock::now() < end) {
        CHECK_THROWS_AS(static_cast<void>(sluice::open(path + "none")), sluice::error);
    }
    done = true;
    other.join();
    CHECK_FALSE(files.unasked);
}

TEST_SUITE_END();
