// stream: a std::iostream that owns its buffer, with the calls of Python's file objects.
//
//     sluice::bytes_io f;                       // a basic_stream, like all that sluice opens
//     f.write("3 apples\n5 pears\n");
//     f.seek(0);
//     std::string first = f.readline();         // as in Python
//     int count; std::string what;
//     f >> count >> what;                       // as ever
//
// Offsets, sizes and positions are those of the buffer (see buf.hpp). A stream and its buffer
// together are one object for threads: distinct ones need no lock, a shared one does.

#ifndef SLUICE_STREAM_HPP
#define SLUICE_STREAM_HPP

#include <sluice/buf.hpp>
#include <sluice/detail/ios_guard.hpp>
#include <sluice/mode.hpp>

#include <cstddef>
#include <istream>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sluice {

/// A movable std::basic_iostream that owns its buffer.
///
/// The calls declared here are Python's. They work on the buffer directly: they throw
/// sluice::error on failure, take no notice of eofbit and failbit, and never set either; they mix
/// freely with <<, >> and std::getline. The standard's calls of the same names remain. End of data
/// is not an error: reading there gives nothing, and what is appended later is read.
///
/// The destructor closes and keeps quiet: what was pending and could not be written is lost. Call
/// close() or flush() to know.
///
/// Source: io.RawIOBase, BufferedIOBase, TextIOBase, as one class.
template <class CharT, class Traits = std::char_traits<CharT>>
class basic_stream : public virtual detail::ios_guard<CharT, Traits>,
                     public std::basic_iostream<CharT, Traits> {
    using base = std::basic_iostream<CharT, Traits>;

public:
    using buf_type = basic_buf<CharT, Traits>;
    using string_type = std::basic_string<CharT, Traits>;
    using view_type = std::basic_string_view<CharT, Traits>;
    using off_type = typename Traits::off_type;
    using pos_type = typename Traits::pos_type;

    /// Owns `buffer`; null makes a closed stream.
    explicit basic_stream(std::unique_ptr<buf_type> buffer = nullptr);
    // Where the buffer is a member of `other`, it is moved to memory of its own: bad_alloc.
    basic_stream(basic_stream&& other) noexcept(false);
    basic_stream& operator=(basic_stream&& other) noexcept(false);
    basic_stream(const basic_stream&) = delete;
    basic_stream& operator=(const basic_stream&) = delete;
    ~basic_stream() override;

    void swap(basic_stream& other);

    [[nodiscard]] buf_type* rdbuf() const noexcept { return buffer_; }

    /// Reads `count` characters, or all up to the end where `count` is negative.
    ///
    /// Returns: fewer only at the end, or before a failure, which the next call throws. A failure
    /// on
    ///          the way to the end throws at once and has read nothing, but for errc::would_block
    ///          and timed_out, and where the device cannot be read again.
    /// Errors:  throws error where the device fails, closed or not_readable.
    /// Source:  BufferedIOBase.read.
    string_type read(std::streamsize count = -1);
    using base::read;

    /// Reads up to `count` characters with at most one call to the device; what the buffer holds is
    /// delivered first, and then without any. A negative `count` stands for the buffer's size.
    ///
    /// Source: BufferedIOBase.read1.
    string_type read1(std::streamsize count = -1);

    /// Reads into `target`, and stops short of its end only at the end of the content.
    ///
    /// Shape:   [target.begin(), target.begin() + result) is written; the rest is untouched.
    /// Returns: the count of characters read.
    /// Source:  BufferedIOBase.readinto.
    std::size_t readinto(std::span<CharT> target);
    std::size_t readinto(std::span<std::byte> target) requires(sizeof(CharT) == 1) {
        return readinto(std::span(reinterpret_cast<CharT*>(target.data()), target.size()));
    }

    /// As readinto(), with at most one call to the device, as read1().
    std::size_t readinto1(std::span<CharT> target);
    std::size_t readinto1(std::span<std::byte> target) requires(sizeof(CharT) == 1) {
        return readinto1(std::span(reinterpret_cast<CharT*>(target.data()), target.size()));
    }

    /// The characters at the position, without taking them; see basic_buf::peek.
    ///
    /// Invalidates: the view ends with the next call on the stream.
    [[nodiscard]] view_type peek(std::size_t count);
    using base::peek;

    /// Reads up to and including the next line end, at most `limit` characters where that is not
    /// negative; empty only at the end, or for a limit of 0. What ends a line is the stream's
    /// newline mode ('\n' alone, but for text opened otherwise).
    ///
    /// Source: IOBase.readline.
    string_type readline(std::streamsize limit = -1);

    /// Reads lines to the end, or until they are together longer than `hint`, where that is
    /// positive.
    ///
    /// Returns: fewer only at the end, or before a failure, as read(): with a positive `hint`, the
    ///          lines that came before it, and the next call throws it; the last of them may lack
    ///          its line end then. A failure on the way to the end throws at once and has read
    ///          nothing, but for errc::would_block and timed_out, and where the device cannot be
    ///          read again.
    /// Errors:  as read().
    /// Source: IOBase.readlines (BytesIO's stops at `hint` exactly; sluice has one rule).
    std::vector<string_type> readlines(std::streamsize hint = -1);

    /// An input iterator over lines, as readline() gives them.
    class line_iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = string_type;
        using difference_type = std::ptrdiff_t;
        using pointer = const string_type*;
        using reference = const string_type&;

        /// Behind the last line.
        line_iterator() = default;

        [[nodiscard]] reference operator*() const noexcept { return line_; }
        [[nodiscard]] pointer operator->() const noexcept { return &line_; }
        line_iterator& operator++() {
            line_ = stream_->readline();
            if (line_.empty()) {
                stream_ = nullptr;
            }
            return *this;
        }
        line_iterator operator++(int) {
            line_iterator before = *this;
            ++*this;
            return before;
        }

        /// Whether both are behind the last line, or neither is.
        [[nodiscard]] bool operator==(const line_iterator& other) const noexcept {
            return stream_ == other.stream_;
        }

    private:
        friend class basic_stream;
        explicit line_iterator(basic_stream& stream) : stream_(&stream) { ++*this; }

        basic_stream* stream_ = nullptr;
        string_type line_;
    };

    /// Iterates over the lines from the position to the end, each with its line end: `for (const
    /// std::string& line : f)`. The stream stands behind the line the iterator is at.
    ///
    /// Errors:      begin() and ++ throw as readline(); a stream goes on after a failure with a new
    ///              begin().
    /// Invalidates: ++ ends what * has given.
    /// Source:      IOBase.__iter__.
    [[nodiscard]] line_iterator begin() { return line_iterator(*this); }
    [[nodiscard]] line_iterator end() noexcept { return {}; }

    /// What ends a line for readline().
    [[nodiscard]] newline line_end() const noexcept { return line_end_; }

    /// Writes all of `text`.
    ///
    /// Returns: its size.
    /// Errors:  throws error, whose count() is how much was taken: all of it is written, or pending
    ///          and written later. The rest is the caller's to write again, at errc::would_block
    ///          after clear() and when the device takes more.
    std::size_t write(view_type text);
    std::size_t write(std::span<const std::byte> bytes) requires(sizeof(CharT) == 1) {
        return write(view_type(reinterpret_cast<const CharT*>(bytes.data()), bytes.size()));
    }
    using base::write;

    /// Writes each element of `lines`; adds nothing between them.
    template <class Range>
    void writelines(const Range& lines) {
        require_open("write");
        for (const auto& line : lines) {
            write(line);
        }
    }

    /// Moves the position. A success clears eofbit, and failbit where that came with it, so that
    /// `>>` goes on after a loop that read to the end.
    ///
    /// Returns: the new position.
    /// Errors:  throws error: bad_position before the start or beyond the largest position,
    ///          not_seekable, closed, or what writing the pending data gave. It has not moved then.
    off_type seek(off_type offset, std::ios_base::seekdir whence = std::ios_base::beg);

    /// Back to where tellg() stood.
    off_type seek(pos_type position);

    /// The position. In text it may be a number with which nothing can be done but to seek it; see
    /// basic_textbuf.
    ///
    /// Errors: as seek(); errc::bad_position where no number tells it: tellg() may.
    [[nodiscard]] off_type tell();

    /// Makes the content `size` long, by default as long as the position; see basic_buf::truncate.
    off_type truncate(std::optional<off_type> size = std::nullopt);

    /// Hands what is pending to the system; throws error where that fails. (The standard's flush()
    /// through a reference to std::ostream sets badbit, as ever.)
    basic_stream& flush();

    /// Hands what is pending to the disk; see basic_buf::sync_to_disk.
    void sync_to_disk();

    /// Closes the device, and reports what buffering deferred. A second call does nothing.
    ///
    /// Errors: throws error; the device is closed all the same, but for errc::pinned.
    void close();

    [[nodiscard]] bool closed() const noexcept { return !buffer_ || !buffer_->is_open(); }
    [[nodiscard]] bool readable() const noexcept { return buffer_ && buffer_->readable(); }
    [[nodiscard]] bool writable() const noexcept { return buffer_ && buffer_->writable(); }
    [[nodiscard]] bool seekable() const { return buffer_ && buffer_->seekable(); }

    /// Whether the device is a terminal. Errors: throws errc::closed.
    [[nodiscard]] bool isatty();

    /// The system's descriptor; see basic_buf::native_handle.
    [[nodiscard]] int fileno();

    /// Flushes, and hands the buffer out; the stream is closed then.
    [[nodiscard]] std::unique_ptr<buf_type> detach();

