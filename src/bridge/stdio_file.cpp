#include <sluice/bridge/stdio.hpp>
#include <sluice/detail/held_exceptions.hpp>

#include "filter/below.hpp"
#include "os/c_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <new>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

using ios = std::ios_base;

namespace detail {

/// What has failed, for stdio_file to tell when C has only an errno of it.
struct stdio_report {
    bool open = true;
    std::optional<error> first;
    std::optional<error> since;  // the first since close() began
    std::optional<error> latest;
    std::optional<error> lost;  // the first of a write
    std::exception_ptr thrown;
    bool refused_seek = false;  // is what `first` is, which gives way to a loss

    void note(const error& failure, bool refused) {
        if (!first || (refused_seek && !refused)) {
            first = failure;
            refused_seek = refused;
        }
        if (!since) {
            since = failure;
        }
        latest = failure;
    }
};

namespace {

/// What is being thrown, as an error.
error caught(const char* operation) {
    const std::error_code io = std::make_error_code(std::errc::io_error);
    try {
        throw;
    } catch (const std::system_error& thrown) {  // std::ios_base::failure
        return {operation, thrown.code() ? thrown.code() : io};
    } catch (const std::bad_alloc&) {
        return {operation, std::make_error_code(std::errc::not_enough_memory)};
    } catch (const std::exception& thrown) {
        return {operation, io, "", -1, thrown.what()};
    } catch (...) {
        return {operation, io};
    }
}

/// The buffer below, as a FILE uses it.
class stdio_device final : public os::c_device {
public:
    struct abilities {
        bool reads = false;
        bool writes = false;
        bool appends = false;
    };

    stdio_device(lower below, abilities can, std::shared_ptr<stdio_report> report)
        : below_(std::move(below)),
          can_(can),
          report_(std::move(report)),
          last_(can.reads ? ios::in : ios::out) {}

    /// The buffer for C's calls.
    [[nodiscard]] char* buffer() noexcept { return buffer_.get(); }

    os::transfer read(char* target, std::size_t size) noexcept override;
    os::transfer write(const char* source, std::size_t size) noexcept override;
    std::int64_t seek(std::int64_t offset, ios::seekdir whence,
                      std::error_code& code) noexcept override;
    std::error_code close(std::size_t read_ahead) noexcept override;

    static constexpr std::size_t buffer_size = std::size_t(32) << 10;

private:
    // Random access does not pay for the buffer's size: it is filled more and more while reading
    // goes on in order.
    static constexpr std::size_t first_block = 1024;

    [[nodiscard]] std::streambuf& buf() const noexcept { return *below_.get(); }
    template <class Call>
    std::error_code attempt(const char* operation, Call call, bool seeking = false) noexcept;
    void turn_to(ios::openmode which);
    [[nodiscard]] std::streamoff tell() { return buf().pubseekoff(0, ios::cur, last_); }
    [[nodiscard]] std::streamoff go_to(std::streamoff offset, ios::seekdir whence);
    [[nodiscard]] std::streamoff move(std::streamoff offset, ios::seekdir whence);
    [[nodiscard]] bool put_back(std::streamoff count);
    [[nodiscard]] std::size_t read_ready(char* target, std::size_t size);
    void put(const char* source, std::size_t size, std::size_t& done);

