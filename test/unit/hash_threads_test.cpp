#include <sluice/device/memory.hpp>
#include <sluice/filter/hash.hpp>

#include "threads.hpp"

#include <doctest/doctest.h>

#include <string>

// What the header of the hashes says of threads, for the thread sanitizer to see.

using thread_tests::in_threads;
using thread_tests::many;
using thread_tests::require;

TEST_SUITE_BEGIN("threads");

TEST_CASE("hashes do not disturb each other in sixteen threads") {
    CHECK(in_threads(many, [](int i) {
              for (int round = 0; round < 20; ++round) {
                  const auto how =
                      i % 2 == 0 ? sluice::hash_algorithm::sha256 : sluice::hash_algorithm::crc32;
                  sluice::hash_io in(sluice::bytes_io("abc"), how);
                  require(in.read() == "abc", "content");
                  const std::string begin = i % 2 == 0 ? "ba7816bf" : "352441c2";
                  require(in.rdbuf()->hex().starts_with(begin), "hash");
              }
          }) == "");
}

TEST_CASE("a hash may be asked by many threads at once") {
    sluice::hash_io in(sluice::bytes_io("abc"), sluice::hash_algorithm::sha256);
    const std::string content = in.read();
    const auto& hash = *in.rdbuf();
    CHECK(in_threads(many, [&](int) {
              for (int round = 0; round < 100; ++round) {
                  require(hash.hex().starts_with("ba7816bf"), "hash");
              }
          }) == "");
}

TEST_SUITE_END();
