// What the tests of text share: a slow connection, the order of bytes, and the names they use.

#ifndef SLUICE_TEST_UNIT_TEXT_SLOW_HPP
#define SLUICE_TEST_UNIT_TEXT_SLOW_HPP

#include <sluice/device/memory.hpp>
#include <sluice/filter/text.hpp>

#include <support/errors.hpp>

#include <doctest/doctest.h>

#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

namespace text_tests {

using sluice::bytes_io;
using sluice::encoding_errors;
using sluice::errc;
using sluice::membuf;
using sluice::newline;
using sluice::text_io;
using sluice::textbuf;
using sluice::wtext_io;
using support::thrown_by;
using namespace std::string_literals;
using namespace std::string_view_literals;

// What an encoding that writes its mark writes: the order of bytes is the machine's.
template <class Unit>
std::string in_own_order(const Unit* units) {
    const std::basic_string_view<Unit> text(units);
    return {reinterpret_cast<const char*>(text.data()), text.size() * sizeof(Unit)};
}

// Gives and takes at most a few bytes at a time, and cannot seek: a slow connection.
class slow_buf : public std::streambuf {
public:
    slow_buf(std::string input, std::size_t step) : input_(std::move(input)), step_(step) {}

    [[nodiscard]] const std::string& written() const { return written_; }

protected:
    int_type underflow() override {
        const std::size_t part = std::min(step_, input_.size() - next_);
        if (part == 0) {
            return traits_type::eof();
        }
        char* const begin = input_.data() + next_;
        setg(begin, begin, begin + part);
        next_ += part;
        return traits_type::to_int_type(*begin);
    }
    int_type overflow(int_type c) override {
        written_ += traits_type::to_char_type(c);
        return c;
    }

private:
    std::string input_;
    std::string written_;
    std::size_t step_;
    std::size_t next_ = 0;
};

}  // namespace text_tests

#endif  // SLUICE_TEST_UNIT_TEXT_SLOW_HPP
