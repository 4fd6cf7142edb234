#include <sluice/bytes.hpp>
#include <sluice/device/atomic.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/filter/ring.hpp>
#include <sluice/filter/sync.hpp>
#include <sluice/fs/disk.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/overlay.hpp>
#include <sluice/fs/rooted.hpp>
#include <sluice/fs/scoped.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>
#include <sluice/testing/capture.hpp>

#include "threads.hpp"
#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <iostream>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

// What headers say of what threads share, for the thread sanitizer to see. SLUICE_THREAD_OPERATIONS
// sets how many operations the hammered ones do.

using conformance::code_thrown_by;
using conformance::sample;
using thread_tests::in_threads;
using thread_tests::many;
using thread_tests::operations;
using thread_tests::require;
using thread_tests::threads;
using ios = std::ios_base;
namespace fs = sluice::fs;

TEST_SUITE_BEGIN("threads");

// -- the ends of a pipe ---------------------------------------------------------------------------

TEST_CASE("a ring delivers what a thread writes whatever the pieces are") {
    for (const std::size_t capacity : {std::size_t(1), std::size_t(7), std::size_t(4096)}) {
        CAPTURE(capacity);
        const int count = operations() / (capacity == 1 ? 20 : 1);
        auto [in, out] = sluice::ring(capacity);
        std::uint64_t written = 0;
        std::uint64_t read = 0;
        threads both(2);
        both.add([&, out = std::move(out)]() mutable {
            std::minstd_rand random(1);
            std::string piece;
            for (int i = 0; i < count; ++i) {
                piece.resize(random() % 40);
                for (char& c : piece) {
                    c = static_cast<char>('a' + written++ % 23);
                }
                if (random() % 4 == 0 && !piece.empty()) {
                    out.put(piece[0]);
                    piece.erase(0, 1);
                }
                out << piece;
                if (random() % 8 == 0) {
                    out.flush();
                }
            }
            out.close();
        });
        both.add([&, in = std::move(in)]() mutable {
            std::minstd_rand random(2);
            std::array<char, 64> piece{};
            for (;;) {
                const auto wanted = static_cast<std::streamsize>(random() % piece.size() + 1);
                const std::streamsize got = in.rdbuf()->sgetn(piece.data(), wanted);
                for (std::streamsize i = 0; i < got; ++i) {
                    require(piece[static_cast<std::size_t>(i)] ==
                                static_cast<char>('a' + read++ % 23),
                            "order");
                }
                if (got < wanted) {
                    break;
                }
                if (random() % 16 == 0 && in.rdbuf()->sungetc() != std::char_traits<char>::eof()) {
                    --read;
                }
            }
            require(in.rdbuf()->sgetc() == std::char_traits<char>::eof(), "end");
        });
        CHECK(both.failures() == "");
        CHECK(read == written);
    }
}

TEST_CASE("an end of a ring closes while the other thread waits or works") {
    const int rounds = std::max(operations() / 100, 50);
    int broken = 0;
    for (int round = 0; round < rounds; ++round) {
        auto [in, out] = sluice::ring(16);
        threads both(2);
        const bool reader_goes = round % 2 == 0;
        both.add([&, out = std::move(out)]() mutable {
            for (int i = 0; (reader_goes || i < round % 50) && (out << "0123456789"); ++i) {
            }
            const std::error_code code = code_thrown_by([&] { out.close(); });
            broken += sluice::error_of(out).code() == std::errc::broken_pipe ? 1 : 0;
            require(!code || code == std::errc::broken_pipe, "writer");
        });
        both.add([&, in = std::move(in)]() mutable {
            std::array<char, 7> piece{};
            for (int i = 0; (!reader_goes || i < round % 50) && in.read(piece.data(), 7); ++i) {
            }
            require(reader_goes || in.eof(), "reader");
            in.close();
        });
        CHECK(both.failures() == "");
    }
    CHECK(broken > 0);
}

