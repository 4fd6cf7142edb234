#include <sluice/bridge/boost_links.hpp>
#include <sluice/detail/areas.hpp>
#include <sluice/error.hpp>

#include "boost_failure.hpp"

#include <boost/iostreams/detail/functional.hpp>

#include <algorithm>

namespace sluice::detail {
namespace {

// -- the list that a chain keeps to itself ----------------------------------------------------
//
// Boost has no way to it, and without it no way to learn of a device that fails while its buffer is
// emptied. An explicit instantiation may name what is private ([temp.spec]/6).

template <class Chain, class CharT, class Mode>
using chain_base = boost::iostreams::detail::chain_base<Chain, CharT, std::char_traits<CharT>,
                                                        std::allocator<CharT>, Mode>;

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wnon-template-friend"
#endif

template <class Base, class CharT>
struct key {
    using member = link_list<CharT>& (Base::*)();
    friend member member_of(key);
};

template <class Base, class CharT, typename key<Base, CharT>::member Member>
struct revealed {
    friend typename key<Base, CharT>::member member_of(key<Base, CharT>) { return Member; }
};

// -- one link ---------------------------------------------------------------------------------

// A put area as it stands.
template <class CharT>
struct put_area {
    using areas = detail::areas<CharT, std::char_traits<CharT>>;

    explicit put_area(const std::basic_streambuf<CharT>& of)
        : begin(areas::put_begin(of)), next(areas::put_next(of)), end(areas::put_end(of)) {}

    [[nodiscard]] bool empty() const { return next == begin; }

