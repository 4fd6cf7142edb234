// memory: content in RAM that grows; membuf, and the streams bytes_io and string_io.
//
//     sluice::bytes_io f("3 apples");
//     f.seek(0, std::ios::end);
//     f << '\n';
//     f.seek(0);
//     int count = 0;
//     f >> count;
//     sluice::bytes content = f.take();         // nothing is copied
//
// Sizes and positions are in characters: bytes for membuf, bytes_io and string_io. Distinct objects
// may be used from distinct threads.

#ifndef SLUICE_DEVICE_MEMORY_HPP
#define SLUICE_DEVICE_MEMORY_HPP

#include <sluice/bytes.hpp>
#include <sluice/device/direct.hpp>
#include <sluice/stream.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

class mappedbuf;

/// The writable content of a memory device, kept in its place while this object lives.
///
/// Whatever would move or resize the content fails with errc::pinned and changes nothing; reading,
/// and writing in place, go on. Several pins at once count. A pin that outlives its buffer, or the
/// assignment of another to it, pins nothing, and its span has ended.
///
/// Source: the memoryview of BytesIO.getbuffer, but writing in place is allowed meanwhile.
class pinned_bytes {
public:
    [[nodiscard]] std::span<std::byte> span() const noexcept { return span_; }
    [[nodiscard]] std::byte* data() const noexcept { return span_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return span_.size(); }
    [[nodiscard]] std::byte* begin() const noexcept { return span_.data(); }
    [[nodiscard]] std::byte* end() const noexcept { return span_.data() + span_.size(); }
    [[nodiscard]] std::byte& operator[](std::size_t index) const noexcept { return span_[index]; }

    /// Ends the pin early.
    void release() noexcept {
        pin_.reset();
        span_ = {};
    }

private:
    template <class CharT>
    friend class basic_membuf;
    friend class mappedbuf;

    pinned_bytes(std::span<std::byte> span, std::shared_ptr<const void> pin) noexcept
        : span_(span), pin_(std::move(pin)) {}

    std::span<std::byte> span_;
    std::shared_ptr<const void> pin_;
};

/// A growable sequence of characters in memory, with one position.
///
/// Growing large content moves no byte where the system can move its pages.
///
/// Source: io.BytesIO; truncate() grows, a seek before the start fails, and writing in place is
///         allowed while pinned: as files do, and with one rule for all devices.
template <class CharT>
class basic_membuf : public basic_directbuf<CharT> {
    using base = basic_directbuf<CharT>;

public:
    using typename base::off_type;
    using typename base::view_type;
    using string_type = std::basic_string<CharT>;

    basic_membuf() noexcept : base(true, true) {
        use_small(0);
        this->setp(small_, small_ + small_size);  // open, so that the first write is a copy
    }

    /// Holds a copy of `content`; the position is at its front.
    explicit basic_membuf(view_type content);

    /// Holds `content` itself.
    ///
    /// Requires: its size is a multiple of sizeof(CharT).
    explicit basic_membuf(bytes&& content) noexcept;

    /// The buffer moved from is empty and open.
    basic_membuf(basic_membuf&& other) noexcept;
    basic_membuf& operator=(basic_membuf&& other) noexcept;
    basic_membuf(const basic_membuf&) = delete;
    basic_membuf& operator=(const basic_membuf&) = delete;
    ~basic_membuf() override = default;

    void swap(basic_membuf& other) noexcept;

    /// A copy of the whole content. Source: BytesIO.getvalue.
    [[nodiscard]] string_type getvalue() const { return string_type(this->view()); }

    /// The whole content, pinned and writable, as bytes. Source: BytesIO.getbuffer.
    ///
    /// Errors: throws error(errc::closed).
    [[nodiscard]] pinned_bytes getbuffer();

    /// Hands the content out without copying it; the buffer is empty then, its position at 0.
    ///
    /// Errors: throws error: errc::pinned, closed.
    [[nodiscard]] bytes take();

    /// Makes the capacity `count` characters or more.
    ///
    /// Errors: throws error: errc::pinned, closed, no_space (beyond the maximum), or that there is
    ///         no memory. Nothing has changed then.
    void reserve(std::size_t count);
    [[nodiscard]] std::size_t capacity() const noexcept { return base::capacity(); }

