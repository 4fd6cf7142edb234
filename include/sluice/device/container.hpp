// container: a string or vector of the caller's behind a stream; read and written in place.
//
//     std::string text;
//     sluice::containerbuf buf(text);
//     std::ostream out(&buf);
//     out << "x = " << 42 << std::flush;
//     assert(text == "x = 42");
//
// Sizes and positions are in characters. The container must outlive the buffer; the two are one
// object for threads.

#ifndef SLUICE_DEVICE_CONTAINER_HPP
#define SLUICE_DEVICE_CONTAINER_HPP

#include <sluice/bytes.hpp>
#include <sluice/device/direct.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <ios>
#include <new>
#include <stdexcept>
#include <system_error>
#include <type_traits>
#include <utility>

namespace sluice {

/// A resizable contiguous container of characters or of bytes: std::string, std::wstring,
/// std::vector<char | unsigned char | std::byte | wchar_t>, their pmr forms, and others alike.
template <class C>
concept character_container = requires(C& container, std::size_t count) {
    { container.data() } -> std::convertible_to<typename C::value_type*>;
    { container.size() } -> std::convertible_to<std::size_t>;
    container.resize(count);
}
&&(byte_like<typename C::value_type> || std::same_as<typename C::value_type, wchar_t>);

namespace detail {
template <class T>
using character_of = std::conditional_t<byte_like<T>, char, T>;
}  // namespace detail

/// A device whose content is the caller's container.
///
/// While there is something unflushed, the container is longer than its content. What the caller
/// sees after a flush, and after the buffer's end, is exactly the content; between a flush and the
/// next call on the buffer the caller may change the container, and the buffer goes on with what
/// it finds, its position where it was.
///
/// Errors: the container's length_error gives errc::no_space, its bad_alloc not_enough_memory.
/// Source: io.BytesIO, over memory that is not its own.
template <character_container C>
class containerbuf : public basic_directbuf<detail::character_of<typename C::value_type>> {
    using base = basic_directbuf<detail::character_of<typename C::value_type>>;

public:
    using typename base::char_type;
    using typename base::view_type;

    /// Opens `container` as a file: `in | out` at its front, `out` alone or with `trunc` emptied,
    /// with `ate` or `app` at its end.
    ///
    /// Errors: throws error(errc::bad_mode) for a mode that is none of a file's, see
    /// is_open_mode().
    explicit containerbuf(C& container,
                          std::ios_base::openmode mode = std::ios_base::in | std::ios_base::out)
        : base(mode), container_(&container) {
        if (empties(mode)) {
            container.resize(0);
        }
        find_memory(container.size());
        this->set_position(has(mode, std::ios_base::ate | std::ios_base::app) ? container.size()
                                                                              : 0);
    }

    /// The buffer moved from is closed.
    containerbuf(containerbuf&& other) noexcept : base(false, false), container_(other.container_) {
        this->set_closed();
        swap(other);
    }
    containerbuf& operator=(containerbuf&& other) noexcept {
        containerbuf taken(std::move(other));
        swap(taken);
        return *this;
    }
    containerbuf(const containerbuf&) = delete;
    containerbuf& operator=(const containerbuf&) = delete;
    ~containerbuf() override { trim(); }

    void swap(containerbuf& other) noexcept {
        this->settle();
        other.settle();
        base::swap(other);
        std::swap(container_, other.container_);
        std::swap(step_, other.step_);
        std::swap(trimmed_, other.trimmed_);
    }

    /// The whole content, wherever the position is; see basic_directbuf::view.
    [[nodiscard]] view_type view() const noexcept {
        const bool idle = this->eback() == nullptr && this->pptr() == nullptr;
        if (this->is_open() && idle && trimmed_) {  // the caller may have changed it
            return {reinterpret_cast<const char_type*>(container_->data()), container_->size()};
        }
        return base::view();
    }

protected:
    int sync() override {
        trim();
        return 0;
    }

    void settle() noexcept final {  // the moves and the destructor call it
        base::settle();
        // The caller may have changed the container since it was trimmed.
        if (this->is_open() && trimmed_) {
            find_memory(container_->size());
        }
    }

    // The container is resized ahead of the content, in steps that double until the next flush: so
    // each element is filled by the container once, and a flush costs no more than what it flushes.
    std::error_code make_room(std::size_t size) override {
        if (size <= this->capacity()) {
            return {};
        }
        const std::size_t end = this->end();
        const std::size_t ahead = std::min(size + step_, std::size_t(container_->max_size()));
        try {
            container_->resize(std::max(size, ahead));
        } catch (const std::length_error&) {
            return errc::no_space;
        } catch (const std::bad_alloc&) {
            return std::make_error_code(std::errc::not_enough_memory);
        }
        step_ = std::max(2 * step_, size);
        trimmed_ = false;
        find_memory(end);
        return {};
    }

    std::error_code do_truncate(typename base::off_type size) override {
        this->settle();
        trimmed_ = false;  // from here on the size is ours to say
        const std::error_code code = base::do_truncate(size);
        trim();
        return code;
    }

    std::error_code do_close() noexcept override {
        trim();
        return base::do_close();
    }

private:
    static constexpr std::size_t first_step = 64;

    void find_memory(std::size_t end) noexcept {
        this->set_memory(reinterpret_cast<char_type*>(container_->data()), end, container_->size(),
                         container_->size());
    }

    // Makes the container exactly the content, which is never longer: nothing is allocated.
    void trim() noexcept {
        if (this->is_open()) {
            this->settle();
            container_->resize(this->end());
            step_ = first_step;
            trimmed_ = true;
            find_memory(container_->size());
        }
    }

    C* container_;
    std::size_t step_ = first_step;  // how far the next growth goes ahead
    bool trimmed_ = true;            // the container is exactly the content
};

template <character_container C>
void swap(containerbuf<C>& a, containerbuf<C>& b) noexcept {
    a.swap(b);
}

}  // namespace sluice

#endif  // SLUICE_DEVICE_CONTAINER_HPP
