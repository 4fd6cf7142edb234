// lines() on any stream and under each newline mode, with other calls between the lines, against a
// search by characters.

#include <sluice/algorithm/lines.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>

#include "fuzz.hpp"
#include "model.hpp"
#include "short_files.hpp"

#include <array>
#include <cstddef>
#include <ios>
#include <istream>
#include <memory>
#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>

namespace {

using namespace fuzz;
using ios = std::ios_base;

/// How long the line at the front is with its end, and how long that is.
struct extent {
    std::size_t size = 0;
    std::size_t end = 0;
};

extent line_of(std::string_view text, sluice::newline rule) {
    using sluice::newline;
    const bool two = rule == newline::universal || rule == newline::keep;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool crlf = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
        if (crlf && (two || rule == newline::crlf)) {
            return {i + 2, 2};
        }
        if ((text[i] == '\n' && (two || rule == newline::lf)) ||
            (text[i] == '\r' && (two || rule == newline::cr))) {
            return {i + 1, 1};
        }
    }
    return {text.size(), 0};
}

std::string text_from(std::string_view bytes) {
    static constexpr std::string_view characters = "\n\r\nab\rcdefghijkl";
    std::string text;
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        // A run now and then, longer than a small buffer.
        text.append(value >= 0xF8 ? (value - 0xF7) * 20U : 1, characters[value % 16]);
    }
    return text;
}

std::unique_ptr<std::streambuf> stored(const std::string& text, choices& from, short_files& files) {
    switch (from.below(4)) {
    case 0: return std::make_unique<sluice::membuf>(text);
    case 1: return std::make_unique<std::stringbuf>(text, ios::in);
    default: {
        auto file = std::make_unique<sluice::filebuf>();
        file->pubsetbuf(nullptr, from.below(3) == 0 ? 4096 : from.below(20));
        files.set_next_content(text);
        require(file->open("any", ios::in) != nullptr, "open");
        return file;
    }
    }
}

class reader {
public:
    reader(std::istream& in, std::string_view text, sluice::newline rule, bool keeps_ends)
        : in_(in),
          rest_(text),
          rule_(rule),
          keeps_(keeps_ends),
          lines_(sluice::lines(in, {.ends = rule, .keep_ends = keeps_ends})) {}

    void step(choices& from) {
        switch (from.below(8)) {
        case 0: renew(); break;
        case 1: get(); break;
        case 2: read(from.below(12)); break;
        case 3: standard_line(); break;
        case 4: require(in_.tellg() >= 0 || !in_.good(), "tellg"); break;
        default: line(); break;
        }
    }

    void rest() {
        while (!rest_.empty() && in_.good()) {
            line();
        }
    }

private:
    void line() {
        if (!in_.good()) {
            const auto none = lines_.begin();
            require(none == lines_.end(), "a line of a stream that is not good");
            return;
        }
        const extent wanted = line_of(rest_, rule_);
        const auto next = lines_.begin();
        require((next == lines_.end()) == (wanted.size == 0), "whether there is a line");
        if (wanted.size != 0) {
            require_same(*next, rest_.substr(0, wanted.size - (keeps_ ? 0 : wanted.end)), "a line");
        }
        rest_.remove_prefix(wanted.size);
        // A '\r' that is the last may be the first of two, so the end is seen.
        const bool maybe = rest_.empty() && wanted.end == 1;
        require(in_.eof() == (wanted.end == 0) || maybe, "eofbit");
        require(!in_.fail(), "failbit");
        require(lines_.partial().empty(), "partial");
    }

    // Another range goes on where the stream stands.
    void renew() {
        lines_ = sluice::lines(in_, {.ends = rule_, .keep_ends = keeps_});
        in_.clear();
    }

    void get() {
        const bool good = in_.good();
        const int c = in_.get();
        require_same(c, good && !rest_.empty() ? static_cast<unsigned char>(rest_[0]) : -1, "get");
        rest_.remove_prefix(c == -1 ? 0 : 1);
    }

    void read(std::size_t count) {
        const bool good = in_.good();
        std::string got(count, '?');
        in_.read(got.data(), static_cast<std::streamsize>(count));
        got.resize(static_cast<std::size_t>(in_.gcount()));
        require_same(got, good ? rest_.substr(0, count) : std::string_view(), "read");
        rest_.remove_prefix(got.size());
    }

    void standard_line() {
        const bool good = in_.good();
        std::string got;
        std::getline(in_, got);
        const extent wanted = line_of(rest_, sluice::newline::lf);
        require_same(got, good ? rest_.substr(0, wanted.size - wanted.end) : std::string_view(),
                     "getline");
        rest_.remove_prefix(good ? wanted.size : 0);
    }

    std::istream& in_;
    std::string_view rest_;
    sluice::newline rule_;
    bool keeps_;
    sluice::basic_lines<char> lines_;
};

}  // namespace

void fuzz::target(choices from) {
    static constexpr std::array rules = {sluice::newline::universal, sluice::newline::keep,
                                         sluice::newline::lf, sluice::newline::cr,
                                         sluice::newline::crlf};
    const unsigned kind = from.byte();
    short_files files(from.take(3));
    const std::string text = text_from(from.take(from.byte()));
    const auto buf = stored(text, from, files);
    std::istream in(buf.get());
    reader lines(in, text, rules[kind % rules.size()], kind / 8 % 2 == 0);
    while (!from.done()) {
        lines.step(from);
    }
    lines.rest();
}
