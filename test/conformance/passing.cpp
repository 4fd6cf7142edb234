#include <conformance/each_type.hpp>
#include <conformance/failing.hpp>
#include <conformance/passing.hpp>

#include <ostream>
#include <utility>

using namespace conformance;

// What holds of devices that cannot seek, besides the rules of reading, putting back and in_avail
// that they share with all others.

TEST_SUITE_BEGIN("conformance: passing");

CASE_OF_EACH("what passes is read in order by each size", Device, pass_chunks) {
    const std::string text = long_sample(known_buffer_size<Device>());
    for (const std::size_t chunk : chunks(known_buffer_size<Device>())) {
        CAPTURE(chunk);
        Device device(text);
        CHECK((read_some(device.buf, text.size(), chunk) == text));
        CHECK(look(device.buf) == end);
    }
}
APPLY_TO_EACH(pass_chunks, passing_devices);
APPLY_TO_EACH(pass_chunks, compressed_sources);

CASE_OF_EACH("what is written arrives in order by each size", Device, pass_written) {
    const std::string text = long_sample(known_buffer_size<Device>());
    for (const std::size_t chunk : chunks(known_buffer_size<Device>())) {
        CAPTURE(chunk);
        Device device;
        CHECK(write_all(device.buf, text, chunk));
        static_cast<sluice::basic_buf<typename Device::char_type>&>(device.buf).close();
        CHECK((device.content() == text));
    }
}
APPLY_TO_EACH(pass_written, swallowing_devices);
APPLY_TO_EACH(pass_written, compressed_sinks);

// A refused seek says why, moves nothing, and leaves a stream usable.
template <class Buf>
static void check_no_position(Buf& buf) {
    CHECK_FALSE(buf.seekable());
    for (const ios::seekdir whence : {ios::beg, ios::cur, ios::end}) {
        buf.clear_reason();
        CHECK(seek(buf, 0, whence) == -1);
        CHECK(buf.reason().code() == sluice::errc::not_seekable);
        CHECK(buf.reason().code() == std::errc::invalid_seek);
    }
    buf.clear_reason();
    CHECK(seek_to(buf, 1) == -1);
    CHECK(buf.reason().code() == sluice::errc::not_seekable);
}

CASE_OF_EACH("what passes has no position to tell or to seek", Device, pass_tell) {
    Device device("abcdef");
    check_no_position(device.buf);
    CHECK(read(device.buf, 2) == "ab");
    check_no_position(device.buf);
    CHECK(read_all(device.buf) == "cdef");
    check_no_position(device.buf);
}
APPLY_TO_EACH(pass_tell, passing_devices);

CASE_OF_EACH("what is sent has no position to tell or to seek", Device, pass_write_tell) {
    Device device;
    CHECK(write(device.buf, "abc") == 3);
    check_no_position(device.buf);
    CHECK(write(device.buf, "def") == 3);
    static_cast<sluice::basic_buf<typename Device::char_type>&>(device.buf).close();
    CHECK(device.content() == "abcdef");
}
APPLY_TO_EACH(pass_write_tell, swallowing_devices);

CASE_OF_EACH("a different character is put back on what passes", Device, pass_putback) {
    Device device("abcdef");
    CHECK(read(device.buf, 3) == "abc");
    CHECK(put_back(device.buf, 'X') == 'X');
    CHECK(read(device.buf, 3) == "Xde");
    CHECK(read_all(device.buf) == "f");
}
APPLY_TO_EACH(pass_putback, passing_keeping_devices);

CASE_OF_EACH("what passes cannot be written or what is sent be read", Device, pass_direction) {
    Device device("abc");
    CHECK_FALSE(device.buf.writable());
    CHECK(write(device.buf, "x") == 0);
    CHECK(device.buf.reason().code() == sluice::errc::not_writable);
    CHECK(read_all(device.buf) == "abc");
}
APPLY_TO_EACH(pass_direction, pipe_sources);

CASE_OF_EACH("a moved buffer goes on with what passes", Device, pass_move) {
    const std::string text = sample(9000);
    Device device(text);
    CHECK((read(device.buf, 3000) == text.substr(0, 3000)));
    typename Device::buf_type moved(std::move(device.buf));
    CHECK_FALSE(device.buf.is_open());
    CHECK((read(moved, 3000) == text.substr(3000, 3000)));
    device.buf = std::move(moved);
    CHECK((read_all(device.buf) == text.substr(6000)));
}
APPLY_TO_EACH(pass_move, passing_devices);
APPLY_TO_EACH(pass_move, compressed_sources);

CASE_OF_EACH("a closed end says so", Device, pass_closed) {
    using char_type = typename Device::char_type;
    Device device("abc");
    auto& buf = static_cast<sluice::basic_buf<char_type>&>(device.buf);
    buf.close();
    CHECK_NOTHROW(buf.close());
    CHECK_FALSE(buf.readable());
    CHECK(code_thrown_by([&] { static_cast<void>(buf.peek()); }) == sluice::errc::closed);
    CHECK(seek(buf, 0) == -1);
    CHECK(buf.reason().code() == sluice::errc::closed);
}
APPLY_TO_EACH(pass_closed, passing_devices);
APPLY_TO_EACH(pass_closed, compressed_sources);

CASE_OF_EACH("a size and a truncation are refused where all passes", Device, pass_size) {
    Device device;
    CHECK(bool(code_thrown_by([&] { device.buf.truncate(0); })));
    CHECK(write(device.buf, "abc") == 3);
    static_cast<sluice::basic_buf<typename Device::char_type>&>(device.buf).close();
    CHECK(device.content() == "abc");
}
APPLY_TO_EACH(pass_size, swallowing_devices);
APPLY_TO_EACH(pass_size, compressed_sinks);

// -- in both directions: a connection ----------------------------------------------------------

#ifdef SLUICE_HAS_NET
CASE_OF_EACH("reading and writing take turns on a connection", Device, pass_turns) {
    socket_ends ends;
    sluice::socketbuf near(ends.ends[0], both, sluice::ownership::owned);
    sluice::socketbuf far(ends.ends[1], both, sluice::ownership::owned);
    if (Device::buffer_size != default_size) {
        near.pubsetbuf(nullptr, static_cast<std::streamsize>(Device::buffer_size));
    }
    CHECK(write(far, "abcdef") == 6);
    CHECK(far.pubsync() == 0);
    for (const char c : {'a', 'b', 'c'}) {
        CHECK(take(near) == c);
        CHECK(put(near, c));  // what was read ahead stays
    }
    CHECK(near.pubsync() == 0);
    CHECK(read(far, 3) == "abc");
    CHECK(read(near, 3) == "def");
}
APPLY_TO_EACH(pass_turns, socket_sources);
#endif

TEST_SUITE_END();
