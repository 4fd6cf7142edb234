#include <sluice/device/atomic.hpp>
#include <sluice/filter/compressed.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/limit.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/filter/progress.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/tee.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/testing/faults.hpp>
#include <sluice/testing/trace.hpp>

#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/failing.hpp>
#include <support/errors.hpp>
#include <support/system_calls.hpp>

#include <cerrno>
#include <cstddef>
#include <limits>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

using namespace conformance;
using support::system_code;

TEST_SUITE_BEGIN("conformance: disk");

namespace {

/// A layer on a file of the disk.
template <class Buf>
struct layer_on_file {
    explicit layer_on_file(std::string_view content) : file(content) {}

    [[nodiscard]] Buf made() {
        below->open(file.path(), both | ios::binary);
        if constexpr (std::is_same_v<Buf, sluice::slicebuf>) {
            return Buf(*below, 0);
        } else if constexpr (std::is_same_v<Buf, sluice::limitbuf>) {
            return Buf(*below, std::numeric_limits<std::uint64_t>::max());
        } else if constexpr (std::is_same_v<Buf, sluice::pairbuf>) {
            return Buf(from, *below);
        } else if constexpr (std::is_same_v<Buf, sluice::compressedbuf>) {
            return Buf(*below, {.compression = sluice::compression::gzip}, ios::out);
        } else {
            return Buf(*below);
        }
    }

    support::temporary_file file;
    sluice::membuf from;
    std::unique_ptr<sluice::filebuf> below = std::make_unique<sluice::filebuf>();
    Buf buf = made();
};

struct atomic_device {
    explicit atomic_device(std::string_view content) : file(content) {}
    support::temporary_file file;
    sluice::atomic_filebuf buf{file.path()};
};

using disk_devices = joined<
    std::tuple<char_file_device<0>, char_file_device<7>, char_file_device<default_size>,
               descriptor_device, wide_file_device<7, coding::classic>,
               wide_file_device<default_size, coding::utf8>, atomic_device, spooled_device<0>,
               spooled_device<0, 7>, mapped_device<sluice::map_access::shared>,
               layer_on_file<sluice::countbuf>, layer_on_file<sluice::limitbuf>,
               layer_on_file<sluice::pairbuf>, layer_on_file<sluice::progressbuf>,
               layer_on_file<sluice::slicebuf>, layer_on_file<sluice::teebuf>,
               layer_on_file<sluice::textbuf>, layer_on_file<sluice::wtextbuf>,
               layer_on_file<sluice::compressedbuf>, layer_on_file<sluice::testing::faultbuf>,
               layer_on_file<sluice::testing::tracebuf>>,
    stdio_devices>;

/// From now on, whatever brings a file to the disk fails, or works again.
void let_disk_fail(const support::replaced_calls& calls, bool fails) {
    auto& now = support::replaced_calls::calls();
    now = calls.real();
    if (fails) {
        now.fsync = [](int) { return errno = EIO, -1; };
        now.msync = [](void*, std::size_t) { return errno = EIO, -1; };
    }
}

}  // namespace

TYPE_TO_STRING_AS("countbuf on a file", layer_on_file<sluice::countbuf>);
TYPE_TO_STRING_AS("limitbuf on a file", layer_on_file<sluice::limitbuf>);
TYPE_TO_STRING_AS("pairbuf on a file", layer_on_file<sluice::pairbuf>);
TYPE_TO_STRING_AS("progressbuf on a file", layer_on_file<sluice::progressbuf>);
TYPE_TO_STRING_AS("slicebuf on a file", layer_on_file<sluice::slicebuf>);
TYPE_TO_STRING_AS("teebuf on a file", layer_on_file<sluice::teebuf>);
TYPE_TO_STRING_AS("textbuf on a file", layer_on_file<sluice::textbuf>);
TYPE_TO_STRING_AS("wtextbuf on a file", layer_on_file<sluice::wtextbuf>);
TYPE_TO_STRING_AS("compressedbuf on a file", layer_on_file<sluice::compressedbuf>);
TYPE_TO_STRING_AS("faultbuf on a file", layer_on_file<sluice::testing::faultbuf>);
TYPE_TO_STRING_AS("tracebuf on a file", layer_on_file<sluice::testing::tracebuf>);
TYPE_TO_STRING_AS("atomic_filebuf", atomic_device);

CASE_OF_EACH("what the disk took is said to be there, as often as it is asked", Device,
             disk_synced) {
    Device device("abc");
    CHECK(write(device.buf, "1") == 1);
    device.buf.sync_to_disk();
    CHECK(write(device.buf, "2") == 1);
    device.buf.sync_to_disk();
    device.buf.sync_to_disk();
    CHECK_FALSE(bool(device.buf.reason()));
}
APPLY_TO_EACH(disk_synced, disk_devices);

CASE_OF_EACH("a failed sync_to_disk is final", Device, disk_final) {
    Device device("abc");
    const support::replaced_calls calls;
    const auto synced = [&] { return code_thrown_by([&] { device.buf.sync_to_disk(); }); };
    CHECK(write(device.buf, "1") == 1);
    let_disk_fail(calls, true);
    CHECK(synced() == system_code(EIO));
    let_disk_fail(calls, false);
    CHECK(synced() == system_code(EIO));
    device.buf.clear_reason();
    CHECK(synced() == system_code(EIO));
    // All else goes on.
    CHECK(write(device.buf, "2") == 1);
    CHECK(device.buf.pubsync() == 0);
    CHECK(synced() == system_code(EIO));
    auto moved = std::move(device.buf);
    CHECK(code_thrown_by([&] { moved.sync_to_disk(); }) == system_code(EIO));
}
APPLY_TO_EACH(disk_final, disk_devices);

TEST_SUITE_END();
