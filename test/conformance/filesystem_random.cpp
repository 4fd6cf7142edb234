// Random calls, the same on a kind and on the disk: all that they return is the same, and so is
// what stands there in the end.

#include <conformance/each_type.hpp>
#include <conformance/filesystem_player.hpp>
#include <conformance/filesystems.hpp>

#include <random>
#include <string>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: file systems: random");

CASE_OF_EACH("random calls do the same as on disk", Kind, fs_random) {
    constexpr unsigned seeds = 40;
    constexpr int count = 300;
    for (unsigned seed = 1; seed <= seeds; ++seed) {
        CAPTURE(seed);
        filesystem_steps drawn{std::mt19937(seed)};
        filesystem_player<Kind> kind;
        filesystem_player<disk_files> disk;
        for (int i = 0; i < count; ++i) {
            CAPTURE(i);
            const filesystem_step one = drawn.next();
            CAPTURE(one.what);
            CAPTURE(one.first);
            CAPTURE(one.second);
            const std::string expected = disk.play(one);
            const bool same = kind.play(one) == expected;
            REQUIRE(same);
        }
        const bool same = kind.finish() == disk.finish();
        REQUIRE(same);
    }
}
APPLY_TO_EACH(fs_random, other_filesystem_kinds);

TEST_SUITE_END();