    lower below_;
    abilities can_;
    std::shared_ptr<stdio_report> report_;
    std::unique_ptr<char[]> buffer_{new char[buffer_size]};
    ios::openmode last_;  // which way the last transfer went
    std::size_t block_ = first_block;
};

// Makes a call to the buffer below, which throws where it fails; what it throws is noted.
template <class Call>
std::error_code stdio_device::attempt(const char* operation, Call call, bool seeking) noexcept {
    try {
        try {
            call();
            return {};
        } catch (const error& failure) {
            report_->note(failure, seeking);
            return failure.code();
        } catch (...) {
            if (!report_->thrown) {
                report_->thrown = std::current_exception();
            }
            const error failure = caught(operation);
            report_->note(failure, seeking);
            return failure.code();
        }
    } catch (...) {  // there is no memory to say what failed
        return std::make_error_code(std::errc::not_enough_memory);
    }
}

// A buffer with two positions goes on with the other one where it stands with this one.
void stdio_device::turn_to(ios::openmode which) {
    if (last_ == which) {
        return;
    }
    if (below_.device() == nullptr || below_.device()->seekable()) {
        const std::streamoff here = tell();
        if (here >= 0) {
            buf().pubseekpos(here, which);
        }
    }
    last_ = which;
}

// -- transfers --------------------------------------------------------------------------------

// All of it from what can be read again and so is no pipe, which could be waited for; else what is
// ready.
std::size_t stdio_device::read_ready(char* target, std::size_t size) {
    basic_buf<char>* const device = below_.device();
    return device != nullptr && device->seekable() ? read_below(buf(), target, size)
                                                   : read_ready_below(buf(), target, size);
}

os::transfer stdio_device::read(char* target, std::size_t size) noexcept {
    if (target == buffer_.get()) {
        size = std::min(size, block_);
        block_ = std::min(4 * block_, buffer_size);
    }
    std::size_t got = 0;
    const std::error_code code = attempt("read", [&] {
        turn_to(ios::in);
        got = std::min(read_ready(target, size), size);  // whatever a foreign buffer says
    });
    return {got, code};
}

void stdio_device::put(const char* source, std::size_t size, std::size_t& done) {
    const held_exceptions<char, std::char_traits<char>> quiet(owner_of(buf()));
    const std::streamsize taken = buf().sputn(source, static_cast<std::streamsize>(size));
    done = std::min(static_cast<std::size_t>(std::max<std::streamsize>(taken, 0)), size);
    if (done < size) {
        throw failure_of(buf(), "write");
    }
}

// A call of C's that flushes cannot be told from a buffer that is full, and makes no call at all
// where that is empty again: so whatever comes is flushed.
os::transfer stdio_device::write(const char* source, std::size_t size) noexcept {
    std::size_t done = 0;
    std::error_code code = attempt("write", [&] {
        turn_to(ios::out);
        if (can_.appends) {
            static_cast<void>(go_to(0, ios::end));  // what cannot seek is at its end
        }
        put(source, size, done);
    });
    if (!code) {
        code = attempt("sync", [this] {
            const held_exceptions<char, std::char_traits<char>> quiet(owner_of(buf()));
            if (buf().pubsync() != 0) {
                const error failure = failure_of(buf(), "sync");
                if (failure.code() != errc::would_block) {
                    throw error(failure);
                }
            }
        });
        done = code ? 0 : done;
    }
    if (code && !report_->lost) {
        report_->lost = report_->latest;
    }
    return {done, code};
}

// -- positions --------------------------------------------------------------------------------

// What C has read ahead, where that cannot be sought: all of it, or nothing.
bool stdio_device::put_back(std::streamoff count) {
    for (std::streamoff done = 0; done < count; ++done) {
        if (std::char_traits<char>::eq_int_type(buf().sungetc(), std::char_traits<char>::eof())) {
            for (; done > 0; --done) {
                buf().sbumpc();
            }
            return false;
        }
    }
    return true;
}

// Both positions at once, where there are two.
std::streamoff stdio_device::go_to(std::streamoff offset, ios::seekdir whence) {
    const ios::openmode which = (below_.readable() ? ios::in : ios::openmode{}) |
                                (below_.writable() ? ios::out : ios::openmode{});
    std::streamoff result = buf().pubseekoff(offset, whence, which);
    if (result < 0 && below_.device() == nullptr) {
        // Nobody knows which of them it has.
        for (const ios::openmode one : {ios::in, ios::out}) {
            result = result < 0 ? std::streamoff(buf().pubseekoff(offset, whence, one)) : result;
        }
    }
    return result;
}

std::streamoff stdio_device::move(std::streamoff offset, ios::seekdir whence) {
    basic_buf<char>* const device = below_.device();
    const bool can = device != nullptr ? device->seekable() : tell() >= 0;
    if (!can) {
        // What C asks for before it writes, or closes, and no program in its place.
        const auto ahead = static_cast<std::streamoff>(os::read_ahead(file()));
        if (whence == ios::cur && offset < 0 && offset == -ahead && put_back(ahead)) {
            return 0;
        }
        throw error("seek", errc::not_seekable, device != nullptr ? device->path() : "");
    }
    if (whence == ios::cur) {
        const std::streamoff here = tell();
        if (here < 0) {
            throw failure_of(buf(), "seek");
        }
        if (offset == 0) {
            return here;
        }
        if (offset > std::numeric_limits<std::streamoff>::max() - here || here + offset < 0) {
            throw error("seek", errc::bad_position, device != nullptr ? device->path() : "",
                        offset);
        }
        offset += here;
        whence = ios::beg;
    }
    const std::streamoff result = go_to(offset, whence);
    if (result < 0) {
        throw device != nullptr ? device->latest("seek")
                                : error("seek", errc::bad_position, "", offset);
    }
    return result;
}

std::int64_t stdio_device::seek(std::int64_t offset, ios::seekdir whence,
                                std::error_code& code) noexcept {
    block_ = first_block;
    std::streamoff result = -1;
    std::optional<error> refused;
    code = attempt(
        "seek",
        [&] {
            try {
                result = move(offset, whence);
            } catch (const error& failure) {
                if (failure.code() != errc::not_seekable) {
                    throw;
                }
                refused = failure;  // C asks that of what cannot seek too, and does without
            }
        },
        true);
    code = refused ? refused->code() : code;
    return code ? -1 : result;
}

// -- the end ----------------------------------------------------------------------------------

std::error_code stdio_device::close(std::size_t read_ahead) noexcept {
    std::error_code first;
    if (read_ahead != 0) {
        seek(-static_cast<std::int64_t>(read_ahead), ios::cur, first);
        first = first == errc::not_seekable ? std::error_code() : first;
    }
    const bool owned = below_.is_owned();
    const std::error_code code = attempt(owned ? "close" : "sync", [&] {
        const held_exceptions<char, std::char_traits<char>> quiet(owner_of(buf()));
        if (owned) {
            close_below(buf());
        } else if (can_.writes) {
            flush_below(buf());
        }
    });
    report_->open = false;
    return first ? first : code;
}

/// Errors: throws error(errc::bad_mode).
stdio_device::abilities abilities_of(std::string_view mode) {
    const char first = mode.empty() ? '\0' : mode.front();
    const std::string_view rest = mode.substr(std::min<std::size_t>(mode.size(), 1));
    if ((first != 'r' && first != 'w' && first != 'a') ||
        rest.find_first_not_of("+be") != std::string_view::npos) {
        throw error("open", errc::bad_mode, "", -1, mode);
    }
    const bool both = rest.find('+') != std::string_view::npos;
    return {first == 'r' || both, first != 'r' || both, first == 'a'};
}

}  // namespace
}  // namespace detail

