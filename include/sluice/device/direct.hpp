// direct: the base of devices that are memory, and hand out their own characters as get and put
// area.
//
// A device derives from basic_directbuf, says where its memory lies with set_memory(), and
// overrides make_room() if it can grow. All pointer arithmetic stands here.
//
// Offsets, sizes and positions are in characters. Threads: as buf.hpp says.

#ifndef SLUICE_DEVICE_DIRECT_HPP
#define SLUICE_DEVICE_DIRECT_HPP

#include <sluice/buf.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string_view>

namespace sluice {

/// A buffer whose get and put areas lie in the content itself: nothing is copied on the way.
///
/// A character put back that differs from the one before the position is seen once by the reader
/// and never changes the content, as with files.
///
/// Source: io.BytesIO; unlike it, a seek before the start fails (as on files).
template <class CharT>
class basic_directbuf : public basic_buf<CharT> {
    using base = basic_buf<CharT>;

public:
    using typename base::char_type;
    using typename base::int_type;
    using typename base::off_type;
    using typename base::pos_type;
    using typename base::traits_type;
    using view_type = std::basic_string_view<CharT>;

    /// The whole content, wherever the position is; nothing is copied.
    ///
    /// Invalidates: the next call that writes past the end, changes the size, or closes ends it.
    [[nodiscard]] view_type view() const noexcept { return {data_, end()}; }

protected:
    static constexpr std::size_t no_limit =
        static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(CharT);

    basic_directbuf(bool readable, bool writable) noexcept : base(readable, writable) {}

    /// Opens as a file in `mode`; with `app`, whatever is written goes to the end.
    ///
    /// Errors: throws error(errc::bad_mode), see is_open_mode().
    explicit basic_directbuf(std::ios_base::openmode mode);

    /// Says where the memory lies.
    ///
    /// Shape:    [data, data + end) is the content, [data + end, data + capacity) may be written,
    ///           [data + clean, data + capacity) is known to be zeros.
    /// Requires: no area is open, see settle().
    void set_memory(CharT* data, std::size_t end, std::size_t capacity,
                    std::size_t clean) noexcept {
        data_ = data;
        end_ = end;
        capacity_ = capacity;
        clean_ = clean;
    }

    /// Makes the capacity `size` or more. Called, with no area open, before the content becomes
    /// longer than it is, even where the capacity suffices.
    ///
    /// Returns: an error where it must not, or cannot; nothing has changed then.
    virtual std::error_code make_room(std::size_t size) {
        return size <= capacity_ ? std::error_code() : errc::no_space;
    }

    /// Whether the content must keep its size and place for now.
    [[nodiscard]] virtual bool pinned() const noexcept { return false; }

    /// Closes whichever area is open; position and end are up to date then.
    virtual void settle() noexcept;

    [[nodiscard]] CharT* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::size_t clean() const noexcept { return clean_; }

    /// The end of the content, what stands in an open put area included.
    [[nodiscard]] std::size_t end() const noexcept {
        return this->pptr() == nullptr ? end_ : std::max(end_, index(this->pptr()));
    }

    [[nodiscard]] std::size_t position() const noexcept;
    void set_position(std::size_t position) noexcept { position_ = position; }

    /// Whether neither area is open; the position is idle_position() then, at less than a call.
    [[nodiscard]] bool idle() const noexcept {
        return this->eback() == nullptr && this->pptr() == nullptr;
    }
    [[nodiscard]] std::size_t idle_position() const noexcept { return position_; }

    /// The content never becomes longer than this; what is written beyond gives errc::no_space.
    [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
    void set_limit(std::size_t count) noexcept { limit_ = count; }

    /// Every character written passes through xsputn() or overflow(), for a device that looks at
    /// them or changes them.
    void close_put_area() noexcept {
        settle();
        put_area_ = false;
    }

    /// Exchanges all but the owners.
    ///
    /// Requires: both are settled.
    void swap(basic_directbuf& other) noexcept;

    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;
    std::streamsize showmanyc() override;
    std::streamsize xsgetn(CharT* target, std::streamsize count) override;
    int_type underflow() override;
    int_type pbackfail(int_type c) override;
    std::streamsize xsputn(const CharT* source, std::streamsize count) override;
    int_type overflow(int_type c) override;

    [[nodiscard]] off_type where() const noexcept override {
        return static_cast<off_type>(position());
    }
    off_type do_size(std::error_code& code) override;
    std::error_code do_truncate(off_type size) override;
    std::error_code do_close() noexcept override;

private:
    [[nodiscard]] std::size_t index(const CharT* where) const noexcept {
        return static_cast<std::size_t>(where - data_);
    }
    pos_type seek_anywhere(off_type offset, std::ios_base::seekdir whence);
    std::error_code require_writable() const noexcept;
    std::error_code extend(std::size_t filled, std::size_t size);
    std::size_t put(const CharT* source, std::size_t count);
    void open_put_area() noexcept;

    // data_:   [ content ................ | spare ....... | zeros ........ ]
    //          0            position      end_            clean_           capacity_
    //
    // Invariants: at most one of the get and put areas is open. While one is, it holds the
    // position, and position_, end_ and clean_ lag behind it until settle(). The get area is the
    // whole content, or slot_ while that holds a character put back. The put area begins at the
    // position or before it and reaches to the capacity, or to the limit, or while pinned to the
    // end.
    CharT* data_ = nullptr;
    std::size_t end_ = 0;
    std::size_t capacity_ = 0;
    std::size_t clean_ = 0;
    std::size_t position_ = 0;
    std::size_t limit_ = no_limit;
    bool put_area_ = true;
    bool appends_ = false;
    CharT slot_ = CharT();  // stands for the character at position_ while the get area is here
};

extern template class basic_directbuf<char>;
extern template class basic_directbuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_DEVICE_DIRECT_HPP
