// A buffer that gives a few characters at a time, and cannot seek.

#ifndef FUZZ_PASSING_BUF_HPP
#define FUZZ_PASSING_BUF_HPP

#include <algorithm>
#include <cstddef>
#include <streambuf>
#include <string>
#include <string_view>

namespace fuzz {

class passing_buf : public std::streambuf {
public:
    passing_buf(std::string_view content, std::size_t most) : content_(content), most_(most) {}

protected:
    int_type underflow() override {
        const std::size_t count = std::min(most_, content_.size() - next_);
        char* const begin = content_.data() + next_;
        setg(begin, begin, begin + count);
        next_ += count;
        return count == 0 ? traits_type::eof() : traits_type::to_int_type(*begin);
    }

private:
    std::string content_;
    std::size_t most_;
    std::size_t next_ = 0;
};

}  // namespace fuzz

#endif  // FUZZ_PASSING_BUF_HPP
