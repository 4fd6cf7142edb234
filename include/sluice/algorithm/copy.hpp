// copy: everything, or so much, from any std::istream to any std::ostream.
//
//     sluice::ifstream in("film.mkv");
//     sluice::ofstream out("copy.mkv");
//     sluice::copy(in, out);
//     sluice::copy(in, out, {.limit = 1 << 20});   // no more than so much
//
// Counts are in characters. Each stream and its buffer are one object for threads.

#ifndef SLUICE_ALGORITHM_COPY_HPP
#define SLUICE_ALGORITHM_COPY_HPP

#include <functional>
#include <ios>
#include <istream>
#include <optional>
#include <ostream>

namespace sluice {

struct copy_options {
    /// How many characters to copy at most; none: up to the end of `in`. Not negative.
    std::optional<std::streamoff> limit = std::nullopt;

    /// Called with the count copied so far, about once in a MiB and once at the end; copying ends
    /// where it returns false. What it throws, copy() throws.
    std::function<bool(std::streamoff)> progress = {};
};

/// Copies the characters of `in` from where it stands to where `out` stands, up to the end of `in`.
///
/// Between two filebufs (files, pipes, terminals, attached sockets) whose characters are the bytes,
/// the system does it (copy_file_range, sendfile, splice), where it can; else what lies in the
/// one's buffer, which for memory is its content, is written to the other as it lies there. Either
/// way both streams stand right behind what was copied, and what `out` had pending precedes it.
///
/// Returns: the count copied: written, or pending in `out` as after any write. eofbit is set on
///          `in` where its end was seen, failbit never. Less than all only for the limit, or where
///          `progress` has ended it.
/// Errors:  throws error, whatever exceptions() say, with the count() copied so far: the reason for
///          a failed read, which sets badbit on `in`, or a failed write, which sets it on `out`.
///          `in` stands behind what `out` has taken, in any case: nothing is read and lost. Before
///          anything is done: where `in` or `out` has failed already; std::errc::invalid_argument
///          for a negative limit, and for streams of one and the same buffer.
///          Where `in` is at its end by eofbit, nothing is copied.
/// One file for both: what is copied is what it held when copy() began, also where the two parts
///          overlap, and also where it grows by being copied: of sluice's buffers, layers on one
///          buffer below included, but not of chain, tee and std::filebuf. Through a layer, and
///          where the parts overlap, it is all read first.
/// Source:  shutil.copyfileobj; `out << in.rdbuf()`, which sets failbit where nothing was copied,
///          and takes a failed read for the end.
template <class CharT>
std::streamoff copy(std::basic_istream<CharT>& in, std::basic_ostream<CharT>& out,
                    const copy_options& options = {});

extern template std::streamoff copy(std::istream&, std::ostream&, const copy_options&);
extern template std::streamoff copy(std::wistream&, std::wostream&, const copy_options&);

}  // namespace sluice

#endif  // SLUICE_ALGORITHM_COPY_HPP
