#include <sluice/testing/faults.hpp>

#include <algorithm>
#include <thread>
#include <utility>

namespace sluice::testing {
namespace {

fault_options usable(fault_options options) {
    // No transfer of nothing would ever come to an end, nor one that fails for no reason.
    for (fault& each : options.faults) {
        each.reason = each.reason.code() ? each.reason : fault_reason(EIO);
    }
    options.most_read = std::max<std::size_t>(options.most_read, 1);
    options.most_written = std::max<std::size_t>(options.most_written, 1);
    if (!options.sleep) {
        options.sleep = [](std::chrono::nanoseconds time) { std::this_thread::sleep_for(time); };
    }
    return options;
}

[[nodiscard]] bool is_turn(std::uint64_t number, std::uint64_t every) noexcept {
    return every != 0 && number % every == 0;
}

}  // namespace

template <class CharT>
basic_faultbuf<CharT>::basic_faultbuf(lower_type below, fault_options options)
    : base(std::move(below)), options_(usable(std::move(options))) {}

template <class CharT>
auto basic_faultbuf<CharT>::operator=(basic_faultbuf&& other) noexcept(false) -> basic_faultbuf& {
    if (this != &other) {
        this->close();
        basic_faultbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
void basic_faultbuf<CharT>::swap(basic_faultbuf& other) noexcept {
    base::swap(other);
    std::swap(options_, other.options_);
    std::swap(read_, other.read_);
    std::swap(written_, other.written_);
    std::swap(syncs_, other.syncs_);
    std::swap(seeks_, other.seeks_);
    std::swap(transfers_, other.transfers_);
}

template <class CharT>
void basic_faultbuf<CharT>::set_faults(fault_options options) {
    this->settle();  // what has passed, has before
    options_ = usable(std::move(options));
    read_ = written_ = syncs_ = seeks_ = transfers_ = 0;
}

// -- what is due ------------------------------------------------------------------------------

// How many characters may pass until a fault is due, or a transfer ends.
template <class CharT>
std::size_t basic_faultbuf<CharT>::most(fault::call on, std::uint64_t done,
                                        std::size_t longest) const noexcept {
    std::uint64_t left = longest;
    for (const fault& each : options_.faults) {
        if (each.on == on) {
            left = std::min(left, each.after > done ? each.after - done : 0);
        }
    }
    return static_cast<std::size_t>(left);
}

template <class CharT>
std::error_code basic_faultbuf<CharT>::due(fault::call on, std::uint64_t done) noexcept {
    const auto found =
        std::find_if(options_.faults.begin(), options_.faults.end(),
                     [&](const fault& each) { return each.on == on && done >= each.after; });
    if (found == options_.faults.end()) {
        return {};
    }
    const std::error_code code = found->reason.code();
    if (found->once) {
        options_.faults.erase(found);
    }
    return code;
}

template <class CharT>
std::error_code basic_faultbuf<CharT>::due_in_transfer(fault::call on, std::uint64_t done) {
    if (options_.delay.count() != 0) {
        options_.sleep(options_.delay);
    }
    ++transfers_;
    if (is_turn(transfers_, options_.interrupt_every)) {
        return {EINTR, std::system_category()};
    }
    if (is_turn(transfers_, options_.block_every)) {
        return errc::would_block;
    }
    return due(on, done);
}

// -- where it fails ---------------------------------------------------------------------------

template <class CharT>
void basic_faultbuf<CharT>::will_read() {
    if (const std::error_code code = due_in_transfer(fault::read, read_)) {
        this->fail_read(code, static_cast<off_type>(read_));
    }
}

template <class CharT>
bool basic_faultbuf<CharT>::will_write() {
    const std::error_code code = due_in_transfer(fault::write, written_);
    if (code) {
        this->fail(code, "write", static_cast<off_type>(written_));
    }
    return !code;
}

template <class CharT>
auto basic_faultbuf<CharT>::seekoff(off_type offset, std::ios_base::seekdir whence,
                                    std::ios_base::openmode which) -> pos_type {
    const bool tells = offset == 0 && whence == std::ios_base::cur;
    if (this->is_open() && !tells) {
        if (const std::error_code code = due(fault::seek, seeks_)) {
            return this->refuse_seek(code, offset);
        }
        ++seeks_;
    }
    return base::seekoff(offset, whence, which);
}

template <class CharT>
auto basic_faultbuf<CharT>::seekpos(pos_type position, std::ios_base::openmode which) -> pos_type {
    if (this->is_open()) {
        if (const std::error_code code = due(fault::seek, seeks_)) {
            return this->refuse_seek(code, off_type(position));
        }
        ++seeks_;
    }
    return base::seekpos(position, which);
}

template <class CharT>
int basic_faultbuf<CharT>::sync() {
    if (this->is_open()) {
        if (const std::error_code code = due(fault::sync, syncs_)) {
            this->fail(code, "sync");
            return -1;
        }
        ++syncs_;
    }
    return base::sync();
}

template <class CharT>
std::error_code basic_faultbuf<CharT>::do_close() noexcept {
    const std::error_code first = base::do_close();
    if (first == errc::pinned) {
        return first;
    }
    const std::error_code code = due(fault::close, 0);
    return first ? first : code;
}

template class basic_faultbuf<char>;
template class basic_faultbuf<wchar_t>;

}  // namespace sluice::testing
