// What joins sluice to Boost.Iostreams and to C, and what tests are written with.

#include <sluice/bridge/boost.hpp>
#include <sluice/bridge/device_for.hpp>
#include <sluice/bridge/devicebuf.hpp>
#include <sluice/bridge/memory_file.hpp>
#include <sluice/bridge/stdio.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/testing/capture.hpp>
#include <sluice/testing/faults.hpp>
#include <sluice/testing/feed.hpp>
#include <sluice/testing/trace.hpp>

#include <support/temporary.hpp>

#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <doctest/doctest.h>

#include <cerrno>
#include <cstdio>
#include <faults/allocation.hpp>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace io = boost::iostreams;
using faults::check;
using faults::fail_each;
using faults::look_at_buffer_of;
using faults::look_at_stream;
using faults::picture;
using faults::read_in_part;
using faults::sample;
using faults::sweep;
using faults::whole_or_not;
using faults::written_in_part;
using ios = std::ios_base;

namespace {

struct ram {
    sluice::bytes_io below{sample};
    std::string result;
    faults::resumed_write write;
};

std::unique_ptr<ram> new_ram() {
    return std::make_unique<ram>();
}

const auto look_at_ram = [](const auto& object) {
    return look_at_buffer_of(object->below, object->result);
};

/// The content is a part, and the position anywhere.
bool somewhere(const picture& before, const picture& left, const picture& after) {
    return left.mode == before.mode && left.content.size() <= after.content.size();
}

}  // namespace

TEST_SUITE_BEGIN("allocation");

