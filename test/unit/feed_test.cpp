#include <sluice/sstream.hpp>
#include <sluice/testing/feed.hpp>

#include <support/descriptors.hpp>
#include <support/errors.hpp>
#include <support/forked.hpp>
#include <support/limits.hpp>
#include <support/system_calls.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <iostream>
#include <locale>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

using sluice::testing::feed;
using sluice::testing::feed_stream;
using support::system_code;
using support::thrown_by;
using support::forked::check;

namespace {

// Converts a character at a time, or throws what is no std::exception.
class broken_facet : public std::codecvt<char, char, std::mbstate_t> {
public:
    static inline bool is_broken = false;

protected:
    bool do_always_noconv() const noexcept override { return false; }
    result do_in(std::mbstate_t& /*state*/, const char* from, const char* /*from_end*/,
                 const char*& from_next, char* to, char* /*to_end*/,
                 char*& to_next) const override {
        if (is_broken) {
            throw 5;
        }
        *to = *from;
        from_next = from + 1;
        to_next = to + 1;
        return ok;
    }
};

std::string word_from_cin() {
    std::string word;
    std::cin >> word;
    return word;
}

std::string word_from_stdin() {
    std::array<char, 100> word{};
    return std::scanf("%99s", word.data()) == 1 ? word.data() : "";
}

std::string read_directly(std::size_t most = 100) {
    std::string text(most, '\0');
    const ssize_t got = ::read(0, text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
}

ino_t input_now() {
    struct stat found {};
    return ::fstat(0, &found) == 0 ? found.st_ino : 0;
}

/// Makes a pipe with `text` the standard input, so that nothing read ahead can be sought back.
void pipe_in(std::string_view text) {
    const std::array<int, 2> ends = support::new_pipe();
    ::dup2(ends[0], 0);
    const bool written = ::write(ends[1], text.data(), text.size()) == ssize_t(text.size());
    ::close(ends[0]);
    ::close(ends[1]);
    if (!written) {
        throw std::runtime_error("not written");
    }
}

}  // namespace

// Each in a process of its own, as reading the standard input cannot be undone.

TEST_SUITE_BEGIN("feed");

TEST_CASE("anybody reads what is fed") {
    check([] {
        const feed typed("one two\n");
        return word_from_cin() == "one" && word_from_stdin() == "two";
    });
    check([] {
        const feed typed("one two\n");
        return read_directly(3) == "one" && read_directly() == " two\n" && read_directly().empty();
    });
    check([] {
        const feed typed("3 4\n");
        return std::system("read a b; exit $((a * 10 + b))") == 34 << 8;
    });
}

TEST_CASE("bytes are fed as they are") {
    check([] {
        const std::array bytes{std::byte(0), std::byte(255), std::byte('\n')};
        const feed typed(bytes);
        return std::cin.get() == 0 && std::cin.get() == 255 && std::cin.get() == '\n' &&
               std::cin.get() == EOF;
    });
}

TEST_CASE("after what is fed comes the end, and the state of before after that") {
    check([] {
        pipe_in("after\n");
        std::cin.setstate(std::ios_base::failbit);
        {
            const feed typed("text\n");
            const bool clear = std::cin.good();
            if (!clear || word_from_cin() != "text" || !word_from_cin().empty() ||
                !std::cin.eof()) {
                return false;
            }
        }
        const bool same = std::cin.rdstate() == std::ios_base::failbit;
        std::cin.clear();
        return same && word_from_cin() == "after";
    });
}

TEST_CASE("a feed puts the input back") {
    const ino_t before = input_now();
    const auto open = support::open_descriptors();
    {
        feed typed("text");
        CHECK(input_now() != before);
        CHECK(typed.is_active());
        typed.stop();
        CHECK_FALSE(typed.is_active());
        CHECK(input_now() == before);
        typed.stop();
    }
    try {
        const feed typed("text");
        throw std::runtime_error("left");
    } catch (const std::runtime_error&) {
    }
    CHECK(input_now() == before);
    CHECK(support::open_descriptors() == open);
}

TEST_CASE("what was read ahead before is read after a feed, and not in it") {
    for (const bool synchronized : {true, false}) {
        check([synchronized] {
            std::ios_base::sync_with_stdio(synchronized);
            pipe_in("one two three\nfour\n");
            if (word_from_cin() != "one") {
                return false;
            }
            {
                const feed typed("fed and more\n");
                if (word_from_cin() != "fed") {
                    return false;
                }
            }
            return word_from_cin() == "two" && word_from_cin() == "three" &&
                   word_from_cin() == "four" && word_from_cin().empty() && std::cin.eof();
        });
    }
}

// In libc++ std::cin reads stdin, whether they are synchronized or not.
#ifndef _LIBCPP_VERSION
TEST_CASE("what stdin and std::cin read ahead apart is given back to each") {
    check([] {
        std::ios_base::sync_with_stdio(false);
        pipe_in("a b\n");
        if (word_from_cin() != "a") {
            return false;
        }
        pipe_in("c d\n");
        if (word_from_stdin() != "c") {
            return false;
        }
        pipe_in("e\n");
        {
            const feed typed("fed");
            if (word_from_stdin() != "fed" || !word_from_cin().empty()) {
                return false;
            }
        }
        return word_from_stdin() == "d" && word_from_cin() == "b" && word_from_cin() == "e";
    });
}
#endif

TEST_CASE("a full buffer that was read ahead is given back") {
    check([] {
        std::string lines;
        for (int i = 0; i < 3000; ++i) {
            lines += std::to_string(i) + '\n';
        }
        pipe_in(lines);
        for (int i = 0; i < 3000; ++i) {
            if (word_from_cin() != std::to_string(i)) {
                return false;
            }
            if (i % 7 == 0) {
                const feed typed("x");
                if (word_from_stdin() != "x") {
                    return false;
                }
            }
        }
        return word_from_cin().empty();
    });
}

// C promises one character; the GNU library takes any number, and other libraries some.
TEST_CASE("what was put back before a full buffer is given back") {
    for (const std::string_view put_back : {"", "1", "21", "4321"}) {
        CAPTURE(put_back);
        check([put_back] {
            static std::array<char, 16> buffer;
            std::setvbuf(stdin, buffer.data(), _IOFBF, buffer.size());
            pipe_in("abcdefghijklmnopqrstuvwxyz\n");
            std::ungetc(std::getc(stdin), stdin);
            std::string expected = "abcdefghijklmnopqrstuvwxyz";
            for (const char c : put_back) {
                if (std::ungetc(c, stdin) == EOF) {
                    break;
                }
                expected.insert(expected.begin(), c);
            }
            {
                const feed typed("x");
                if (word_from_stdin() != "x") {
                    return false;
                }
            }
            return word_from_stdin() == expected;
        });
    }
}

TEST_CASE("rest is what has not been read") {
    check([] {
        feed typed("one two three");
        const bool first = word_from_cin() == "one" && typed.rest() == " two three";
        return first && typed.rest().empty() && word_from_cin().empty() && std::cin.eof();
    });
    check([] {
        std::ios_base::sync_with_stdio(false);
        feed typed("one two three");
        const bool first = word_from_cin() == "one";
        typed.stop();
        return first && typed.rest() == " two three" && typed.rest().empty();
    });
    check([] {
        feed typed("one two");
        return typed.rest() == "one two";
    });
}

TEST_CASE("feeds nest") {
    check([] {
        pipe_in("0 0\n");
        static_cast<void>(word_from_cin());
        feed outer("1 1 1\n");
        if (word_from_cin() != "1") {
            return false;
        }
        {
            feed inner("2 2\n");
            if (word_from_cin() != "2" || inner.rest() != " 2\n") {
                return false;
            }
        }
        return word_from_cin() == "1" && outer.rest() == " 1\n";
    });
}

TEST_CASE("feeds that nest may end in any order") {
    check([] {
        pipe_in("a 0\n");
        if (word_from_cin() != "a") {
            return false;
        }
        std::cin.setstate(std::ios_base::failbit);
        auto outer = std::make_unique<feed>("1 1\n");
        auto inner = std::make_unique<feed>("2 3\n");
        const bool first = word_from_cin() == "2";
        outer.reset();
        const bool second = word_from_cin() == "3";
        std::cin.setstate(std::ios_base::badbit);
        inner.reset();
        const bool same = std::cin.rdstate() == std::ios_base::failbit;
        std::cin.clear();
        return first && second && same && word_from_cin() == "0";
    });
}

TEST_CASE("a closed descriptor is fed, and closed at the end") {
    check([] {
        ::close(0);
        bool fed = false;
        {
            const feed typed("text");
            fed = word_from_cin() == "text";
        }
        return fed && ::fcntl(0, F_GETFD) == -1;
    });
}

TEST_CASE("wide readers are fed") {
    for (const bool synchronized : {true, false}) {
        check([synchronized] {
            std::ios_base::sync_with_stdio(synchronized);
            const feed typed("wide 5\n");
            std::wstring word;
            int number = 0;
            std::wcin >> word >> number;
            return word == L"wide" && number == 5;
        });
    }
    check([] {
        {
            const feed typed("wide and more\n");
            if (std::getwc(stdin) != L'w') {
                return false;
            }
        }
        const feed then("next");
        const wint_t first = std::getwc(stdin);
        return first == L'n' && std::getwc(stdin) == L'e';
    });
}

TEST_CASE("a feed that is larger than any buffer is read whole") {
    check([] {
        const std::string text(std::size_t(3) << 20, 'x');
        const feed typed(text);
        std::string read;
        std::getline(std::cin, read);
        return read == text && std::cin.eof();
    });
}

TEST_CASE("a std::cin that reads elsewhere keeps what it reads") {
    check([] {
        sluice::istringstream other("other text");
        const sluice::redirect from(std::cin, other);
        feed typed("fed");
        const bool same = word_from_cin() == "other" && word_from_stdin() == "fed";
        typed.stop();
        return same && word_from_cin() == "text";
    });
}

TEST_CASE("a feed that cannot begin says why and changes nothing") {
    const ino_t before = input_now();
    const auto open = support::open_descriptors();
    static int calls = 0;
    static int fails_at = 0;
    static bool (*due)() = [] { return ++calls == fails_at ? (errno = EMFILE, true) : false; };

    for (fails_at = 1; fails_at <= 5; ++fails_at) {
        calls = 0;
        support::replaced_calls scope;
        support::replaced_calls::calls().memfd = [](const char* name) {
            return due() ? -1 : ::memfd_create(name, MFD_CLOEXEC);
        };
        support::replaced_calls::calls().duplicate = [](int file) {
            return due() ? -1 : ::fcntl(file, F_DUPFD_CLOEXEC, 3);
        };
        support::replaced_calls::calls().duplicate_to = [](int file, int place) {
            return due() ? -1 : ::dup2(file, place);
        };
        const sluice::error failed = thrown_by([] { const feed typed("text"); });
        CAPTURE(fails_at);
        CHECK(failed.code() == system_code(EMFILE));
        CHECK(failed.operation() == "feed");
        CHECK(input_now() == before);
        CHECK(support::open_descriptors() == open);
    }
}

TEST_CASE("a feed that cannot be written says why") {
    support::replaced_calls scope;
    support::replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
        return errno = ENOSPC, -1;
    };
    CHECK(thrown_by([] { const feed typed("text"); }).code() == system_code(ENOSPC));
}

