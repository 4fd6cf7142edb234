// A stream buffer that throws what a test says.

#ifndef SUPPORT_THROWING_BUF_HPP
#define SUPPORT_THROWING_BUF_HPP

#include <ios>
#include <streambuf>

namespace support {

/// Not sluice's, and each of its calls throws what `raise` does.
class throwing_buf : public std::streambuf {
public:
    explicit throwing_buf(void (*raise)()) : raise_(raise) {}

protected:
    int_type underflow() override { return raise_(), traits_type::eof(); }
    int_type overflow(int_type) override { return raise_(), traits_type::eof(); }
    int sync() override { return raise_(), -1; }
    pos_type seekoff(off_type, std::ios_base::seekdir, std::ios_base::openmode) override {
        return raise_(), pos_type(off_type(-1));
    }

private:
    void (*raise_)();
};

}  // namespace support

#endif  // SUPPORT_THROWING_BUF_HPP