TEST_CASE("a buffer as a device of Boost's") {
    const sweep fail{new_ram, look_at_ram};
    fail(
        [](auto& s) {
            auto handle = sluice::device_for(s->below);
            handle.write("over", 4);
            handle.close();
        },
        {.leaves = written_in_part});
    fail(
        [](auto& s) {
            auto handle = sluice::device_for(s->below);
            std::string into(100, ' ');
            into.resize(static_cast<std::size_t>(handle.read(into.data(), 100)));
            s->result = std::move(into);
        },
        {.leaves = read_in_part});
    fail([](auto& s) { sluice::device_for(s->below).seek(100, ios::beg); },
         {.leaves = read_in_part});
    fail([](auto& s) { sluice::device_for(s->below).truncate(50'000); });
    fail([](auto& s) {
        auto handle = sluice::direct_device_for(*s->below.rdbuf());
        s->result.assign(handle.input_sequence().first, 10);
    });
    fail([](auto& s) {
        std::string said;
        try {
            sluice::device_for(s->below).seek(-100, ios::beg);
        } catch (const sluice::error& why) {
            if (why.code() != sluice::errc::bad_position) {
                throw;
            }
            said = "refused";
        }
        s->result = said;
    });
}

// Without a filter: one that ends where no device could be pushed behind it makes Boost itself bind
// a reference to null.
TEST_CASE("a chain of Boost's on a buffer") {
    const sweep fail{new_ram, look_at_ram};
    fail(
        [](auto& s) {
            io::filtering_ostream out;
            out.push(sluice::device_for(s->below));
            out << "over";
            check(out);
            sluice::close(out);
        },
        {.leaves = written_in_part});
    fail(
        [](auto& s) {
            io::filtering_istream in;
            in.push(sluice::device_for(s->below));
            std::string line;
            std::getline(in, line);
            check(in);
            static_cast<void>(sluice::error_of(in));
            s->result = std::move(line);
        },
        {.leaves = somewhere});
}

TEST_CASE("a device of Boost's as a buffer") {
    using handle_type = sluice::device_handle<io::seekable>;
    struct wrapped : ram {
        handle_type handle = sluice::device_for(below);
        sluice::stream top{std::make_unique<sluice::devicebuf<handle_type>>(handle)};
    };
    const sweep fail{
        [] { return std::make_unique<wrapped>(); },
        [](const auto& object) { return look_at_buffer_of(object->top, object->result); }};
    fail([](auto& s) { s->result = s->top.read(); });
    fail([](auto& s) { s->result = s->top.readline(); });
    fail([](auto& s) { s->write(s->top, sample + sample); },
         {.leaves = written_in_part, .resumes = true});
    fail([](auto& s) { s->top.truncate(50'000); });
    fail([](auto& s) { s->top.seek(0, ios::end); });
    fail([](auto& s) { s->top.close(); }, {.leaves = whole_or_not});
    fail_each([] { return std::make_unique<std::string>("before"); },
              [](auto& to) {
                  sluice::stream out(
                      std::make_unique<sluice::devicebuf<io::back_insert_device<std::string>>>(
                          io::back_inserter(*to)));
                  out.write("more");
                  out.close();
              },
              [](const auto& to) { return picture(*to); }, {.leaves = whole_or_not});
}

TEST_CASE("RAM with a path") {
    struct held {
        sluice::memory_file file{sample};
        std::string result;
    };
    const sweep fail{[] { return std::make_unique<held>(); },
                     [](const auto& object) -> picture {
                         return object->file.is_open()
                                    ? picture(support::content_of(object->file.path()), -1,
                                              object->result)
                                    : picture("", -1, "closed");
                     }};
    fail([](auto& s) { s->result = s->file.view(); });
    fail([](auto& s) { s->result = s->file.path().empty() ? "none" : "path"; });
    fail([](auto& s) { s->result = s->file.stream().read(); });
    fail([](auto& s) {
        sluice::stream out = s->file.stream();
        out.write("over");
        out.close();
    });
    fail([](auto& s) { s->file.truncate(50'000); });
    fail([](auto& s) { s->file.seal(); });
    fail([](auto& s) { s->file.close(); });
    fail([](auto&) {
        const sluice::memory_file another("text", "a name that is longer than most");
    });
    fail([](auto& s) {
        sluice::bytes_io from("text");
        sluice::memory_file copy(from);
        s->result = copy.view();
    });
}

TEST_CASE("a FILE on a buffer") {
    const sweep fail{new_ram, look_at_ram};
    fail(
        [](auto& s) {
            sluice::stdio_file file(s->below);
            std::fputs("over", file.get());
            file.close();
        },
        {.leaves = written_in_part});
    fail(
        [](auto& s) {
            sluice::stdio_file file(s->below, "a+");
            if (std::fwrite(sample.data(), 1, sample.size(), file.get()) != sample.size()) {
                throw file.reason();
            }
            file.close();
        },
        {.leaves = somewhere});
    fail(
        [](auto& s) {
            s->below.seek(0);
            sluice::stdio_file file(s->below, "r");
            std::string line(20, '\0');
            if (std::fgets(line.data(), 20, file.get()) == nullptr) {
                throw file.reason();
            }
            s->result = line.c_str();
            file.close();
        },
        {.leaves = somewhere});
    fail([](auto& s) {
        std::string said;
        try {
            const sluice::stdio_file file(s->below, "q");
        } catch (const sluice::error& why) {
            if (why.code() != sluice::errc::bad_mode) {
                throw;
            }
            said = "refused";
        }
        s->result = said;
    });
}

TEST_CASE("a FILE as a buffer") {
    struct held {
        support::temporary_file path{sample};
        sluice::stdio_stream stream{std::fopen(path.path().c_str(), "r+e"),
                                    sluice::ownership::owned};
        std::string result;
        faults::resumed_write write;
    };
    const sweep fail{
        [] { return std::make_unique<held>(); },
        [](const auto& object) { return look_at_buffer_of(object->stream, object->result); }};
    fail([](auto& s) { s->result = s->stream.read(); });
    fail([](auto& s) { s->result = s->stream.readline(); });
    fail([](auto& s) { s->write(s->stream, sample + sample); },
         {.leaves = written_in_part, .resumes = true});
    fail([](auto& s) { s->stream.truncate(100); });
    fail([](auto& s) { s->stream.flush(); });
    fail([](auto& s) { s->stream.close(); });
    fail([](auto& s) { s->result = std::to_string(s->stream.rdbuf()->size()); });
    fail(
        [](auto& s) {
            // Borrowed, it is read character by character.
            sluice::stdio_stream again(s->stream.file());
            s->result = again.readline();
            again.seek(0);
        },
        {.leaves = read_in_part});
    fail([](auto& s) {
        if (s->stream.rdbuf()->is_open()) {
            std::fclose(s->stream.rdbuf()->release());
        }
    });
}

TEST_CASE("what a program prints is captured") {
    const sweep fail{[] { return std::make_unique<std::string>("before"); },
                     [](const auto& object) { return picture(*object); }};
    fail([](auto& object) {
        std::string seen;
        {
            sluice::testing::capture printed;
            std::fputs("1 ", stdout);
            std::cout << "2" << std::endl;
            seen = printed.out() + printed.err();
            seen += printed.lines().back();
            printed.stop();
        }
        *object = seen;
    });
    fail([](auto& object) {
        std::string seen;
        {
            sluice::testing::capture printed({.interleaved = true});
            { const sluice::testing::uncaptured not_now; }
            std::fputs("text", stdout);
            seen = printed.take();
        }
        *object = seen;
    });
    fail([](auto& object) {
        std::ostream out(nullptr);
        sluice::bytes_io own;
        out.rdbuf(own.rdbuf());
        std::string seen;
        {
            sluice::testing::capture_stream captured(out);
            out << sample;
            check(out);
            seen = captured.lines().back();
            captured.stop();
        }
        *object = seen;
    });
    fail([](auto&) { static_cast<void>(sluice::testing::uncaptured_output()); });
}

TEST_CASE("what a program reads is fed") {
    struct fed {
        sluice::testing::feed typed{sample + sample};
        std::string seen;
        int number = 0;
    };
    const auto make = [] {
        auto made = std::make_unique<fed>();
        made->seen.reserve(2 * sample.size());
        std::string word;
        std::cin >> word >> made->number;  // the rest of a buffer is read ahead
        return made;
    };
    // All that was fed, and is not lost, comes by rest(). After that nothing is read, whoever
    // reads.
    const auto look = [](const auto& s) -> picture {
        s->seen += s->typed.rest();
        return {s->seen, s->number, ""};
    };
    const sweep feeding{make, look};
    feeding([](auto& s) { s->seen += s->typed.rest(); });
    feeding([](auto& s) { s->typed.stop(); });
    feeding(
        [](auto& s) {
            std::string word;
            std::cin >> word >> s->number;
            check(std::cin);
            s->typed.stop();
            s->seen += s->typed.rest();
        },
        {.leaves = somewhere});
    // One inside of another leaves that what it had read ahead.
    feeding([](auto& s) {
        sluice::testing::feed inner("3 4\nyes\n");
        int number = 0;
        std::cin >> number;
        check(std::cin);
        inner.stop();
        s->number = number;
    });

    const sweep fail{[] { return std::make_unique<std::string>("before"); },
                     [](const auto& object) { return picture(*object); }};
    fail([](auto& object) {
        sluice::bytes_io own;
        std::istream in(own.rdbuf());
        std::string seen;
        {
            sluice::testing::feed_stream typed(in, sample);
            in >> seen;
            check(in);
            seen += typed.rest();
        }
        *object = seen;
    });
}

TEST_CASE("calls are traced") {
    struct traced : ram {
        sluice::testing::trace_io top{below};
    };
    // What is recorded of a call has no part in what that does.
    const sweep fail{
        [] { return std::make_unique<traced>(); },
        [](const auto& object) { return look_at_buffer_of(object->top, object->result); }};
    fail([](auto& s) { s->result = s->top.read(); });
    fail([](auto& s) { s->result = s->top.readline(); });
    fail([](auto& s) { s->write(s->top, sample + sample); },
         {.leaves = written_in_part, .resumes = true});
    fail([](auto& s) { s->top.seek(100); });
    fail([](auto& s) { s->top.close(); });
    fail([](auto& s) { s->result = s->top.rdbuf()->summary().empty() ? "" : "summary"; });
    fail([](auto& s) { s->result = s->top.rdbuf()->list().empty() ? "" : "list"; });
    fail([](auto& s) { s->top.rdbuf()->clear(); });
    fail([](auto& s) { static_cast<void>(s->top.detach()); });
    fail([](auto& s) { sluice::testing::trace_io another(s->below, {.every_call = true}); });
}

TEST_CASE("faults on purpose, and those of memory") {
    using sluice::testing::fault;
    struct faulty : ram {
        sluice::testing::fault_io top{
            below, {.faults = {{.on = fault::read, .after = 2000, .reason = EIO}}}};
    };
    const sweep fail{[] { return std::make_unique<faulty>(); },
                     [](const auto& object) -> picture {
                         object->top.clear();
                         return {std::string(object->below.view()),
                                 object->top.closed() ? -1 : object->top.tell(), object->result};
                     }};
    fail([](auto& s) { s->result = s->top.read(100); }, {.leaves = read_in_part});
    fail(
        [](auto& s) {
            std::string said;
            try {
                said = s->top.read();
            } catch (const sluice::error& why) {
                if (why.code() != std::error_code(EIO, std::system_category())) {
                    throw;
                }
                said = why.operation();
            }
            s->result = said;
        },
        {.leaves = read_in_part});
    fail(
        [](auto& s) {
            s->write(s->top, "more");
            s->top.flush();
        },
        {.leaves = written_in_part, .resumes = true});
    fail([](auto& s) { s->top.rdbuf()->set_faults({.faults = {{.on = fault::write}}}); });
    fail([](auto& s) { s->top.close(); });
}

TEST_SUITE_END();
