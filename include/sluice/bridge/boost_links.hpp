// The links of a chain of Boost.Iostreams: a stream buffer for each filter and for the device. What
// Boost does with them, but nothing swallowed.

#ifndef SLUICE_BRIDGE_BOOST_LINKS_HPP
#define SLUICE_BRIDGE_BOOST_LINKS_HPP

#include <boost/iostreams/chain.hpp>
#include <boost/iostreams/detail/streambuf/linked_streambuf.hpp>

#include <exception>
#include <ios>
#include <list>
#include <streambuf>
#include <utility>

namespace sluice::detail {

template <class CharT>
using link = boost::iostreams::detail::linked_streambuf<CharT>;

/// From the first filter to the device.
template <class CharT>
using link_list = std::list<link<CharT>*>;

/// The first exception of several calls that are all made.
class first_failure {
public:
    template <class Call>
    void attempt(Call call) noexcept {
        try {
            call();
        } catch (...) {
            if (first_ == nullptr) {
                first_ = std::current_exception();
            }
        }
    }

    /// Throws it, if there was one.
    void rethrow() const {
        if (first_ != nullptr) {
            std::rethrow_exception(first_);
        }
    }

private:
    std::exception_ptr first_;
};

/// Throws as a sluice::error, of a close, what is being caught; see devicebuf.
[[noreturn]] void throw_as_error();

/// The links of a chain, which Boost keeps to itself. For the modes of Boost's, and its own traits
/// and allocator.
///
/// Requires: the chain is complete.
template <class Mode, class CharT>
[[nodiscard]] link_list<CharT>& links_of(boost::iostreams::chain<Mode, CharT>& chain);

/// Writes what the links hold to the next, and to the device.
///
/// Errors: throws what a filter or the device throws; what was not written stays in its link.
///         errc::would_block where nothing more was taken.
template <class CharT>
void drain_links(const link_list<CharT>& links);

/// The same, and flushes the filters and the device.
///
/// Returns: false where that failed: Boost keeps the reason to itself.
/// Errors:  as drain_links() (Boost's own sync() returns 0 then).
template <class CharT>
[[nodiscard]] bool flush_links(const link_list<CharT>& links);

/// Closes the filters and the device, in Boost's order. All are closed whatever is thrown.
///
/// Errors: throws the first that a filter or the device throws (Boost throws none that comes while
///         a buffer is emptied).
template <class CharT>
void close_links(const link_list<CharT>& links);

/// Writes what goes into the buffer of `to` at once, else one character.
///
/// Returns: how many were taken, 0 where it would block. Throws what Boost throws; then none was.
template <class CharT>
std::streamsize write_part(std::basic_streambuf<CharT>& to, const CharT* source,
                           std::streamsize count);

/// Reads what is in the buffer of `from`, or what its next filling gives.
///
/// Returns: the count; 0 at the end, or where it would block.
template <class CharT>
std::streamsize read_part(std::basic_streambuf<CharT>& from, CharT* target, std::streamsize count);

}  // namespace sluice::detail

#endif  // SLUICE_BRIDGE_BOOST_LINKS_HPP
