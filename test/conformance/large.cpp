#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/failing.hpp>

#include <sys/mman.h>

#include <istream>
#include <new>

// Positions beyond 4 GiB. A file is sparse, memory is zeros that nobody touches.

using namespace conformance;

namespace {

constexpr long long giant = 5LL << 30;

/// Memory that takes none until it is touched.
struct giant_span_device {
    using char_type = char;
    using buf_type = sluice::spanbuf;

    explicit giant_span_device(std::string_view content)
        : memory(::mmap(nullptr, std::size_t(2) * giant, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)),
          buf(span(), ios::in | ios::out | ios::trunc) {
        write(buf, content);
        seek(buf, 0);
    }
    giant_span_device(const giant_span_device&) = delete;
    giant_span_device& operator=(const giant_span_device&) = delete;
    ~giant_span_device() { ::munmap(memory, std::size_t(2) * giant); }

    [[nodiscard]] std::span<char> span() const {
        if (memory == MAP_FAILED) {
            throw std::bad_alloc();
        }
        return {static_cast<char*>(memory), std::size_t(2) * giant};
    }

    void* memory;
    buf_type buf;
};

}  // namespace

TEST_SUITE_BEGIN("conformance: large");

// The span is not grown: that would write its zeros.
using growing_giants =
    std::tuple<memory_device<char>, char_file_device<7>, char_file_device<default_size>,
               descriptor_device, spooled_device<in_ram>, spooled_device<5>>;
using giants = joined<growing_giants, std::tuple<wide_file_device<default_size, coding::classic>>>;

CASE_OF_EACH("places beyond 4 GiB are written and read", Device, large_places) {
    Device device("front");
    CHECK(device.buf.truncate(giant) == giant);
    CHECK(device.buf.size() == giant);
    CHECK(seek(device.buf, 0, ios::end) == giant);
    CHECK(look(device.buf) == end);
    CHECK(seek(device.buf, -3, ios::cur) == giant - 3);
    CHECK(write(device.buf, "abcdef") == 6);
    CHECK(tell(device.buf) == giant + 3);
    CHECK(device.buf.size() == giant + 3);
    CHECK(seek(device.buf, -7, ios::end) == giant - 4);
    CHECK(read_all(device.buf) == std::string("\0abcdef", 7));
    CHECK(unget(device.buf) == 'f');
    CHECK(seek(device.buf, -(giant + 2), ios::cur) == 0);
    CHECK(read(device.buf, 5) == "front");
    CHECK(seek(device.buf, giant - 5, ios::cur) == giant);
    CHECK(take(device.buf) == 'd');
    CHECK(seek_to(device.buf, (2LL << 30) + 1) == (2LL << 30) + 1);
    CHECK(put(device.buf, 'm'));
    CHECK(seek_to(device.buf, 2LL << 30) == (2LL << 30));
    CHECK(read(device.buf, 3) == std::string("\0m\0", 3));
    CHECK(device.buf.truncate(4) == 4);
    CHECK(seek(device.buf, 0) == 0);
    CHECK(read_all(device.buf) == "fron");
}
APPLY_TO_EACH(large_places, giants);

CASE_OF_EACH("a gap beyond 4 GiB is zeros", Device, large_gap) {
    Device device("front");
    CHECK(seek(device.buf, giant) == giant);
    CHECK(put(device.buf, 'x'));
    CHECK(device.buf.size() == giant + 1);
    CHECK(seek(device.buf, -2, ios::end) == giant - 1);
    CHECK(read_all(device.buf) == std::string("\0x", 2));
    CHECK(seek(device.buf, 3) == 3);
    CHECK(read(device.buf, 3) == std::string("nt\0", 3));
}
using gap_giants =
    std::tuple<spooled_device<5>, char_file_device<7>, char_file_device<default_size>,
               descriptor_device, wide_file_device<default_size, coding::classic>>;
APPLY_TO_EACH(large_gap, gap_giants);

TEST_CASE("a stream counts beyond 4 GiB in a span") {
    giant_span_device device("front");
    sluice::spanbuf all(device.span());
    std::istream in(&all);
    CHECK(bool(in.seekg(giant)));
    CHECK(in.tellg() == std::streampos(giant));
    in.ignore(3LL << 30);
    CHECK(in.tellg() == std::streampos(giant + (3LL << 30)));
    CHECK(all.in_avail() == giant - (3LL << 30));
    CHECK(put(all, 'x'));
    CHECK(bool(in.unget()));
    CHECK(in.get() == 'x');
    CHECK(seek(all, -giant, ios::end) == giant);
    CHECK(seek(all, 0, ios::cur) == giant);
    CHECK(write(all, "abc") == 3);
    CHECK(tell(all) == giant + 3);
}

TEST_SUITE_END();