    /// Empties the content and keeps the capacity; the position is 0 then.
    ///
    /// Errors: throws error: errc::pinned, closed.
    void clear();

    /// The content never becomes longer than `count`: a write beyond gives errc::no_space, with all
    /// written that fits. What is longer already stays.
    void set_max_size(std::size_t count) noexcept;
    [[nodiscard]] std::size_t max_size() const noexcept { return this->limit(); }

    /// Replaces the content by that of the file; the position is 0 then.
    ///
    /// Errors: throws error with the path and the system's reason, or as reserve(). The content is
    ///         what it was where the file could not be opened, else what could be read.
    void load(const std::filesystem::path& path);

    /// Makes the content that of the file, created or replaced.
    ///
    /// Errors: throws error with the path and the system's reason; closing's included.
    void save(const std::filesystem::path& path) const;

protected:
    std::error_code make_room(std::size_t size) override;
    [[nodiscard]] bool pinned() const noexcept override { return pins_.use_count() > 1; }
    std::error_code do_close() noexcept override;

private:
    void require_unpinned(const char* operation) const;
    void forget_content() noexcept;
    [[nodiscard]] bool is_small() const noexcept { return this->data() == small_; }
    void use_small(std::size_t end) noexcept {
        this->set_memory(small_, end, small_size, small_size);
    }
    [[nodiscard]] bool grow(std::size_t capacity) noexcept;
    void leave_small(const char* operation);

    static constexpr std::size_t small_size = 128 / sizeof(CharT);

    // Invariant: the content is in small_ while storage_ is empty.
    detail::block storage_;
    CharT small_[small_size] = {};      // a fresh stream of a few words allocates nothing for them
    std::shared_ptr<const char> pins_;  // shared with each pin
};

using membuf = basic_membuf<char>;
using wmembuf = basic_membuf<wchar_t>;

template <class CharT>
void swap(basic_membuf<CharT>& a, basic_membuf<CharT>& b) noexcept {
    a.swap(b);
}

/// What bytes_io and string_io share: a stream on a basic_membuf, and its calls.
///
/// Errors: each call throws error(errc::closed) where the buffer is closed, moved away or detached.
template <class CharT>
class basic_memory_stream : public basic_stream<CharT> {
    using base = basic_stream<CharT>;

public:
    using device_type = basic_membuf<CharT>;
    using typename base::buf_type;
    using typename base::string_type;
    using typename base::view_type;

    basic_memory_stream(const basic_memory_stream&) = delete;
    basic_memory_stream& operator=(const basic_memory_stream&) = delete;

    /// Null where the stream has none, or another one by a swap of streams.
    [[nodiscard]] device_type* rdbuf() const noexcept {
        return dynamic_cast<device_type*>(base::rdbuf());
    }

    [[nodiscard]] string_type getvalue() const { return device("getvalue").getvalue(); }
    [[nodiscard]] view_type view() const { return device("view").view(); }
    [[nodiscard]] pinned_bytes getbuffer() { return device("getbuffer").getbuffer(); }
    [[nodiscard]] bytes take() { return device("take").take(); }
    void reserve(std::size_t count) { device("reserve").reserve(count); }
    void set_max_size(std::size_t count) { device("set_max_size").set_max_size(count); }

    /// Empties the content and keeps the capacity. (clear() is the stream state's, as ever.)
    void clear_content() { device("clear").clear(); }

protected:
    using base::base;
    basic_memory_stream(basic_memory_stream&& other) noexcept(false) : base(std::move(other)) {}
    basic_memory_stream& operator=(basic_memory_stream&& other) noexcept(false) = default;
    ~basic_memory_stream() override = default;

    [[nodiscard]] device_type& device(const char* operation) const {
        device_type* const found = rdbuf();
        if (found == nullptr || !found->is_open()) {
            throw error(operation, errc::closed);
        }
        return *found;
    }
};

