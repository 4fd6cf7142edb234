// textbuf, for reading and for writing, against iconv called directly: each encoding, each way to
// treat errors, each newline mode.

#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/error.hpp>
#include <sluice/filter/text.hpp>

#include "fuzz.hpp"
#include "iconv_text.hpp"
#include "short_files.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <ios>
#include <memory>
#include <streambuf>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace {

using namespace fuzz;
using ios = std::ios_base;

constexpr std::array error_ways = {sluice::encoding_errors::strict,
                                   sluice::encoding_errors::ignore,
                                   sluice::encoding_errors::replace,
                                   sluice::encoding_errors::backslashreplace,
                                   sluice::encoding_errors::xmlcharrefreplace,
                                   sluice::encoding_errors::surrogateescape};
constexpr std::array line_ways = {sluice::newline::universal, sluice::newline::keep,
                                  sluice::newline::lf, sluice::newline::cr, sluice::newline::crlf};

template <class CharT>
std::basic_string<CharT> characters_of(const std::u32string& text) {
    if constexpr (sizeof(CharT) == 1) {
        std::string result;
        for (const char32_t c : text) {
            const auto put = [&](char32_t byte) { result += static_cast<char>(byte); };
            const int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
            put(more == 0 ? c : (0xF00U >> (more + 1) & 0xFF) | c >> (6 * more));
            for (int i = more - 1; i >= 0; --i) {
                put(0x80 | (c >> (6 * i) & 0x3F));
            }
        }
        return result;
    } else {
        return {text.begin(), text.end()};
    }
}

/// What is told of a text that differs.
template <class CharT>
std::string told(const std::basic_string<CharT>& text) {
    std::string result;
    for (const CharT c : text) {
        result += hex(static_cast<std::make_unsigned_t<CharT>>(c), 2) + ' ';
    }
    return result;
}

// -- reading ----------------------------------------------------------------------------------

template <class CharT>
class reading {
public:
    reading(sluice::basic_textbuf<CharT>& buf, std::basic_string<CharT> expected,
            std::optional<std::size_t> failed_at, choices& from)
        : buf_(buf), expected_(std::move(expected)), failed_at_(failed_at), from_(from) {}

    void step() {
        switch (from_.below(9)) {
        case 0:
        case 1: read(from_.below(20)); break;
        case 2: read(from_.below(3000)); break;
        case 3: read_one(); break;
        case 4: tell(); break;
        case 5: seek(); break;
        case 6: require(buf_.pubsync() == 0, "sync"); break;
        case 7: unget(); break;
        default: peek(); break;
        }
    }

    void rest() { read(expected_.size() - at_ + 5); }

private:
    using string = std::basic_string<CharT>;

    // Calls what may come to the bad bytes. Returns: whether it did.
    template <class Call>
    bool fails(Call call) {
        try {
            call();
            return false;
        } catch (const sluice::error& failed) {
            require(failed_at_.has_value(), "a failure where none should be");
            require(failed.code() == sluice::errc::bad_encoding, "the failure's code");
            require_same(failed.position(), static_cast<long long>(*failed_at_),
                         "the failure's position");
            return true;
        }
    }

    // All, the end, or a failure that has read nothing.
    void read(std::size_t count) {
        string got(count, CharT('?'));
        const std::size_t there = expected_.size() - at_;
        if (fails([&] {
                got.resize(static_cast<std::size_t>(
                    buf_.sgetn(got.data(), static_cast<std::streamsize>(count))));
            })) {
            require(there < count, "a failure before the bad bytes");
            return;
        }
        require(there >= count || !failed_at_, "no failure");
        compare(got, expected_.substr(at_, count), "sgetn");
        at_ += got.size();
    }

    void read_one() {
        auto got = std::char_traits<CharT>::eof();
        const bool failed = fails([&] { got = buf_.sbumpc(); });
        require(failed == (at_ == expected_.size() && failed_at_), "whether sbumpc fails");
        if (at_ == expected_.size()) {
            require(got == std::char_traits<CharT>::eof(), "no end");
            return;
        }
        compare(string(1, static_cast<CharT>(got)), expected_.substr(at_, 1), "sbumpc");
        ++at_;
    }

    void tell() {
        const auto told = buf_.pubseekoff(0, ios::cur, ios::in);
        require(told != std::streampos(-1), "tell");
        places_.emplace_back(told, at_);
    }

    void seek() {
        if (places_.empty()) {
            require(buf_.pubseekpos(0, ios::in) == std::streampos(0), "a seek to the front");
            at_ = 0;
            return;
        }
        const auto& [told, at] = places_[from_() % places_.size()];
        require(buf_.pubseekpos(told, ios::in) != std::streampos(-1), "a seek to where a tell was");
        at_ = at;
    }

    void unget() {
        const auto got = buf_.sungetc();
        if (got != std::char_traits<CharT>::eof()) {
            require(at_ > 0, "ungot before the front");
            --at_;
            compare(string(1, static_cast<CharT>(got)), expected_.substr(at_, 1), "sungetc");
        }
    }

