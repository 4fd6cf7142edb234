#include <sluice/detail/clamped.hpp>
#include <sluice/detail/file_handle.hpp>
#include <sluice/detail/newline.hpp>
#include <sluice/device/memory.hpp>

#include "os/os.hpp"

#include <algorithm>

namespace sluice {
namespace {

// Opens, or throws why not.
void open(detail::file_handle& file, const std::filesystem::path& path,
          std::ios_base::openmode mode) {
    if (const std::error_code code = file.open(path.c_str(), mode)) {
        throw error("open", code, path.native());
    }
}

// Text that is translated, or whose line ends are noted. The put area stays closed, so that every
// character comes by here.
template <class CharT>
class line_membuf final : public basic_membuf<CharT> {
    using base = basic_membuf<CharT>;
    using traits_type = typename base::traits_type;
    using int_type = typename base::int_type;
    using view_type = typename base::view_type;

public:
    explicit line_membuf(newline rule) : rule_(rule) { this->close_put_area(); }

    [[nodiscard]] newlines_seen seen() const noexcept {
        detail::line_end_kinds kinds = kinds_;
        kinds.end();
        return kinds.seen();
    }

    /// Makes `text` what was written.
    void replace(view_type text) {
        kinds_ = {};
        if (detail::translates(rule_)) {
            base translated(detail::translate(text, rule_));
            note(text);
            base::operator=(std::move(translated));
        } else {
            note(text);
        }
    }

private:
    void note(view_type text) {
        if (detail::is_universal(rule_)) {
            kinds_.note(text);
        }
    }

    std::streamsize xsputn(const CharT* source, std::streamsize count) override {
        after_cr_ = -1;
        kinds_.end();  // each write is a text of its own
        return count > 0 ? put(view_type(source, static_cast<std::size_t>(count))) : 0;
    }

    std::streamsize put(view_type given) {
        note(given);
        const auto count = static_cast<std::streamsize>(given.size());
        if (!detail::translates(rule_)) {
            return base::xsputn(given.data(), count);
        }
        const auto text = detail::translate(given, rule_);
        const auto size = static_cast<std::streamsize>(text.size());
        const std::streamsize written = base::xsputn(text.data(), size);
        // Part of a translated text is not a count of what was given; all or how much is stored.
        return written == size ? count : std::min(written, count - 1);
    }

    int_type overflow(int_type c) override {
        if (traits_type::eq_int_type(c, traits_type::eof())) {
            return base::overflow(c);
        }
        const CharT character = traits_type::to_char_type(c);
        const view_type text(&character, 1);
        const auto here = static_cast<std::ptrdiff_t>(this->position());
        const bool joins = character == CharT('\n') && after_cr_ == here;
        if (!joins) {
            kinds_.end();
        }
        after_cr_ = -1;
        if (joins && rule_ == newline::universal) {
            note(text);  // the second half of a "\r\n" put character by character
            return c;
        }
        if (put(text) != 1) {
            return traits_type::eof();
        }
        if (character == CharT('\r') && detail::is_universal(rule_)) {
            after_cr_ = static_cast<std::ptrdiff_t>(this->position());
        }
        return c;
    }

