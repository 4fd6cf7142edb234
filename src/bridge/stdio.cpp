#include <sluice/bridge/stdio.hpp>

#include "os/c_file.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

namespace sluice {

using ios = std::ios_base;

stdiobuf::stdiobuf(std::FILE* file, ownership owner) {
    start(file, owner == ownership::owned ? closer_type(std::fclose) : closer_type());
}

stdiobuf::stdiobuf(std::FILE* file, closer_type closer) {
    start(file, std::move(closer));
}

void stdiobuf::start(std::FILE* file, closer_type closer) {
    if (file == nullptr) {
        throw error("open", errc::closed);
    }
    file_ = file;
    closer_ = std::move(closer);
    std::error_code code;
    seekable_ = os::position(file, code) >= 0;
    const os::handle descriptor = os::descriptor_of(file);
    // Of one without a descriptor nobody can tell; this says less of its positions, and is true.
    appends_ = descriptor == os::no_handle || os::appends(descriptor, code);
    this->set_open(os::is_readable(file), os::is_writable(file));
    if (!closer_) {
        stdiobuf::setbuf(nullptr, 0);
    }
}

stdiobuf& stdiobuf::operator=(stdiobuf&& other) noexcept(false) {
    if (this != &other) {
        close();
        stdiobuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

stdiobuf::~stdiobuf() {
    try {
        set_owner(nullptr);
        close();
    } catch (...) {
        // a destructor keeps quiet; close() reports
    }
}

void stdiobuf::swap(stdiobuf& other) noexcept {
    base::swap(other);
    std::swap(file_, other.file_);
    closer_.swap(other.closer_);
    std::swap(unsynced_, other.unsynced_);
    std::swap(exact_, other.exact_);
    std::swap(seekable_, other.seekable_);
    std::swap(appends_, other.appends_);
    std::swap(ended_, other.ended_);
    std::swap(holds_, other.holds_);
    std::swap(last_, other.last_);
}

std::FILE* stdiobuf::release() {
    if (!is_open()) {
        throw error("release", errc::closed);
    }
    if (stdiobuf::sync() != 0) {
        throw latest("release");
    }
    set_position(0);
    set_unread({});
    set_closed();
    closer_ = nullptr;
    return std::exchange(file_, nullptr);
}

auto stdiobuf::setbuf(char* memory, std::streamsize count) -> std::streambuf* {
    if (is_open()) {
        settle();
    }
    if (base::setbuf(memory, count) == nullptr) {
        return nullptr;
    }
    exact_ = count == 0;
    last_ = traits_type::eof();
    return this;
}

// -- what has been read ahead -----------------------------------------------------------------

// Puts it back into a FILE that cannot seek; what that does not take stays to be read here.
void stdiobuf::put_back_ahead() {
    std::vector<char> ahead = take_read_ahead();
    if (!ahead.empty() && !keep(os::turn_to_reading(file_))) {
        while (!ahead.empty() &&
               std::ungetc(traits_type::to_int_type(ahead.back()), file_) != EOF) {
            ahead.pop_back();
        }
    }
    holds_ = !ahead.empty();
    set_unread(std::move(ahead));
}

// Closes the areas, so that C stands where this buffer does.
void stdiobuf::settle() {
    if (reading()) {
        leave_slot();
        if (gptr() == egptr()) {
            set_position(position());
        } else if (seekable_) {
            static_cast<void>(leave_reading());
        } else {
            holds_ = true;
        }
    }
    if (holds_) {
        put_back_ahead();
    }
}

// Seeks first: glibc 2.36 loses its place where fflush() comes right behind ungetc().
std::error_code stdiobuf::flush_file() {
    std::error_code code;
    if (seekable_) {
        os::seek(file_, 0, ios::cur, code);
    }
    return keep(code ? code : os::flush(file_));
}

// The first failure is kept: what C's buffer had taken is gone, whatever succeeds from then on.
std::error_code stdiobuf::keep(std::error_code code) noexcept {
    if (code && !unsynced_) {
        unsynced_ = code;
    }
    return code;
}

int stdiobuf::sync() {
    if (base::sync() != 0) {
        return -1;
    }
    if (!is_open()) {
        return 0;
    }
    if (writable()) {
        if (const std::error_code code = flush_file()) {
            fail(code, "sync", where());
            return -1;
        }
    }
    if (!seekable_) {
        put_back_ahead();
    }
    return 0;
}

// -- the FILE as a device ---------------------------------------------------------------------

auto stdiobuf::device_read(char* target, std::size_t count, off_type /*position*/) -> transfer {
    if (std::exchange(ended_, false)) {
        return {};
    }
    if (const std::error_code code = keep(os::turn_to_reading(file_))) {
        return {0, code};
    }
    if (std::feof(file_) != 0) {
        std::clearerr(file_);  // or C does not look whether there is more by now
    }
    std::size_t done = 0;
    while (done < count) {
        // Of what may have to be waited for, no more than one character.
        const bool waits = !exact_ && !seekable_;
        const std::size_t wanted =
            !waits ? count - done : std::clamp<std::size_t>(os::read_ahead(file_), 1, count - done);
        errno = 0;
        const std::size_t got = std::fread(target + done, 1, wanted, file_);
        done += got;
        if (got == wanted) {
            if (waits && os::read_ahead(file_) == 0) {
                break;
            }
            continue;
        }
        if (std::feof(file_) != 0) {
            ended_ = done != 0 && do_is_terminal();  // which would be asked for another end
            break;
        }
        if (errno != EINTR) {
            return {done, os::c_error()};
        }
        std::clearerr(file_);
    }
    return {done, {}};
}

auto stdiobuf::device_write(const char* source, std::size_t count, off_type /*position*/)
    -> transfer {
    if (const std::error_code code = os::turn_to_writing(file_)) {
        return {0, code};
    }
    std::size_t done = 0;
    while (done < count) {
        const bool alone = os::pending(file_) == 0;
        errno = 0;
        done += std::fwrite(source + done, 1, count - done, file_);
        if (done < count && (errno != EINTR || !alone)) {  // what C's buffer had is gone
            return {done, keep(os::c_error())};
        }
        if (done < count) {
            std::clearerr(file_);
        }
    }
    return {done, {}};
}

std::error_code stdiobuf::device_seek(off_type position) {
    std::error_code code = os::pending(file_) != 0 ? keep(os::flush(file_)) : std::error_code();
    if (code) {
        return code;
    }
    os::seek(file_, position, ios::beg, code);
    return code;
}

auto stdiobuf::device_position() -> off_type {
    std::error_code code;
    return seekable_ ? os::position(file_, code) : off_type(-1);
}

auto stdiobuf::where() const noexcept -> off_type {
    if (file_ == nullptr || !exact_ || reading()) {
        return position();
    }
    std::error_code code;
    return seekable_ ? os::position(file_, code) : off_type(-1);
}

auto stdiobuf::device_available(off_type /*position*/) -> off_type {
    const auto ahead = static_cast<off_type>(os::read_ahead(file_));
    const os::handle descriptor = os::descriptor_of(file_);
    std::error_code code;
    const os::status status =
        descriptor != os::no_handle ? os::status_of(descriptor, code) : os::status();
    if (descriptor == os::no_handle || code) {
        return ahead;
    }
    // In a file, C and the get area have read up to here.
    return status.regular ? std::max<off_type>(status.size - device_position(), 0)
                          : ahead + os::available(descriptor);
}

// -- without a buffer -------------------------------------------------------------------------

// Takes the next character out of C's buffer; eof at the end.
//
// Errors: fails as a read does.
auto stdiobuf::next() -> int_type {
    if (!readable()) {
        fail_read(is_open() ? errc::not_readable : errc::closed, where());
    }
    if (holds_) {  // C had no memory to take it back, and would be ahead of it
        fail_read(std::make_error_code(std::errc::not_enough_memory), where());
    }
    if (const std::error_code code = keep(os::turn_to_reading(file_))) {
        fail_read(code, where(), "write");
    }
    if (std::feof(file_) != 0) {
        std::clearerr(file_);
    }
    for (;;) {
        errno = 0;
        const int c = std::getc(file_);
        if (c != EOF) {
            return c;
        }
        if (std::feof(file_) != 0) {
            return traits_type::eof();
        }
        const std::error_code code = os::c_error();
        if (code != std::errc::interrupted) {
            fail_read(code, where());
        }
        std::clearerr(file_);
    }
}

auto stdiobuf::underflow() -> int_type {
    if (!exact_ || gptr() < egptr()) {
        return base::underflow();
    }
    settle();
    const int_type c = next();
    if (!traits_type::eq_int_type(c, traits_type::eof()) && std::ungetc(c, file_) == EOF) {
        fail_read(std::make_error_code(std::errc::not_enough_memory), where());
    }
    return c;
}

auto stdiobuf::uflow() -> int_type {
    if (!exact_ || gptr() < egptr()) {
        return base::uflow();
    }
    settle();
    return last_ = next();
}

// One character, taken out of the FILE: a view of it needs a place.
void stdiobuf::do_fill(std::size_t count) {
    if (!exact_) {
        base::do_fill(count);
    } else if (gptr() == egptr()) {
        settle();
        base::underflow();
    }
}

std::streamsize stdiobuf::xsgetn(char* target, std::streamsize count) {
    if (!exact_ || count <= egptr() - gptr()) {
        return base::xsgetn(target, count);
    }
    settle();
    if (!readable() || holds_) {
        static_cast<void>(next());  // fails
    }
    const auto wanted = static_cast<std::size_t>(count);
    for (std::size_t got = 0;;) {
        const transfer part = stdiobuf::device_read(target + got, wanted - got, 0);
        got += part.count;
        if (part.error) {
            take_back(target, got);
            fail_read(part.error, where());
        }
        if (part.count == 0 || got == wanted) {
            last_ = got != 0 ? traits_type::to_int_type(target[got - 1]) : last_;
            return static_cast<std::streamsize>(got);
        }
    }
}

// What came before a failure is read again, by C too.
void stdiobuf::take_back(const char* text, std::size_t count) {
    if (count == 0) {
        return;
    }
    if (seekable_) {
        static_cast<void>(device_seek(device_position() - static_cast<off_type>(count)));
        return;
    }
    set_unread({text, text + count});
    put_back_ahead();
}

// Reads the character before the position, and stands there again; eof where there is none, or it
// is not known.
auto stdiobuf::before() -> int_type {
    if (!seekable_) {
        return std::exchange(last_, traits_type::eof());
    }
    const off_type here = device_position();
    if (here <= 0 || device_seek(here - 1)) {
        return traits_type::eof();
    }
    const int_type c = next();
    if (traits_type::eq_int_type(c, traits_type::eof())) {  // past the end
        static_cast<void>(device_seek(here));
    }
    return c;
}

auto stdiobuf::pbackfail(int_type c) -> int_type {
    if (!exact_) {
        return base::pbackfail(c);
    }
    if (!readable()) {
        return traits_type::eof();
    }
    settle();
    const bool any = traits_type::eq_int_type(c, traits_type::eof());
    const int_type known = any || seekable_ ? before() : c;
    if (traits_type::eq_int_type(known, traits_type::eof()) || keep(os::turn_to_reading(file_))) {
        return traits_type::eof();
    }
    const int_type wanted = any ? known : c;
    return std::ungetc(wanted, file_) != EOF ? wanted : traits_type::eof();
}

std::streamsize stdiobuf::xsputn(const char* source, std::streamsize count) {
    if (!exact_ || !writable()) {
        return base::xsputn(source, count);
    }
    settle();
    const transfer put =
        device_write(source, static_cast<std::size_t>(std::max<std::streamsize>(count, 0)), 0);
    if (put.error) {
        fail(put.error, "write", where());
    }
    return static_cast<std::streamsize>(put.count);
}

auto stdiobuf::overflow(int_type c) -> int_type {
    if (!exact_ || !writable()) {
        return base::overflow(c);
    }
    const char character = traits_type::to_char_type(c);
    const bool none = traits_type::eq_int_type(c, traits_type::eof());
    return none || stdiobuf::xsputn(&character, 1) == 1 ? traits_type::not_eof(c)
                                                        : traits_type::eof();
}

// -- the end ----------------------------------------------------------------------------------

bool stdiobuf::do_is_terminal() {
    const os::handle descriptor = os::descriptor_of(file_);
    return descriptor != os::no_handle && os::is_terminal(descriptor);
}

auto stdiobuf::do_size(std::error_code& code) -> off_type {
    code = flush_pending();
    if (!code && writable()) {
        code = flush_file();
    }
    if (!code && !seekable_) {
        code = errc::unsupported;
    }
    if (code) {
        return -1;
    }
    const off_type here = os::position(file_, code);
    const off_type end = code ? off_type(-1) : os::seek(file_, 0, ios::end, code);
    if (end < 0) {
        return -1;
    }
    code = device_seek(here);
    return code ? off_type(-1) : end;
}

std::error_code stdiobuf::do_truncate(off_type size) {
    if (const std::error_code code = flush_pending()) {
        return code;
    }
    if (const std::error_code code = leave_reading()) {
        return code;
    }
    if (const std::error_code code = flush_file()) {  // what C has read may be gone then
        return code;
    }
    const os::handle descriptor = os::descriptor_of(file_);
    return descriptor != os::no_handle ? os::truncate(descriptor, size)
                                       : make_error_code(errc::unsupported);
}

std::error_code stdiobuf::do_sync_to_disk() {
    const os::handle descriptor = os::descriptor_of(file_);
    if (descriptor == os::no_handle) {
        return errc::unsupported;
    }
    return unsynced_ ? unsynced_ : keep(os::sync_to_disk(descriptor));
}

int stdiobuf::do_native_handle(std::error_code& code) {
    const os::handle descriptor = os::descriptor_of(file_);
    if (descriptor == os::no_handle) {
        code = errc::unsupported;
    } else if (stdiobuf::sync() != 0) {
        code = latest("native_handle").code();
        return -1;
    }
    return descriptor;
}

// Leaves the FILE as a borrowed one is left, and closes it where it is owned.
std::error_code stdiobuf::finish() {
    std::error_code code = flush_pending();
    if (!code && seekable_) {
        code = leave_reading();
    }
    if (closer_) {
        errno = 0;
        const std::error_code closed = closer_(file_) < 0 ? os::c_error() : std::error_code();
        return code ? code : closed;
    }
    if (!code && writable()) {
        code = flush_file();
    }
    if (!seekable_) {
        put_back_ahead();
    }
    return code;
}

std::error_code stdiobuf::do_close() noexcept {
    std::error_code code;
    try {
        code = finish();
    } catch (...) {  // a closer's own
        code = std::make_error_code(std::errc::io_error);
    }
    set_position(0);
    set_unread({});
    file_ = nullptr;
    closer_ = nullptr;
    return code;
}

}  // namespace sluice
