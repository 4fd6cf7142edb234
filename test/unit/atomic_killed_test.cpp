// Saves that are killed, forked, or many at once, and what they leave.

#include <sluice/device/atomic.hpp>
#include <sluice/open.hpp>

#include "atomic_saves.hpp"
#include <support/compression.hpp>
#include <support/errors.hpp>
#include <support/forked.hpp>
#include <support/setting.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace atomic_tests;

TEST_SUITE_BEGIN("atomic");

TEST_CASE("what a killed program has left is removed by the next save") {
    const scratch place;
    const surroundings calls(false);
    for (int i = 0; i < 3; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            atomic_ofstream out(place.file());
            out << "never finished" << std::flush;
            ::kill(::getpid(), SIGKILL);
        }
        ::waitpid(child, nullptr, 0);
        CHECK(place.names() == ".file.sluice0 file");  // one at most
    }
    write_file(place / ".file.sluice5", "of one who had company");
    atomic_ofstream out(place.file());
    CHECK(place.names() == ".file.sluice0 file");
    out << "new";
    out.commit();
    CHECK(place.names() == "file");
    CHECK(content_of(place.file()) == "new");
}

TEST_CASE("a name that others hold is left alone") {
    with_and_without_names([] {
        const scratch place;
        write_file(place / "victim", "precious");
        fs::create_symlink("victim", place / ".file.sluice0");
        fs::create_directory(place / ".file.sluice1");
        atomic_ofstream out(place.file());
        atomic_ofstream other(place.file());
        out << "one";
        other << "two";
        other.commit();
        CHECK(content_of(place.file()) == "two");
        out.commit();
        CHECK(content_of(place.file()) == "one");
        CHECK(content_of(place / "victim") == "precious");
        CHECK(place.names() == ".file.sluice0 .file.sluice1 file victim");
    });
    if (::geteuid() == 0) {
        const scratch place;
        write_file(place / ".file.sluice0", "another user's");
        CHECK(::chown((place / ".file.sluice0").c_str(), 12, 34) == 0);
        atomic_ofstream out(place.file());
        out.commit();
        CHECK(place.names() == ".file.sluice0 file");
        CHECK(content_of(place / ".file.sluice0") == "another user's");
    }
}

TEST_CASE("many save one file at once and each reader sees one of them") {
    with_and_without_names([] {
        const scratch place;
        const auto text_of = [](int writer) { return std::string(20'000, char('a' + writer)); };
        write_file(place.file(), text_of(0));
        std::vector<std::thread> writers;
        for (int writer = 0; writer < 4; ++writer) {
            writers.emplace_back([&place, &text_of, writer] {
                for (int i = 0; i < 40; ++i) {
                    atomic_ofstream out(place.file());
                    out << text_of(writer);
                    out.commit();
                }
            });
        }
        bool whole = true;
        for (int i = 0; i < 300; ++i) {
            const std::string seen = content_of(place.file());
            whole = whole && seen == text_of(seen.empty() ? 0 : seen[0] - 'a');
        }
        for (std::thread& writer : writers) {
            writer.join();
        }
        CHECK(whole);
        CHECK(place.names() == "file");
    });
}

// All that may save one file at a time where each needs a name from the beginning.
constexpr std::size_t most_saves = 32;

TEST_CASE("as many save one file at once as there are names, and one more waits for one") {
    const scratch place;
    const surroundings calls(false);
    std::vector<atomic_ofstream> saves;
    for (std::size_t i = 0; i < most_saves; ++i) {
        saves.emplace_back(place.file());
        REQUIRE_MESSAGE(saves.back().is_open(), i);
        saves.back() << i;
    }
    const auto begin = std::chrono::steady_clock::now();
    const atomic_ofstream refused(place.file());
    CHECK(sluice::error_of(refused).code() == std::errc::device_or_resource_busy);
    CHECK(sluice::error_of(refused).path() == place.file().native());
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));

    std::thread last([&] {
        atomic_ofstream out(place.file());
        CHECK(out.is_open());
        out << "by the one that waited";
        CHECK_FALSE(thrown_by([&] { out.commit(); }));
    });
    saves.back().commit();
    saves.pop_back();
    last.join();
    CHECK(content_of(place.file()) == "by the one that waited");
    for (std::size_t i = 0; i < saves.size(); ++i) {
        saves[i].commit();
        CHECK(content_of(place.file()) == std::to_string(i));
    }
    CHECK(place.names() == "file");
}

