// A stream buffer that gives its content in blocks, and fails in between.

#ifndef SUPPORT_FAILING_BUF_HPP
#define SUPPORT_FAILING_BUF_HPP

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <utility>

namespace support {

/// Gives `text`, `block` characters at a time, where 0 is: without a get area, as std::cin does.
/// Each read at `fails_at` throws, until that is moved away.
class failing_buf : public std::streambuf {
public:
    static constexpr std::size_t nowhere = std::string::npos;

    explicit failing_buf(std::string text, std::size_t block = 4, std::size_t fails_at = nowhere)
        : text_(std::move(text)), block_(block), fails_at_(fails_at) {}

    void fail_at(std::size_t place) { fails_at_ = place; }

    /// How many characters have been given, those in the get area included.
    [[nodiscard]] std::size_t given() const { return next_; }

protected:
    int underflow() override {
        if (next_ == fails_at_) {
            throw std::runtime_error("the device is gone");
        }
        if (next_ == text_.size()) {
            return traits_type::eof();
        }
        if (block_ == 0) {
            return traits_type::to_int_type(text_[next_]);
        }
        std::size_t count = std::min(block_, text_.size() - next_);
        if (fails_at_ > next_) {
            count = std::min(count, fails_at_ - next_);
        }
        char* const begin = text_.data() + next_;
        next_ += count;
        setg(begin, begin, begin + count);
        return traits_type::to_int_type(*begin);
    }

    int uflow() override {
        const int c = underflow();
        if (!traits_type::eq_int_type(c, traits_type::eof())) {
            block_ == 0 ? void(++next_) : gbump(1);
        }
        return c;
    }

private:
    std::string text_;
    std::size_t block_;
    std::size_t fails_at_;
    std::size_t next_ = 0;
};

}  // namespace support

#endif  // SUPPORT_FAILING_BUF_HPP
