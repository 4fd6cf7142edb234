// The hashes of what passes.

#include <sluice/device/memory.hpp>
#include <sluice/filter/hash.hpp>

#include <doctest/doctest.h>

#include <faults/allocation.hpp>
#include <memory>
#include <string>

using faults::picture;
using faults::read_in_part;
using faults::sample;
using faults::sweep;
using faults::written_in_part;

TEST_SUITE_BEGIN("allocation");

TEST_CASE("a layer that hashes") {
    for (const auto algorithm : {sluice::hash_algorithm::crc32, sluice::hash_algorithm::sha256}) {
        struct hashed {
            explicit hashed(sluice::hash_algorithm how) : top(below, how) {}
            sluice::bytes_io below{sample};
            sluice::hash_io top;
            std::string result;
            faults::resumed_write write;
        };
        const sweep fail{[&] { return std::make_unique<hashed>(algorithm); },
                         [](const auto& s) -> picture {  // without reading, which would be hashed
                             s->top.clear();
                             const bool open = !s->top.closed();
                             if (open) {
                                 s->top.flush();
                             }
                             return {std::string(s->below.view()), open ? s->top.tell() : -1,
                                     s->result + (open ? "open" : "closed")};
                         }};
        fail([](auto& s) { s->result = s->top.read(); });
        fail([](auto& s) { s->result = s->top.readline() + s->top.rdbuf()->hex(); },
             {.leaves = read_in_part});
        fail([](auto& s) { s->write(s->top, sample + sample); },
             {.leaves = written_in_part, .resumes = true});
        fail([](auto& s) { s->result = s->top.rdbuf()->hex(); });
        fail([](auto& s) { s->result = std::to_string(s->top.rdbuf()->digest().size()); });
        fail([](auto& s) { s->top.close(); });
        fail([](auto& s) { static_cast<void>(s->top.detach()); });
        fail([&](auto& s) { sluice::hash_io another(s->below, algorithm); });
    }
}

TEST_SUITE_END();
