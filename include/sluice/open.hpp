// open: a file by its path, or a descriptor, as Python's open() gives it.
//
//     sluice::stream in = sluice::open("notes.txt");        // text: UTF-8, any line end
//     sluice::stream out = sluice::open("raw.bin", "xb");   // bytes; must not exist yet
//     sluice::stream old = sluice::open("old.txt", "r+", {.encoding = "latin-1"});
//     for (const std::string& line : in) { ... }
//     sluice::stream log = sluice::open("log.csv.gz", "r", {.compression = compression::infer});
//
// Sizes are in bytes. Distinct streams may be used from distinct threads.

#ifndef SLUICE_OPEN_HPP
#define SLUICE_OPEN_HPP

#include <sluice/filter/compressed.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/mode.hpp>
#include <sluice/open_file.hpp>
#include <sluice/stream.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Python's keyword arguments to open(), and what gzip.open() and its like are for there.
struct open_options {
    /// 0: none, for bytes only; each call is a call to the system. 1: what is written to text goes
    /// out with each line end. More: the size of the buffer. Negative: the default size, and as 1
    /// where text is a terminal.
    int buffering = -1;

    /// Of text only; "utf-8" unless given.
    std::optional<std::string> encoding = std::nullopt;

    /// Of text only; strict unless given.
    std::optional<encoding_errors> errors = std::nullopt;

    /// Of text only; universal unless given.
    std::optional<sluice::newline> newline = std::nullopt;

    /// Whether close() closes a descriptor that was given.
    bool closefd = true;

    /// Opens in place of the system: is given the path and the system's flags, and returns a
    /// descriptor, which the stream closes.
    std::function<int(const std::filesystem::path&, int)> opener = nullptr;

    /// Of `w` and `x` only: what is written takes the file's place as a whole, by commit(); close()
    /// and the destructor throw it away. See atomic_filebuf; `durable` as in atomic_options.
    bool atomic = false;
    bool durable = false;

    /// What stands between the file and its bytes or text: see compressedbuf. With infer, a plain
    /// file is read as it is, and the path's end says what is written. A compressed file is read or
    /// written, not both; what is appended is a compressed stream of its own, which zlib and
    /// deflate do not take. The buffer of that size holds content.
    sluice::compression compression = sluice::compression::none;

    /// As compression_options::level and max_size.
    std::optional<int> compression_level = std::nullopt;
    std::uint64_t max_size = std::numeric_limits<std::uint64_t>::max();
};

/// Opens a file, where a file system is injected (fs/scoped.hpp) one of its. `mode` holds one of
///     r  read, what must exist          w  write, from empty
///     a  append, and stand at the end   x  write, what must not exist
/// and may hold `+` (read and write), and `b` (bytes) or `t` (text, the default).
///
/// Returns: a stream whose characters are the bytes; or, in text, their UTF-8. One opened with `a`
///          stands at the end.
/// Errors:  throws error with the path and the system's reason; errc::bad_mode where mode and
///          options do not fit, with what is wrong in error::detail. Arguments are checked first: a
///          wrong one never creates or empties a file.
/// Source:  Python's open(); text is UTF-8 everywhere, as from Python 3.15 on.
[[nodiscard]] stream open(const std::filesystem::path& path, std::string_view mode = "r",
                          const open_options& options = {});

/// The same in a file system of the program's own (fs/), whatever is injected.
[[nodiscard]] stream open(file_opener& files, const std::filesystem::path& path,
                          std::string_view mode = "r", const open_options& options = {});

/// Uses an open descriptor, at its own position.
[[nodiscard]] stream open(int descriptor, std::string_view mode = "r",
                          const open_options& options = {});

/// As open(), for text whose characters are code points.
///
/// Errors: errc::bad_mode for a mode with `b`.
[[nodiscard]] wstream wopen(const std::filesystem::path& path, std::string_view mode = "r",
                            const open_options& options = {});
[[nodiscard]] wstream wopen(file_opener& files, const std::filesystem::path& path,
                            std::string_view mode = "r", const open_options& options = {});
[[nodiscard]] wstream wopen(int descriptor, std::string_view mode = "r",
                            const open_options& options = {});

/// Ends a stream that open() has opened with `atomic`: writes what is pending in all its layers,
/// closes it, and puts the file in its place.
///
/// Errors: throws error: as atomic_filebuf::commit(), or what a layer's close() does, or
///         std::errc::io_error where the stream has failed (fail()); the old file is as it was
///         then. It has failed where reading came to the end and found nothing too: what is
///         inserted after that, before clear(), is lost, and nobody knows of it.
///         errc::unsupported for any other stream, which stays as it is.
void commit(stream& whole);
void commit(wstream& whole);

}  // namespace sluice

#endif  // SLUICE_OPEN_HPP