TEST_CASE("a feed that cannot give the input back says so, and tries again") {
    check([] {
        pipe_in("one two\n");
        if (word_from_cin() != "one") {
            return false;
        }
        const ino_t before = input_now();
        feed typed("text and more\n");
        if (word_from_cin() != "text") {
            return false;
        }
        {
            const support::replaced_calls scope;
            support::replaced_calls::calls().duplicate_to = [](int, int) {
                return errno = EIO, -1;
            };
            for (int i = 0; i < 2; ++i) {
                if (thrown_by([&] { typed.stop(); }).code() != system_code(EIO) ||
                    !typed.is_active()) {
                    return false;
                }
            }
        }
        typed.stop();
        return !typed.is_active() && input_now() == before && word_from_cin() == "two" &&
               typed.rest() == " and more\n";
    });
}

// Which calls it makes: the input becomes empty for what was read ahead of the feed, and the feed
// again; empty for what is given back, and what it was.
TEST_CASE("one call that fails in a stop keeps neither the input nor what was fed") {
    for (const int due : {1, 2, 3, 4}) {
        CAPTURE(due);
        check([due] {
            pipe_in("one two\n");
            if (word_from_cin() != "one") {
                return false;
            }
            const ino_t before = input_now();
            std::string rest;
            {
                feed typed("text\n");
                static int left = 0;
                left = due;
                const support::replaced_calls scope;
                support::replaced_calls::calls().duplicate_to = [](int file, int place) {
                    return --left == 0 ? (errno = EIO, -1) : ::dup2(file, place);
                };
                if (thrown_by([&] { typed.stop(); }).code() != system_code(EIO)) {
                    return false;
                }
                rest = typed.rest();
            }
            return input_now() == before && rest == "text\n" &&
                   (due == 3 || word_from_cin() == "two");
        });
    }
}

