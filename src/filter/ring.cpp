#include <sluice/detail/copy.hpp>
#include <sluice/filter/ring.hpp>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>

namespace sluice {
namespace {

// How many characters are kept, to be put back, of a ring of that capacity.
constexpr std::size_t most_kept(std::size_t capacity) {
    return std::min<std::size_t>(8, capacity / 8);
}

// What an area holds, of a ring of that capacity.
constexpr std::size_t block_of(std::size_t capacity) {
    return std::clamp<std::size_t>(capacity / 8, 1, std::size_t(1) << 20);
}

}  // namespace

// What both ends know. written and read are counts of characters from the beginning on: those in
// [read, written) belong to the reader, all else to the writer.
template <class CharT>
struct basic_ringbuf<CharT>::shared {
    explicit shared(std::size_t size) : memory(new CharT[size]), capacity(size) {}

    [[nodiscard]] std::size_t room() const noexcept {
        return capacity - static_cast<std::size_t>(written - read);
    }

    // Waits until ready(); false: it took too long.
    template <class Ready>
    [[nodiscard]] static bool wait(std::unique_lock<std::mutex>& lock,
                                   std::condition_variable& until, bool& waits,
                                   const timeout_type& timeout, Ready ready) {
        if (ready()) {
            return true;
        }
        waits = true;
        bool in_time = true;
        if (timeout) {
            // The longest there is would be no time that a clock can tell.
            constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 365);
            const auto limit = std::clamp(*timeout, std::chrono::milliseconds(0), longest);
            in_time = until.wait_for(lock, limit, ready);
        } else {
            until.wait(lock, ready);
        }
        waits = false;
        return in_time;
    }

    const std::unique_ptr<CharT[]> memory;
    const std::size_t capacity;

    std::mutex mutex;  // of all that follows
    std::condition_variable has_data;
    std::condition_variable has_room;
    bool reader_waits = false;
    bool writer_waits = false;
    std::uint64_t written = 0;
    std::uint64_t read = 0;
    bool writer_closed = false;
    bool reader_closed = false;
    std::optional<error> writer_failed = std::nullopt;
    std::optional<error> reader_failed = std::nullopt;
};

template <class CharT>
auto basic_ringbuf<CharT>::make(std::size_t capacity) -> ends {
    if (capacity == 0) {
        throw error("open", errc::bad_mode, {}, -1, "a ring without memory");
    }
    const auto ring = std::make_shared<shared>(capacity);
    ends result;
    result.reader.reset(new basic_ringbuf(ring, true));
    result.writer.reset(new basic_ringbuf(ring, false));
    return result;
}

template <class CharT>
basic_ringbuf<CharT>::basic_ringbuf(std::shared_ptr<shared> ring, bool reads)
    : base(reads, !reads), ring_(std::move(ring)), reads_(reads) {}