    CharT* begin;
    CharT* next;
    CharT* end;
};

// std::basic_streambuf keeps this for derived classes; see detail::areas.
template <class CharT>
class put_setter : private std::basic_streambuf<CharT> {
public:
    put_setter() = delete;
    static void set(std::basic_streambuf<CharT>& of, CharT* begin, CharT* next, CharT* end) {
        (of.*&put_setter::setp)(begin, end);
        put_area<CharT>::areas::written_up_to(of, next);
    }
};

template <class CharT>
void set_put_area(std::basic_streambuf<CharT>& of, CharT* begin, CharT* next, CharT* end) {
    put_setter<CharT>::set(of, begin, next, end);
}

// Puts a character into a link whose area is made to end at `next`, so that what stands before is
// written. Where that throws, the area is `held` again.
template <class CharT>
bool put_when_full(link<CharT>& to, const put_area<CharT>& held, CharT* next, CharT c) {
    using traits = std::char_traits<CharT>;
    set_put_area(to, held.begin, next, next);
    try {
        return !traits::eq_int_type(to.sputc(c), traits::eof());
    } catch (...) {
        set_put_area(to, held.begin, held.next, held.end);
        throw;
    }
}

// Writes what a link to a device that is not direct holds. Its sync() would swallow what is thrown
// then; its overflow(), which writes too where the area is full, does not. So `more` is put, and
// taken back.
template <class CharT>
void drain_rest(link<CharT>& to, CharT more) {
    for (put_area<CharT> held(to); !held.empty(); held = put_area<CharT>(to)) {
        const bool taken = put_when_full(to, held, held.next, more);
        const put_area<CharT> left(to);
        CharT* const next = left.next - (taken ? 1 : 0);
        set_put_area(to, left.begin, next, left.end);
        if (next - left.begin >= held.next - held.begin) {
            throw std::system_error(make_error_code(errc::would_block));
        }
    }
}

// The same for any link. One to a direct device holds nothing: its area is the content.
template <class CharT>
void drain(link<CharT>& to) {
    const put_area<CharT> held(to);
    if (held.empty()) {
        return;
    }
    // The last character is taken back and put again, behind the others that are written for it. A
    // direct device has it in its place again, and its area still ends there.
    const CharT last = held.next[-1];
    const bool taken = put_when_full(to, held, held.next - 1, last);
    const bool direct = taken && put_area<CharT>(to).end == held.next - 1;
    if (!taken || direct) {  // not taken: it was alone
        set_put_area(to, held.begin, held.next, held.end);
    }
    if (!direct) {
        drain_rest(to, last);
    }
}

}  // namespace

void throw_as_error() {
    throw boost_failure(std::current_exception(), "close", {}, -1);
}

template <class Mode, class CharT>
link_list<CharT>& links_of(boost::iostreams::chain<Mode, CharT>& chain) {
    using base = chain_base<boost::iostreams::chain<Mode, CharT>, CharT, Mode>;
    return (chain.*member_of(key<base, CharT>()))();
}

template <class CharT>
void drain_links(const link_list<CharT>& links) {
    for (link<CharT>* const each : links) {
        drain(*each);
    }
}

template <class CharT>
bool flush_links(const link_list<CharT>& links) {
    drain_links(links);
    const bool flushed = links.front()->pubsync() == 0;
    drain_links(links);  // what the filters gave when they were flushed
    return (links.size() == 1 || links.back()->pubsync() == 0) && flushed;
}

template <class CharT>
void close_links(const link_list<CharT>& links) {
    using boost::iostreams::detail::call_member_close;
    using ios = std::ios_base;
    first_failure failures;
    bool flushed = true;
    failures.attempt([&] { flushed = flush_links(links); });
    for (auto each = links.rbegin(); each != links.rend(); ++each) {
        failures.attempt([&] { call_member_close(**each, ios::in)(); });
    }
    for (link<CharT>* const each : links) {
        failures.attempt([&] { drain(*each); });  // what the filter before has added
        failures.attempt([&] { call_member_close(*each, ios::out)(); });
    }
    failures.rethrow();
    if (!flushed) {
        throw std::system_error(std::make_error_code(std::errc::io_error));
    }
}

template <class CharT>
std::streamsize write_part(std::basic_streambuf<CharT>& to, const CharT* source,
                           std::streamsize count) {
    using traits = std::char_traits<CharT>;
    const put_area<CharT> area(to);
    if (area.next < area.end) {
        return to.sputn(source, std::min<std::streamsize>(count, area.end - area.next));
    }
    return traits::eq_int_type(to.sputc(*source), traits::eof()) ? 0 : 1;
}

template <class CharT>
std::streamsize read_part(std::basic_streambuf<CharT>& from, CharT* target, std::streamsize count) {
    using traits = std::char_traits<CharT>;
    if (traits::eq_int_type(from.sgetc(), traits::eof())) {
        return 0;
    }
    return from.sgetn(target, std::min(count, std::max<std::streamsize>(from.in_avail(), 1)));
}

template std::streamsize write_part(std::streambuf&, const char*, std::streamsize);
template std::streamsize write_part(std::wstreambuf&, const wchar_t*, std::streamsize);
template std::streamsize read_part(std::streambuf&, char*, std::streamsize);
template std::streamsize read_part(std::wstreambuf&, wchar_t*, std::streamsize);

template void drain_links(const link_list<char>&);
template void drain_links(const link_list<wchar_t>&);
template bool flush_links(const link_list<char>&);
template bool flush_links(const link_list<wchar_t>&);
template void close_links(const link_list<char>&);
template void close_links(const link_list<wchar_t>&);

// -- the chains -------------------------------------------------------------------------------

#define SLUICE_REVEAL(mode, type)                                                                  \
    namespace {                                                                                    \
    template struct revealed<chain_base<boost::iostreams::chain<mode, type>, type, mode>, type,    \
                             &chain_base<boost::iostreams::chain<mode, type>, type, mode>::list>;  \
    }                                                                                              \
    template link_list<type>& links_of(boost::iostreams::chain<mode, type>&);

SLUICE_REVEAL(boost::iostreams::input, char)
SLUICE_REVEAL(boost::iostreams::output, char)
SLUICE_REVEAL(boost::iostreams::bidirectional, char)
SLUICE_REVEAL(boost::iostreams::input_seekable, char)
SLUICE_REVEAL(boost::iostreams::output_seekable, char)
SLUICE_REVEAL(boost::iostreams::seekable, char)
SLUICE_REVEAL(boost::iostreams::dual_seekable, char)
SLUICE_REVEAL(boost::iostreams::bidirectional_seekable, char)
SLUICE_REVEAL(boost::iostreams::input, wchar_t)
SLUICE_REVEAL(boost::iostreams::output, wchar_t)
SLUICE_REVEAL(boost::iostreams::bidirectional, wchar_t)
SLUICE_REVEAL(boost::iostreams::input_seekable, wchar_t)
SLUICE_REVEAL(boost::iostreams::output_seekable, wchar_t)
SLUICE_REVEAL(boost::iostreams::seekable, wchar_t)
SLUICE_REVEAL(boost::iostreams::dual_seekable, wchar_t)
SLUICE_REVEAL(boost::iostreams::bidirectional_seekable, wchar_t)

#undef SLUICE_REVEAL

}  // namespace sluice::detail
