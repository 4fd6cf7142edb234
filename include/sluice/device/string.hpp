// string: a string behind a stream, with a position for reading and one for writing.
//
//     sluice::stringbuf buf("3 apples", std::ios::in | std::ios::out);
//     std::iostream words(&buf);
//     int count = 0;
//     words >> count;
//     std::string content = std::move(buf).str();  // moved out, not copied
//
// Offsets, sizes and positions are in characters. Distinct objects may be used from distinct
// threads; a shared object needs a lock.

#ifndef SLUICE_DEVICE_STRING_HPP
#define SLUICE_DEVICE_STRING_HPP

#include <sluice/buf.hpp>
#include <sluice/error.hpp>
#include <sluice/mode.hpp>

#include <algorithm>
#include <climits>
#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace sluice {
namespace detail {

/// [container.requirements.general]: what qualifies as an allocator.
template <class T>
concept allocator_like = requires(T& allocator, std::size_t count) {
    typename T::value_type;
    allocator.allocate(count);
};

template <class T, class U>
concept other_than = !std::is_same_v<T, U>;

}  // namespace detail

/// A string behind std::istream and std::ostream: std::basic_stringbuf, with all its members.
///
/// It follows the standard, not the one-position rule of sluice's other buffers: reading and
/// writing have a position each, and neither goes past the end. Where the standard leaves room it
/// does as libstdc++ does; among that: `app` is `ate` (both put the first write at the end), a seek
/// of both positions fails where the mode has but one, and setbuf() uses the given array, all of
/// which is the content then.
///
/// Beside what basic_buf adds, it differs from std::basic_stringbuf in this:
/// - Every failure has its reason. A refused write sets badbit on the stream that owns the buffer
///   even where the caller used rdbuf(), and throws sluice::error where exceptions() hold badbit. A
///   refused read, putback or seek is as in the standard, and recorded: what is open for writing
///   alone reads as empty.
/// - A write for which memory does not last fails with std::errc::not_enough_memory; what fits is
///   written. (The standard's throws std::bad_alloc; so do constructors and str() here.)
/// - Positions and sizes beyond INT_MAX work in all calls, in every standard library.
/// - A write past the end of setbuf()'s array takes its content along into the buffer's own memory.
///   (libstdc++ 12 may lose it.) Moving and swapping take the array along too.
/// - A short content, as long as an empty string's capacity, takes no memory from the allocator. A
///   content that grows takes up to four times its size in addresses, not in memory.
/// - truncate() moves a position that would be past the end to the end.
/// - After close() writes fail and reads throw, with errc::closed, and seeks are refused. str() and
///   view() still give the content, and str(s) replaces it, but nothing opens the buffer again.
///
/// Invalidates: a view() ends with the next write, truncate(), str(s), swap or move.
/// Source:      [stringbuf].
template <class CharT, class Traits = std::char_traits<CharT>,
          class Allocator = std::allocator<CharT>>
class basic_stringbuf : public basic_buf<CharT, Traits> {
    using base = basic_buf<CharT, Traits>;
    using openmode = std::ios_base::openmode;

    static constexpr openmode both = std::ios_base::in | std::ios_base::out;
    static constexpr std::size_t step = std::max<std::size_t>(16384 / sizeof(CharT), 1);

public:
    using char_type = CharT;
    using traits_type = Traits;
    using allocator_type = Allocator;
    using int_type = typename Traits::int_type;
    using pos_type = typename Traits::pos_type;
    using off_type = typename Traits::off_type;
    using string_type = std::basic_string<CharT, Traits, Allocator>;
    using view_type = std::basic_string_view<CharT, Traits>;

    basic_stringbuf() : basic_stringbuf(both) {}
    explicit basic_stringbuf(openmode mode) : basic_stringbuf(mode, Allocator()) {}
    explicit basic_stringbuf(const Allocator& allocator) : basic_stringbuf(both, allocator) {}
    basic_stringbuf(openmode mode, const Allocator& allocator)
        : base(has(mode, std::ios_base::in), has(mode, std::ios_base::out)),
          mode_(mode),
          storage_(allocator) {}

    explicit basic_stringbuf(const string_type& content, openmode mode = both)
        : basic_stringbuf(string_type(content), mode) {}
    explicit basic_stringbuf(string_type&& content, openmode mode = both);
    template <detail::other_than<Allocator> Other>
    explicit basic_stringbuf(const std::basic_string<CharT, Traits, Other>& content,
                             openmode mode = both)
        : basic_stringbuf(content, mode, Allocator()) {}
    template <class Other>
    basic_stringbuf(const std::basic_string<CharT, Traits, Other>& content,
                    const Allocator& allocator)
        : basic_stringbuf(content, both, allocator) {}
    template <class Other>
    basic_stringbuf(const std::basic_string<CharT, Traits, Other>& content, openmode mode,
                    const Allocator& allocator)
        : basic_stringbuf(string_type(content.data(), content.size(), allocator), mode) {}

    basic_stringbuf(const basic_stringbuf&) = delete;
    basic_stringbuf& operator=(const basic_stringbuf&) = delete;

    /// Takes the content, the positions, the mode, the locale and the reason. `other` stays open,
    /// in its mode and with its locale, and is empty.
    basic_stringbuf(basic_stringbuf&& other) noexcept : basic_stringbuf(other, other.settle()) {}
    basic_stringbuf(basic_stringbuf&& other, const Allocator& allocator)
        : basic_stringbuf(other, other.settle(), allocator) {}
    basic_stringbuf&
    operator=(basic_stringbuf&& other) noexcept(std::is_nothrow_move_assignable_v<string_type>);
    ~basic_stringbuf() override = default;

