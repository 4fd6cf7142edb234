// Does a stream buffer of one's own do what code that is given one relies on?

#include <sluice/testing/conformance.hpp>

#include <iostream>
#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>

/// Each character XOR a key, on its way to and from another buffer.
class xor_buf : public std::streambuf {
public:
    xor_buf(std::streambuf& below, int key) : below_(below), key_(key) {}

protected:
    int_type underflow() override {
        const int_type c = below_.sbumpc();
        if (traits_type::eq_int_type(c, traits_type::eof())) {
            return c;
        }
        last_ = traits_type::to_char_type(c ^ key_);
        setg(&last_, &last_, &last_ + 1);
        return traits_type::to_int_type(last_);  // not just `last_`: 0xFF is no end
    }
    int_type overflow(int_type c) override {
        if (traits_type::eq_int_type(c, traits_type::eof())) {
            return traits_type::not_eof(c);
        }
        const int_type put = below_.sputc(traits_type::to_char_type(c ^ key_));
        return traits_type::eq_int_type(put, traits_type::eof()) ? put : c;
    }
    int sync() override { return below_.pubsync(); }

private:
    std::streambuf& below_;
    int key_;
    char last_ = '\0';
};

/// What the rules make, with some content, and look at.
struct xor_device {
    explicit xor_device(std::string_view content) : below(encoded(content)) {}
    [[nodiscard]] std::string content() const { return encoded(below.view()); }

    static std::string encoded(std::string_view text) {
        std::string result(text);
        for (char& c : result) {
            c = static_cast<char>(c ^ 0x55);
        }
        return result;
    }

    std::stringbuf below;
    xor_buf buf{below, 0x55};
};

int main() {
    // [README]
    using sluice::testing::claims;
    claims mine = claims::source();  // read from the front to the end
    mine.writes = true;              // and written, which it does not seek for
    mine.grows = true;
    const auto report = sluice::testing::check_conformance<xor_device>(mine);
    std::cout << report;
    // [end]

    // Who claims more is held to more.
    mine.seeks = sluice::testing::seeking::told;
    const auto other = sluice::testing::check_conformance<xor_device>(mine);
    std::cout << other;
    return report && !other ? 0 : 1;
}
