// read_all: what any std::istream still holds, as one string.
//
//     std::ifstream in("data.json");
//     std::string text = sluice::read_all(in);
//     auto image = sluice::read_all<std::vector<std::byte>>(other);
//
// Sizes are in characters. A stream and its buffer are one object for threads.

#ifndef SLUICE_ALGORITHM_READ_ALL_HPP
#define SLUICE_ALGORITHM_READ_ALL_HPP

#include <sluice/buf.hpp>
#include <sluice/bytes.hpp>
#include <sluice/detail/claimed.hpp>
#include <sluice/detail/held_exceptions.hpp>
#include <sluice/detail/looking.hpp>

#include <algorithm>
#include <cstddef>
#include <ios>
#include <istream>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>

namespace sluice {

/// What read_all() can fill: a string, or a vector, whose elements are as large as `CharT`.
template <class Content, class CharT>
concept content_of = std::is_trivially_copyable_v<typename Content::value_type> &&
                         sizeof(typename Content::value_type) == sizeof(CharT) &&
                     requires(Content& content) {
    content.resize(content.size());
    content.reserve(content.size());
    content.data();
};

namespace detail {

inline constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

/// Errors: throws error, where `stream` has failed before, with the reason if there is one.
template <class CharT, class Traits>
void require_unfailed(const std::basic_ios<CharT, Traits>& stream, const char* operation) {
    if (!stream.fail()) {
        return;
    }
    if (const error reason = error_of(stream)) {
        throw error(reason);
    }
    throw error(operation, stream.rdbuf() == nullptr ? make_error_code(errc::closed)
                                                     : make_error_code(std::io_errc::stream));
}

/// Where a buffer stands that can come back there; else -1.
template <class CharT, class Traits>
[[nodiscard]] typename Traits::pos_type return_place(std::basic_streambuf<CharT, Traits>& from) {
    auto* const device = dynamic_cast<basic_buf<CharT, Traits>*>(&from);
    return device == nullptr || device->seekable()
               ? from.pubseekoff(0, std::ios_base::cur, std::ios_base::in)
               : typename Traits::pos_type(typename Traits::off_type(-1));
}

/// Memory that is about to be filled for the first time: page faults are most of what that costs.
void expect_filling(void* memory, std::size_t size) noexcept;

/// Appends to `content` what is read from a buffer.
template <class CharT, class Traits, class Content>
class appending {
public:
    appending(std::basic_istream<CharT, Traits>& in, Content& content)
        : in_(in), from_(*in.rdbuf()), content_(content) {}

    /// Appends up to `limit` characters; `content` holds all that has come, also after a failure.
    ///
    /// Returns: whether the end was seen.
    bool up_to(std::size_t limit) {
        const std::size_t begin = content_.size();
        for (;;) {
            const std::size_t missing = limit - (content_.size() - begin);
            if (missing == 0) {
                return false;
            }
            // Of a file, and of memory, this tells the rest; of what is ready, only that.
            const bool ready = source_.is_lent(from_);
            const std::size_t known = ready ? 0 : believed(from_.in_avail(), sizeof(CharT));
            if (known > 0 && in_bulk(std::min(missing, known))) {
                continue;
            }
            if (!take_piece(missing)) {
                return true;
            }
        }
    }

private:
    // False: not all of it came; where the device failed, it has given nothing of the last part.
    // By parts that are still in the cache when they are overwritten, for resize() writes them
    // first.
    bool in_bulk(std::size_t count) {
        constexpr std::size_t part = (std::size_t(256) << 10) / sizeof(CharT);
        const auto before = in_.rdstate();
        const std::size_t end = content_.size() + count;
        if (end > content_.capacity()) {
            content_.reserve(std::max(end, 2 * content_.capacity()));
            expect_filling(content_.data() + content_.size(),
                           (content_.capacity() - content_.size()) * sizeof(CharT));
        }
        while (content_.size() < end) {
            const std::size_t size = content_.size();
            const std::size_t wanted = std::min(part, end - size);
            content_.resize(size + wanted);
            std::streamsize got = 0;
            try {
                got = from_.sgetn(reinterpret_cast<CharT*>(content_.data()) + size,
                                  static_cast<std::streamsize>(wanted));
            } catch (const error&) {
                content_.resize(size);
                const held_exceptions<CharT, Traits> held(&in_);
                in_.clear(before);  // the next try decides
                return false;
            } catch (...) {
                content_.resize(size);
                throw;
            }
            content_.resize(size + static_cast<std::size_t>(got));
            if (static_cast<std::size_t>(got) < wanted) {
                return false;
            }
        }
        return true;
    }