    void swap(basic_stringbuf& other) noexcept(
        std::allocator_traits<Allocator>::propagate_on_container_swap::value ||
        std::allocator_traits<Allocator>::is_always_equal::value);

    [[nodiscard]] Allocator get_allocator() const noexcept { return storage_.get_allocator(); }

    [[nodiscard]] string_type str() const& { return string_type(view(), get_allocator()); }
    template <detail::allocator_like Other>
    [[nodiscard]] std::basic_string<CharT, Traits, Other> str(const Other& allocator) const {
        return std::basic_string<CharT, Traits, Other>(view(), allocator);
    }

    /// Moves the content out, uncopied, and leaves the buffer empty.
    [[nodiscard]] string_type str() &&;

    [[nodiscard]] view_type view() const noexcept { return {start(), content_size()}; }

    /// Replaces the content; writing starts at its end in the modes `ate` and `app`, else at its
    /// start, as reading does.
    void str(const string_type& content) { assign(view_type(content)); }
    template <detail::other_than<Allocator> Other>
    void str(const std::basic_string<CharT, Traits, Other>& content) {
        assign(view_type(content));
    }
    void str(string_type&& content);

protected:
    std::basic_streambuf<CharT, Traits>* setbuf(CharT* array, std::streamsize size) override;
    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     openmode which = std::ios_base::in | std::ios_base::out) override;
    pos_type seekpos(pos_type position,
                     openmode which = std::ios_base::in | std::ios_base::out) override;
    int sync() override;

    std::streamsize showmanyc() override;
    std::streamsize xsgetn(CharT* target, std::streamsize count) override;
    int_type underflow() override;
    int_type pbackfail(int_type c = Traits::eof()) override;

    std::streamsize xsputn(const CharT* source, std::streamsize count) override;
    int_type overflow(int_type c = Traits::eof()) override;

    std::error_code do_close() noexcept override;
    off_type do_size(std::error_code& /*code*/) override {
        return static_cast<off_type>(content_size());
    }
    std::error_code do_truncate(off_type size) override;
    void do_fill(std::size_t /*count*/) override { show_content(); }

private:
    struct positions {
        std::size_t get;
        std::size_t put;
    };

    // The moves: `at` are the positions, read while the storage was still in its place.
    basic_stringbuf(basic_stringbuf& other, positions at) : storage_(std::move(other.storage_)) {
        take(other, at);
    }
    basic_stringbuf(basic_stringbuf& other, positions at, const Allocator& allocator)
        : storage_(std::move(other.storage_), allocator) {
        take(other, at);
    }

    [[nodiscard]] const CharT* start() const noexcept {
        return array_.data() != nullptr ? array_.data() : storage_.data();
    }
    [[nodiscard]] CharT* start() noexcept {
        return array_.data() != nullptr ? array_.data() : storage_.data();
    }
    [[nodiscard]] std::size_t extent() const noexcept {
        return array_.data() != nullptr ? array_.size() : storage_.size();
    }
    // A derived class may have set areas of its own, which say nothing about the content.
    [[nodiscard]] std::size_t get_position() const noexcept {
        return this->eback() == start() ? static_cast<std::size_t>(this->gptr() - this->eback())
                                        : 0;
    }
    [[nodiscard]] std::size_t put_position() const noexcept {
        return this->pbase() == start() ? static_cast<std::size_t>(this->pptr() - this->pbase())
                                        : 0;
    }
    [[nodiscard]] std::size_t content_size() const noexcept {
        return std::max(high_, put_position());
    }
    [[nodiscard]] std::error_code refusal(errc reason) const noexcept {
        return base::is_open() ? reason : errc::closed;
    }

    [[nodiscard]] positions settle() noexcept;
    void set_areas(positions at) noexcept;
    void show_content() noexcept;
    void advance_put(std::size_t count) noexcept;
    void take(basic_stringbuf& other, positions at);
    void restart(std::size_t size) noexcept;
    void assign(view_type content);
    std::streamsize put_past_area(const CharT* source, std::streamsize count);
    bool append(const CharT* text, std::size_t count) noexcept;
    bool reserve(std::size_t size) noexcept;
    bool try_reserve(std::size_t size) noexcept;
    [[nodiscard]] bool make_room(std::size_t size) noexcept;
    pos_type move_to(off_type position, openmode which, off_type size) noexcept;

    // The content, in storage_ or in setbuf()'s array:
    //
    //     [ content .................. | spare ........ | unused capacity ]
    //     start()                      content_size()   extent()
    //
    // Invariants: storage_ is resized to the extent, so that all of it may be written. Where the
    // buffer is writable the put area is [start(), extent()), else the extent is the content. The
    // get area starts at start(), and ends where the content ended when last looked at. Both areas
    // are null while closed, and may be where nothing has been written or read. high_ is the
    // content's size, but for what has been put since.
    openmode mode_ = {};
    string_type storage_;
    std::span<CharT> array_;
    std::size_t high_ = 0;
    std::size_t left_ = 0;  // how much the xsputn() that calls overflow() still has to put
};

using stringbuf = basic_stringbuf<char>;
using wstringbuf = basic_stringbuf<wchar_t>;

template <class CharT, class Traits, class Allocator>
void swap(basic_stringbuf<CharT, Traits, Allocator>& a,
          basic_stringbuf<CharT, Traits, Allocator>& b) noexcept(noexcept(a.swap(b))) {
    a.swap(b);
}

}  // namespace sluice

#include <sluice/device/string_impl.hpp>

namespace sluice {

extern template class basic_stringbuf<char>;
extern template class basic_stringbuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_DEVICE_STRING_HPP
