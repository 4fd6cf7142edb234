// bytes: a block of bytes that one object owns; what take() hands out of a memory device.
//
//     sluice::bytes_io f;
//     f << "data";
//     sluice::bytes content = f.take();                 // nothing is copied
//     ::send(socket, content.data(), content.size(), 0);
//
// Sizes are in bytes. Distinct objects may be used from distinct threads.

#ifndef SLUICE_BYTES_HPP
#define SLUICE_BYTES_HPP

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sluice {

/// The types whose objects are one byte each, of any value.
template <class T>
concept byte_like = std::is_same_v<T, char> || std::is_same_v<T, unsigned char> ||
    std::is_same_v<T, signed char> || std::is_same_v<T, std::byte>;

namespace detail {

/// Raw memory that grows without copying where the system can, or that another object owned.
class block {
public:
    block() noexcept = default;
    block(block&& other) noexcept { swap(other); }
    block& operator=(block&& other) noexcept {
        block taken(std::move(other));
        swap(taken);
        return *this;
    }
    block(const block&) = delete;
    block& operator=(const block&) = delete;
    ~block() { release(); }

    /// Takes over the elements of a string or vector, which stay where they are.
    template <class Container>
    [[nodiscard]] static block
    adopt(Container&& content) requires(!std::is_lvalue_reference_v<Container>) {
        block result;
        if (!content.empty()) {
            auto owner = std::make_unique<Container>(std::forward<Container>(content));
            result.data_ = owner->data();
            result.capacity_ = owner->size() * sizeof(typename Container::value_type);
            result.origin_ = origin::adopted;
            result.owner_ = owner.release();
            result.drop_ = [](void* held) { delete static_cast<Container*>(held); };
        }
        return result;
    }

    [[nodiscard]] void* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

    /// Whether what lies beyond the used part of fresh memory is known to be zeros.
    [[nodiscard]] bool is_mapped() const noexcept { return origin_ == origin::mapped; }

    /// Makes the capacity `capacity` or more, keeping the first `used` bytes.
    ///
    /// Requires: `capacity` is more than capacity().
    /// Returns:  false where there is no memory; nothing has changed then.
    [[nodiscard]] bool grow(std::size_t used, std::size_t capacity) noexcept;

    void swap(block& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(capacity_, other.capacity_);
        std::swap(origin_, other.origin_);
        std::swap(owner_, other.owner_);
        std::swap(drop_, other.drop_);
    }

private:
    enum class origin : unsigned char { none, heap, mapped, adopted };

    void release() noexcept;

    void* data_ = nullptr;
    std::size_t capacity_ = 0;
    origin origin_ = origin::none;
    void* owner_ = nullptr;          // of adopted memory: the string or vector
    void (*drop_)(void*) = nullptr;  // deletes it
};

}  // namespace detail

template <class CharT>
class basic_membuf;

/// An owning, movable, contiguous block of bytes of a fixed size.
///
/// Invalidates: moving from a block leaves it empty; pointers into its bytes stay valid, and belong
///              to the block moved to.
class bytes {
public:
    using value_type = std::byte;
    using iterator = std::byte*;
    using const_iterator = const std::byte*;

    bytes() noexcept = default;
    bytes(bytes&& other) noexcept
        : block_(std::move(other.block_)), size_(std::exchange(other.size_, 0)) {}
    bytes& operator=(bytes&& other) noexcept {
        block_ = std::move(other.block_);
        size_ = std::exchange(other.size_, 0);
        return *this;
    }
    bytes(const bytes&) = delete;
    bytes& operator=(const bytes&) = delete;
    ~bytes() = default;

    /// Takes over the elements of a string or of a vector of bytes; nothing is copied.
    explicit bytes(std::string&& content) { adopt(std::move(content)); }
    template <byte_like T>
    explicit bytes(std::vector<T>&& content) {
        adopt(std::move(content));
    }

    [[nodiscard]] std::byte* data() noexcept { return static_cast<std::byte*>(block_.data()); }
    [[nodiscard]] const std::byte* data() const noexcept {
        return static_cast<const std::byte*>(block_.data());
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::byte* begin() noexcept { return data(); }
    [[nodiscard]] std::byte* end() noexcept { return data() + size_; }
    [[nodiscard]] const std::byte* begin() const noexcept { return data(); }
    [[nodiscard]] const std::byte* end() const noexcept { return data() + size_; }
    [[nodiscard]] std::byte& operator[](std::size_t index) noexcept { return data()[index]; }
    [[nodiscard]] const std::byte& operator[](std::size_t index) const noexcept {
        return data()[index];
    }

    /// The same bytes as characters.
    [[nodiscard]] std::string_view view() const noexcept {
        return {static_cast<const char*>(block_.data()), size_};
    }

private:
    template <class CharT>
    friend class basic_membuf;

    bytes(detail::block&& block, std::size_t size) noexcept
        : block_(std::move(block)), size_(size) {}

    template <class Container>
    void adopt(Container&& content) {
        const std::size_t size = content.size();
        block_ = detail::block::adopt(std::forward<Container>(content));
        size_ = size;
    }

    detail::block block_;
    std::size_t size_ = 0;
};

}  // namespace sluice

#endif  // SLUICE_BYTES_HPP
