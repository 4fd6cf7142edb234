// layer: what all layers have in common: they borrow or own what lies below them, and stack.
//
//     sluice::text_io in(sluice::count_io(sluice::open("log.txt", "rb")));    // one expression
//     std::string first = in.readline();
//     auto* counted = sluice::layer_of<sluice::countbuf>(in);   // a layer in the stack
//
// A layer takes what lies below it as a basic_lower, and so from whatever makes one: a buffer or a
// stream, which it borrows, or a std::unique_ptr of a buffer or a stream moved in, which it owns.
// Layers and what lies below them are one object for threads.

#ifndef SLUICE_FILTER_LAYER_HPP
#define SLUICE_FILTER_LAYER_HPP

#include <sluice/buf.hpp>
#include <sluice/stream.hpp>

#include <concepts>
#include <ios>
#include <istream>
#include <memory>
#include <ostream>
#include <streambuf>
#include <type_traits>
#include <utility>
#include <vector>

namespace sluice {

/// A buffer that lies below a layer: borrowed, and then it must live as long, and close() of the
/// layer flushes it and leaves it open; or owned, and then close() closes it.
template <class CharT>
class basic_lower {
public:
    using streambuf_type = std::basic_streambuf<CharT>;
    using owner_type = std::unique_ptr<streambuf_type>;
    using device_type = basic_buf<CharT>;

    // Implicit, so that it is the one form in which a layer is given what lies below.
    // NOLINTBEGIN(google-explicit-constructor)

    /// Borrows. `mode` says whether it can be read and written, where it is not sluice's own and
    /// knows.
    ///
    /// Errors: throws error(errc::closed) for a sluice buffer that is closed, and for no buffer.
    basic_lower(streambuf_type& borrowed,
                std::ios_base::openmode mode = std::ios_base::in | std::ios_base::out)
        : basic_lower(&borrowed, mode) {}

    /// Borrows the buffer that the stream has now.
    basic_lower(std::basic_iostream<CharT>& borrowed)
        : basic_lower(borrowed.rdbuf(), std::ios_base::in | std::ios_base::out) {}
    basic_lower(std::basic_istream<CharT>& borrowed)
        : basic_lower(borrowed.rdbuf(), std::ios_base::in) {}
    basic_lower(std::basic_ostream<CharT>& borrowed)
        : basic_lower(borrowed.rdbuf(), std::ios_base::out) {}

    /// Owns.
    template <std::derived_from<streambuf_type> Buf>
    basic_lower(std::unique_ptr<Buf> owned,
                std::ios_base::openmode mode = std::ios_base::in | std::ios_base::out)
        : basic_lower(owned.get(), mode) {
        owned_ = std::move(owned);
    }

    /// Owns the buffer of a stream moved in, which is flushed and closed then.
    basic_lower(basic_stream<CharT>&& owned) : basic_lower(owned.detach()) {}

    // NOLINTEND(google-explicit-constructor)

    [[nodiscard]] streambuf_type* get() const noexcept { return buf_; }

    /// As get(), where it is sluice's; else null.
    [[nodiscard]] device_type* device() const noexcept { return device_; }

    [[nodiscard]] bool is_owned() const noexcept { return owned_ != nullptr; }
    [[nodiscard]] owner_type release() noexcept { return std::move(owned_); }

    [[nodiscard]] bool readable() const noexcept {
        return device_ != nullptr ? device_->readable() : has(mode_, std::ios_base::in);
    }
    [[nodiscard]] bool writable() const noexcept {
        return device_ != nullptr ? device_->writable() : has(mode_, std::ios_base::out);
    }

private:
    basic_lower(streambuf_type* given, std::ios_base::openmode mode)
        : buf_(given), device_(dynamic_cast<device_type*>(given)), mode_(mode) {
        if (given == nullptr || (device_ != nullptr && !device_->is_open())) {
            throw error("open", errc::closed, device_ != nullptr ? device_->path() : "");
        }
    }

