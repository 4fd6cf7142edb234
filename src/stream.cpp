#include <sluice/detail/claimed.hpp>
#include <sluice/detail/held_exceptions.hpp>
#include <sluice/detail/line_end.hpp>
#include <sluice/stream.hpp>

#include <algorithm>
#include <cwchar>
#include <limits>
#include <locale>
#include <optional>
#include <utility>

namespace sluice {
namespace {

// A stream in the state of a fresh one, to be moved from again and again. To make one costs two
// look-ups of each facet, half of what a short-lived stream takes; to move one costs one, and
// changes nothing in it but what is put back here.
template <class Stream>
class prototype {
public:
    // The calling thread's; or `spare`, made for it, where the thread is ending.
    static Stream&& get(std::optional<Stream>& spare) {
        if (ended) {
            return std::move(spare.emplace(nullptr));
        }
        thread_local prototype own;
        if (const std::locale global; own.stream_.getloc() != global) {
            own.stream_.imbue(global);
        }
        return std::move(own.stream_);
    }

    prototype(const prototype&) = delete;
    prototype& operator=(const prototype&) = delete;
    ~prototype() { ended = true; }

private:
    prototype() = default;

    static inline thread_local bool ended = false;
    Stream stream_{nullptr};
};

// Goes back to where a call began that is left by an exception: what it had read is lost with its
// memory, and is there for the next call then.
template <class Buf>
class going_back {
public:
    using pos_type = typename Buf::pos_type;

    going_back(Buf& device, const pos_type& begin) : device_(device), begin_(begin) {}
    going_back(const going_back&) = delete;
    going_back& operator=(const going_back&) = delete;
    ~going_back() {
        if (begin_ >= 0) {
            device_.pubseekpos(begin_);
        }
    }

