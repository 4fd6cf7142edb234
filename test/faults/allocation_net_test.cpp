// Connections.

#include <sluice/device/socket.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <faults/allocation.hpp>
#include <memory>
#include <string>
#include <system_error>

using faults::picture;
using faults::sample;
using faults::sweep;

namespace {

/// Two ends within the machine, and what was read.
struct link {
    link()
        : door(directory / "door"), near(sluice::connect(directory / "door")), far(door.accept()) {}

    support::temporary_directory directory;
    sluice::listener door;
    sluice::socket_stream near;
    sluice::socket_stream far;
    std::string result;
    faults::resumed_write write;
};

std::unique_ptr<link> new_link() {
    return std::make_unique<link>();
}

picture look_at_link(const std::unique_ptr<link>& object) {
    return {object->result, -1,
            std::string(object->near.closed() ? "-" : "n") + (object->far.closed() ? "-" : "f")};
}

}  // namespace

TEST_SUITE_BEGIN("allocation");

TEST_CASE("a connection") {
    const sweep fail{new_link, look_at_link};
    fail([](auto& s) { s->write(s->near, sample); });
    fail([](auto& s) {
        s->write(s->near, sample);
        if (s->near.writable()) {
            s->near.shutdown_write();
        }
    });
    fail([](auto& s) { s->near.set_timeout(std::chrono::milliseconds(100)); });
    fail([](auto& s) { s->result = s->near.peer().empty() ? "nobody" : "peer"; });
    fail([](auto& s) { s->near.close(); });
    fail([](auto& s) {
        std::string said = "nothing";
        s->far.set_timeout(std::chrono::milliseconds(0));
        try {
            said = s->far.readline();
        } catch (const sluice::error& why) {
            if (why.code() != sluice::errc::timed_out) {
                throw;
            }
            said = "late";
        }
        s->result = said;
    });
    fail(
        [](auto& s) {
            if (!s->near.closed()) {
                const sluice::pipe_streams halves = s->near.split();
            }
        },
        // The stream that was to be split is as before; or its half is gone with the other's.
        {.leaves = [](const picture& before, const picture& left, const picture& after) {
            return left == before || left == after;
        }});
}

TEST_CASE("what a connection has delivered is not lost with the memory for it") {
    const sweep fail{[] {
                         auto object = new_link();
                         object->near.write(sample);
                         object->near.close();
                         return object;
                     },
                     look_at_link};
    fail([](auto& s) { s->result = s->far.readline(); });
    fail([](auto& s) { s->result = s->far.peek(10).substr(0, 10); });
    fail([](auto& s) { s->result = s->far.read1(100); });
}

TEST_CASE("connections that begin") {
    struct door {
        support::temporary_directory directory;
        sluice::listener listener{directory / "door"};
        std::string result;
    };
    const sweep fail{[] { return std::make_unique<door>(); },
                     [](const auto& object) { return picture(object->result); }};
    fail([](auto& s) {
        sluice::listener another(s->directory / "another");
        sluice::socket_stream near = sluice::connect(s->directory / "another");
        sluice::socket_stream far = another.accept();
        near.write("text");
        near.close();
        s->result = far.read();
    });
    fail([](auto& s) {
        const sluice::listener another(s->directory / "another door, with a longer name");
        s->result = "another";
    });
    fail([](auto& s) {
        sluice::listener tcp("127.0.0.1", 0);
        sluice::socket_stream near = sluice::connect("127.0.0.1", tcp.port());
        sluice::socket_stream far = tcp.accept();
        near.write("text");
        near.close();
        s->result = far.read();
    });
    fail([](auto& s) {
        std::string said;
        try {
            static_cast<void>(
                sluice::connect(s->directory / "no door of this name, which is long"));
        } catch (const sluice::error& why) {
            if (why.code() != std::errc::no_such_file_or_directory) {
                throw;
            }
            said = why.operation();
        }
        s->result = said;
    });
}

TEST_SUITE_END();