    streambuf_type* buf_;
    device_type* device_;
    owner_type owned_;
    std::ios_base::openmode mode_;
};

using lower = basic_lower<char>;
using wlower = basic_lower<wchar_t>;

/// What a stack can be searched by. `CharT`: of what lies below.
///
/// A layer is open until it is closed, or detached. Where what lies below has been closed by
/// itself, each call that needs it fails with errc::closed.
template <class CharT>
class basic_layer {
public:
    basic_layer(const basic_layer&) = delete;
    basic_layer& operator=(const basic_layer&) = delete;
    virtual ~basic_layer() = default;

    /// What it reads and writes; null once it is detached, and for most layers once it is closed.
    [[nodiscard]] virtual std::basic_streambuf<CharT>* below() const noexcept = 0;

protected:
    basic_layer() = default;
};

/// The topmost layer of a type in the stack of buffers that begins with `top`; null where there is
/// none.
template <class Layer, class CharT>
[[nodiscard]] Layer* layer_of(std::basic_streambuf<CharT>* top) {
    while (top != nullptr) {
        if (auto* const found = dynamic_cast<Layer*>(top)) {
            return found;
        }
        auto* const layer = dynamic_cast<basic_layer<CharT>*>(top);
        if constexpr (!std::is_same_v<CharT, char>) {
            if (auto* const text = dynamic_cast<basic_layer<char>*>(top)) {
                return layer_of<Layer>(text->below());  // wide characters on bytes
            }
        }
        top = layer != nullptr ? layer->below() : nullptr;
    }
    return nullptr;
}
template <class Layer, class CharT>
[[nodiscard]] Layer* layer_of(const std::basic_ios<CharT>& top) {
    return layer_of<Layer>(top.rdbuf());
}

/// The parts of a layer on several buffers, each borrowed or owned.
template <class CharT, class... Parts>
[[nodiscard]] std::vector<basic_lower<CharT>> lowers(Parts&&... parts) {
    std::vector<basic_lower<CharT>> result;
    result.reserve(sizeof...(parts));
    (result.emplace_back(std::forward<Parts>(parts)), ...);
    return result;
}

/// What makes a basic_lower, and is not a `Layer` itself, which is copied or moved by its name.
template <class Part, class Layer>
concept lower_of = std::convertible_to<Part, basic_lower<typename Layer::char_type>> &&
    !std::same_as<Layer, std::remove_cvref_t<Part>>;

/// A stream on a layer `Buf`, which is made of the same arguments.
template <class Buf>
class basic_layer_io : public basic_stream<typename Buf::char_type> {
    using base = basic_stream<typename Buf::char_type>;

public:
    using device_type = Buf;

    template <class... Arguments>
    requires std::constructible_from<Buf, Arguments...>
    explicit basic_layer_io(Arguments&&... arguments)
        : base(std::make_unique<Buf>(std::forward<Arguments>(arguments)...)) {}

    basic_layer_io(basic_layer_io&& other) noexcept(false) : base(std::move(other)) {}
    basic_layer_io& operator=(basic_layer_io&& other) noexcept(false) = default;
    basic_layer_io(const basic_layer_io&) = delete;
    basic_layer_io& operator=(const basic_layer_io&) = delete;
    ~basic_layer_io() override = default;

    /// Null where the stream has none, or another one by a swap of streams.
    [[nodiscard]] Buf* rdbuf() const noexcept { return dynamic_cast<Buf*>(base::rdbuf()); }

    /// What was owned below; null where it was borrowed. (That of basic_stream hands out the
    /// layer.)
    ///
    /// Errors: throws error(errc::closed), or what flushing gave; it is not detached then.
    auto detach() {
        Buf* const found = rdbuf();
        if (found == nullptr) {
            throw error("detach", errc::closed);
        }
        return found->detach();
    }
};

}  // namespace sluice

#endif  // SLUICE_FILTER_LAYER_HPP
