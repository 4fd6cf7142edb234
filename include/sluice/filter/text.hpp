// text: bytes as characters. Encodings, what is done where they fail, and line ends.
//
//     sluice::bytes_io bytes("\xFF\xFE" "h\0i\0\r\0\n\0"sv);
//     sluice::text_io in(bytes, {.encoding = "utf-16"});
//     std::string line = in.readline();         // "hi\n", in UTF-8
//     auto here = in.tellg();                   // may be sought again, whatever the encoding
//
// Characters of char are UTF-8, those of wchar_t are code points. Positions are in bytes of what
// lies below, and may carry more than a number; counts are in characters of the stream. Distinct
// objects may be used from distinct threads; the encodings are the system's (iconv).

#ifndef SLUICE_FILTER_TEXT_HPP
#define SLUICE_FILTER_TEXT_HPP

#include <sluice/device/buffered.hpp>
#include <sluice/filter/layer.hpp>
#include <sluice/mode.hpp>
#include <sluice/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <ios>
#include <memory>
#include <optional>
#include <streambuf>
#include <string>
#include <string_view>

namespace sluice {
namespace detail {

class bytes_below;

}  // namespace detail

/// What is done with bytes that are no character, and with characters that an encoding lacks.
///
/// Source: Python's error handlers of the same names.
enum class encoding_errors {
    strict,             // errc::bad_encoding
    ignore,             // dropped
    replace,            // read as U+FFFD, one for each longest part of a character; written as ?
    backslashreplace,   // read as \xff; written as \xff, \u20ac or \U0001f600
    xmlcharrefreplace,  // written as &#8364; (read: as strict)
    surrogateescape,    // read as U+DC80 to U+DCFF, which are written as the byte they were
};

/// How bytes are text.
struct text_options {
    /// Case and punctuation do not matter: "utf-8", "UTF8", "utf_8". UTF-8, UTF-8-SIG, UTF-16 and
    /// UTF-32 (with a byte order mark, or -LE or -BE without one), Latin-1, ASCII, and whatever
    /// iconv has.
    std::string encoding = "utf-8";
    encoding_errors errors = encoding_errors::strict;
    sluice::newline newline = sluice::newline::universal;

    /// What is written goes to the device with each line end.
    bool line_buffering = false;

    /// What is written goes to the buffer below at once.
    bool write_through = false;
};

/// What reconfigure() changes. A new encoding without `errors` makes those strict.
struct text_changes {
    std::optional<std::string> encoding = std::nullopt;
    std::optional<encoding_errors> errors = std::nullopt;
    std::optional<sluice::newline> newline = std::nullopt;
    std::optional<bool> line_buffering = std::nullopt;
    std::optional<bool> write_through = std::nullopt;
};

/// Whether there is an encoding of that name.
[[nodiscard]] bool is_encoding(std::string_view name);

/// Characters over any buffer of bytes.
///
/// Reading: what is no character is reported when the reader gets there, with its position, its
/// bytes and the encoding (error::detail); what came before it is delivered. With
/// newline::universal "\r\n" and '\r' are delivered as '\n', with the other modes nothing is
/// translated. Bytes are read in blocks, so what lies below is ahead of the reader; sync(), a write
/// and detach() take it back to where the reader stands, where it can seek.
///
/// Writing: '\n' is written as the newline mode says. A call to sputn() whose text cannot be
/// encoded writes nothing of it; characters put one by one are encoded by the next sputn(), sync()
/// or close(), and one that cannot be is dropped then, with its report (without a buffer, the call
/// that puts it fails). An encoded character split between two calls is put together; where the
/// second does not go on with it, that call fails and the beginning is dropped; one not whole at
/// the end is an error of close(). What the buffer below did not take stays pending. A byte order
/// mark is written before the first character at position 0, nowhere else.
///
/// Positions: each that was told can be sought, also between '\r' and '\n' and in the middle of a
/// character. There, and in encodings with shift states (where a seek decodes again from where
/// decoding began), it is a number beyond 2^62, with which nothing else can be done; where not even
/// that tells it, only the std::fpos of tellg() does. Offsets from the position or the end other
/// than 0 are refused.
///
/// Source: io.TextIOWrapper. Unlike it: a write after a read lands where the reader stood;
/// truncate() cuts there; a failed read can be tried again; UTF-16 has its mark in a pipe too.
template <class CharT>
class basic_textbuf : public basic_bufferedbuf<CharT>, public basic_layer<char> {
    using base = basic_bufferedbuf<CharT>;

public:
    using typename base::char_type;
    using typename base::int_type;
    using typename base::off_type;
    using typename base::pos_type;
    using typename base::traits_type;