using detail::stdio_device;

stdio_file::stdio_file(lower below) {
    const bool reads = below.readable();
    const bool writes = below.writable();
    open(std::move(below), reads && writes ? "r+" : writes ? "w" : "r");
}

stdio_file::stdio_file(lower below, const char* mode) {
    open(std::move(below), mode);
}

void stdio_file::open(lower below, const char* mode) {
    const stdio_device::abilities can = detail::abilities_of(mode != nullptr ? mode : "");
    const std::string path = below.device() != nullptr ? below.device()->path() : std::string();
    if (can.reads && !below.readable()) {
        throw error("open", errc::not_readable, path);
    }
    if (can.writes && !below.writable()) {
        throw error("open", errc::not_writable, path);
    }
    const bool by_lines = detail::is_terminal(*below.get());
    auto report = std::make_shared<detail::stdio_report>();
    auto device = std::make_unique<stdio_device>(std::move(below), can, report);
    stdio_device& there = *device;
    // The modes are what is done here: C opens by the least of them that has both directions.
    const char* const plain = !can.writes ? "r" : !can.reads ? "w" : "r+";
    std::error_code code;
    std::FILE* const file = os::open_c_file(std::move(device), plain, code);
    if (file == nullptr) {
        throw error("open", code, path);
    }
    file_ = file;
    report_ = std::move(report);
    std::setvbuf(file, there.buffer(), by_lines ? _IOLBF : _IOFBF, stdio_device::buffer_size);
    if (can.appends && !can.reads) {
        std::error_code ignored;  // as fopen(): where it cannot seek, it is at its end
        there.seek(0, ios::end, ignored);
        report_->first.reset();
        report_->since.reset();
    }
}

// NOLINTNEXTLINE(bugprone-exception-escape): it says so
stdio_file& stdio_file::operator=(stdio_file&& other) noexcept(false) {
    if (this != &other) {
        close();
        stdio_file taken(std::move(other));
        swap(taken);
    }
    return *this;
}

stdio_file::~stdio_file() {
    if (is_open()) {
        std::fclose(file_);
    }
}

bool stdio_file::is_open() const noexcept {
    return file_ != nullptr && report_->open;
}

std::FILE* stdio_file::release() noexcept {
    std::FILE* const file = get();
    file_ = nullptr;
    return file;
}

void stdio_file::close() {
    if (!is_open()) {
        file_ = nullptr;
        return;
    }
    std::optional<error> lost;
    if (std::ferror(file_) != 0) {
        lost = report_->lost;
    }
    report_->since.reset();
    errno = 0;
    const int result = std::fclose(std::exchange(file_, nullptr));
    if (lost) {
        throw error(*lost);
    }
    if (result != 0) {
        throw report_->since ? *report_->since : error("close", os::c_error());
    }
}

error stdio_file::reason() const {
    return report_ && report_->first ? *report_->first : error();
}

std::exception_ptr stdio_file::exception() const noexcept {
    return report_ ? report_->thrown : nullptr;
}

void stdio_file::clear_reason() noexcept {
    if (report_) {
        report_->first.reset();
        report_->thrown = nullptr;
        report_->lost.reset();
    }
}

}  // namespace sluice
