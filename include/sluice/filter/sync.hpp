// sync: many threads write to one buffer, a whole line at a time.
//
//     sluice::sync_sink log(sluice::open("log.txt", "wb"));
//     std::jthread worker([&] {
//         sluice::sync_io out(log);             // one for each thread
//         out << "worker: " << 42 << " items\n";
//     });
//
// Counts are in characters. A sink may be used by many threads, each with a syncbuf of its own; any
// of them may flush or close the sink meanwhile.

#ifndef SLUICE_FILTER_SYNC_HPP
#define SLUICE_FILTER_SYNC_HPP

#include <sluice/buf.hpp>
#include <sluice/filter/layer.hpp>

#include <cstddef>
#include <ios>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace sluice {

template <class CharT>
class basic_syncbuf;

/// The one buffer to which many write. It must live as long as they do.
template <class CharT>
class basic_sync_sink {
public:
    using lower_type = basic_lower<CharT>;

    /// Errors: throws error(errc::not_writable).
    explicit basic_sync_sink(lower_type below);
    basic_sync_sink(const basic_sync_sink&) = delete;
    basic_sync_sink& operator=(const basic_sync_sink&) = delete;
    ~basic_sync_sink() = default;

    /// Hands on what the buffer holds; throws error where that fails.
    void flush();

    /// Closes what is owned, flushes what is borrowed. What is written after it fails with
    /// errc::closed. A second call does nothing.
    ///
    /// Errors: throws error; it is closed all the same, but for errc::pinned.
    void close();

private:
    friend class basic_syncbuf<CharT>;
    using view_type = std::basic_string_view<CharT>;

    /// Writes both texts, with no other between.
    ///
    /// Returns: how many characters were taken; `failure` says why these are not all.
    std::size_t write(view_type first, view_type second, bool flushes,
                      std::optional<error>& failure) noexcept;

    std::mutex mutex_;
    std::optional<lower_type> lower_;  // none once it is closed
};

/// Writes to a sink that others write to as well.
///
/// A line goes to the sink when it is ended, all of it, and no other's text comes between; lines
/// that are written by one call stay together. The rest of a line waits for its end, or for sync(),
/// which hands on what there is and flushes the sink, or close(). So lines may be as long as memory
/// allows. There is no put area: each '\n' is seen when it is put.
///
/// A failure is that of the sink, with its reason, and reported to who wrote; what the sink has not
/// taken stays pending, or is not written, as everywhere, and may end up behind others' text.
///
/// Source: std::basic_osyncstream, which hands on all it has, at emit() or its end only, wherever
/// a line is, takes locks by the address of the buffer, and has no reason for a failure.
template <class CharT>
class basic_syncbuf : public basic_buf<CharT> {
    using base = basic_buf<CharT>;

public:
    using typename base::char_type;
    using typename base::int_type;
    using typename base::off_type;
    using typename base::pos_type;
    using typename base::traits_type;
    using sink_type = basic_sync_sink<CharT>;

    /// Closed.
    basic_syncbuf() = default;
    explicit basic_syncbuf(sink_type& sink) : base(false, true), sink_(&sink) {}

    /// The buffer moved from is closed. An assignment throws what close() does.
    basic_syncbuf(basic_syncbuf&& other) noexcept { swap(other); }
    basic_syncbuf& operator=(basic_syncbuf&& other) noexcept(false);
    basic_syncbuf(const basic_syncbuf&) = delete;
    basic_syncbuf& operator=(const basic_syncbuf&) = delete;
    ~basic_syncbuf() override;

    void swap(basic_syncbuf& other) noexcept;

protected:
    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;
    int sync() override;
    int_type underflow() override;
    std::streamsize xsputn(const CharT* source, std::streamsize count) override;
    int_type overflow(int_type c) override;

    bool do_seekable() override { return false; }
    std::error_code do_close() noexcept override;

private:
    using view_type = std::basic_string_view<CharT>;

    [[nodiscard]] bool require_writable();
    [[nodiscard]] std::optional<error> hand_on(bool flushes) noexcept;
    std::size_t hand_on_with(view_type text);

    sink_type* sink_ = nullptr;
    std::basic_string<CharT> text_;  // the begin of a line
};

template <class CharT>
void swap(basic_syncbuf<CharT>& a, basic_syncbuf<CharT>& b) noexcept {
    a.swap(b);
}

using sync_sink = basic_sync_sink<char>;
using wsync_sink = basic_sync_sink<wchar_t>;
using syncbuf = basic_syncbuf<char>;
using wsyncbuf = basic_syncbuf<wchar_t>;

/// A basic_syncbuf as a stream.
using sync_io = basic_layer_io<syncbuf>;
using wsync_io = basic_layer_io<wsyncbuf>;

extern template class basic_sync_sink<char>;
extern template class basic_sync_sink<wchar_t>;
extern template class basic_syncbuf<char>;
extern template class basic_syncbuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_FILTER_SYNC_HPP
