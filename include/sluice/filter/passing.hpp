// passing: the base of layers that look at what passes through them, and change nothing of it.
//
// A layer derives from basic_passbuf and says what is done with what has been read and written.
// Nothing is copied: the areas are those of what lies below, so that a layer costs something for
// each block, and nothing for each character.
//
// Counts are in characters. Threads: as the layers that derive from it.

#ifndef SLUICE_FILTER_PASSING_HPP
#define SLUICE_FILTER_PASSING_HPP

#include <sluice/buf.hpp>
#include <sluice/filter/layer.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <streambuf>
#include <string>
#include <system_error>
#include <vector>

namespace sluice {

/// Reads from a buffer, and writes to the same or to another one.
///
/// While the layer is used, what lies below stands elsewhere than it; sync(), close(), detach() and
/// the destructor leave it where the layer stands, for use without the layer until that is used
/// again. A failure below is the layer's, with its own operation, path, position and detail.
template <class CharT>
class basic_passbuf : public basic_buf<CharT>, public basic_layer<CharT> {
    using base = basic_buf<CharT>;

public:
    using typename base::char_type;
    using typename base::int_type;
    using typename base::off_type;
    using typename base::pos_type;
    using typename base::traits_type;
    using lower_type = basic_lower<CharT>;
    using streambuf_type = typename lower_type::streambuf_type;
    using owner_type = typename lower_type::owner_type;

    basic_passbuf(const basic_passbuf&) = delete;
    basic_passbuf& operator=(const basic_passbuf&) = delete;

    /// A derived class whose functions below matter at the end calls settle() in its own.
    ~basic_passbuf() override;

    [[nodiscard]] streambuf_type* below() const noexcept override { return reader_; }

    /// The path of what lies below.
    [[nodiscard]] std::string path() const override;

    /// Flushes, and lets go of what lies below, which stands where the layer stood. This buffer is
    /// closed then.
    ///
    /// Returns: what it owned; null where that was borrowed.
    /// Errors:  throws error(errc::closed), or what flushing gave; it is not detached then.
    owner_type detach();

protected:
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

    basic_passbuf() = default;
    explicit basic_passbuf(lower_type below);
    basic_passbuf(lower_type reader, lower_type writer);

    // What a layer does. It is told of each character once, in order: one that is put back and
    // read again has passed before.

    virtual void has_read(const CharT* /*text*/, std::size_t /*count*/) {}
    virtual void has_written(const CharT* /*text*/, std::size_t /*count*/) {}

    /// How many characters may pass before the layer is told of them.
    [[nodiscard]] virtual std::size_t most_read() const noexcept { return unlimited; }
    [[nodiscard]] virtual std::size_t most_written() const noexcept { return unlimited; }

    /// There is more, and most_read() is 0: throws; most_written() is 0: reports.
    virtual void refuse_read() {}
    virtual void refuse_write() {}

    /// Characters are about to be read from below, or written there, that have not passed yet. What
    /// it throws, the read does; false: a write does not take place, and the failure is reported.
    virtual void will_read() {}
    [[nodiscard]] virtual bool will_write() { return true; }

    /// Whether the areas are those of what lies below; else each call is a call there.
    [[nodiscard]] virtual bool lends_areas() const noexcept { return true; }

    // What a layer uses.

    /// Tells of what has passed, and leaves what lies below where this buffer stands.
    void settle() noexcept;

    /// What has passed, and the layer has not been told of.
    [[nodiscard]] std::span<const CharT> unseen_read() const noexcept;
    [[nodiscard]] std::span<const CharT> unseen_written() const noexcept;

    /// Makes what has just been read unread: `text` is read next.
    void take_back(const CharT* text, std::size_t count);

    /// Exchanges all but the owners.
    void swap(basic_passbuf& other) noexcept;

    [[nodiscard]] streambuf_type* reader() const noexcept { return reader_; }
    [[nodiscard]] streambuf_type* writer() const noexcept { return writer_; }
    [[nodiscard]] owner_type release_reader() noexcept { return std::move(owned_reader_); }
    [[nodiscard]] owner_type release_writer() noexcept { return std::move(owned_writer_); }

    /// Flushes, and lets go of what lies below but for what it owns of it.
    ///
    /// Errors: see detach().
    void let_go();

    std::basic_streambuf<CharT>* setbuf(CharT* memory, std::streamsize count) override;
    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;
    int sync() override;
    std::streamsize showmanyc() override;
    std::streamsize xsgetn(CharT* target, std::streamsize count) override;
    int_type underflow() override;
    int_type uflow() override;
    int_type pbackfail(int_type c) override;
    std::streamsize xsputn(const CharT* source, std::streamsize count) override;
    int_type overflow(int_type c) override;
    void do_fill(std::size_t count) override;

    bool do_seekable() override;
    bool do_is_terminal() override;

    /// The writer first, then the reader; both are attempted, and the first failure is reported.
    /// At errc::pinned both stay where they are, though the writer may be closed already: close()
    /// again once the pins have ended.
    std::error_code do_close() noexcept override;
    off_type do_size(std::error_code& code) override;
    std::error_code do_truncate(off_type size) override;
    std::error_code do_sync_to_disk() override;
    int do_native_handle(std::error_code& code) override;

private:
    class visit;

    [[nodiscard]] bool holds() const noexcept { return !held_.empty(); }
    [[nodiscard]] std::size_t readable_now() const noexcept {
        const std::size_t more = most_read();
        return more > unlimited - again_ ? unlimited : more + again_;
    }
    void observe();
    void see_read(const CharT* text, std::ptrdiff_t count);
    void show() noexcept;
    void return_held() noexcept;
    void hold(const CharT* text, std::size_t count);
    void require_readable();
    void start_reading();
    [[nodiscard]] bool require_writable();
    template <class Call>
    auto reading(Call call);
    std::streamsize read_on(CharT* target, std::streamsize count, bool& at_end);
    pos_type moved(pos_type position, off_type wanted);
    std::streamsize put(const CharT* source, std::streamsize count);
    int_type fail_write(const char* operation);

    // While shown_, the areas are those of reader_ and writer_, as far as may pass untold, and
    // these buffers' own pointers lag behind until settle(); but for a get area that is held_, what
    // has been taken out of the reader, and cannot be put back there, and not been read.
    // What stands before from_ in the get area, and before pbase() in the put area, has been told.
    streambuf_type* reader_ = nullptr;
    streambuf_type* writer_ = nullptr;
    owner_type owned_reader_;
    owner_type owned_writer_;                            // null where it is the same
    std::ios_base::openmode which_ = std::ios_base::in;  // for a reader with two positions
    bool shown_ = false;
    const CharT* from_ = nullptr;
    std::size_t again_ = 0;  // how many of the characters to be read next have been told of before
    std::vector<CharT> held_;
};

extern template class basic_passbuf<char>;
extern template class basic_passbuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_FILTER_PASSING_HPP
