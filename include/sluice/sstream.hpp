// sstream: std::stringstream and its family, which also say why a call failed.
//
//     using sluice::ostringstream;                // in place of std's; nothing else changes
//     ostringstream out;
//     out << "x = " << 42;
//     std::string_view text = out.view();         // "x = 42"
//     std::string taken = std::move(out).str();   // moved out, not copied
//
// Offsets, sizes and positions are in characters. Distinct objects may be used from distinct
// threads; a shared object needs a lock, and a stream and its buffer are one object.

#ifndef SLUICE_SSTREAM_HPP
#define SLUICE_SSTREAM_HPP

#include <sluice/device/string.hpp>

#include <ios>
#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sluice {
namespace detail {

/// What the three string streams share: a `Stream` that holds its buffer. `Always` is in its mode
/// whatever the caller asks for.
template <class Stream, class Allocator, std::ios_base::openmode Default,
          std::ios_base::openmode Always>
class string_stream : public Stream {
    using openmode = std::ios_base::openmode;

public:
    using char_type = typename Stream::char_type;
    using traits_type = typename Stream::traits_type;
    using allocator_type = Allocator;
    using int_type = typename traits_type::int_type;
    using pos_type = typename traits_type::pos_type;
    using off_type = typename traits_type::off_type;
    using buf_type = basic_stringbuf<char_type, traits_type, Allocator>;
    using string_type = typename buf_type::string_type;
    using view_type = typename buf_type::view_type;

    // The std::ios is given the address before the buffer lives, as [istringstream.cons] has it; it
    // does no more than keep it.
    string_stream() : string_stream(Default) {}
    explicit string_stream(openmode mode)
        : Stream(std::addressof(buffer_)), buffer_(mode | Always) {
        buffer_.set_owner(this);
    }
    string_stream(openmode mode, const Allocator& allocator)
        : Stream(std::addressof(buffer_)), buffer_(mode | Always, allocator) {
        buffer_.set_owner(this);
    }
    explicit string_stream(const string_type& content, openmode mode = Default)
        : Stream(std::addressof(buffer_)), buffer_(content, mode | Always) {
        buffer_.set_owner(this);
    }
    explicit string_stream(string_type&& content, openmode mode = Default)
        : Stream(std::addressof(buffer_)), buffer_(std::move(content), mode | Always) {
        buffer_.set_owner(this);
    }
    template <other_than<Allocator> Other>
    explicit string_stream(const std::basic_string<char_type, traits_type, Other>& content,
                           openmode mode = Default)
        : string_stream(content, mode, Allocator()) {}
    template <class Other>
    string_stream(const std::basic_string<char_type, traits_type, Other>& content,
                  const Allocator& allocator)
        : string_stream(content, Default, allocator) {}
    template <class Other>
    string_stream(const std::basic_string<char_type, traits_type, Other>& content, openmode mode,
                  const Allocator& allocator)
        : Stream(std::addressof(buffer_)), buffer_(content, mode | Always, allocator) {
        buffer_.set_owner(this);
    }

    string_stream(const string_stream&) = delete;
    string_stream& operator=(const string_stream&) = delete;
    ~string_stream() override = default;  // the buffer, and so its link, ends before the std::ios

    [[nodiscard]] buf_type* rdbuf() const noexcept {
        return const_cast<buf_type*>(std::addressof(buffer_));
    }

    [[nodiscard]] string_type str() const& { return buffer_.str(); }
    template <allocator_like Other>
    [[nodiscard]] std::basic_string<char_type, traits_type, Other>
    str(const Other& allocator) const {
        return buffer_.str(allocator);
    }
    [[nodiscard]] string_type str() && { return std::move(buffer_).str(); }
    [[nodiscard]] view_type view() const noexcept { return buffer_.view(); }

    void str(const string_type& content) { buffer_.str(content); }
    template <other_than<Allocator> Other>
    void str(const std::basic_string<char_type, traits_type, Other>& content) {
        buffer_.str(content);
    }
    void str(string_type&& content) { buffer_.str(std::move(content)); }

protected:
    string_stream(string_stream&& other) noexcept
        : Stream(static_cast<Stream&&>(other)), buffer_(std::move(other.buffer_)) {
        this->set_rdbuf(std::addressof(buffer_));
        buffer_.set_owner(this);
    }
    string_stream&
    operator=(string_stream&& other) noexcept(std::is_nothrow_move_assignable_v<buf_type>) {
        Stream::operator=(static_cast<Stream&&>(other));
        buffer_ = std::move(other.buffer_);
        return *this;
    }
    void swap(string_stream& other) noexcept(noexcept(buffer_.swap(other.buffer_))) {
        Stream::swap(other);
        buffer_.swap(other.buffer_);
    }

private:
    buf_type buffer_;
};

template <class CharT, class Traits, class Allocator>
using istringstream_base = string_stream<std::basic_istream<CharT, Traits>, Allocator,
                                         std::ios_base::in, std::ios_base::in>;
template <class CharT, class Traits, class Allocator>
using ostringstream_base = string_stream<std::basic_ostream<CharT, Traits>, Allocator,
                                         std::ios_base::out, std::ios_base::out>;
template <class CharT, class Traits, class Allocator>
using stringstream_base =
    string_stream<std::basic_iostream<CharT, Traits>, Allocator,
                  std::ios_base::in | std::ios_base::out, std::ios_base::openmode{}>;

}  // namespace detail