TEST_CASE("a feed whose rest cannot be taken is fed on") {
    for (const int due : {1, 2}) {
        CAPTURE(due);
        check([due] {
            feed typed("one two\n");
            if (word_from_cin() != "one") {
                return false;
            }
            const ino_t fed = input_now();
            static int left = 0;
            left = due;
            const support::replaced_calls scope;
            support::replaced_calls::calls().duplicate_to = [](int file, int place) {
                return --left == 0 ? (errno = EIO, -1) : ::dup2(file, place);
            };
            return thrown_by([&] { static_cast<void>(typed.rest()); }).code() == system_code(EIO) &&
                   input_now() == fed && typed.rest() == " two\n";
        });
    }
}

TEST_CASE("a feed whose rest cannot be read has it later") {
    check([] {
        feed typed("one two\n");
        if (word_from_cin() != "one") {
            return false;
        }
        {
            const support::replaced_calls scope;
            support::replaced_calls::calls().fstat = [](int, struct stat*) {
                return errno = EIO, -1;
            };
            if (thrown_by([&] { static_cast<void>(typed.rest()); }).code() != system_code(EIO)) {
                return false;
            }
        }
        return typed.rest() == " two\n";
    });
}

TEST_CASE("what cannot be read of a feed is an error of stop()") {
    check([] {
        pipe_in("after\n");
        feed typed("text\n");
        {
            const support::replaced_calls scope;
            support::replaced_calls::calls().fstat = [](int, struct stat*) {
                return errno = EIO, -1;
            };
            if (thrown_by([&] { typed.stop(); }).code() != system_code(EIO)) {
                return false;
            }
        }
        return !typed.is_active() && word_from_cin() == "after";  // the input is back all the same
    });
}

