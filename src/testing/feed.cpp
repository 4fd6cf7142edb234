#include <sluice/detail/held_exceptions.hpp>
#include <sluice/error.hpp>
#include <sluice/testing/feed.hpp>

#include "os/os.hpp"
#include "os/owned_handle.hpp"
#include "standard_redirect.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cwchar>
#include <iostream>
#include <utility>

#ifdef __GLIBCXX__
#include <ext/stdio_filebuf.h>
#endif

namespace sluice::testing {
namespace {

constexpr os::handle standard_input = 0;

// The buffer of std::cin where that is not synchronized with stdio, and has read ahead itself; null
// where it is another one: in libc++ it never is.
template <class CharT>
[[nodiscard]] std::basic_streambuf<CharT>*
own_buffer([[maybe_unused]] const std::basic_istream<CharT>& stream) {
#ifdef __GLIBCXX__
    auto* const file = dynamic_cast<__gnu_cxx::stdio_filebuf<CharT>*>(stream.rdbuf());
    return file != nullptr && file->fd() == standard_input ? file : nullptr;
#else
    return nullptr;
#endif
}

// Appends what the buffer holds. What throws has taken nothing.
//
// Requires, as the others do: the standard input is at its end, so that the buffers are all there
// is to read.
void take_from(const std::istream& stream, std::string& text) {
    using traits_type = std::istream::traits_type;
    auto* const buf = own_buffer(stream);
    if (buf == nullptr) {
        return;
    }
    const std::size_t before = text.size();
    try {
        for (auto c = buf->sgetc(); !traits_type::eq_int_type(c, traits_type::eof());
             c = buf->snextc()) {
            text += traits_type::to_char_type(c);
        }
    } catch (...) {
        for (; text.size() > before; text.pop_back()) {
            buf->sungetc();
        }
        throw;
    }
}

template <class CharT>
void drop_from(const std::basic_istream<CharT>& stream) {
    using traits_type = std::char_traits<CharT>;
    if (auto* const buf = own_buffer(stream)) {
        while (!traits_type::eq_int_type(buf->sbumpc(), traits_type::eof())) {
        }
    }
}

void drop_from_stdin() {
    std::clearerr(stdin);
    if (const int orientation = std::fwide(stdin, 0); orientation < 0) {
        while (std::getc(stdin) != EOF) {
        }
    } else if (orientation > 0) {
        while (std::getwc(stdin) != WEOF) {
        }
    }
    std::clearerr(stdin);
}

// As take_from(). None where stdin was never read, so that reading does not settle whether its
// characters are wide; and none of wide ones, which are lost.
void take_from_stdin(std::string& text) {
    if (std::fwide(stdin, 0) >= 0) {
        drop_from_stdin();
        return;
    }
    std::clearerr(stdin);
    const std::size_t before = text.size();
    try {
        text += '\0';  // room before a character is taken
        for (int c = std::getc(stdin); c != EOF; c = std::getc(stdin)) {
            text.back() = static_cast<char>(c);
            text += '\0';
        }
        text.pop_back();
    } catch (...) {
        for (; text.size() > before; text.pop_back()) {
            std::ungetc(static_cast<unsigned char>(text.back()), stdin);
        }
        throw;
    }
    std::clearerr(stdin);
}

void drop_read_ahead() {
    drop_from(std::wcin);
    drop_from(std::cin);
    drop_from_stdin();
}

// What the readers of the standard input hold, each in its buffer.
struct read_ahead {
    std::string of_stream;
    std::string of_stdin;
};

// The states of std::cin and std::wcin.
class states {
public:
    void save() noexcept { states_ = {std::cin.rdstate(), std::wcin.rdstate()}; }
    static void clear() { set({}); }
    void put_back() const { set(states_); }

private:
    using both = std::array<std::ios_base::iostate, 2>;

    static void set(const both& states) {
        const sluice::detail::held_exceptions quiet(static_cast<std::ios*>(&std::cin));
        const sluice::detail::held_exceptions wide(static_cast<std::wios*>(&std::wcin));
        std::cin.clear(states[0]);
        std::wcin.clear(states[1]);
    }

    both states_{};
};

// The standard input elsewhere, and what is given back when it returns.
class input_redirect : public detail::standard_redirect {
public:
    // `empty` is a file without content; the standard input is that then.
    explicit input_redirect(os::owned_handle empty)
        : standard_redirect(standard_input, empty.get(), "feed"), empty_(std::move(empty)) {
        states_.save();
        take_before();
        states::clear();
    }
    input_redirect(const input_redirect&) = delete;
    input_redirect& operator=(const input_redirect&) = delete;
    ~input_redirect() {
        try {
            static_cast<void>(finish());
        } catch (...) {
            // what a facet of std::cin's throws too; the base tries once more to put the descriptor
            // back
        }
    }

    // Appends what has been read ahead of the input that is there now, which is `input`. It is
    // there again at the end, and what was not appended is still read ahead.
    void take_ahead(os::handle input, std::string& text) {
        if (!is_innermost() || given_back_) {
            return;
        }
        require(os::duplicate_to(empty_.get(), standard_input));
        try {
            drop_from(std::wcin);
            take_from(std::cin, text);
            take_from_stdin(text);
            require(os::duplicate_to(input, standard_input));
        } catch (...) {
            static_cast<void>(os::duplicate_to(input, standard_input));  // told already
            throw;
        }
    }

    static void become(os::handle input) { require(os::duplicate_to(input, standard_input)); }

