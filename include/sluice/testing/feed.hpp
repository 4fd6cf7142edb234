// feed: what a program reads from its standard input, whoever reads it: std::cin, scanf, read(0),
// child processes.
//
//     sluice::testing::feed typed("3 4\nyes\n");
//     int a = 0, b = 0;
//     std::cin >> a >> b;
//     CHECK(typed.rest() == "\nyes\n");
//
// It works on the descriptor 0 of the process, so for all threads. Beginning and ending one while
// another thread does so, or reads the standard input, needs a lock. Sizes are in bytes;
// feed_stream's in characters.

#ifndef SLUICE_TESTING_FEED_HPP
#define SLUICE_TESTING_FEED_HPP

#include <sluice/device/memory.hpp>
#include <sluice/filter/redirect.hpp>

#include <cstddef>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace sluice::testing {

/// Makes a text the standard input while it lives; after the text comes the end.
///
/// The text is a file in RAM (an unnamed one on disk where the system has none), so that it can be
/// of any size, and sought. Child processes share the position with the program, and read what it
/// has not read, or read ahead.
///
/// - What stdin and std::cin had read ahead before is not seen, and is read next when the feed has
///   ended; what they had read ahead of the text is not seen then. (But std::wcin, and a stdin that
///   is read by wide functions, lose at either time what they had read ahead.)
/// - std::cin and std::wcin begin with a clear state, and have that of before at the end. The marks
///   of stdin, for the end and for errors, are cleared at both.
/// - Feeds may nest, and may end in any order: the innermost is read, and one that ends inside of
///   another hands on what it would have given back.
/// - A descriptor 0 that is closed when it begins is fed too, and closed again at the end.
/// - A std::cin whose buffer was replaced, as by sluice::redirect, does not read the descriptor,
///   and is not fed; see feed_stream.
///
/// Source: pytest's monkeypatch of sys.stdin, which is not seen by C and by children.
class feed {
public:
    /// Errors: throws error: what the system says, such as EMFILE; nothing has changed then.
    [[nodiscard]] explicit feed(std::string_view text);
    [[nodiscard]] explicit feed(std::span<const std::byte> bytes);
    feed(const feed&) = delete;
    feed& operator=(const feed&) = delete;

    /// Ends it. Errors are lost; call stop() to know.
    ~feed();

    /// Puts the standard input back. A second call does nothing, or tries again to put back what
    /// could not be. Where another feed has begun inside of this one, and lives, rest() lacks then
    /// what std::cin and stdin had read ahead: it is lost.
    ///
    /// Errors: throws error: what cannot be read or put back; all else has been done then, and the
    ///         destructor tries once more to put it back. Throws std::bad_alloc: nothing has
    ///         changed then, and it can be called again; the destructor needs no memory.
    void stop();

    /// Whether the standard input has not been put back.
    [[nodiscard]] bool is_active() const noexcept;

    /// What nobody has read, and what was only read ahead; it counts as read then. After stop():
    /// what was left then.
    ///
    /// Requires: no other feed has begun inside of this one, and lives.
    /// Errors: throws error: what reading gave; std::bad_alloc. The next call has all that this one
    ///         would have returned then.
    [[nodiscard]] std::string rest();

private:
    class implementation;
    std::unique_ptr<implementation> self_;
};

/// Gives one std::istream, or std::wistream, a text to read while it lives.
///
/// The stream gets another buffer, and its own back at the end, with the state it had; see
/// sluice::redirect, whose rules hold. What reads past the stream, from its descriptor, is not fed.
template <class CharT>
class feed_stream {
public:
    using stream_type = std::basic_istream<CharT>;
    using string_type = std::basic_string<CharT>;

    [[nodiscard]] feed_stream(stream_type& fed, std::basic_string_view<CharT> text)
        : content_(text), redirect_(fed, content_) {}
    feed_stream(const feed_stream&) = delete;
    feed_stream& operator=(const feed_stream&) = delete;
    ~feed_stream() = default;

    /// Puts the stream's own buffer back. A second call does nothing.
    void stop() { redirect_.restore(); }

    /// What has not been read; it counts as read then.
    [[nodiscard]] string_type rest() {
        const auto rest = content_.peek();
        string_type result(rest.begin(), rest.end());
        content_.consume(rest.size());
        return result;
    }

private:
    basic_membuf<CharT> content_;
    redirect<CharT> redirect_;
};

template <class CharT, class Text>
feed_stream(std::basic_istream<CharT>&, const Text&) -> feed_stream<CharT>;

}  // namespace sluice::testing

#endif  // SLUICE_TESTING_FEED_HPP