TEST_CASE("a pipe ends or breaks while the other thread waits") {
    for (int round = 0; round < 20; ++round) {
        auto ends = sluice::pipe();
        threads both(2);
        const bool reader_goes = round % 2 == 0;
        both.add([&, out = std::move(ends.writer)]() mutable {
            for (int i = 0; (reader_goes || i < 100) && (out << sample(1000)); ++i) {
            }
            static_cast<void>(code_thrown_by([&] { out.close(); }));
            require(!reader_goes || sluice::error_of(out).code() == std::errc::broken_pipe,
                    "writer");
        });
        both.add([&, in = std::move(ends.reader)]() mutable {
            const std::size_t got = reader_goes ? in.read(5000).size() : in.read().size();
            require(got == (reader_goes ? 5000 : 100'000), "reader");
            in.close();
        });
        CHECK(both.failures() == "");
    }
}

// -- one place for all ----------------------------------------------------------------------------

namespace {

/// Whether each thread's lines are whole, in the order in which it wrote them, and `counts` many.
void check_lines(std::string_view content, const std::vector<int>& counts) {
    std::vector<int> next(counts.size());
    std::istringstream in{std::string(content)};
    int broken = 0;
    for (std::string line; std::getline(in, line);) {
        std::size_t thread = 0;
        int number = -1;
        std::string rest;
        std::istringstream(line) >> thread >> number >> rest;
        if (thread >= next.size() || next[thread]++ != number ||
            rest != std::string(static_cast<std::size_t>(number % 50), 'x')) {
            ++broken;
        }
    }
    CHECK(broken == 0);
    CHECK(next == counts);
}

std::string line_of(int thread, int number) {
    return std::to_string(thread) + ' ' + std::to_string(number) + ' ' +
           std::string(static_cast<std::size_t>(number % 50), 'x') + '\n';
}

}  // namespace

TEST_CASE("lines of sixteen threads are whole and in order, and flushes come between") {
    const int each = operations() / many;
    sluice::membuf all;
    sluice::sync_sink sink(all);
    CHECK(in_threads(many, [&](int i) {
              sluice::sync_io out(sink);
              for (int number = 0; number < each; ++number) {
                  const std::string line = line_of(i, number);
                  const std::size_t cut = static_cast<std::size_t>(number) % line.size();
                  out << line.substr(0, cut);
                  out << line.substr(cut);
                  if (number % 64 == i) {
                      sink.flush();
                  }
              }
              out.close();
          }) == "");
    sink.close();
    check_lines(all.view(), std::vector<int>(many, each));
}

TEST_CASE("a sink that is closed while threads write has all that was taken") {
    for (int round = 0; round < 5; ++round) {
        sluice::membuf all;
        sluice::sync_sink sink(all);
        std::vector<int> taken(many);
        threads writers(many + 1);
        std::atomic<int> lines = 0;
        for (int i = 0; i < many; ++i) {
            writers.add([&, i] {
                sluice::sync_io out(sink);
                int& count = taken[static_cast<std::size_t>(i)];
                while (out << line_of(i, count)) {
                    ++count;
                    ++lines;
                }
                require(sluice::error_of(out).code() == sluice::errc::closed, "reason");
            });
        }
        writers.add([&] {
            while (lines < 500) {
                std::this_thread::yield();
            }
            sink.close();
        });
        CHECK(writers.failures() == "");
        check_lines(all.view(), taken);
    }
}

TEST_CASE("a file in memory is read and written in whole steps by all threads") {
    fs::memory files;
    files.write_bytes("/f", std::string(512, 'a'));
    const int each = operations() / many;
    CHECK(in_threads(many, [&](int i) {
              std::error_code code;
              sluice::file_handle file =
                  files.open_file("/f", ios::in | ios::out | ios::binary, code);
              require(!code, "open");
              std::string block(512, '\0');
              for (int round = 0; round < each; ++round) {
                  if (i % 2 == 0) {
                      block.assign(512, static_cast<char>('a' + (i + round) % 26));
                      require(file.write(block.data(), 512, 0).count == 512, "write");
                  } else {
                      require(file.read(block.data(), 512, 0).count == 512, "read");
                      require(block == std::string(512, block[0]), "a step in two");
                  }
              }
          }) == "");
}

namespace {

/// Does what programs do to a tree of files that others change meanwhile. A call may fail, but only
/// because of that.
void change_tree(fs::filesystem& files, int seed, int count) {
    std::minstd_rand random(static_cast<unsigned>(seed + 1));
    const auto name = [&] {
        return "/d" + std::to_string(random() % 3) + "/f" + std::to_string(random() % 4);
    };
    std::error_code code;
    for (int i = 0; i < count; ++i) {
        const std::string one = name();
        switch (random() % 8) {
        case 0: files.create_directory(one.substr(0, 3), code); break;
        case 1: files.rename(one, name(), code); break;
        case 2: files.remove(one, code); break;
        case 3: static_cast<void>(files.list(one.substr(0, 3), code)); break;
        case 4: static_cast<void>(files.status(one, code)); break;
        case 5: {
            sluice::stream in = files.open(one, ios::in, code);
            if (!code) {
                for (const char c : in.read()) {
                    require(c == 'x', "content");
                }
            }
            break;
        }
        default: {
            sluice::stream out = files.open(one, ios::out | ios::app, code);
            if (!code) {
                out << std::string(random() % 100, 'x') << std::flush;
            }
        }
        }
        require(!code || code.category() == std::system_category(), code.message());
    }
}

}  // namespace

TEST_CASE("a tree in memory is changed by many threads") {
    fs::memory files;
    CHECK(in_threads(many, [&](int i) { change_tree(files, i, operations() / 40); }) == "");
    for (const auto& entry : files.recursive_list("/")) {
        if (entry.is_regular_file()) {
            const std::string content = files.read_bytes(entry.path);
            CHECK(content.size() == entry.file_size);
        }
    }
    CHECK(files.remove_all("/d0") + files.remove_all("/d1") + files.remove_all("/d2") > 0);
    CHECK(files.space().free == files.space().capacity);
}

TEST_CASE("an overlay and a part of a tree are changed by many threads") {
    fs::memory below;
    below.create_directories("/part/d0");
    below.write_bytes("/part/d0/f1", "xxx");
    fs::rooted part(below, "/part");
    fs::memory above;
    fs::overlay files(part, above);
    CHECK(in_threads(many, [&](int i) {
              change_tree(i % 4 == 0 ? static_cast<fs::filesystem&>(above) : files, i,
                          operations() / 100);
          }) == "");
    CHECK(below.read_bytes("/part/d0/f1") == "xxx");
    fs::rooted shared(below, "/part");
    CHECK(in_threads(many, [&](int i) { change_tree(shared, i, operations() / 100); }) == "");
}

TEST_CASE("a directory of the disk is changed by many threads") {
    const support::temporary_directory place;
    fs::disk disk;
    fs::rooted files(disk, place / "");
    CHECK(in_threads(many, [&](int i) { change_tree(files, i, operations() / 200); }) == "");
}

TEST_CASE("threads open files while scopes of file systems begin and end") {
    const support::temporary_directory place;
    const std::string path = (place / "f").string();
    support::write_file(path, "disk");
    fs::memory files;
    files.create_directories(place / "");
    files.write_bytes(path, "memory");
    std::atomic<bool> ends = false;
    std::atomic<int> on_disk = 0;
    std::atomic<int> in_memory = 0;
    const auto await_more = [](const std::atomic<int>& count) {
        for (const int before = count; count == before;) {
            std::this_thread::yield();
        }
    };
    threads all(5);
    for (int i = 0; i < 4; ++i) {
        all.add([&] {
            while (!ends) {
                std::string word;
                sluice::ifstream(path) >> word;
                ++(word == "disk" ? on_disk : in_memory);
                require(word == "disk" || word == "memory", word);
            }
        });
    }
    all.add([&] {
        for (int i = 0; i < 100; ++i) {
            {
                const fs::scoped_filesystem use(files);
                require(fs::scoped_filesystem::current() == &files, "current");
                await_more(in_memory);
            }
            await_more(on_disk);
        }
        ends = true;
    });
    CHECK(all.failures() == "");
    CHECK(fs::scoped_filesystem::current() == nullptr);
}

TEST_CASE("files are saved to one path by many threads, and read whole") {
    const support::temporary_directory place;
    const auto path = place / "f";
    support::write_file(path, std::string(1000, 'a'));
    CHECK(in_threads(8, [&](int i) {
              for (int round = 0; round < 20; ++round) {
                  if (i < 4) {
                      sluice::atomic_ofstream out(path);
                      out << std::string(static_cast<std::size_t>(1000 + i),
                                         static_cast<char>('a' + i));
                      out.commit();
                  } else {
                      const std::string all = sluice::open(path, "rb").read();
                      require(all.size() == static_cast<std::size_t>(1000 + all.at(0) - 'a') &&
                                  all == std::string(all.size(), all[0]),
                              "torn");
                  }
              }
          }) == "");
}

// -- what is the process's ------------------------------------------------------------------------

TEST_CASE("captures begin and end while threads print") {
    constexpr int printers = 4;
    constexpr int lines = 300;
    std::size_t caught = 0;
    std::string rest;
    std::string failures;
    {
        sluice::testing::capture outer;
        std::atomic<int> printing = printers;
        threads all(printers + 1);
        for (int i = 0; i < printers; ++i) {
            all.add([&, i] {
                for (int line = 0; line < lines; ++line) {
                    if (i % 2 == 0) {
                        std::printf("%d\n", i);
                    } else {
                        // Not formatted: libstdc++ sets the width to 0 after what is.
                        std::cout.write(i == 1 ? "1\n" : "3\n", 2);
                    }
                }
                --printing;
            });
        }
        all.add([&] {
            while (printing > 0) {
                sluice::testing::capture inner;
                std::this_thread::yield();
                inner.stop();
                caught += inner.out().size();
            }
        });
        failures = all.failures();
        rest = outer.out();
    }
    CHECK(failures == "");
    CHECK(caught + rest.size() == std::size_t(printers) * lines * 2);
}

TEST_SUITE_END();
