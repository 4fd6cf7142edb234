// mode: how a device is opened, and how its lines end.
//
// Values, for any thread.

#ifndef SLUICE_MODE_HPP
#define SLUICE_MODE_HPP

#include <ios>
#include <version>

namespace sluice {

/// Open fails where the file exists already (O_EXCL). Only together with std::ios_base::out.
/// Source: C++23's std::ios_base::noreplace, whose value it has where the library knows it.
#ifdef __cpp_lib_ios_noreplace
inline constexpr std::ios_base::openmode noreplace = std::ios_base::noreplace;
#elif defined(_GLIBCXX_RELEASE) && _GLIBCXX_RELEASE >= 12
inline constexpr std::ios_base::openmode noreplace = std::ios_base::__noreplace;
#else
inline constexpr auto noreplace = static_cast<std::ios_base::openmode>(1 << 14);
#endif

/// Python's five values of `newline`: what a written '\n' becomes, and what ends a line on reading.
enum class newline {
    universal,  // None    a line ends at \n, \r or \r\n, and is delivered with \n
    keep,       // ""      a line ends at \n, \r or \r\n, and nothing is translated
    lf,         // "\n"    only \n ends a line; nothing is translated
    cr,         // "\r"    only \r ends a line; \n is written as \r
    crlf,       // "\r\n"  only \r\n ends a line; \n is written as \r\n
};

/// The kinds of line end that text has had.
struct newlines_seen {
    bool cr = false;
    bool lf = false;
    bool crlf = false;

    friend bool operator==(const newlines_seen&, const newlines_seen&) = default;
};

/// Whether a buffer closes what it was given.
enum class ownership {
    borrowed,
    owned,
};

/// Whether `mode` has any bit of `bits`.
[[nodiscard]] constexpr bool has(std::ios_base::openmode mode,
                                 std::ios_base::openmode bits) noexcept {
    return (mode & bits) != std::ios_base::openmode{};
}

/// Whether `mode` stands in the standard's table of open modes ([filebuf.members]), where
/// `noreplace` may join whatever creates a file; `binary` and `ate` may join anything.
[[nodiscard]] constexpr bool is_open_mode(std::ios_base::openmode mode) noexcept {
    using ios = std::ios_base;
    const bool trunc = has(mode, ios::trunc);
    const bool creates = trunc || has(mode, ios::app) || !has(mode, ios::in);
    return has(mode, ios::in | ios::out | ios::app) &&
           (!trunc || (has(mode, ios::out) && !has(mode, ios::app))) &&
           (!has(mode, noreplace) || (creates && has(mode, ios::out | ios::app)));
}

/// Whether opening in `mode` starts with an empty content.
[[nodiscard]] constexpr bool empties(std::ios_base::openmode mode) noexcept {
    using ios = std::ios_base;
    return has(mode, ios::trunc) || !has(mode, ios::in | ios::app);
}

}  // namespace sluice

#endif  // SLUICE_MODE_HPP
