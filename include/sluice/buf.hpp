// buf: the base of every sluice buffer. Open or closed, what it can do, why it failed.
//
//     void patch_size(sluice::buf& device) {      // memory, a file, whatever can seek
//         if (device.seekable() && device.size() > 4) {
//             device.pubseekpos(0);
//             device.sputn("\0\0\0\7", 4);
//         }
//     }
//
// Offsets, sizes and positions are in characters, which for files of char are bytes. Distinct
// buffers may be used from distinct threads; one shared buffer needs a lock, but for calls that are
// const, of which there may be many at once. Closing a buffer is no way to wake a thread that waits
// in it: close the other end, as of a ring or pipe, or shut the connection down.

#ifndef SLUICE_BUF_HPP
#define SLUICE_BUF_HPP

#include <sluice/error.hpp>
#include <sluice/mode.hpp>

#include <cassert>
#include <cstddef>
#include <ios>
#include <new>
#include <optional>
#include <span>
#include <streambuf>
#include <string>
#include <utility>

namespace sluice {

/// A std::basic_streambuf with the calls that Python's file objects have and iostreams lack.
///
/// Rules that every buffer keeps, unless its header says otherwise:
/// - One position, shared by reading and writing. No seek is needed between the two. A seek past
///   the end is allowed; the next non-empty write fills the gap with zeros.
/// - End of data is not an error. An error is never an end of data: a failed write returns the
///   protocol's failure, a failed read throws sluice::error, which every reading function of
///   std::istream catches (it sets badbit, and no eofbit; the eof that the protocol would return
///   instead makes std::getline set eofbit, whatever else is done). Seeking never throws.
/// - A read that failed has read nothing, and can be tried again: sgetn() is all, the end, or an
///   error. (With a converting locale, what came before the failure has been read.)
/// - Either failure is recorded, see reason(), and sets badbit on the stream that owns the buffer,
///   so that it shows even where the caller used rdbuf() and did not look. A write throws too
///   where that stream's exceptions() hold badbit.
/// - An error is not final: what was not written stays pending, and the next call tries again.
///
/// Source: Python's io.IOBase; [streambuf] for all that std::basic_streambuf declares.
template <class CharT, class Traits = std::char_traits<CharT>>
class basic_buf : public std::basic_streambuf<CharT, Traits> {
public:
    using char_type = CharT;
    using traits_type = Traits;
    using int_type = typename Traits::int_type;
    using pos_type = typename Traits::pos_type;
    using off_type = typename Traits::off_type;
    using stream_type = std::basic_ios<CharT, Traits>;

    basic_buf(const basic_buf&) = delete;  // a copy would keep pointers into the original
    basic_buf& operator=(const basic_buf&) = delete;
    ~basic_buf() override = default;

    [[nodiscard]] bool is_open() const noexcept { return open_; }
    [[nodiscard]] bool readable() const noexcept { return open_ && readable_; }
    [[nodiscard]] bool writable() const noexcept { return open_ && writable_; }
    [[nodiscard]] bool seekable() { return open_ && do_seekable(); }

    /// Closes the device, having written what was pending. A second call does nothing.
    ///
    /// Errors: throws error: what buffering deferred, or the system's own close failure; the device
    ///         is closed all the same. errc::pinned: the device stays open.
    void close();

    /// The size of the content, pending writes included.
    ///
    /// Errors: throws error(errc::closed), errc::unsupported where the device has no size.
    [[nodiscard]] off_type size();

    /// Makes the content exactly `size` long; what it grows by is zeros. The position stays, even
    /// where it is now past the end.
    ///
    /// Returns: `size`.
    /// Errors:  throws error: errc::closed, not_writable, bad_position (negative), pinned,
    ///          no_space, unsupported, or the system's. Nothing has changed then.
    /// Invalidates: views of the content.
    /// Source:  IOBase.truncate; unlike BytesIO's, it grows memory too, as files do.
    off_type truncate(off_type size);

