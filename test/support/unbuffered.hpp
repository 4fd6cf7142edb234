// A buffer that every character is asked of by a call.

#ifndef SUPPORT_UNBUFFERED_HPP
#define SUPPORT_UNBUFFERED_HPP

#include <cstddef>
#include <streambuf>
#include <string>
#include <utility>

namespace support {

/// Has no area, as the buffer of std::cin.
class unbuffered : public std::streambuf {
public:
    explicit unbuffered(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] const std::string& written() const { return written_; }

protected:
    int_type underflow() override {
        return next_ < text_.size() ? traits_type::to_int_type(text_[next_]) : traits_type::eof();
    }
    int_type uflow() override {
        return next_ < text_.size() ? traits_type::to_int_type(text_[next_++]) : traits_type::eof();
    }
    int_type pbackfail(int_type) override {
        return next_ > 0 ? traits_type::to_int_type(text_[--next_]) : traits_type::eof();
    }
    int_type overflow(int_type c) override {
        written_ += traits_type::to_char_type(c);
        return c;
    }

private:
    std::string text_;
    std::size_t next_ = 0;
    std::string written_;
};

}  // namespace support

#endif  // SUPPORT_UNBUFFERED_HPP