template <class CharT>
auto basic_ringbuf<CharT>::operator=(basic_ringbuf&& other) noexcept(false) -> basic_ringbuf& {
    if (this != &other) {
        this->close();
        basic_ringbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
basic_ringbuf<CharT>::~basic_ringbuf() {
    if (!this->is_open()) {
        return;
    }
    static_cast<void>(publish());
    const bool unwinds = std::uncaught_exceptions() > exceptions_before_;
    finish(unwinds && !reads_ ? error("read", std::make_error_code(std::errc::operation_canceled),
                                      {}, -1, "the writer ended by an exception")
                              : std::optional<error>());
}

template <class CharT>
void basic_ringbuf<CharT>::swap(basic_ringbuf& other) noexcept {
    base::swap(other);
    ring_.swap(other.ring_);
    std::swap(reads_, other.reads_);
    std::swap(end_, other.end_);
    std::swap(timeout_, other.timeout_);
    std::swap(exceptions_before_, other.exceptions_before_);
    unread_.swap(other.unread_);
}

template <class CharT>
CharT* basic_ringbuf<CharT>::place(std::uint64_t total) const noexcept {
    return ring_->memory.get() + total % ring_->capacity;
}

// -- reading ----------------------------------------------------------------------------------

// Gives back what has been read but for a few characters, and shows what there is behind it; waits
// for something to be there. False: it is the end, and the area stays.
template <class CharT>
bool basic_ringbuf<CharT>::show_more() {
    shared& ring = *ring_;
    const std::uint64_t here = end_;
    // What is kept lies before `here`, in one piece with it.
    const bool in_ring = this->eback() != nullptr && unread_.empty();
    const auto kept = std::min(
        {most_kept(ring.capacity), static_cast<std::size_t>(here % ring.capacity),
         in_ring ? static_cast<std::size_t>(this->gptr() - this->eback()) : std::size_t(0)});
    bool wakes = false;
    std::size_t ready = 0;
    {
        std::unique_lock lock(ring.mutex);
        const auto available = [&] { return ring.written != here || ring.writer_closed; };
        if (!available()) {  // the writer may be waiting for what is given back
            ring.read = here - kept;
            if (ring.writer_waits) {
                ring.has_room.notify_one();
            }
            if (!shared::wait(lock, ring.has_data, ring.reader_waits, timeout_, available)) {
                lock.unlock();
                this->setg(place(here - kept), place(here - kept) + kept,
                           place(here - kept) + kept);
                this->fail_read(errc::timed_out);
            }
        }
        if (ring.written == here) {
            const std::optional<error> why = ring.writer_failed;
            lock.unlock();
            this->setg(place(here - kept), place(here - kept) + kept, place(here - kept) + kept);
            if (why) {
                this->fail_read_as(*why);
            }
            return false;
        }
        ready = std::min({static_cast<std::size_t>(ring.written - here), block_of(ring.capacity),
                          ring.capacity - static_cast<std::size_t>(here % ring.capacity)});
        ring.read = here - kept;
        wakes = ring.writer_waits;
    }
    if (wakes) {
        ring.has_room.notify_one();
    }
    CharT* const next = place(here);
    this->setg(next - kept, next, next + ready);
    end_ = here + ready;
    unread_.clear();
    return true;
}

template <class CharT>
auto basic_ringbuf<CharT>::underflow() -> int_type {
    if (this->gptr() < this->egptr()) {
        return traits_type::to_int_type(*this->gptr());
    }
    if (!this->readable()) {
        this->fail_read(this->is_open() ? errc::not_readable : errc::closed);
    }
    return show_more() ? traits_type::to_int_type(*this->gptr()) : traits_type::eof();
}

template <class CharT>
std::streamsize basic_ringbuf<CharT>::xsgetn(CharT* target, std::streamsize count) {
    std::streamsize got = 0;
    try {
        while (got < count && !traits_type::eq_int_type(underflow(), traits_type::eof())) {
            const std::streamsize part = std::min(count - got, this->egptr() - this->gptr());
            detail::copy_characters<traits_type>(target + got, this->gptr(),
                                                 static_cast<std::size_t>(part));
            this->setg(this->eback(), this->gptr() + part, this->egptr());
            got += part;
        }
    } catch (...) {
        if (got > 0) {  // a read that failed has read nothing
            unread_.assign(target, target + got);
            this->setg(unread_.data(), unread_.data(), unread_.data() + got);
        }
        throw;
    }
    return got;
}

// As many as lie behind each other in the ring.
template <class CharT>
void basic_ringbuf<CharT>::do_fill(std::size_t count) {
    if (traits_type::eq_int_type(underflow(), traits_type::eof()) || !unread_.empty() ||
        static_cast<std::size_t>(this->egptr() - this->gptr()) >= count) {
        return;
    }
    shared& ring = *ring_;
    std::unique_lock lock(ring.mutex);
    const std::uint64_t begin = end_ - static_cast<std::uint64_t>(this->egptr() - this->gptr());
    const std::size_t most = ring.capacity - static_cast<std::size_t>(begin % ring.capacity);
    const std::size_t kept =
        std::min(static_cast<std::size_t>(this->gptr() - this->eback()), most_kept(ring.capacity));
    ring.read = begin - kept;
    if (ring.writer_waits) {
        ring.has_room.notify_one();
    }
    const std::size_t wanted = std::min({count, most, ring.capacity - kept});
    const bool in_time = shared::wait(lock, ring.has_data, ring.reader_waits, timeout_, [&] {
        return ring.written - begin >= wanted || ring.writer_closed;
    });
    const std::size_t ready = std::min(static_cast<std::size_t>(ring.written - begin), wanted);
    end_ = begin + ready;
    this->setg(this->gptr() - kept, this->gptr(), this->gptr() + ready);
    static_cast<void>(in_time);  // there is something, and the next call waits again
}

template <class CharT>
std::streamsize basic_ringbuf<CharT>::showmanyc() {
    if (!this->readable()) {
        return -1;
    }
    const std::scoped_lock lock(ring_->mutex);
    const auto ready = static_cast<std::streamsize>(ring_->written - end_);
    return ready == 0 && ring_->writer_closed && !ring_->writer_failed ? -1 : ready;
}

// What has been read and not given back is the reader's.
template <class CharT>
auto basic_ringbuf<CharT>::pbackfail(int_type c) -> int_type {
    if (!this->readable() || this->gptr() == this->eback()) {
        return traits_type::eof();
    }
    this->setg(this->eback(), this->gptr() - 1, this->egptr());
    if (!traits_type::eq_int_type(c, traits_type::eof())) {
        *this->gptr() = traits_type::to_char_type(c);
    }
    return traits_type::to_int_type(*this->gptr());
}

// -- writing ----------------------------------------------------------------------------------

template <class CharT>
bool basic_ringbuf<CharT>::require_writable() {
    if (!this->writable()) {
        this->fail(this->is_open() ? errc::not_writable : errc::closed, "write");
    }
    return this->writable();
}

// Lets the reader have what has been written; it stays pending where nobody reads.
template <class CharT>
std::optional<error> basic_ringbuf<CharT>::publish() noexcept {
    if (this->pptr() == this->pbase()) {
        return std::nullopt;
    }
    shared& ring = *ring_;
    bool wakes = false;
    {
        const std::scoped_lock lock(ring.mutex);
        if (ring.reader_closed) {
            return ring.reader_failed.value_or(
                error("write", std::make_error_code(std::errc::broken_pipe)));
        }
        ring.written += static_cast<std::uint64_t>(this->pptr() - this->pbase());
        end_ = ring.written;
        wakes = ring.reader_waits;
    }
    if (wakes) {
        ring.has_data.notify_one();
    }
    this->setp(this->pptr(), this->epptr());
    return std::nullopt;
}

template <class CharT>
bool basic_ringbuf<CharT>::publish_or_fail() {
    if (const std::optional<error> why = publish()) {
        this->fail_as(*why);
        return false;
    }
    return true;
}

// Requires: nothing is pending. False: a failure has been reported.
template <class CharT>
bool basic_ringbuf<CharT>::open_put_area() {
    shared& ring = *ring_;
    std::unique_lock lock(ring.mutex);
    const bool in_time = shared::wait(lock, ring.has_room, ring.writer_waits, timeout_,
                                      [&] { return ring.room() > 0 || ring.reader_closed; });
    if (ring.reader_closed) {
        const error why = ring.reader_failed.value_or(
            error("write", std::make_error_code(std::errc::broken_pipe)));
        lock.unlock();
        this->setp(nullptr, nullptr);
        this->fail_as(why);
        return false;
    }
    if (!in_time) {
        lock.unlock();
        this->setp(nullptr, nullptr);
        this->fail(errc::timed_out, "write");
        return false;
    }
    const std::size_t size =
        std::min({ring.room(), block_of(ring.capacity),
                  ring.capacity - static_cast<std::size_t>(end_ % ring.capacity)});
    this->setp(place(end_), place(end_) + size);
    return true;
}

template <class CharT>
std::streamsize basic_ringbuf<CharT>::xsputn(const CharT* source, std::streamsize count) {
    for (std::streamsize done = 0;;) {
        const std::streamsize part = std::min(count - done, this->epptr() - this->pptr());
        if (part > 0) {
            detail::copy_characters<traits_type>(this->pptr(), source + done,
                                                 static_cast<std::size_t>(part));
            this->pbump(static_cast<int>(part));  // a block is no longer
            done += part;
        }
        if (done >= count) {
            return std::max<std::streamsize>(count, 0);
        }
        if (!require_writable() || !publish_or_fail() || !open_put_area()) {
            return done;
        }
    }
}

template <class CharT>
auto basic_ringbuf<CharT>::overflow(int_type c) -> int_type {
    if (!traits_type::eq_int_type(c, traits_type::eof())) {
        const CharT character = traits_type::to_char_type(c);
        return xsputn(&character, 1) == 1 ? c : traits_type::eof();
    }
    return require_writable() && publish_or_fail() ? traits_type::not_eof(c) : traits_type::eof();
}

template <class CharT>
int basic_ringbuf<CharT>::sync() {
    return !this->writable() || publish_or_fail() ? 0 : -1;
}

// -- the end ----------------------------------------------------------------------------------

template <class CharT>
void basic_ringbuf<CharT>::finish(std::optional<error> why) noexcept {
    {
        const std::scoped_lock lock(ring_->mutex);
        (reads_ ? ring_->reader_closed : ring_->writer_closed) = true;
        (reads_ ? ring_->reader_failed : ring_->writer_failed) = std::move(why);
    }
    (reads_ ? ring_->has_room : ring_->has_data).notify_one();
    this->setg(nullptr, nullptr, nullptr);
    this->setp(nullptr, nullptr);
    ring_.reset();
    unread_.clear();
}

template <class CharT>
std::error_code basic_ringbuf<CharT>::do_close() noexcept {
    const std::optional<error> why = publish();
    finish(std::nullopt);
    if (!why) {
        return {};
    }
    this->record_as(*why);
    return why->code();
}

template <class CharT>
void basic_ringbuf<CharT>::close_with(const error& why) noexcept {
    if (this->is_open()) {
        static_cast<void>(publish());
        finish(why);
        this->set_closed();
    }
}

template <class CharT>
auto basic_ringbuf<CharT>::seekoff(off_type offset, std::ios_base::seekdir /*whence*/,
                                   std::ios_base::openmode /*which*/) -> pos_type {
    return this->refuse_seek(this->is_open() ? errc::not_seekable : errc::closed, offset);
}

template <class CharT>
auto basic_ringbuf<CharT>::seekpos(pos_type position, std::ios_base::openmode which) -> pos_type {
    return basic_ringbuf::seekoff(off_type(position), std::ios_base::beg, which);
}

namespace {

template <class CharT>
basic_ring_streams<CharT> streams_of(std::size_t capacity) {
    auto both = basic_ringbuf<CharT>::make(capacity);
    return {basic_ring_io<CharT>(std::move(both.reader)),
            basic_ring_io<CharT>(std::move(both.writer))};
}

}  // namespace

ring_streams ring(std::size_t capacity) {
    return streams_of<char>(capacity);
}

wring_streams wring(std::size_t capacity) {
    return streams_of<wchar_t>(capacity);
}

template class basic_ringbuf<char>;
template class basic_ringbuf<wchar_t>;

}  // namespace sluice