/// Bytes in memory as a stream.
///
/// The position starts at 0 whatever the content: the first write overwrites. Open at the end with
/// seek(0, std::ios::end).
///
/// Source: io.BytesIO.
class bytes_io : public basic_memory_stream<char> {
    using base = basic_memory_stream<char>;

public:
    bytes_io() : base(device_) { device_.set_owner(this); }

    /// Holds a copy of `content`.
    explicit bytes_io(std::string_view content) : base(device_), device_(content) {
        device_.set_owner(this);
    }
    explicit bytes_io(const char* content) : bytes_io(std::string_view(content)) {}
    explicit bytes_io(std::span<const std::byte> content)
        : bytes_io(
              std::string_view(reinterpret_cast<const char*>(content.data()), content.size())) {}
    template <byte_like T, class Allocator>
    explicit bytes_io(const std::vector<T, Allocator>& content)
        : bytes_io(std::as_bytes(std::span(content))) {}

    /// Holds `content` itself; nothing is copied.
    explicit bytes_io(bytes&& content) : base(device_), device_(std::move(content)) {
        device_.set_owner(this);
    }
    explicit bytes_io(std::string&& content) : bytes_io(bytes(std::move(content))) {}
    template <byte_like T>
    explicit bytes_io(std::vector<T>&& content) : bytes_io(bytes(std::move(content))) {}

    bytes_io(bytes_io&& other) noexcept;
    bytes_io& operator=(bytes_io&& other) noexcept;
    bytes_io(const bytes_io&) = delete;
    bytes_io& operator=(const bytes_io&) = delete;
    ~bytes_io() override = default;

    void swap(bytes_io& other) noexcept;

    /// Takes a whole file in, or out; see basic_membuf::load and save.
    void load(const std::filesystem::path& path) { device("load").load(path); }
    void save(const std::filesystem::path& path) const { device("save").save(path); }

private:
    [[nodiscard]] std::unique_ptr<buf_type> release() override;
    void take_over(bytes_io& other) noexcept;

    membuf device_;  // unless the stream has been given another buffer, by a swap of streams
};

/// Text in memory as a stream.
///
/// Line ends are translated when written, as `rule` says: universal stores \n for \r\n and \r; cr
/// and crlf store theirs for \n; lf, the default, and keep store what they are given. What is
/// stored is what positions count and what is read. readline() ends lines by the same rule. Each
/// write is translated by itself: "\r" and "\n" written apart are two line ends.
///
/// Source: io.StringIO, which counts code points; here a character is a CharT.
template <class CharT>
class basic_string_io : public basic_memory_stream<CharT> {
    using base = basic_memory_stream<CharT>;

public:
    using typename base::string_type;
    using typename base::view_type;

    explicit basic_string_io(newline rule = newline::lf);

    /// Holds a copy of `content`, translated; the position is at its front.
    explicit basic_string_io(view_type content, newline rule = newline::lf);
    explicit basic_string_io(const CharT* content, newline rule = newline::lf)
        : basic_string_io(view_type(content), rule) {}

    /// Holds `content` itself with newline::lf.
    explicit basic_string_io(string_type&& content, newline rule = newline::lf);

    /// Takes a whole file in, its line ends translated as if written; or out. See
    /// basic_membuf::load and save. Where there is no memory to translate it, the content is empty.
    void load(const std::filesystem::path& path);
    void save(const std::filesystem::path& path) const { this->device("save").save(path); }

    /// The kinds of line end written so far, before any translation; none in the modes lf, cr and
    /// crlf.
    ///
    /// Source: StringIO.newlines.
    [[nodiscard]] newlines_seen newlines() const;

    basic_string_io(basic_string_io&& other) noexcept : base(std::move(other)) {}
    basic_string_io& operator=(basic_string_io&& other) noexcept = default;
    basic_string_io(const basic_string_io&) = delete;
    basic_string_io& operator=(const basic_string_io&) = delete;
    ~basic_string_io() override = default;
};

using string_io = basic_string_io<char>;
using wstring_io = basic_string_io<wchar_t>;

extern template class basic_membuf<char>;
extern template class basic_membuf<wchar_t>;
extern template class basic_string_io<char>;
extern template class basic_string_io<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_DEVICE_MEMORY_HPP