    newline rule_;
    detail::line_end_kinds kinds_;
    std::ptrdiff_t after_cr_ = -1;  // the position after a '\r' that was put by itself
};

}  // namespace

template <class CharT>
basic_membuf<CharT>::basic_membuf(view_type content) : basic_membuf() {
    if (!content.empty()) {
        reserve(content.size());
        std::char_traits<CharT>::copy(this->data(), content.data(), content.size());
        this->set_memory(this->data(), content.size(), this->capacity(),
                         std::max(content.size(), this->clean()));
    }
}

template <class CharT>
basic_membuf<CharT>::basic_membuf(bytes&& content) noexcept : basic_membuf() {
    if (content.empty()) {
        return;
    }
    this->settle();
    storage_ = std::move(content.block_);
    const std::size_t size = std::exchange(content.size_, 0) / sizeof(CharT);
    const std::size_t capacity = storage_.capacity() / sizeof(CharT);
    this->set_memory(static_cast<CharT*>(storage_.data()), size, capacity, capacity);
}

template <class CharT>
basic_membuf<CharT>::basic_membuf(basic_membuf&& other) noexcept : basic_membuf() {
    swap(other);
}

template <class CharT>
basic_membuf<CharT>& basic_membuf<CharT>::operator=(basic_membuf&& other) noexcept {
    basic_membuf taken(std::move(other));
    swap(taken);
    return *this;
}

template <class CharT>
void basic_membuf<CharT>::swap(basic_membuf& other) noexcept {
    this->settle();
    other.settle();
    base::swap(other);
    storage_.swap(other.storage_);
    pins_.swap(other.pins_);
    std::swap(small_, other.small_);
    // The content in an object moves with it.
    if (this->data() == other.small_) {
        use_small(this->end());
    }
    if (other.data() == small_) {
        other.use_small(other.end());
    }
}

template <class CharT>
void basic_membuf<CharT>::require_unpinned(const char* operation) const {
    if (!this->is_open()) {
        throw error(operation, errc::closed);
    }
    if (pinned()) {
        throw error(operation, errc::pinned);
    }
}

template <class CharT>
pinned_bytes basic_membuf<CharT>::getbuffer() {
    if (!this->is_open()) {
        throw error("getbuffer", errc::closed);
    }
    if (!pins_) {
        pins_ = std::make_shared<const char>();
    }
    this->settle();            // an open put area may reach beyond the end
    leave_small("getbuffer");  // the bytes must stay where they are when the buffer moves
    return {std::as_writable_bytes(std::span(this->data(), this->end())), pins_};
}

template <class CharT>
void basic_membuf<CharT>::forget_content() noexcept {
    this->settle();
    use_small(0);
    this->set_position(0);
}

template <class CharT>
bytes basic_membuf<CharT>::take() {
    require_unpinned("take");
    leave_small("take");
    const std::size_t size = this->end() * sizeof(CharT);
    forget_content();
    return bytes(std::exchange(storage_, {}), size);
}

template <class CharT>
void basic_membuf<CharT>::reserve(std::size_t count) {
    require_unpinned("reserve");
    this->settle();
    const std::error_code code = count > this->limit() ? errc::no_space : make_room(count);
    if (code) {
        throw error("reserve", code);
    }
}

template <class CharT>
void basic_membuf<CharT>::clear() {
    require_unpinned("clear");
    this->settle();
    this->set_memory(this->data(), 0, this->capacity(), this->clean());
    this->set_position(0);
}

template <class CharT>
void basic_membuf<CharT>::set_max_size(std::size_t count) noexcept {
    this->settle();
    this->set_limit(std::min(count, base::no_limit));
}

template <class CharT>
std::error_code basic_membuf<CharT>::make_room(std::size_t size) {
    const std::size_t capacity = this->capacity();
    if (size <= capacity) {
        return {};
    }
    // Doubling: n one-character writes cost O(n).
    constexpr std::size_t first = 512 / sizeof(CharT);
    const std::size_t doubled = capacity > base::no_limit / 2 ? base::no_limit : 2 * capacity;
    const std::size_t wanted = std::max(size, std::min(std::max(doubled, first), this->limit()));
    if (!grow(wanted) && !grow(size)) {
        return std::make_error_code(std::errc::not_enough_memory);
    }
    return {};
}

// Makes the capacity `capacity` or more; false: there is no memory.
template <class CharT>
bool basic_membuf<CharT>::grow(std::size_t capacity) noexcept {
    const bool was_small = is_small();
    const bool was_mapped = storage_.is_mapped();
    const std::size_t end = this->end();
    if (!storage_.grow(was_small ? 0 : end * sizeof(CharT), capacity * sizeof(CharT))) {
        return false;
    }
    auto* const memory = static_cast<CharT*>(storage_.data());
    if (was_small) {
        std::char_traits<CharT>::copy(memory, small_, end);
    }
    const std::size_t grown = storage_.capacity() / sizeof(CharT);
    const std::size_t clean = !storage_.is_mapped() ? grown : was_mapped ? this->clean() : end;
    this->set_memory(memory, end, grown, clean);
    return true;
}

template <class CharT>
void basic_membuf<CharT>::leave_small(const char* operation) {
    this->settle();
    if (is_small() && this->end() != 0 && !grow(small_size)) {
        throw error(operation, std::make_error_code(std::errc::not_enough_memory));
    }
}

template <class CharT>
std::error_code basic_membuf<CharT>::do_close() noexcept {
    if (pinned()) {
        return errc::pinned;
    }
    forget_content();
    storage_ = {};
    return {};
}

template <class CharT>
void basic_membuf<CharT>::load(const std::filesystem::path& path) {
    require_unpinned("load");
    if (sizeof(CharT) != 1) {
        throw error("load", errc::unsupported, path.native());
    }
    detail::file_handle file;
    open(file, path, std::ios_base::in);
    clear();
    // One more than the size, so that the read that finds the end needs no growth. The size is a
    // hint: /proc says 0 of files that have content.
    std::error_code unknown;
    const std::size_t hint = detail::clamped(std::max<std::int64_t>(file.size(unknown), 4095));
    reserve(hint < this->limit() ? hint + 1 : this->limit());
    for (std::size_t size = 0;;) {
        const std::size_t room = std::min(this->capacity(), this->limit()) - size;
        char beyond = 0;
        void* const target = room > 0 ? static_cast<void*>(this->data() + size) : &beyond;
        const detail::transfer got =
            file.read(target, std::max<std::size_t>(room, 1), static_cast<std::int64_t>(size));
        if (got.error) {
            throw error("read", got.error, path.native(), static_cast<std::streamoff>(size));
        }
        if (got.count == 0) {
            return;
        }
        if (room == 0) {
            throw error("read", errc::no_space, path.native(), static_cast<std::streamoff>(size));
        }
        size += got.count;
        this->set_memory(this->data(), size, this->capacity(), std::max(size, this->clean()));
        if (size == this->capacity() && size < this->limit()) {
            reserve(size + 1);
        }
    }
}

template <class CharT>
void basic_membuf<CharT>::save(const std::filesystem::path& path) const {
    if (!this->is_open()) {
        throw error("save", errc::closed, path.native());
    }
    if (sizeof(CharT) != 1) {
        throw error("save", errc::unsupported, path.native());
    }
    detail::file_handle file;
    open(file, path, std::ios_base::out);
    const auto written = file.write_all(this->view().data(), this->view().size(), 0);
    if (written.error) {
        throw error("write", written.error, path.native(),
                    static_cast<std::streamoff>(written.count));
    }
    if (const std::error_code code = file.close()) {
        throw error("close", code, path.native());
    }
}

bytes_io::bytes_io(bytes_io&& other) noexcept : base(std::move(other), device_) {
    take_over(other);
}

bytes_io& bytes_io::operator=(bytes_io&& other) noexcept {
    if (this != &other) {
        std::iostream::operator=(std::move(other));
        take_over(other);
    }
    return *this;
}

void bytes_io::swap(bytes_io& other) noexcept {
    bytes_io taken(std::move(other));
    other = std::move(*this);
    *this = std::move(taken);
}

// Takes the buffer of `other`, which is closed then.
void bytes_io::take_over(bytes_io& other) noexcept {
    if (other.rdbuf() == &other.device_) {
        device_ = std::move(other.device_);
        use(&device_);
    } else {
        own(other.base::release());
    }
    other.own(nullptr);
}

auto bytes_io::release() -> std::unique_ptr<buf_type> {
    if (rdbuf() == &device_) {
        return std::make_unique<membuf>(std::move(device_));
    }
    return base::release();
}

template <class CharT>
static std::unique_ptr<basic_membuf<CharT>> text_device(newline rule) {
    if (rule != newline::lf) {
        return std::make_unique<line_membuf<CharT>>(rule);
    }
    return std::make_unique<basic_membuf<CharT>>();
}

template <class CharT>
basic_string_io<CharT>::basic_string_io(newline rule) : base(text_device<CharT>(rule)) {
    this->set_line_end(rule);
}

template <class CharT>
basic_string_io<CharT>::basic_string_io(view_type content, newline rule) : basic_string_io(rule) {
    this->write(content);
    this->seek(0);
}

template <class CharT>
basic_string_io<CharT>::basic_string_io(string_type&& content, newline rule)
    : base(text_device<CharT>(rule)) {
    this->set_line_end(rule);
    if constexpr (sizeof(CharT) == 1) {
        if (rule == newline::lf) {
            *this->rdbuf() = basic_membuf<CharT>(bytes(std::move(content)));
            return;
        }
    }
    this->write(content);
    this->seek(0);
}

template <class CharT>
void basic_string_io<CharT>::load(const std::filesystem::path& path) {
    basic_membuf<CharT>& device = this->device("load");
    device.load(path);
    if (auto* const lines = dynamic_cast<line_membuf<CharT>*>(&device)) {
        try {
            lines->replace(device.view());
        } catch (...) {
            device.clear();  // what is not translated is no content
            throw;
        }
    }
}

template <class CharT>
newlines_seen basic_string_io<CharT>::newlines() const {
    const auto* const lines = dynamic_cast<line_membuf<CharT>*>(&this->device("newlines"));
    return lines != nullptr ? lines->seen() : newlines_seen();
}

template class basic_membuf<char>;
template class basic_membuf<wchar_t>;
template class basic_string_io<char>;
template class basic_string_io<wchar_t>;

}  // namespace sluice