    // What is ready, or else comes next; false at the end.
    bool take_piece(std::size_t most) {
        const auto text = source_.look(from_);
        const std::size_t part = std::min(most, text.size());
        const std::size_t size = content_.size();
        content_.resize(size + part);
        Traits::copy(reinterpret_cast<CharT*>(content_.data()) + size, text.data(), part);
        source_.take(from_, part);
        return part != 0;
    }

    std::basic_istream<CharT, Traits>& in_;
    std::basic_streambuf<CharT, Traits>& from_;
    Content& content_;
    looking<CharT, Traits> source_;
};

}  // namespace detail

/// Appends what `in` holds from where it stands to its end, or `limit` characters of it.
///
/// Returns: the count of what was appended. eofbit is set where the end was seen, failbit never;
///          where it is set already, there is no more, and the count is 0.
/// Errors:  throws error, or what else the buffer threw: the reason for a failed read, which sets
///          badbit too, whatever exceptions() say; error, where `in` has failed before. `content`
///          holds what came, also then.
/// Source:  BufferedIOBase.read.
template <class CharT, class Traits, content_of<CharT> Content>
std::size_t read_all(std::basic_istream<CharT, Traits>& in, Content& content,
                     std::size_t limit = detail::no_limit) {
    detail::require_unfailed(in, "read");
    if (in.eof()) {
        return 0;
    }
    if (in.tie() != nullptr) {
        in.tie()->flush();
    }
    const std::size_t before = content.size();
    bool at_end = false;
    try {
        at_end = detail::appending<CharT, Traits, Content>(in, content).up_to(limit);
    } catch (...) {
        detail::set_quietly(in, std::ios_base::badbit);
        throw;
    }
    if (at_end) {
        in.setstate(std::ios_base::eofbit);
    }
    return content.size() - before;
}

/// The same as a new string, or as a vector of the size of its characters, or as sluice::bytes,
/// which copies nothing either.
///
/// Returns: all there is, or `limit` characters; but where the device fails on the way and cannot
///          be read again, what came before, as basic_stream::read() gives it: badbit is set, and
///          the next call throws. The same for errc::would_block and timed_out.
/// Errors:  throws error, as above. Where the device can seek, `in` stands then where it stood; and
///          where exceptions() hold badbit, it always throws.
template <class Content = void, class CharT, class Traits>
[[nodiscard]] auto read_all(std::basic_istream<CharT, Traits>& in,
                            std::size_t limit = detail::no_limit) {
    if constexpr (std::is_void_v<Content>) {
        return read_all<std::basic_string<CharT, Traits>>(in, limit);
    } else if constexpr (std::is_same_v<Content, bytes>) {
        static_assert(sizeof(CharT) == 1);
        return bytes(read_all<std::string>(in, limit));
    } else {
        using pos_type = typename Traits::pos_type;
        using off_type = typename Traits::off_type;
        detail::require_unfailed(in, "read");
        Content content;
        const pos_type begin = detail::return_place(*in.rdbuf());
        try {
            read_all(in, content, limit);
        } catch (const error& thrown) {
            const bool for_now =
                thrown.code() == errc::would_block || thrown.code() == errc::timed_out;
            const bool must_throw =
                (in.exceptions() & std::ios_base::badbit) != std::ios_base::goodbit;
            const bool taken_back = (must_throw || !for_now) && off_type(begin) >= 0 &&
                                    off_type(in.rdbuf()->pubseekpos(begin, std::ios_base::in)) >= 0;
            if (must_throw || content.empty() || taken_back) {
                throw;
            }
        }
        return content;
    }
}

}  // namespace sluice

#endif  // SLUICE_ALGORITHM_READ_ALL_HPP