    /// Writes what is pending, and returns when all that was written is on the disk (fsync): a
    /// power cut loses nothing of it then. The name of a file that is new is the directory's, and
    /// not covered. For what is atomic as well, see atomic_filebuf.
    ///
    /// Errors: throws error: errc::closed, errc::unsupported where there is no disk below, what a
    ///         flush gives, or the system's. A failed fsync is final, and every further call fails
    ///         alike: the system may have dropped what it could not write, and would say no more.
    void sync_to_disk();

    /// The system's descriptor, whose position is where the buffer stands: nothing is pending, and
    /// nothing has been read ahead (but for what a device that cannot seek has delivered already).
    ///
    /// Errors: throws error(errc::closed), errc::unsupported where the device has none.
    /// Source: IOBase.fileno.
    [[nodiscard]] int native_handle();

    /// The characters at the position, without taking them: at least `count` where the device has
    /// as many and its buffer holds as many, else what it has; none only at the end.
    ///
    /// Errors:      throws error where the device cannot be read.
    /// Invalidates: the span ends with the next call on the buffer other than consume().
    /// Source:      BufferedReader.peek.
    [[nodiscard]] std::span<const CharT> peek(std::size_t count = 1);

    /// Moves past `count` characters of the span that peek() returned last.
    ///
    /// Requires: `count` is not more than that span's size.
    void consume(std::size_t count) noexcept {
        assert(count <= static_cast<std::size_t>(this->egptr() - this->gptr()));
        this->setg(this->eback(), this->gptr() + count, this->egptr());
    }

    /// As a message should name the device; empty where it has no name. Source: the name of
    /// Python's file objects.
    [[nodiscard]] virtual std::string path() const { return {}; }

    /// Whether the device is a terminal. Errors: throws error(errc::closed). Source: IOBase.isatty.
    [[nodiscard]] bool is_terminal();

    /// The first failure since clear_reason() or open(); one that finds the owning stream
    /// clear of failbit and badbit takes its place. No error if there was none.
    [[nodiscard]] error reason() const;

    void clear_reason() noexcept { first_.reset(); }

    /// The last failure, whatever came before it: why a call failed that returned just now. An
    /// EIO of `operation` where there was none.
    [[nodiscard]] error latest(const char* operation) const;

    /// Makes `stream` the one on which an error sets badbit; null ends that. The stream must end
    /// the link before it dies, and renew it when it moves.
    void set_owner(stream_type* stream) noexcept { owner_ = stream; }

    [[nodiscard]] stream_type* owner() const noexcept { return owner_; }

protected:
    basic_buf() = default;
    basic_buf(bool readable, bool writable) noexcept
        : open_(true), readable_(readable), writable_(writable) {}

    /// Exchanges all but the owners, which stay with their streams. The areas are exchanged as
    /// pointers: a device whose memory lies inside its own object must set them again.
    void swap(basic_buf& other) noexcept;

    void set_open(bool readable, bool writable) noexcept {
        open_ = true;
        readable_ = readable;
        writable_ = writable;
    }
    void set_closed() noexcept { open_ = readable_ = writable_ = false; }

    /// A write failed: records it, sets badbit on the owner, and returns eof().
    ///
    /// Errors: throws it where the owner's exceptions() hold badbit.
    int_type fail(std::error_code code, const char* operation, off_type position = -1);

    /// A read failed: records it, sets badbit on the owner, and throws.
    [[noreturn]] void fail_read(std::error_code code, off_type position = -1,
                                const char* operation = "read");

    /// A call failed that must not throw: records it and sets badbit on the owner.
    void fail_quietly(std::error_code code, const char* operation, off_type position = -1) noexcept;

    /// A seek was refused and did not move: records it, and touches no stream (the stream sets
    /// failbit by itself).
    pos_type refuse_seek(std::error_code code, off_type position = -1) noexcept;

    /// Remembers a failure that the caller reports itself.
    void record(std::error_code code, const char* operation, off_type position = -1) noexcept;

    /// A buffer below failed, and this one fails with it: the same, and what is reported is what
    /// the buffer below said, with its operation, path, position and detail.
    int_type fail_as(const error& below);
    [[noreturn]] void fail_read_as(const error& below);
    void fail_quietly_as(const error& below) noexcept;