    /// Borrows `below`, which must live as long: close() flushes it and leaves it open. `mode` says
    /// whether it can be read and written, where it is not sluice's own and knows.
    ///
    /// Errors: throws error(errc::bad_mode) for an unknown encoding, errc::closed for a sluice
    ///         buffer that is closed.
    explicit basic_textbuf(std::streambuf& below, text_options options = {},
                           std::ios_base::openmode mode = std::ios_base::in | std::ios_base::out);

    /// Owns `below`, and closes it.
    explicit basic_textbuf(std::unique_ptr<std::streambuf> below, text_options options = {},
                           std::ios_base::openmode mode = std::ios_base::in | std::ios_base::out);

    /// The buffer moved from is closed. What lies below stays where it is.
    basic_textbuf(basic_textbuf&& other) noexcept;
    basic_textbuf& operator=(basic_textbuf&& other) noexcept(false);  // closes
    basic_textbuf(const basic_textbuf&) = delete;
    basic_textbuf& operator=(const basic_textbuf&) = delete;
    ~basic_textbuf() override;

    void swap(basic_textbuf& other) noexcept;

    [[nodiscard]] const text_options& options() const noexcept { return options_; }

    /// The kinds of line end decoded so far; none in the modes cr, lf and crlf. A seek to 0 forgets
    /// them.
    [[nodiscard]] newlines_seen newlines() const noexcept;

    /// What it reads and writes; null once detached.
    [[nodiscard]] std::streambuf* below() const noexcept override;

    /// Writes what is pending, and goes on with other options.
    ///
    /// Errors: throws error: what could not be written; errc::unsupported for another encoding or
    ///         newline mode once something has been read (a seek to 0 permits them again);
    ///         errc::bad_mode for an unknown encoding. Nothing has changed then.
    void reconfigure(const text_changes& changes);

    /// Writes what is pending, takes what lies below back to the reader's place where it can seek,
    /// and lets go of it. This buffer is closed then.
    ///
    /// Returns: what it owned; null where it was borrowed.
    /// Errors:  throws error(errc::closed), or what could not be written; it is not detached then.
    std::unique_ptr<std::streambuf> detach();

protected:
    using typename base::transfer;

    transfer device_read(CharT* target, std::size_t count, off_type position) override;
    transfer device_write(const CharT* source, std::size_t count, off_type position) override;
    [[nodiscard]] bool shared() const noexcept override { return true; }
    std::error_code device_seek(off_type position) override;
    std::error_code device_flush() override;
    [[nodiscard]] bool device_has_pending() const noexcept override;
    off_type device_available(off_type position) override;
    [[nodiscard]] off_type failed_at(off_type position) const noexcept override;

    std::streamsize xsgetn(CharT* target, std::streamsize count) override;
    std::streamsize xsputn(const CharT* source, std::streamsize count) override;
    int_type overflow(int_type c) override;
    int sync() override;
    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;

    [[nodiscard]] std::string path() const override;
    [[nodiscard]] std::string detail_of(const std::error_code& code) const override;
    bool do_seekable() override;
    bool do_is_terminal() override;
    std::error_code do_close() noexcept override;
    off_type do_size(std::error_code& code) override;
    std::error_code do_truncate(off_type size) override;
    std::error_code do_sync_to_disk() override;
    int do_native_handle(std::error_code& code) override;

private:
    struct coders;  // what an encoding needs, in both directions

    basic_textbuf(std::streambuf* below, text_options options, std::ios_base::openmode mode);

