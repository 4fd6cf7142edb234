// ring: a pipe within the program: one thread writes a stream, and another reads it.
//
//     auto [in, out] = sluice::ring();
//     std::thread writer([out = std::move(out)]() mutable { dump(out); out.close(); });
//     load(in);                                 // std::istream&: ends where out was closed
//     writer.join();
//
// Capacities are in characters. The two ends are two objects for threads: one may write while
// another reads, and either be closed while the other waits.

#ifndef SLUICE_FILTER_RING_HPP
#define SLUICE_FILTER_RING_HPP

#include <sluice/buf.hpp>
#include <sluice/stream.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice {

/// One end of a ring of memory, in which both ends have their areas: a character is copied into the
/// ring by who writes it, and out of it by who reads it, and no more.
///
/// What is written is there for the reader after flush(), close(), or a block, of an eighth of the
/// capacity. A write waits while the ring is full, a read while there is nothing; neither waits
/// longer than its end's timeout, and fails with errc::timed_out then, with nothing lost. A write
/// and its read by one thread may wait for ever.
///
/// Where the writer is closed, the reader comes to its end when it has read everything. Where the
/// reader is closed, a write fails with std::errc::broken_pipe. close_with() makes the other end
/// fail with a reason instead: the reader, once it has read what came before it. A writer that is
/// destroyed by an exception on its way ends in std::errc::operation_canceled, not in an end that
/// looks whole.
///
/// It cannot seek. What was just read can be put back: what lies in the block that is being read,
/// and up to 8 characters before it, where the ring does not begin anew there.
///
/// Source: os.pipe and pipe(7), for what waits and what ends.
template <class CharT>
class basic_ringbuf : public basic_buf<CharT> {
    using base = basic_buf<CharT>;

public:
    using typename base::char_type;
    using typename base::int_type;
    using typename base::off_type;
    using typename base::pos_type;
    using typename base::traits_type;
    using timeout_type = std::optional<std::chrono::milliseconds>;

    struct ends;
    static constexpr std::size_t default_capacity = (std::size_t(256) << 10) / sizeof(CharT);

    /// Closed.
    basic_ringbuf() = default;

    /// The two ends of a new ring.
    ///
    /// Errors: throws error(errc::bad_mode) for a capacity of 0; std::bad_alloc.
    [[nodiscard]] static ends make(std::size_t capacity = default_capacity);

    /// The buffer moved from is closed. An assignment throws what close() does.
    basic_ringbuf(basic_ringbuf&& other) noexcept { swap(other); }
    basic_ringbuf& operator=(basic_ringbuf&& other) noexcept(false);
    basic_ringbuf(const basic_ringbuf&) = delete;
    basic_ringbuf& operator=(const basic_ringbuf&) = delete;
    ~basic_ringbuf() override;

    void swap(basic_ringbuf& other) noexcept;

    /// Closes this end, and lets the other one fail with `why`, in each call from then on: a
    /// reader, after it has read what was written before. On a closed end it does nothing.
    void close_with(const error& why) noexcept;

    /// How long a read or a write of this end waits; for ever, where there is none.
    void set_timeout(timeout_type limit) noexcept { timeout_ = limit; }

protected:
    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;
    int sync() override;
    std::streamsize showmanyc() override;
    std::streamsize xsgetn(CharT* target, std::streamsize count) override;
    int_type underflow() override;
    int_type pbackfail(int_type c) override;
    std::streamsize xsputn(const CharT* source, std::streamsize count) override;
    int_type overflow(int_type c) override;
    void do_fill(std::size_t count) override;

    bool do_seekable() override { return false; }
    std::error_code do_close() noexcept override;

private:
    struct shared;

    basic_ringbuf(std::shared_ptr<shared> ring, bool reads);

    [[nodiscard]] CharT* place(std::uint64_t total) const noexcept;
    [[nodiscard]] std::optional<error> publish() noexcept;
    [[nodiscard]] bool publish_or_fail();
    [[nodiscard]] bool open_put_area();
    [[nodiscard]] bool show_more();
    void finish(std::optional<error> why) noexcept;
    [[nodiscard]] bool require_writable();

    // reading:  the get area lies in the ring, and ends where the count of characters is end_; what
    //           stands before it has been given back. Or it is unread_.
    // writing:  the put area lies in the ring behind what has been published, which is end_.
    std::shared_ptr<shared> ring_;
    bool reads_ = false;
    std::uint64_t end_ = 0;
    timeout_type timeout_;
    int exceptions_before_ = std::uncaught_exceptions();
    std::vector<CharT> unread_;  // read by a call that failed
};

template <class CharT>
struct basic_ringbuf<CharT>::ends {
    std::unique_ptr<basic_ringbuf> reader;
    std::unique_ptr<basic_ringbuf> writer;
};

template <class CharT>
void swap(basic_ringbuf<CharT>& a, basic_ringbuf<CharT>& b) noexcept {
    a.swap(b);
}

using ringbuf = basic_ringbuf<char>;
using wringbuf = basic_ringbuf<wchar_t>;

/// One end of a ring as a stream.
template <class CharT>
class basic_ring_io : public basic_stream<CharT> {
    using base = basic_stream<CharT>;

public:
    using device_type = basic_ringbuf<CharT>;

    explicit basic_ring_io(std::unique_ptr<device_type> end = nullptr) : base(std::move(end)) {}

    basic_ring_io(basic_ring_io&& other) noexcept(false) : base(std::move(other)) {}
    basic_ring_io& operator=(basic_ring_io&& other) noexcept(false) = default;
    basic_ring_io(const basic_ring_io&) = delete;
    basic_ring_io& operator=(const basic_ring_io&) = delete;
    ~basic_ring_io() override = default;

    /// Null where the stream has none, or another one by a swap of streams.
    [[nodiscard]] device_type* rdbuf() const noexcept {
        return dynamic_cast<device_type*>(base::rdbuf());
    }

    /// See basic_ringbuf.
    void close_with(const error& why) {
        if (device_type* const found = rdbuf()) {
            found->close_with(why);
        }
    }
};

using ring_io = basic_ring_io<char>;
using wring_io = basic_ring_io<wchar_t>;

template <class CharT>
struct basic_ring_streams {
    basic_ring_io<CharT> reader;
    basic_ring_io<CharT> writer;
};

using ring_streams = basic_ring_streams<char>;
using wring_streams = basic_ring_streams<wchar_t>;

/// A new ring. See basic_ringbuf.
[[nodiscard]] ring_streams ring(std::size_t capacity = ringbuf::default_capacity);
[[nodiscard]] wring_streams wring(std::size_t capacity = wringbuf::default_capacity);

extern template class basic_ringbuf<char>;
extern template class basic_ringbuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_FILTER_RING_HPP
