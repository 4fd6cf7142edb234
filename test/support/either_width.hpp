// What tests for char and for wchar_t do, with what they have as char.

#ifndef SUPPORT_EITHER_WIDTH_HPP
#define SUPPORT_EITHER_WIDTH_HPP

#include <sluice/device/memory.hpp>
#include <sluice/testing/faults.hpp>

#include <cstddef>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

namespace support {

template <class CharT>
std::basic_string<CharT> letters(std::string_view text) {
    return {text.begin(), text.end()};
}

template <class CharT>
std::string narrowed(const sluice::basic_membuf<CharT>& buf) {
    std::string text;
    for (const CharT c : buf.view()) {
        text += static_cast<char>(c);
    }
    return text;
}

template <class CharT>
std::streamsize put(std::basic_streambuf<CharT>& buf, std::string_view text) {
    const auto wide = letters<CharT>(text);
    return buf.sputn(wide.data(), static_cast<std::streamsize>(wide.size()));
}

template <class CharT>
std::string get(std::basic_streambuf<CharT>& buf, std::size_t count) {
    std::vector<CharT> target(count);
    const auto got = buf.sgetn(target.data(), static_cast<std::streamsize>(count));
    return {target.begin(), target.begin() + got};
}

inline sluice::testing::fault_options failing(sluice::testing::fault::call on) {
    return {.faults = {{.on = on}}};
}

template <class CharT>
bool is_end(typename std::char_traits<CharT>::int_type c) {
    return std::char_traits<CharT>::eq_int_type(c, std::char_traits<CharT>::eof());
}

}  // namespace support

#endif  // SUPPORT_EITHER_WIDTH_HPP