    [[nodiscard]] bool writes_at_once() const noexcept {
        return options_.line_buffering || options_.write_through || this->unbuffered();
    }
    std::error_code noted(std::error_code below) noexcept;
    [[nodiscard]] bool begin_writing();
    [[nodiscard]] std::error_code encode_area();
    [[nodiscard]] std::error_code push();
    [[nodiscard]] std::error_code finish_writing();
    [[nodiscard]] bool is_ahead();
    [[nodiscard]] std::error_code return_to_reader();
    [[nodiscard]] transfer fill(std::size_t count);
    [[nodiscard]] std::error_code learn_order();
    void restart_reading();
    [[nodiscard]] off_type position_below() const noexcept;
    [[nodiscard]] std::ptrdiff_t reading_index() const;
    [[nodiscard]] std::optional<pos_type> reading_place();
    [[nodiscard]] std::error_code go_to(pos_type position);
    [[nodiscard]] std::error_code pay_skip();
    [[nodiscard]] transfer read_decoded(CharT* target, std::size_t count);
    [[nodiscard]] pos_type end_of_writing();

    std::unique_ptr<detail::bytes_below> below_;  // null once detached, or moved from
    text_options options_;
    std::unique_ptr<coders> coders_;  // null in a buffer moved from
    bool has_read_ = false;           // since the front
    bool has_written_ = false;        // since something was read
    bool has_fetched_ = false;        // bytes since decoding began
    bool decoding_failed_ = false;    // the last failure is a decoder's
    bool keeps_place_ = false;        // a bulk read is under way, and takes itself back
    std::uint32_t owed_skip_ = 0;     // characters to be left out before the next
};

template <class CharT>
void swap(basic_textbuf<CharT>& a, basic_textbuf<CharT>& b) noexcept {
    a.swap(b);
}

using textbuf = basic_textbuf<char>;
using wtextbuf = basic_textbuf<wchar_t>;

/// Text as a stream.
///
/// Source: io.TextIOWrapper.
template <class CharT>
class basic_text_io : public basic_stream<CharT> {
    using base = basic_stream<CharT>;

public:
    using device_type = basic_textbuf<CharT>;

    /// Borrows; see basic_textbuf.
    explicit basic_text_io(std::streambuf& below, text_options options = {});
    explicit basic_text_io(std::iostream& below, text_options options = {});
    explicit basic_text_io(std::istream& below, text_options options = {});
    explicit basic_text_io(std::ostream& below, text_options options = {});

    /// Owns; a stream moved in gives its buffer.
    explicit basic_text_io(std::unique_ptr<std::streambuf> below, text_options options = {});
    explicit basic_text_io(stream&& below, text_options options = {});

    basic_text_io(const basic_text_io&) = delete;
    basic_text_io& operator=(const basic_text_io&) = delete;
    basic_text_io(basic_text_io&& other) noexcept(false) : base(std::move(other)) {}
    basic_text_io& operator=(basic_text_io&& other) noexcept(false) = default;
    ~basic_text_io() override = default;

    [[nodiscard]] device_type* rdbuf() const noexcept {
        return dynamic_cast<device_type*>(base::rdbuf());
    }

    [[nodiscard]] const std::string& encoding() const {
        return device("encoding").options().encoding;
    }
    [[nodiscard]] encoding_errors errors() const { return device("errors").options().errors; }
    [[nodiscard]] newlines_seen newlines() const { return device("newlines").newlines(); }
    void reconfigure(const text_changes& changes);

    /// What was owned below; null where it was borrowed. See basic_textbuf::detach. (That of
    /// basic_stream hands out the textbuf.)
    std::unique_ptr<std::streambuf> detach() { return device("detach").detach(); }

private:
    explicit basic_text_io(std::unique_ptr<device_type> buffer);
    [[nodiscard]] device_type& device(const char* operation) const;
    void adopt_newlines();
};

using text_io = basic_text_io<char>;
using wtext_io = basic_text_io<wchar_t>;

extern template class basic_textbuf<char>;
extern template class basic_textbuf<wchar_t>;
extern template class basic_text_io<char>;
extern template class basic_text_io<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_FILTER_TEXT_HPP
