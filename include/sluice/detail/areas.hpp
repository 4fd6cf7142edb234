// The get and put area of any stream buffer, for a layer that hands them out as its own.

#ifndef SLUICE_DETAIL_AREAS_HPP
#define SLUICE_DETAIL_AREAS_HPP

#include <algorithm>
#include <cstddef>
#include <limits>
#include <streambuf>

namespace sluice::detail {

/// What std::basic_streambuf keeps for derived classes. Naming its members through a class derived
/// from it is what [class.protected] asks for; they are called on the other buffer as it is.
template <class CharT, class Traits>
class areas : private std::basic_streambuf<CharT, Traits> {
    using buf_type = std::basic_streambuf<CharT, Traits>;

public:
    areas() = delete;

    [[nodiscard]] static CharT* get_begin(const buf_type& buf) { return (buf.*&areas::eback)(); }
    [[nodiscard]] static CharT* get_next(const buf_type& buf) { return (buf.*&areas::gptr)(); }
    [[nodiscard]] static CharT* get_end(const buf_type& buf) { return (buf.*&areas::egptr)(); }
    [[nodiscard]] static CharT* put_begin(const buf_type& buf) { return (buf.*&areas::pbase)(); }
    [[nodiscard]] static CharT* put_next(const buf_type& buf) { return (buf.*&areas::pptr)(); }
    [[nodiscard]] static CharT* put_end(const buf_type& buf) { return (buf.*&areas::epptr)(); }

    /// Makes the areas of `to` those of `from`.
    static void lend(const buf_type& from, buf_type& to) noexcept {
        (to.*&areas::setg)(get_begin(from), get_next(from), get_end(from));
        (to.*&areas::setp)(put_begin(from), put_end(from));
        written_up_to(to, put_next(from));
    }

    /// Makes `next` the place in the get area from where it is read on.
    static void read_up_to(buf_type& buf, CharT* next) {
        (buf.*&areas::setg)(get_begin(buf), next, get_end(buf));
    }

    /// Makes what stands in the put area before `next` written.
    static void written_up_to(buf_type& buf, CharT* next) {
        constexpr std::ptrdiff_t most = std::numeric_limits<int>::max();
        while (put_next(buf) != next) {
            (buf.*&areas::pbump)(static_cast<int>(std::min(most, next - put_next(buf))));
        }
    }
};

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_AREAS_HPP