    // What throws has put the descriptor back all the same. While that fails it can be called
    // again.
    //
    // Returns: the first failure.
    std::error_code finish() {
        if (!lives()) {
            return {};
        }
        if (auto* const inner = static_cast<input_redirect*>(hand_on())) {
            inner->before_ = std::move(before_);
            inner->states_ = states_;
            return {};
        }
        std::error_code code;
        try {
            code = give_back();
        } catch (...) {
            static_cast<void>(put_back());
            throw;
        }
        const std::error_code then = put_back();
        return code ? code : then;
    }

private:
    static void require(const std::error_code& code) {
        if (code) {
            throw error("feed", code, {}, -1, "descriptor 0");
        }
    }

    // What throws leaves it read ahead.
    void take_before() {
        try {
            drop_from(std::wcin);
            take_from(std::cin, before_.of_stream);
            take_from_stdin(before_.of_stdin);
        } catch (...) {
            static_cast<void>(give_back_to_cin(before_.of_stream));
            throw;
        }
    }

    [[nodiscard]] std::error_code put_back() {
        const std::error_code code = end();
        states_.put_back();
        return code;
    }

    // Once: then the buffers hold what is read next.
    [[nodiscard]] std::error_code give_back() {
        if (given_back_) {
            return {};
        }
        if (const std::error_code code = os::duplicate_to(empty_.get(), standard_input)) {
            return code;
        }
        given_back_ = true;
        drop_read_ahead();
        const std::error_code code = give_back_to_cin(before_.of_stream);
        const std::error_code then = give_back_to_stdin(before_.of_stdin);
        return code ? code : then;
    }

    // Each buffer reads what it had from a file.
    [[nodiscard]] std::error_code give_back_to_cin(std::string_view text) {
        const std::error_code code = refill(text);
        if (!code && !text.empty()) {
            if (auto* const buf = own_buffer(std::cin)) {
                buf->sgetc();
            }
        }
        return code;
    }

    // What it has no room for had been put back before that, and is once more.
    [[nodiscard]] std::error_code give_back_to_stdin(std::string_view text) {
        std::size_t held = 0;
        std::error_code code = hold(text, held);
        if (!code && held < text.size()) {
            const std::string_view put_back = text.substr(0, text.size() - held);
            drop_from_stdin();
            code = hold(text.substr(put_back.size()), held);
            for (std::size_t left = put_back.size(); !code && left != 0; --left) {
                if (std::ungetc(static_cast<unsigned char>(put_back[left - 1]), stdin) == EOF) {
                    code = std::make_error_code(std::errc::no_buffer_space);
                }
            }
        }
        return code;
    }

    // Has stdin read `text` as far as its buffer holds that, which is `held`.
    [[nodiscard]] std::error_code hold(std::string_view text, std::size_t& held) {
        std::error_code code = refill(text);
        if (!code && !text.empty()) {
            std::ungetc(std::getc(stdin), stdin);
            held = static_cast<std::size_t>(os::seek(empty_.get(), 0, std::ios_base::cur, code));
        }
        return code;
    }

    [[nodiscard]] std::error_code refill(std::string_view text) {
        if (text.empty()) {
            return {};
        }
        std::error_code code = os::truncate(empty_.get(), 0);
        if (!code) {
            os::seek(empty_.get(), 0, std::ios_base::beg, code);
        }
        code = code ? code : detail::write_all(empty_.get(), text);
        if (!code) {
            os::seek(empty_.get(), 0, std::ios_base::beg, code);
        }
        return code;
    }

    os::owned_handle empty_;
    read_ahead before_;
    states states_;
    bool given_back_ = false;
};

}  // namespace

class feed::implementation {
public:
    explicit implementation(std::string_view text)
        : content_(detail::create_content("feed")), input_(detail::create_content("feed")) {
        std::error_code code = detail::write_all(content_.get(), text);
        if (!code) {
            os::seek(content_.get(), 0, std::ios_base::beg, code);
        }
        if (code) {
            throw error("feed", code);
        }
        input_redirect::become(content_.get());
    }

    [[nodiscard]] bool is_active() const noexcept { return input_.lives(); }

    // What is no error of the system, such as no memory, is thrown before anything has changed.
    //
    // Returns: the first failure.
    std::error_code stop() {
        if (!is_active()) {
            return {};
        }
        std::error_code code;
        try {
            unread_ = rest();
        } catch (const error& failed) {
            code = failed.code();
        }
        const std::error_code then = input_.finish();
        return code ? code : then;
    }

    // What throws has lost nothing.
    [[nodiscard]] std::string rest() {
        input_.take_ahead(content_.get(), unread_);
        std::string result = unread_;
        result += detail::content_from(content_.get(), seek(std::ios_base::cur));
        seek(std::ios_base::end);
        unread_.clear();
        return result;
    }

private:
    std::int64_t seek(std::ios_base::seekdir from) {
        std::error_code code;
        const std::int64_t position = os::seek(content_.get(), 0, from, code);
        if (code) {
            throw error("feed", code);
        }
        return position;
    }

    os::owned_handle content_;
    std::string unread_;  // taken from the readers, and not yet given
    input_redirect input_;
};

feed::feed(std::string_view text) : self_(std::make_unique<implementation>(text)) {}

feed::feed(std::span<const std::byte> bytes)
    : feed(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())) {}

feed::~feed() {
    try {
        static_cast<void>(self_->stop());
    } catch (...) {
        // the members put back what is still to be
    }
}

void feed::stop() {
    if (const std::error_code code = self_->stop()) {
        throw error("feed", code);
    }
}

bool feed::is_active() const noexcept {
    return self_->is_active();
}

std::string feed::rest() {
    return self_->rest();
}

template class feed_stream<char>;
template class feed_stream<wchar_t>;

}  // namespace sluice::testing