protected:
    /// Uses `member`, which is a part of the derived stream: a fresh stream allocates nothing for
    /// it.
    explicit basic_stream(buf_type& member);

    /// Moves all but the buffer of `other`, and uses `member`.
    basic_stream(basic_stream&& other, buf_type& member) noexcept;

    /// Goes on with another buffer, or closed with none; the state is left alone but for that.
    void own(std::unique_ptr<buf_type> buffer) noexcept;
    void use(buf_type* member) noexcept;

    /// Hands out the buffer as one that stands alone. A stream whose buffer is its member moves
    /// that.
    [[nodiscard]] virtual std::unique_ptr<buf_type> release() { return std::move(owned_); }

    /// Ends lines by another rule than '\n' alone.
    void set_line_end(newline rule) noexcept { line_end_ = rule; }

private:
    basic_stream(buf_type* buffer, std::optional<base> spare);

    buf_type& require_open(const char* operation) const;
    off_type moved_to(const buf_type& device, off_type position);
    buf_type& require_readable() const;
    void restore(std::ios_base::iostate before);
    std::size_t read_what_comes(std::span<CharT> target, std::optional<error>& thrown);
    string_type read_line(buf_type& device, std::streamsize limit, std::optional<error>& thrown);
    pos_type place_to_go_back_to(buf_type& device);
    void leave_or_throw(buf_type& device, const error& thrown, bool nothing_came,
                        const pos_type& begin, std::ios_base::iostate before);

    static pos_type nowhere() { return pos_type(off_type(-1)); }

    buf_type* buffer_ = nullptr;
    std::unique_ptr<buf_type> owned_;  // buffer_, where that is not a member of the derived stream
    newline line_end_ = newline::lf;
};

using stream = basic_stream<char>;
using wstream = basic_stream<wchar_t>;

template <class CharT, class Traits>
void swap(basic_stream<CharT, Traits>& a, basic_stream<CharT, Traits>& b) {
    a.swap(b);
}

extern template class basic_stream<char>;
extern template class basic_stream<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_STREAM_HPP