/// Reads a string. Source: [istringstream]; the differences are those of its basic_stringbuf.
template <class CharT, class Traits = std::char_traits<CharT>,
          class Allocator = std::allocator<CharT>>
class basic_istringstream : public detail::istringstream_base<CharT, Traits, Allocator> {
    using base = detail::istringstream_base<CharT, Traits, Allocator>;

public:
    using base::base;
    basic_istringstream() = default;
    basic_istringstream(const basic_istringstream&) = delete;
    basic_istringstream& operator=(const basic_istringstream&) = delete;
    basic_istringstream(basic_istringstream&& other) noexcept : base(std::move(other)) {}
    basic_istringstream& operator=(basic_istringstream&& other) noexcept(
        std::is_nothrow_move_assignable_v<typename base::buf_type>) = default;
    ~basic_istringstream() override = default;
    void swap(basic_istringstream& other) noexcept(noexcept(base::swap(other))) {
        base::swap(other);
    }
};

/// Writes a string. Source: [ostringstream]; the differences are those of its basic_stringbuf.
template <class CharT, class Traits = std::char_traits<CharT>,
          class Allocator = std::allocator<CharT>>
class basic_ostringstream : public detail::ostringstream_base<CharT, Traits, Allocator> {
    using base = detail::ostringstream_base<CharT, Traits, Allocator>;

public:
    using base::base;
    basic_ostringstream() = default;
    basic_ostringstream(const basic_ostringstream&) = delete;
    basic_ostringstream& operator=(const basic_ostringstream&) = delete;
    basic_ostringstream(basic_ostringstream&& other) noexcept : base(std::move(other)) {}
    basic_ostringstream& operator=(basic_ostringstream&& other) noexcept(
        std::is_nothrow_move_assignable_v<typename base::buf_type>) = default;
    ~basic_ostringstream() override = default;
    void swap(basic_ostringstream& other) noexcept(noexcept(base::swap(other))) {
        base::swap(other);
    }
};

/// Reads and writes a string, at a position each. Source: [stringstream]; the differences are those
/// of its basic_stringbuf.
template <class CharT, class Traits = std::char_traits<CharT>,
          class Allocator = std::allocator<CharT>>
class basic_stringstream : public detail::stringstream_base<CharT, Traits, Allocator> {
    using base = detail::stringstream_base<CharT, Traits, Allocator>;

public:
    using base::base;
    basic_stringstream() = default;
    basic_stringstream(const basic_stringstream&) = delete;
    basic_stringstream& operator=(const basic_stringstream&) = delete;
    basic_stringstream(basic_stringstream&& other) noexcept : base(std::move(other)) {}
    basic_stringstream& operator=(basic_stringstream&& other) noexcept(
        std::is_nothrow_move_assignable_v<typename base::buf_type>) = default;
    ~basic_stringstream() override = default;
    void swap(basic_stringstream& other) noexcept(noexcept(base::swap(other))) {
        base::swap(other);
    }
};

template <class CharT, class Traits, class Allocator>
basic_istringstream(const std::basic_string<CharT, Traits, Allocator>&,
                    std::ios_base::openmode = std::ios_base::in)
    -> basic_istringstream<CharT, Traits, Allocator>;
template <class CharT, class Traits, class Allocator>
basic_ostringstream(const std::basic_string<CharT, Traits, Allocator>&,
                    std::ios_base::openmode = std::ios_base::out)
    -> basic_ostringstream<CharT, Traits, Allocator>;
template <class CharT, class Traits, class Allocator>
basic_stringstream(const std::basic_string<CharT, Traits, Allocator>&,
                   std::ios_base::openmode = std::ios_base::in | std::ios_base::out)
    -> basic_stringstream<CharT, Traits, Allocator>;

using istringstream = basic_istringstream<char>;
using ostringstream = basic_ostringstream<char>;
using stringstream = basic_stringstream<char>;

using wistringstream = basic_istringstream<wchar_t>;
using wostringstream = basic_ostringstream<wchar_t>;
using wstringstream = basic_stringstream<wchar_t>;

template <class CharT, class Traits, class Allocator>
void swap(basic_istringstream<CharT, Traits, Allocator>& a,
          basic_istringstream<CharT, Traits, Allocator>& b) noexcept(noexcept(a.swap(b))) {
    a.swap(b);
}

template <class CharT, class Traits, class Allocator>
void swap(basic_ostringstream<CharT, Traits, Allocator>& a,
          basic_ostringstream<CharT, Traits, Allocator>& b) noexcept(noexcept(a.swap(b))) {
    a.swap(b);
}

template <class CharT, class Traits, class Allocator>
void swap(basic_stringstream<CharT, Traits, Allocator>& a,
          basic_stringstream<CharT, Traits, Allocator>& b) noexcept(noexcept(a.swap(b))) {
    a.swap(b);
}

extern template class basic_istringstream<char>;
extern template class basic_istringstream<wchar_t>;
extern template class basic_ostringstream<char>;
extern template class basic_ostringstream<wchar_t>;
extern template class basic_stringstream<char>;
extern template class basic_stringstream<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_SSTREAM_HPP