    /// The same as record(). In do_close(), do_truncate() and do_sync_to_disk() it is what the call
    /// reports then, where these return the code of `below`.
    void record_as(const error& below) noexcept;

    /// Makes the next failure, where it has the same code, one of the buffer below, as fail_as():
    /// for a device that returns codes, which the class above it reports.
    void note_below(const error& below) noexcept { noted_ = below; }

    /// What was noted is nobody's failure.
    void forget_below() noexcept { noted_.reset(); }

    /// What more there is to say of the failure that happens just now; see error::detail.
    [[nodiscard]] virtual std::string detail_of(const std::error_code& /*code*/) const {
        return {};
    }

    /// Where the device stands, for the report of a failure; -1 where it does not know.
    [[nodiscard]] virtual off_type where() const noexcept { return -1; }

    virtual bool do_seekable() { return true; }
    virtual bool do_is_terminal() { return false; }
    virtual std::error_code do_close() noexcept { return {}; }
    virtual off_type do_size(std::error_code& code) {
        code = errc::unsupported;
        return -1;
    }
    virtual std::error_code do_truncate(off_type /*size*/) { return errc::unsupported; }

    /// What was pending is written already.
    virtual std::error_code do_sync_to_disk() { return errc::unsupported; }
    virtual int do_native_handle(std::error_code& code) {
        code = errc::unsupported;
        return -1;
    }

    /// Makes the get area hold `count` characters or more, as far as device and buffer allow.
    /// A failure throws, as underflow() does.
    virtual void do_fill(std::size_t /*count*/) {
        if (this->gptr() == this->egptr()) {
            this->underflow();
        }
    }

    /// Whether to read `count` characters straight to their place, as no buffer would hold as many.
    [[nodiscard]] virtual bool passes_buffer(std::size_t /*count*/) const noexcept { return false; }

    /// Reads up to `count` characters to `target` by one call to the device; none at the end only.
    /// A failure throws, as underflow() does, and has read nothing.
    ///
    /// Requires: passes_buffer(count).
    virtual std::size_t do_read_once(CharT* /*target*/, std::size_t /*count*/) { return 0; }

    /// A descriptor with which the system itself can read or write in the buffer's stead, where
    /// its bytes are the characters, and the position there; -1: the descriptor's own.
    struct system_end {
        int descriptor = -1;  // none
        off_type position = -1;
    };
    enum class system_use { look, read, write };

    /// Makes the descriptor ready for `use`: what was pending is written, and nothing is read
    /// ahead. None, where that cannot be; what the buffer itself does next then says why. To look
    /// at what file it is, nothing is changed.
    virtual system_end do_system_end(system_use /*use*/) { return {}; }

    /// The system has moved `count` characters there; so has the position.
    virtual void do_system_moved(off_type /*count*/) {}

private:
    template <class, class>
    friend class basic_stream;

    struct failure {
        std::error_code code;
        const char* operation = "";
        off_type position = -1;
        std::optional<error> below = std::nullopt;  // has it all, where a buffer below failed
    };
    struct named_failure : failure {
        std::string path;
        std::string detail;
        bool refused_seek = false;
    };

    void remember(const failure& what, bool refused_seek) noexcept;
    void mark_owner() noexcept;
    [[noreturn]] void report(std::error_code code, const char* operation, off_type position);
    [[noreturn]] void throw_refused(std::error_code code, const char* operation);
    [[nodiscard]] bool owner_throws() const noexcept {
        return owner_ != nullptr && has(owner_->exceptions(), std::ios_base::badbit);
    }
    static bool has(std::ios_base::iostate state, std::ios_base::iostate bit) noexcept {
        return (state & bit) != std::ios_base::goodbit;
    }