TEST_CASE("a program killed in many saves leaves one file each and the next save removes all") {
    const scratch place;
    const pid_t child = ::fork();
    if (child == 0) {
        const surroundings calls(false);
        std::vector<atomic_ofstream> saves;
        for (std::size_t i = 0; i < most_saves; ++i) {
            saves.emplace_back(place.file());
            saves.back() << i << std::flush;
        }
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    const std::string names = place.names();
    CHECK(std::count(names.begin(), names.end(), ' ') == most_saves);
    for (const bool unnamed : {true, false}) {
        CAPTURE(unnamed);
        write_file(place / ".file.sluice31", "of one who had company");
        const surroundings calls(unnamed);
        atomic_ofstream out(place.file());
        out << "new";
        out.commit();
        CHECK(place.names() == "file");
    }
}

namespace {

/// How far a child is that saves; its parent sees it.
struct progress {
    std::atomic<std::size_t> begun = 0;
    std::atomic<std::size_t> done = 0;
};

struct shared_progress {
    shared_progress()
        : memory(::mmap(nullptr, sizeof(progress), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
        REQUIRE(memory != MAP_FAILED);
        now = new (memory) progress;
    }
    shared_progress(const shared_progress&) = delete;
    shared_progress& operator=(const shared_progress&) = delete;
    ~shared_progress() { ::munmap(memory, sizeof(progress)); }

    void* memory;
    progress* now = nullptr;
};

[[noreturn]] void save_for_ever(const fs::path& file, const std::string (&texts)[2],
                                progress& told) {
    try {
        for (;;) {
            atomic_ofstream out(file);
            out << texts[told.begun++ % 2];
            out.commit();
            ++told.done;
        }
    } catch (const std::exception&) {
        ::_exit(1);
    }
}

}  // namespace

// SLUICE_KILLS sets how many.
TEST_CASE("a program killed at any time leaves a whole file") {
    const int kills = support::setting("SLUICE_KILLS", 200);
    with_and_without_names([&] {
        const scratch place;
        const std::string texts[] = {std::string(50'000, 'a'), std::string(70'000, 'b')};
        write_file(place.file(), texts[0]);
        std::mt19937 random(1);
        int torn = 0;
        int litter = 0;
        int killed = 0;
        int within_a_save = 0;
        std::size_t changes = 0;
        const shared_progress shared;
        progress* const told = shared.now;
        for (int i = 0; i < kills / 2; ++i) {
            told->begun = told->done = 0;
            const pid_t child = ::fork();
            if (child == 0) {
                save_for_ever(place.file(), texts, *told);
            }
            // On a slow machine it would be killed before it began.
            const std::atomic<std::size_t>& awaited = i % 2 == 0 ? told->begun : told->done;
            const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
            while (awaited == 0 && std::chrono::steady_clock::now() < limit) {
                std::this_thread::yield();
            }
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 2000));
            ::kill(child, SIGKILL);
            int status = 0;
            ::waitpid(child, &status, 0);
            killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? 1 : 0;
            within_a_save += told->begun > told->done ? 1 : 0;
            changes += told->done;
            const std::string seen = content_of(place.file());
            torn += seen != texts[0] && seen != texts[1] ? 1 : 0;
            // The last that was committed, or the one that was under way.
            const bool lost = told->done > 0 && seen != texts[(told->done - 1) % 2] &&
                              !(told->begun > told->done && seen == texts[told->done % 2]);
            torn += lost ? 1 : 0;
            const std::string names = place.names();
            litter += names != "file" && names != ".file.sluice0 file" ? 1 : 0;
        }
        CHECK(torn == 0);
        CHECK(litter == 0);
        CHECK(killed == kills / 2);
        // Or nothing was tried.
        CHECK(within_a_save > 0);
        CHECK(changes > 0);
        atomic_ofstream(place.file()).commit();
        CHECK(place.names() == "file");
    });
}

TEST_CASE("a child that is forked meanwhile neither writes nor takes away what is saved" *
          support::needs_compression) {
    with_and_without_names([] {
        const scratch place;
        atomic_ofstream out(place.file());
        out << "0123456789";
        sluice::stream packed = sluice::open(
            place / "packed", "wb", {.atomic = true, .compression = sluice::compression::gzip});
        packed << "packed";
        support::forked::check([&] {
            constexpr auto refused = std::errc::operation_not_permitted;
            out << std::string(100'000, 'c');
            const bool is_refused = thrown_by([&] { out.commit(); }).code() == refused;
            return is_refused && thrown_by([&] { packed.close(); }).code() == refused;
        });
        support::forked::check([&] {
            atomic_ofstream gone(std::move(out));
            const sluice::stream gone_too(std::move(packed));
            return true;
        });
        out << "abc";
        out.commit();
        CHECK(content_of(place.file()) == "0123456789abc");
        sluice::commit(packed);
        CHECK(sluice::open(place / "packed", "rb", {.compression = sluice::compression::infer})
                  .read() == "packed");
        CHECK(place.names() == "file packed");
    });
}

TEST_CASE("a file with a name of the kind that a save takes is not saved") {
    const scratch place;
    for (const char* const name : {".file.sluice0", ".file.sluice31", "..sluice7"}) {
        const atomic_ofstream out(place / name);
        CHECK(sluice::error_of(out).code() == std::errc::invalid_argument);
    }
    for (const char* const name : {"file.sluice0", ".file.sluice", ".file.sluicex", ".sluice.7"}) {
        atomic_ofstream out(place / name);
        CHECK(out.is_open());
    }
}

TEST_SUITE_END();
