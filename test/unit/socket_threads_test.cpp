#include <sluice/device/socket.hpp>

#include "threads.hpp"
#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

// What the sockets' header says of threads, for the thread sanitizer to see.

using conformance::code_thrown_by;
using conformance::sample;
using thread_tests::in_threads;
using thread_tests::many;
using thread_tests::require;
using thread_tests::threads;

TEST_SUITE_BEGIN("threads");

TEST_CASE("connections do not disturb each other in sixteen threads") {
    const support::temporary_directory place;
    CHECK(in_threads(many, [&](int i) {
              const auto path = place / std::to_string(i);
              sluice::listener by_path(path);
              sluice::listener by_port("localhost", 0);
              for (sluice::listener* const door : {&by_path, &by_port}) {
                  sluice::socket_stream near = door == &by_path
                                                   ? sluice::connect(path)
                                                   : sluice::connect("localhost", door->port());
                  sluice::socket_stream far = door->accept();
                  const std::string text = sample(static_cast<std::size_t>(3000 + i));
                  near << text;
                  near.shutdown_write();
                  require(far.read() == text, "there");
                  far << text;
                  far.close();
                  require(near.read() == text, "and back");
                  near.close();
              }
          }) == "");
}

TEST_CASE("one listener is asked by many threads at once") {
    const support::temporary_directory place;
    sluice::listener door(place / "door");
    threads all(2 * many);
    for (int i = 0; i < many; ++i) {
        all.add([&] {
            for (int round = 0; round < 10; ++round) {
                sluice::socket_stream peer = door.accept();
                peer << peer.readline();
                peer.close();
            }
        });
        all.add([&, i] {
            for (int round = 0; round < 10; ++round) {
                sluice::socket_stream peer = sluice::connect(place / "door");
                peer << i << '\n' << std::flush;
                require(peer.readline() == std::to_string(i) + '\n', "answer");
            }
        });
    }
    CHECK(all.failures() == "");
}

TEST_CASE("the two halves of a connection are used and closed by two threads") {
    const support::temporary_directory place;
    sluice::listener door(place / "door");
    const std::string text = sample(500'000);
    for (int round = 0; round < 10; ++round) {
        sluice::socket_stream near = sluice::connect(place / "door");
        sluice::socket_stream far = door.accept();
        auto halves = near.split();
        const bool reader_goes = round % 2 == 0;
        threads all(3);
        all.add([&, out = std::move(halves.writer)]() mutable {
            out << text;
            const std::error_code code = code_thrown_by([&] { out.close(); });
            require(!code, "writer");
        });
        all.add([&, in = std::move(halves.reader)]() mutable {
            const std::string got = reader_goes ? in.read(1000) : in.read();
            require(text.starts_with(got) && (reader_goes || got == text), "reader");
            in.close();
        });
        all.add([&] {
            const std::string got = far.read();
            require(got == text, "peer");
            far << got;
            static_cast<void>(code_thrown_by([&] { far.close(); }));
        });
        CHECK(all.failures() == "");
    }
}

TEST_CASE("what waits for a connection is woken by its end") {
    const support::temporary_directory place;
    sluice::listener door(place / "door");
    for (int round = 0; round < 20; ++round) {
        sluice::socket_stream near = sluice::connect(place / "door");
        sluice::socket_stream far = door.accept();
        threads both(2);
        both.add([&] { require(near.read().empty() && !sluice::error_of(near), "end"); });
        both.add([&, to = std::move(far)]() mutable { to.close(); });
        CHECK(both.failures() == "");
    }
}

TEST_SUITE_END();