    void peek() {
        string seen;
        const std::size_t wanted = from_.below(4) + 1;
        if (fails([&] {
                const auto ready = buf_.peek(wanted);
                seen.assign(ready.data(), ready.size());
            })) {
            require(expected_.size() - at_ < wanted, "a failure before the bad bytes");
            return;
        }
        require(seen.empty() == (at_ == expected_.size()), "whether peek sees something");
        compare(seen, expected_.substr(at_, seen.size()), "peek");
    }

    static void compare(const string& got, const string& wanted, const char* what) {
        if (got != wanted) {
            require_same(told(got), told(wanted), what);
        }
    }

    sluice::basic_textbuf<CharT>& buf_;
    string expected_;
    std::optional<std::size_t> failed_at_;
    choices& from_;
    std::size_t at_ = 0;
    std::vector<std::pair<std::streampos, std::size_t>> places_;
};

template <class CharT>
void compare_reading(const encoding& how, const sluice::text_options& options, choices& from) {
    short_files files(from.take(2));
    const unsigned size = from.byte();
    const std::string bytes(from.take(from.byte()));
    sluice::membuf memory(bytes);
    sluice::filebuf file;
    if (size % 4 == 0) {
        file.pubsetbuf(nullptr, from.below(9));
        files.set_next_content(bytes);
        require(file.open("any", ios::in) != nullptr, "open");
    }
    sluice::basic_textbuf<CharT> buf(size % 4 == 0 ? static_cast<std::streambuf&>(file)
                                                   : static_cast<std::streambuf&>(memory),
                                     options);
    buf.pubsetbuf(nullptr, size % 8 < 4 ? size / 8 : 4096);
    const decoded_text wanted = text_decoding(how, options.errors)(bytes);
    reading<CharT> reader(buf, characters_of<CharT>(read_lines(wanted.text, options.newline)),
                          wanted.failed_at, from);
    while (!from.done()) {
        reader.step();
    }
    reader.rest();
}

// -- writing ----------------------------------------------------------------------------------

char32_t drawn_character(choices& from) {
    static constexpr std::array<char32_t, 24> rare = {
        0x20AC, 0x3042, 0x4E2D,  0xD55C, 0x1F600, 0xFEFF,  0xDC80,   0xDCFF,
        0xD800, 0xDFFF, 0xE0041, 0,      0xFFFD,  0xFFFF,  0x10FFFF, 0x301,
        0xCA,   0x304,  0xEA,    0x2028, 0x85,    0x20000, 0x10000,  0x7FF};
    const unsigned byte = from.byte();
    return byte < 0x80   ? byte
           : byte < 0xD0 ? 0xA0 + (byte - 0x80)
                         : rare[(byte - 0xD0) % rare.size()];
}

template <class CharT>
void compare_writing(const encoding& how, const sluice::text_options& options, choices& from) {
    sluice::membuf memory;
    text_encoding wanted(how, options.errors, options.newline);
    {
        sluice::basic_textbuf<CharT> buf(memory, options);
        buf.pubsetbuf(nullptr, from.below(30));
        while (!from.done()) {
            const unsigned count = from.below(16);
            if (count == 0) {
                require(buf.pubsync() == 0, "sync");
                continue;
            }
            if (count == 1) {
                const char c = "a\n\r?"[from.below(4)];
                require(buf.sputc(CharT(c)) == std::char_traits<CharT>::to_int_type(CharT(c)),
                        "sputc");
                require(wanted.add(std::u32string(1, static_cast<char32_t>(c))), "the oracle");
                continue;
            }
            std::u32string text;
            for (unsigned i = 0; i < count; ++i) {
                text += drawn_character(from);
            }
            const std::basic_string<CharT> characters = characters_of<CharT>(text);
            const auto size = static_cast<std::streamsize>(characters.size());
            const bool encodable = wanted.add(text);
            require_same(buf.sputn(characters.data(), size), encodable ? size : 0, "sputn");
            require(!buf.reason() == encodable, "the reason");
            buf.clear_reason();
        }
        buf.close();
    }
    if (const std::string bytes = wanted.bytes(); memory.view() != bytes) {
        require_same(told(memory.getvalue()), told(bytes), "the bytes");
    }
}

}  // namespace

void fuzz::target(choices from) {
    const unsigned kind = from.byte();
    const encoding& how = encodings[from.below(encodings.size())];
    const unsigned ways = from.byte();
    const sluice::text_options options = {.encoding = how.name,
                                          .errors = error_ways[ways % error_ways.size()],
                                          .newline = line_ways[ways / 8 % line_ways.size()],
                                          .line_buffering = kind / 8 % 4 == 0,
                                          .write_through = kind / 32 % 4 == 0};
    switch (kind % 6) {
    case 0: compare_writing<char>(how, options, from); break;
    case 1: compare_writing<wchar_t>(how, options, from); break;
    case 2:
    case 3: compare_reading<char>(how, options, from); break;
    default: compare_reading<wchar_t>(how, options, from); break;
    }
}
