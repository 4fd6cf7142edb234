#include <sluice/device/socket.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <faults/each_call.hpp>
#include <optional>
#include <string>
#include <vector>

using faults::fail_each_call;
using faults::failing_calls;
using faults::patient;
using faults::text;
using faults::told;

namespace {

// Nobody reads while it is sent, and a part of three bytes takes far more of what the system holds.
const std::string few = text.substr(0, 300);

}  // namespace

TEST_SUITE_BEGIN("system calls");

TEST_CASE("a connection reports or carries all, each way") {
    for (const bool waits_for_ever : {true, false}) {
        CAPTURE(waits_for_ever);
        // The listener is not closed, but ends. From outside, what wakes Boost's reactor fails too.
        const std::vector<faults::spared> known =
            failing_calls::from_outside() ? std::vector<faults::spared>{{"close", 7}, {"write", 2}}
                                          : std::vector<faults::spared>{{"close", 1}};
        fail_each_call(known, [&](patient&, failing_calls& calls) {
            const support::temporary_directory directory;
            const sluice::socketbuf::timeout_type limit =
                waits_for_ever ? std::nullopt
                               : sluice::socketbuf::timeout_type(std::chrono::seconds(10));
            std::string there;
            std::string back;
            if (!told(calls, {directory / "door", ""}, [&] {
                    sluice::listener door(directory / "door");
                    sluice::socket_stream client =
                        sluice::connect(directory / "door", {.timeout = limit});
                    sluice::socket_stream server = door.accept(limit);
                    client.write(few);
                    client.shutdown_write();
                    there = server.read();
                    server.write(there);
                    server.close();
                    back = client.read();
                    client.close();
                })) {
                CHECK(there == few);
                CHECK(back == few);
            }
        });
    }
}

TEST_SUITE_END();
