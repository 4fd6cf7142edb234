#include <sluice/device/file.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/scoped.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>

#include <support/errors.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

namespace fs = sluice::fs;
using fs::scoped_filesystem;
using ios = std::ios_base;

TEST_SUITE_BEGIN("scoped");

TEST_CASE("what is opened by a path goes to the file system of the scope") {
    fs::memory files;
    files.write_bytes("/file", "content");
    {
        const scoped_filesystem use(files);
        std::string text;
        sluice::ifstream("/file") >> text;
        CHECK(text == "content");
        sluice::ofstream("/out") << "written";
        sluice::fstream("/file", ios::in | ios::out) << "C";
        sluice::wofstream("/wide") << L"wide";
        std::wstring wide;
        sluice::wifstream("/wide") >> wide;
        CHECK(wide == L"wide");
        sluice::filebuf buffer;
        CHECK(buffer.open("/out", ios::in) != nullptr);
        CHECK(sluice::open("/out").read() == "written");
        CHECK(sluice::wopen("/out").read() == L"written");
        CHECK(support::thrown_by([] { static_cast<void>(sluice::open("/none")); }).path() ==
              "/none");
        CHECK_FALSE(sluice::ifstream("/dev/null").is_open());
    }
    CHECK(files.read_bytes("/out") == "written");
    CHECK(files.read_bytes("/file") == "Content");
    CHECK_FALSE(sluice::ifstream("/file").is_open());
    CHECK(sluice::ifstream("/dev/null").is_open());
}

TEST_CASE("scopes nest, and end when something is thrown") {
    fs::memory outer;
    fs::memory inner;
    outer.write_bytes("/name", "outer");
    inner.write_bytes("/name", "inner");
    const auto name = [] { return sluice::open("/name").read(); };
    CHECK(scoped_filesystem::current() == nullptr);
    const scoped_filesystem first(outer);
    CHECK(name() == "outer");
    try {
        const scoped_filesystem second(inner);
        CHECK(name() == "inner");
        CHECK(scoped_filesystem::current() == &inner);
        throw std::runtime_error("out");
    } catch (const std::runtime_error&) {
        CHECK(name() == "outer");
    }
    CHECK(scoped_filesystem::current() == &outer);
}

TEST_CASE("scopes may end in any order: the youngest that lives counts") {
    fs::memory files[3];
    for (int i = 0; i < 3; ++i) {
        files[i].write_bytes("/name", std::to_string(i));
    }
    std::optional<scoped_filesystem> scopes[3];
    for (int i = 0; i < 3; ++i) {
        scopes[i].emplace(files[i]);
    }
    const auto name = [] { return sluice::open("/name").read(); };
    CHECK(name() == "2");
    scopes[1].reset();
    CHECK(name() == "2");
    scopes[2].reset();
    CHECK(name() == "0");
    scopes[2].emplace(files[2]);
    scopes[0].reset();
    CHECK(name() == "2");
    scopes[2].reset();
    CHECK(scoped_filesystem::current() == nullptr);
    CHECK_FALSE(sluice::ifstream("/name").is_open());
}

TEST_CASE("a stream outlives the scope, and the file system that the scope owns") {
    sluice::fstream stream;
    {
        const scoped_filesystem use(std::make_unique<fs::memory>());
        stream.open("/file", ios::in | ios::out | ios::trunc);
        stream << "first ";
    }
    stream << "second" << std::flush;
    stream.seekg(0);
    std::string all;
    std::getline(stream, all);
    CHECK(all == "first second");
}

TEST_CASE("a stream of the disk stays on the disk in a scope") {
    const support::temporary_file file("disk");
    sluice::ifstream in(file.path());
    fs::memory files;
    const scoped_filesystem use(files);
    std::string text;
    in >> text;
    CHECK(text == "disk");
}

TEST_CASE("a scope holds for all threads") {
    fs::memory files;
    files.write_bytes("/file", "content");
    const scoped_filesystem use(files);
    std::string text;
    std::thread([&] { sluice::ifstream("/file") >> text; }).join();
    CHECK(text == "content");
}

TEST_SUITE_END();