// -- one stream -------------------------------------------------------------------------------

TEST_CASE("a facet of std::cin's that throws does not keep the input") {
    check([] {
        std::ios_base::sync_with_stdio(false);
        pipe_in("before\n");
        bool fed = false;
        {
            const feed typed("ab");
            broken_facet::is_broken = false;
            std::cin.imbue(std::locale(std::locale::classic(), new broken_facet));
            fed = std::cin.get() == 'a';
            broken_facet::is_broken = true;
        }
        return fed && std::cin.good() && read_directly() == "before\n";
    });
}

TEST_CASE("one stream is fed alone") {
    std::istringstream in("own text");
    std::string word;
    in >> word;
    {
        feed_stream typed(in, "fed it");
        in >> word;
        CHECK(word == "fed");
        CHECK(typed.rest() == " it");
        in >> word;
        CHECK(in.fail());
    }
    CHECK(in.good());
    in >> word;
    CHECK(word == "text");
}

TEST_CASE("a wide stream is fed alone") {
    std::wistringstream in(L"own");
    std::wstring word;
    feed_stream typed(in, std::wstring(L"fed"));
    in >> word;
    CHECK(word == L"fed");
    typed.stop();
    in >> word;
    CHECK(word == L"own");
}

TEST_SUITE_END();
