// capture: what a program prints, whoever prints it: std::cout, printf, write(1), child processes.
//
//     sluice::testing::capture printed;
//     std::cout << "1 ";
//     std::printf("2 ");
//     std::fflush(stdout);                // what waits in a buffer comes when that is flushed
//     std::system("echo 3");
//     printed.stop();                     // before what a failed check says of itself
//     CHECK(printed.out() == "1 2 3\n");
//
// It works on the descriptors 1 and 2 of the process, so for all threads: these may print by stdio,
// and by standard streams that are synchronized with it, while captures begin and end. Beginning
// and ending a capture while another thread does so, or prints to a std::cout that is not
// synchronized, or has exceptions(), needs a lock. Sizes are in bytes; capture_stream's in
// characters.

#ifndef SLUICE_TESTING_CAPTURE_HPP
#define SLUICE_TESTING_CAPTURE_HPP

#include <sluice/device/memory.hpp>
#include <sluice/filter/redirect.hpp>
#include <sluice/fstream.hpp>

#include <cstddef>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::testing {

struct capture_options {
    /// Both outputs go into one, in the order in which they leave the buffers they wait in, and
    /// cannot be told apart.
    bool interleaved = false;

    /// When the capture ends, and not before, all that it has goes to where it would have gone
    /// without it: there is no thread that would show it meanwhile.
    bool shown = false;
};

/// Holds what goes to the standard output and the standard error output while it lives.
///
/// Both go into files in RAM (unnamed ones on disk where the system has none): no thread reads
/// them, and nothing that prints much ever waits, as with a pipe. isatty() is false on them.
///
/// - What was printed before, and waits in the buffers of stdio and of the standard streams, is
///   flushed to its old place first; what was printed since is in the capture, whichever buffer it
///   waits in. What cannot be flushed sets the error of its stream, as it would without a capture.
/// - Captures may nest, and may end in any order: the innermost has what is printed, and one that
///   ends inside of another hands on what it would have given back.
/// - A descriptor that is closed when it begins is captured too, and closed again at the end.
/// - A child process that prints on when the capture has ended still prints there: out() has it. A
///   child of fork() shares it. A program that opens /dev/stdout anew, to truncate it, as a shell
///   does for `> /dev/stderr`, does truncate it.
/// - A std::cout whose buffer was replaced, as by sluice::redirect, does not write to a descriptor,
///   and is not captured; see capture_stream.
///
/// The process keeps up to four more descriptors open meanwhile; programs it starts do not get
/// them.
///
/// Source: pytest's capfd, and capsys.disabled() for uncaptured.
class capture {
public:
    /// Errors: throws error: what the system says, such as EMFILE; nothing has changed then.
    [[nodiscard]] explicit capture(capture_options options = {});
    capture(const capture&) = delete;
    capture& operator=(const capture&) = delete;

    /// Ends it. Errors are lost; call stop() to know.
    ~capture();

    /// Ends the capture, and shows it where that was asked for; what it has can be read on. A
    /// second call does nothing, or tries again to put back what could not be.
    ///
    /// Errors: throws error: what cannot be shown, or put back; all else has been done then. The
    ///         destructor tries once more to put it back.
    void stop();

    /// Whether an output still leads here.
    [[nodiscard]] bool is_active() const noexcept;

    /// What has been printed up to now, or since the last take() or reset(): on standard output, on
    /// standard error output.
    ///
    /// Errors: throws error: errc::unsupported where the two are interleaved; what reading gave.
    [[nodiscard]] std::string out();
    [[nodiscard]] std::string err();

    /// Both: in order where they are interleaved, else out() and then err().
    [[nodiscard]] std::string str();

    /// The lines of str(), without their ends.
    [[nodiscard]] std::vector<std::string> lines();

    /// As str(); the next call sees only what comes after that.
    [[nodiscard]] std::string take();

    /// As take(), for what is not of interest.
    void reset();

private:
    class implementation;
    std::unique_ptr<implementation> self_;
};

/// While it lives, what is printed goes where it went before the first capture; what was printed
/// before stays captured. It nests, and ends, as captures do. Where nothing is captured, it does
/// nothing.
///
/// For a test framework's own reports; see the recipes in test/recipes.
class uncaptured {
public:
    /// Errors: as capture.
    [[nodiscard]] uncaptured();
    uncaptured(const uncaptured&) = delete;
    uncaptured& operator=(const uncaptured&) = delete;
    ~uncaptured();

private:
    class implementation;
    std::unique_ptr<implementation> self_;
};

/// A stream to where the standard output goes now, whatever is captured later.
///
/// Errors: throws error: what the system says; EBADF where there is no standard output.
[[nodiscard]] ofstream uncaptured_output();

/// The lines of a text, without their ends. What follows the last end is a line, unless it is
/// empty.
template <class CharT>
[[nodiscard]] std::vector<std::basic_string<CharT>>
split_lines(std::basic_string_view<CharT> text) {
    std::vector<std::basic_string<CharT>> result;
    while (!text.empty()) {
        const std::size_t end = text.find(CharT('\n'));
        result.emplace_back(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    return result;
}

/// Holds what is written to one std::ostream, or std::wostream, while it lives.
///
/// The stream gets another buffer, and its own back at the end, with the state it had; see
/// sluice::redirect, whose rules hold. What goes past the stream, to its descriptor, is not caught.
template <class CharT>
class capture_stream {
public:
    using stream_type = std::basic_ostream<CharT>;
    using string_type = std::basic_string<CharT>;

    [[nodiscard]] explicit capture_stream(stream_type& captured) : redirect_(captured, content_) {}
    capture_stream(const capture_stream&) = delete;
    capture_stream& operator=(const capture_stream&) = delete;
    ~capture_stream() = default;

    /// Ends the capture; what it has can be read on. A second call does nothing.
    void stop() { redirect_.restore(); }

    /// What has been written, or what came since the last take() or reset().
    [[nodiscard]] string_type str() const { return string_type(content_.view().substr(from_)); }
    [[nodiscard]] std::vector<string_type> lines() const {
        return split_lines(std::basic_string_view<CharT>(content_.view().substr(from_)));
    }
    [[nodiscard]] string_type take() {
        string_type result = str();
        from_ += result.size();
        return result;
    }
    void reset() { from_ = content_.view().size(); }

private:
    basic_membuf<CharT> content_;
    std::size_t from_ = 0;
    redirect<CharT> redirect_;
};

template <class CharT>
capture_stream(std::basic_ostream<CharT>&) -> capture_stream<CharT>;

}  // namespace sluice::testing

#endif  // SLUICE_TESTING_CAPTURE_HPP
