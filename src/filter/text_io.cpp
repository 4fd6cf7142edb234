#include <sluice/filter/text.hpp>

#include <memory>
#include <utility>

namespace sluice {
namespace {

template <class CharT, class... Arguments>
std::unique_ptr<basic_textbuf<CharT>> make_text(Arguments&&... arguments) {
    return std::make_unique<basic_textbuf<CharT>>(std::forward<Arguments>(arguments)...);
}

// Before anything is taken from its owner.
bool checked(const text_options& options) {
    if (!is_encoding(options.encoding)) {
        throw error("open", errc::bad_mode, {}, -1, "unknown encoding " + options.encoding);
    }
    return true;
}

std::streambuf& buffer_of(std::ios& stream) {
    if (stream.rdbuf() == nullptr) {
        throw error("open", errc::closed);
    }
    return *stream.rdbuf();
}

}  // namespace

template <class CharT>
basic_text_io<CharT>::basic_text_io(std::unique_ptr<device_type> buffer) : base(std::move(buffer)) {
    adopt_newlines();
}

template <class CharT>
basic_text_io<CharT>::basic_text_io(std::streambuf& below, text_options options)
    : basic_text_io(make_text<CharT>(below, std::move(options))) {}

template <class CharT>
basic_text_io<CharT>::basic_text_io(std::iostream& below, text_options options)
    : basic_text_io(make_text<CharT>(buffer_of(below), std::move(options))) {}

template <class CharT>
basic_text_io<CharT>::basic_text_io(std::istream& below, text_options options)
    : basic_text_io(make_text<CharT>(buffer_of(below), std::move(options), std::ios_base::in)) {}

template <class CharT>
basic_text_io<CharT>::basic_text_io(std::ostream& below, text_options options)
    : basic_text_io(make_text<CharT>(buffer_of(below), std::move(options), std::ios_base::out)) {}

template <class CharT>
basic_text_io<CharT>::basic_text_io(std::unique_ptr<std::streambuf> below, text_options options)
    : basic_text_io(make_text<CharT>(std::move(below), std::move(options))) {}

template <class CharT>
basic_text_io<CharT>::basic_text_io(stream&& below, text_options options)
    : basic_text_io(checked(options) ? make_text<CharT>(below.detach(), std::move(options))
                                     : nullptr) {}

template <class CharT>
auto basic_text_io<CharT>::device(const char* operation) const -> device_type& {
    device_type* const found = rdbuf();
    if (found == nullptr || found->below() == nullptr) {
        throw error(operation, errc::closed);
    }
    return *found;
}

// Translated lines end with '\n'.
template <class CharT>
void basic_text_io<CharT>::adopt_newlines() {
    const newline rule = device("open").options().newline;
    this->set_line_end(rule == newline::universal ? newline::lf : rule);
}

template <class CharT>
void basic_text_io<CharT>::reconfigure(const text_changes& changes) {
    device("reconfigure").reconfigure(changes);
    adopt_newlines();
}

template class basic_text_io<char>;
template class basic_text_io<wchar_t>;

}  // namespace sluice