    stream_type* owner_ = nullptr;
    bool open_ = false;
    bool closing_ = false;  // a device of the user's may call back
    bool readable_ = false;
    bool writable_ = false;
    failure latest_;
    std::optional<named_failure> first_;
    std::optional<error> noted_;  // see note_below()
};

using buf = basic_buf<char>;
using wbuf = basic_buf<wchar_t>;

/// The recorded reason for any stream on a sluice buffer; no error where there is none, or where
/// the buffer is not sluice's.
template <class CharT, class Traits>
[[nodiscard]] error error_of(const std::basic_ios<CharT, Traits>& stream) {
    const auto* device = dynamic_cast<const basic_buf<CharT, Traits>*>(stream.rdbuf());
    return device != nullptr ? device->reason() : error();
}

// ---------------------------------------------------------------------------------------------

template <class CharT, class Traits>
void basic_buf<CharT, Traits>::close() {
    if (!open_ || closing_) {
        return;
    }
    const off_type position = where();
    latest_.below.reset();
    closing_ = true;
    const std::error_code code = do_close();
    closing_ = false;
    if (code != errc::pinned) {
        set_closed();
    }
    if (code) {
        report(code, "close", position);
    }
}

// Throws what a device has returned, or has recorded as its buffer below's.
template <class CharT, class Traits>
void basic_buf<CharT, Traits>::report(std::error_code code, const char* operation,
                                      off_type position) {
    if (!latest_.below || latest_.below->code() != code) {
        record(code, operation, position);
    }
    throw latest(operation);
}

// Throws what is not remembered: nothing is lost by it.
template <class CharT, class Traits>
void basic_buf<CharT, Traits>::throw_refused(std::error_code code, const char* operation) {
    const std::optional<error> noted = std::exchange(noted_, std::nullopt);
    throw noted && noted->code() == code ? *noted : error(operation, code, path());
}

template <class CharT, class Traits>
auto basic_buf<CharT, Traits>::size() -> off_type {
    std::error_code code = errc::closed;
    const off_type result = open_ ? do_size(code) : off_type(-1);
    if (result < 0) {
        throw_refused(code, "size");
    }
    return result;
}

template <class CharT, class Traits>
auto basic_buf<CharT, Traits>::truncate(off_type size) -> off_type {
    std::error_code code;
    if (!open_) {
        code = errc::closed;
    } else if (!writable_) {
        code = errc::not_writable;
    } else if (size < 0) {
        code = errc::bad_position;
    } else {
        latest_.below.reset();
        code = do_truncate(size);
    }
    if (code) {
        report(code, "truncate", size);
    }
    return size;
}

template <class CharT, class Traits>
void basic_buf<CharT, Traits>::sync_to_disk() {
    std::error_code code;
    if (!open_) {
        code = errc::closed;
    } else if (this->pubsync() != 0) {
        throw latest("sync_to_disk");
    } else {
        latest_.below.reset();
        code = do_sync_to_disk();
    }
    if (code) {
        report(code, "sync_to_disk", where());
    }
}

template <class CharT, class Traits>
int basic_buf<CharT, Traits>::native_handle() {
    std::error_code code = errc::closed;
    const int handle = open_ ? do_native_handle(code) : -1;
    if (handle < 0) {
        throw_refused(code, "native_handle");
    }
    return handle;
}

template <class CharT, class Traits>
bool basic_buf<CharT, Traits>::is_terminal() {
    if (!open_) {
        throw error("isatty", errc::closed, path());
    }
    return do_is_terminal();
}

template <class CharT, class Traits>
std::span<const CharT> basic_buf<CharT, Traits>::peek(std::size_t count) {
    if (!readable()) {
        throw error("peek", open_ ? errc::not_readable : errc::closed, path());
    }
    if (static_cast<std::size_t>(this->egptr() - this->gptr()) < count) {
        do_fill(count);
    }
    return {this->gptr(), static_cast<std::size_t>(this->egptr() - this->gptr())};
}

template <class CharT, class Traits>
error basic_buf<CharT, Traits>::reason() const {
    if (!first_) {
        return {};
    }
    if (first_->below) {
        return *first_->below;
    }
    return {first_->operation, first_->code, first_->path, first_->position, first_->detail};
}

template <class CharT, class Traits>
error basic_buf<CharT, Traits>::latest(const char* operation) const {
    if (!latest_.code) {
        return {operation, std::make_error_code(std::errc::io_error), path()};
    }
    if (latest_.below) {
        return *latest_.below;
    }
    return {latest_.operation, latest_.code, path(), latest_.position, detail_of(latest_.code)};
}

template <class CharT, class Traits>
void basic_buf<CharT, Traits>::swap(basic_buf& other) noexcept {
    std::basic_streambuf<CharT, Traits>::swap(other);
    std::swap(open_, other.open_);
    std::swap(readable_, other.readable_);
    std::swap(writable_, other.writable_);
    std::swap(latest_, other.latest_);
    std::swap(first_, other.first_);
    std::swap(noted_, other.noted_);
}

template <class CharT, class Traits>
auto basic_buf<CharT, Traits>::fail(std::error_code code, const char* operation, off_type position)
    -> int_type {
    fail_quietly(code, operation, position);
    if (owner_throws()) {
        throw latest(operation);
    }
    return traits_type::eof();
}

template <class CharT, class Traits>
void basic_buf<CharT, Traits>::fail_read(std::error_code code, off_type position,
                                         const char* operation) {
    fail_quietly(code, operation, position);
    throw latest(operation);
}

template <class CharT, class Traits>
void basic_buf<CharT, Traits>::fail_quietly(std::error_code code, const char* operation,
                                            off_type position) noexcept {
    record(code, operation, position);
    mark_owner();
}

template <class CharT, class Traits>
auto basic_buf<CharT, Traits>::fail_as(const error& below) -> int_type {
    fail_quietly_as(below);
    if (owner_throws()) {
        throw below;
    }
    return traits_type::eof();
}

template <class CharT, class Traits>
void basic_buf<CharT, Traits>::fail_read_as(const error& below) {
    fail_quietly_as(below);
    throw below;
}

template <class CharT, class Traits>
void basic_buf<CharT, Traits>::fail_quietly_as(const error& below) noexcept {
    record_as(below);
    mark_owner();
}

template <class CharT, class Traits>
void basic_buf<CharT, Traits>::record_as(const error& below) noexcept {
    noted_.reset();
    latest_ = {below.code(), "", below.position(), below};
    remember(latest_, false);
}

template <class CharT, class Traits>
auto basic_buf<CharT, Traits>::refuse_seek(std::error_code code, off_type position) noexcept
    -> pos_type {
    noted_.reset();
    latest_ = {code, "seek", position};
    remember(latest_, true);
    return pos_type(off_type(-1));
}

template <class CharT, class Traits>
void basic_buf<CharT, Traits>::record(std::error_code code, const char* operation,
                                      off_type position) noexcept {
    const std::optional<error> noted = std::exchange(noted_, std::nullopt);
    if (noted && noted->code() == code) {
        record_as(*noted);
        return;
    }
    latest_ = {code, operation, position};
    remember(latest_, false);
}

template <class CharT, class Traits>
void basic_buf<CharT, Traits>::remember(const failure& what, bool refused_seek) noexcept {
    // A refused seek changes nothing, so it never hides, and gives way to, a loss of data.
    const bool stale = owner_ != nullptr && !owner_->fail();
    if (first_ && !stale && (refused_seek || !first_->refused_seek)) {
        return;
    }
    first_.emplace();
    static_cast<failure&>(*first_) = what;
    first_->refused_seek = refused_seek;
    if (what.below) {
        return;
    }
    try {
        first_->path = path();
        first_->detail = detail_of(what.code);
    } catch (const std::bad_alloc&) {
        first_->path.clear();  // the code matters more than the name
    }
}

template <class CharT, class Traits>
void basic_buf<CharT, Traits>::mark_owner() noexcept {
    // The owner may have been given another buffer since; then its state is not ours to set.
    if (owner_ == nullptr || owner_->rdbuf() != this) {
        return;
    }
    try {
        owner_->setstate(std::ios_base::badbit);
    } catch (const std::exception&) {
        // The bit is set; fail() throws the reason in place of this bare "iostream error", or of
        // the std::bad_alloc in making it.
    }
}

extern template class basic_buf<char>;
extern template class basic_buf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_BUF_HPP