    void begin_at(const pos_type& begin) { begin_ = begin; }
    void release() { begin_ = pos_type(-1); }

private:
    Buf& device_;
    pos_type begin_;
};

}  // namespace

template <class CharT, class Traits>
basic_stream<CharT, Traits>::basic_stream(std::unique_ptr<buf_type> buffer)
    : basic_stream(buffer.get(), std::nullopt) {
    owned_ = std::move(buffer);
    if (buffer_ != nullptr) {
        buffer_->set_owner(this);
    }
}

// The member is only pointed to: it is made after its stream.
template <class CharT, class Traits>
basic_stream<CharT, Traits>::basic_stream(buf_type& member) : basic_stream(&member, std::nullopt) {}

template <class CharT, class Traits>
basic_stream<CharT, Traits>::basic_stream(buf_type* buffer, std::optional<base> spare)
    : base(prototype<base>::get(spare)), buffer_(buffer) {
    basic_stream::has_been_initialized();
    base::rdbuf(buffer);
}

template <class CharT, class Traits>
basic_stream<CharT, Traits>::basic_stream(basic_stream&& other, buf_type& member) noexcept
    : base(static_cast<base&&>(other)), line_end_(other.line_end_) {
    basic_stream::has_been_initialized();
    this->set_rdbuf(&member);
    buffer_ = &member;
}

template <class CharT, class Traits>
basic_stream<CharT, Traits>::basic_stream(basic_stream&& other) noexcept(false)
    : base(static_cast<base&&>(other)), line_end_(other.line_end_) {
    basic_stream::has_been_initialized();
    own(other.release());
    other.own(nullptr);
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::operator=(basic_stream&& other) noexcept(false) -> basic_stream& {
    basic_stream taken(std::move(other));
    swap(taken);
    return *this;
}

template <class CharT, class Traits>
basic_stream<CharT, Traits>::~basic_stream() {
    if (owned_) {
        owned_->set_owner(nullptr);  // the buffer closes after the std::ios has gone
    }
}

template <class CharT, class Traits>
void basic_stream<CharT, Traits>::swap(basic_stream& other) {
    if (this == &other) {
        return;
    }
    auto mine = release();
    auto theirs = other.release();
    base::swap(other);
    std::swap(line_end_, other.line_end_);
    own(std::move(theirs));
    other.own(std::move(mine));
}

template <class CharT, class Traits>
void basic_stream<CharT, Traits>::own(std::unique_ptr<buf_type> buffer) noexcept {
    use(buffer.get());
    owned_ = std::move(buffer);
}

template <class CharT, class Traits>
void basic_stream<CharT, Traits>::use(buf_type* member) noexcept {
    owned_.reset();
    buffer_ = member;
    this->set_rdbuf(member);
    if (member != nullptr) {
        member->set_owner(this);
    } else {
        this->exceptions(std::ios_base::goodbit);  // or the next line may throw
        this->clear();
    }
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::require_open(const char* operation) const -> buf_type& {
    if (closed()) {
        if (buffer_ == nullptr) {
            throw error(operation, errc::closed);
        }
        throw error(operation, errc::closed, buffer_->path(), -1, buffer_->detail_of(errc::closed));
    }
    return *buffer_;
}

// Takes back what a failure has set. A state that exceptions() do not allow was there before.
template <class CharT, class Traits>
void basic_stream<CharT, Traits>::restore(std::ios_base::iostate before) {
    const detail::held_exceptions<CharT, Traits> held(this);
    this->clear(before);
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::require_readable() const -> buf_type& {
    buf_type& device = require_open("read");
    if (!device.readable()) {
        throw error("read", errc::not_readable, device.path());
    }
    return device;
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::read(std::streamsize count) -> string_type {
    buf_type& device = require_readable();
    const auto before = this->rdstate();
    const pos_type begin = count < 0 ? place_to_go_back_to(device) : nowhere();
    going_back unless_done(device, begin);
    // A huge count is a wish, not a size: grow towards it as the content comes.
    constexpr std::size_t step = std::size_t(1) << 20;
    constexpr std::size_t piece = (std::size_t(64) << 20) / sizeof(CharT);  // resize() fills it
    const std::size_t wanted =
        count < 0 ? std::numeric_limits<std::size_t>::max() : static_cast<std::size_t>(count);
    string_type result;
    std::optional<error> thrown;
    while (result.size() < wanted) {
        const std::size_t size = result.size();
        // All of it, for memory and for files.
        const std::size_t known = detail::believed(device.in_avail(), sizeof(CharT));
        const std::size_t next =
            known > 0 ? std::min(known, piece) : std::min(step, std::max<std::size_t>(4096, size));
        const std::size_t room = std::min(wanted - size, next);
        if (known > room && result.capacity() - size < room) {
            result.reserve(size + std::min(wanted - size, known));
        }
        if (size == 0 && room < wanted && count >= 0) {
            unless_done.begin_at(place_to_go_back_to(device));  // more than one piece
        }
        result.resize(size + room);
        const std::size_t got = read_what_comes(std::span(result.data() + size, room), thrown);
        result.resize(size + got);
        if (got < room) {
            break;
        }
    }
    unless_done.release();
    if (thrown) {
        leave_or_throw(device, *thrown, result.empty(), count < 0 ? begin : nowhere(), before);
    }
    return result;
}

// Where a call stands that is to have read all up to the end, or nothing.
template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::place_to_go_back_to(buf_type& device) -> pos_type {
    return device.seekable() ? device.pubseekoff(0, std::ios_base::cur) : nowhere();
}

// A failure came after a part, or before any. It is left to the next call, or thrown where there
// is no part, or all of it could be given back at `begin`.
template <class CharT, class Traits>
void basic_stream<CharT, Traits>::leave_or_throw(buf_type& device, const error& thrown,
                                                 bool nothing_came, const pos_type& begin,
                                                 std::ios_base::iostate before) {
    // Whoever reads to the end takes what comes for all there is.
    const bool for_now = thrown.code() == errc::would_block || thrown.code() == errc::timed_out;
    const bool taken_back =
        !for_now && off_type(begin) >= 0 && off_type(device.pubseekpos(begin)) >= 0;
    if (nothing_came || taken_back) {
        throw error(thrown);
    }
    restore(before);
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::read1(std::streamsize count) -> string_type {
    if (count == 0) {
        return {};
    }
    buf_type& device = require_readable();
    // A huge count is a wish, not a size.
    constexpr std::streamsize step = std::streamsize(1) << 18;
    const auto wanted = static_cast<std::size_t>(std::min(count, step));
    if (count > 0 && device.passes_buffer(wanted)) {
        string_type result(wanted, CharT());
        result.resize(device.do_read_once(result.data(), wanted));
        return result;
    }
    const std::span<const CharT> ready = device.peek();
    const std::size_t size =
        count < 0 ? ready.size() : std::min(ready.size(), static_cast<std::size_t>(count));
    string_type result(ready.data(), size);
    device.consume(size);
    return result;
}

template <class CharT, class Traits>
std::size_t basic_stream<CharT, Traits>::readinto(std::span<CharT> target) {
    require_readable();
    const auto before = this->rdstate();
    std::optional<error> thrown;
    const std::size_t got = read_what_comes(target, thrown);
    if (thrown) {
        if (got == 0) {
            throw error(*thrown);
        }
        restore(before);  // left to the next call
    }
    return got;
}

// Reads up to the end, or a failure.
template <class CharT, class Traits>
std::size_t basic_stream<CharT, Traits>::read_what_comes(std::span<CharT> target,
                                                         std::optional<error>& thrown) {
    if (buffer_->seekable()) {
        const auto before = this->rdstate();
        try {
            return static_cast<std::size_t>(
                buffer_->sgetn(target.data(), static_cast<std::streamsize>(target.size())));
        } catch (const error&) {
            restore(before);  // nothing has been read; piece by piece, what can be is
        }
    }
    std::size_t got = 0;
    while (got < target.size()) {
        std::size_t part = 0;
        try {
            part = readinto1(target.subspan(got));
        } catch (const error& caught) {
            thrown = caught;
        }
        if (part == 0) {
            break;
        }
        got += part;
    }
    return got;
}

template <class CharT, class Traits>
std::size_t basic_stream<CharT, Traits>::readinto1(std::span<CharT> target) {
    buf_type& device = require_readable();
    if (target.empty()) {
        return 0;
    }
    if (device.passes_buffer(target.size())) {
        return device.do_read_once(target.data(), target.size());
    }
    const std::span<const CharT> ready = device.peek();
    const std::size_t count = std::min(ready.size(), target.size());
    Traits::copy(target.data(), ready.data(), count);
    device.consume(count);
    return count;
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::peek(std::size_t count) -> view_type {
    const std::span<const CharT> ready = require_readable().peek(count);
    return {ready.data(), ready.size()};
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::readline(std::streamsize limit) -> string_type {
    buf_type& device = require_readable();
    const auto before = this->rdstate();
    std::optional<error> thrown;
    string_type line = read_line(device, limit, thrown);
    if (thrown) {
        leave_or_throw(device, *thrown, line.empty(), nowhere(), before);
    }
    return line;
}

// Reads up to the end of a line, or a failure.
template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::read_line(buf_type& device, std::streamsize limit,
                                            std::optional<error>& thrown) -> string_type {
    auto room =
        limit < 0 ? std::numeric_limits<std::size_t>::max() : static_cast<std::size_t>(limit);
    string_type line;
    going_back unless_done(device, nowhere());
    bool marked = false;
    for (bool complete = false; !complete && room > 0;) {
        std::span<const CharT> ready;
        try {
            ready = device.peek();
        } catch (const error& caught) {
            thrown = caught;
        }
        if (ready.empty()) {
            break;
        }
        const view_type text(ready.data(), std::min(ready.size(), room));
        const auto extent = detail::continue_line(view_type(line), text, line_end_);
        if (!marked && !extent.complete) {
            unless_done.begin_at(place_to_go_back_to(device));
            marked = true;
            continue;  // what was ready need not outlive the question where it is
        }
        line.append(text.substr(0, extent.size));
        device.consume(extent.size);
        room -= extent.size;
        complete = extent.complete;
    }
    unless_done.release();
    return line;
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::readlines(std::streamsize hint) -> std::vector<string_type> {
    buf_type& device = require_readable();
    const auto before = this->rdstate();
    const pos_type begin = place_to_go_back_to(device);
    going_back unless_done(device, begin);
    std::vector<string_type> lines;
    std::optional<error> thrown;
    for (std::streamsize total = 0; !thrown && (hint <= 0 || total <= hint);) {
        string_type line = read_line(device, -1, thrown);
        if (line.empty()) {
            break;
        }
        total += static_cast<std::streamsize>(line.size());
        lines.push_back(std::move(line));
    }
    unless_done.release();
    if (thrown) {
        leave_or_throw(device, *thrown, lines.empty(), hint > 0 ? nowhere() : begin, before);
    }
    return lines;
}

template <class CharT, class Traits>
std::size_t basic_stream<CharT, Traits>::write(view_type text) {
    if (buffer_ == nullptr || (text.empty() && !buffer_->writable())) {
        require_open("write");
        throw error("write", errc::not_writable, buffer_->path());
    }
    buf_type& device = *buffer_;
    const bool was_bad = this->bad();
    const auto size = static_cast<std::streamsize>(text.size());
    // What the buffer throws where exceptions() hold badbit would hide the count.
    const bool throws = (this->exceptions() & std::ios_base::badbit) != std::ios_base::goodbit;
    const detail::held_exceptions<CharT, Traits> held(throws ? this : nullptr);
    const auto written = device.sputn(text.data(), size);
    if (written < size || (this->bad() && !was_bad)) {
        const error reason = device.latest("write");
        throw error(reason.operation(), reason.code(), reason.path(), reason.position(),
                    reason.detail(), written);
    }
    return text.size();
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::seek(off_type offset, std::ios_base::seekdir whence) -> off_type {
    buf_type& device = require_open("seek");
    return moved_to(device, whence == std::ios_base::beg ? device.pubseekpos(offset)
                                                         : device.pubseekoff(offset, whence));
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::seek(pos_type position) -> off_type {
    buf_type& device = require_open("seek");
    return moved_to(device, device.pubseekpos(position));
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::moved_to(const buf_type& device, off_type position) -> off_type {
    if (position < 0) {
        throw device.latest("seek");
    }
    if (this->eof()) {
        this->clear(this->rdstate() & std::ios_base::badbit);
    }
    return position;
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::tell() -> off_type {
    buf_type& device = require_open("tell");
    const pos_type position = device.pubseekoff(0, std::ios_base::cur);
    if (off_type(position) < 0) {
        throw device.latest("tell");
    }
    const auto state = position.state();
    if (std::mbsinit(&state) == 0) {
        throw error("tell", errc::bad_position, device.path(), -1, "no number tells this place");
    }
    return position;
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::truncate(std::optional<off_type> size) -> off_type {
    buf_type& device = require_open("truncate");
    return device.truncate(size ? *size : tell());
}

template <class CharT, class Traits>
void basic_stream<CharT, Traits>::sync_to_disk() {
    require_open("sync_to_disk").sync_to_disk();
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::flush() -> basic_stream& {
    buf_type& device = require_open("flush");
    if (device.pubsync() != 0) {
        throw device.latest("flush");
    }
    return *this;
}

template <class CharT, class Traits>
void basic_stream<CharT, Traits>::close() {
    if (buffer_) {
        buffer_->close();
    }
}

template <class CharT, class Traits>
bool basic_stream<CharT, Traits>::isatty() {
    return require_open("isatty").is_terminal();
}

template <class CharT, class Traits>
int basic_stream<CharT, Traits>::fileno() {
    buf_type& device = require_open("fileno");
    std::error_code code;
    const int descriptor = device.do_native_handle(code);
    if (descriptor < 0) {
        throw error("fileno", code, device.path());
    }
    return descriptor;
}

template <class CharT, class Traits>
auto basic_stream<CharT, Traits>::detach() -> std::unique_ptr<buf_type> {
    buf_type& device = require_open("detach");
    if (device.writable()) {
        flush();
    }
    auto result = release();
    result->set_owner(nullptr);
    own(nullptr);
    return result;
}

template class basic_stream<char>;
template class basic_stream<wchar_t>;

}  // namespace sluice
