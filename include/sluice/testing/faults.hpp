// faults: a buffer that fails when a test says so, over any buffer that works.
//
//     using sluice::testing::fault;
//     sluice::bytes_io disk;
//     sluice::testing::fault_io out(disk, {.faults = {{.on = fault::write, .after = 100,
//                                                      .reason = ENOSPC}}});
//     CHECK_FALSE(save(document, out));                 // any std::ostream&
//     CHECK(sluice::error_of(out).code() == std::errc::no_space_on_device);
//
// Counts are in characters, which for buffers of char are bytes. A buffer and what lies below it
// are one object for threads.

#ifndef SLUICE_TESTING_FAULTS_HPP
#define SLUICE_TESTING_FAULTS_HPP

#include <sluice/filter/layer.hpp>
#include <sluice/filter/passing.hpp>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ios>
#include <limits>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice::testing {

/// Why a call fails: an errno, or a code, such as errc::would_block.
class fault_reason {
public:
    // Implicit, so that either can stand where a fault is written down.
    // NOLINTBEGIN(google-explicit-constructor)
    fault_reason(int number) : code_(number, std::system_category()) {}
    fault_reason(std::errc number) : fault_reason(static_cast<int>(number)) {}
    fault_reason(errc value) : code_(value) {}
    fault_reason(std::error_code code) : code_(code) {}
    // NOLINTEND(google-explicit-constructor)

    [[nodiscard]] const std::error_code& code() const noexcept { return code_; }

private:
    std::error_code code_;
};

/// One thing that goes wrong.
struct fault {
    enum call { read, write, sync, seek, close };

    call on = read;

    /// How much goes well before: characters read, or written; calls of the others. The call after
    /// that fails, for reading also where the end has been reached by then.
    std::uint64_t after = 0;

    fault_reason reason = EIO;

    /// The next try goes well; else it fails for ever after.
    bool once = false;
};

struct fault_options {
    std::vector<fault> faults{};

    /// No transfer is of more characters: the areas are so long at most, and so is what in_avail()
    /// and peek() tell of.
    std::size_t most_read = std::numeric_limits<std::size_t>::max();
    std::size_t most_written = std::numeric_limits<std::size_t>::max();

    /// Each transfer of that number, and of its multiples, fails with EINTR, or errc::would_block,
    /// and the one after goes well; 0: none.
    std::uint64_t interrupt_every = 0;
    std::uint64_t block_every = 0;

    /// Before each transfer `sleep` is called with `delay`, if that is not 0; std::this_thread's,
    /// where it is empty. A test that is not to wait counts in it, or moves a clock of its own.
    std::chrono::nanoseconds delay{0};
    std::function<void(std::chrono::nanoseconds)> sleep{};
};

/// Reads and writes a buffer below it, until a fault is due.
///
/// A failure is one of sluice's (see basic_buf): a failed read throws sluice::error and has read
/// nothing, a failed write has written what comes before, both set badbit on the owner, and the
/// reason names the call, the path of what lies below, and, as position, how much had been read, or
/// written. So a sgetn() of more than is left until a fault fails, and one of less goes well.
///
/// A transfer is a call that reads or writes below: what its areas hold passes without one, so
/// `most_read` says how often that is. A tell is no seek. Where a close fails, what lies below is
/// closed all the same. Of several faults that are due the first is taken. Without faults it
/// behaves as what lies below.
template <class CharT>
class basic_faultbuf : public basic_passbuf<CharT> {
    using base = basic_passbuf<CharT>;

public:
    using typename base::int_type;
    using typename base::lower_type;
    using typename base::off_type;
    using typename base::pos_type;

    /// Closed.
    basic_faultbuf() = default;
    explicit basic_faultbuf(lower_type below, fault_options options = {});

    /// The buffer moved from is closed. An assignment throws what close() does.
    basic_faultbuf(basic_faultbuf&& other) noexcept { swap(other); }
    basic_faultbuf& operator=(basic_faultbuf&& other) noexcept(false);
    basic_faultbuf(const basic_faultbuf&) = delete;
    basic_faultbuf& operator=(const basic_faultbuf&) = delete;
    ~basic_faultbuf() override { this->settle(); }

    void swap(basic_faultbuf& other) noexcept;

    /// What goes wrong from now on: all counts begin anew.
    void set_faults(fault_options options);

protected:
    void has_read(const CharT* /*text*/, std::size_t count) override { read_ += count; }
    void has_written(const CharT* /*text*/, std::size_t count) override { written_ += count; }
    [[nodiscard]] std::size_t most_read() const noexcept override {
        return most(fault::read, read_, options_.most_read);
    }
    [[nodiscard]] std::size_t most_written() const noexcept override {
        return most(fault::write, written_, options_.most_written);
    }
    void will_read() override;
    [[nodiscard]] bool will_write() override;
    void refuse_read() override { will_read(); }

    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;
    int sync() override;
    std::error_code do_close() noexcept override;

private:
    [[nodiscard]] std::size_t most(fault::call on, std::uint64_t done,
                                   std::size_t longest) const noexcept;
    [[nodiscard]] std::error_code due(fault::call on, std::uint64_t done) noexcept;
    [[nodiscard]] std::error_code due_in_transfer(fault::call on, std::uint64_t done);

    fault_options options_;
    std::uint64_t read_ = 0;
    std::uint64_t written_ = 0;
    std::uint64_t syncs_ = 0;
    std::uint64_t seeks_ = 0;
    std::uint64_t transfers_ = 0;
};

template <class CharT>
void swap(basic_faultbuf<CharT>& a, basic_faultbuf<CharT>& b) noexcept {
    a.swap(b);
}

using faultbuf = basic_faultbuf<char>;
using wfaultbuf = basic_faultbuf<wchar_t>;

/// A basic_faultbuf as a stream.
template <class CharT>
class basic_fault_io : public basic_layer_io<basic_faultbuf<CharT>> {
public:
    explicit basic_fault_io(basic_lower<CharT> below, fault_options options = {})
        : basic_layer_io<basic_faultbuf<CharT>>(std::move(below), std::move(options)) {}
};

using fault_io = basic_fault_io<char>;
using wfault_io = basic_fault_io<wchar_t>;

extern template class basic_faultbuf<char>;
extern template class basic_faultbuf<wchar_t>;

}  // namespace sluice::testing

#endif  // SLUICE_TESTING_FAULTS_HPP
