// Text that is read and written to the end, whatever allocation fails on the way: the same call is
// made again, and nothing is missing, and nothing twice.

#include <sluice/device/memory.hpp>
#include <sluice/error.hpp>
#include <sluice/filter/text.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <faults/allocation.hpp>
#include <ios>
#include <new>
#include <string>

using faults::failing_allocations;
using sluice::membuf;
using sluice::textbuf;

namespace {

// Makes `call` until it returns, with one allocation that fails; false: there was none.
template <class Call>
bool goes_on_after(long good, Call call) {
    const failing_allocations failing(good, failing_allocations::how::once);
    for (int tries = 0; tries < 3; ++tries) {
        try {
            call();
            break;
        } catch (const std::bad_alloc&) {
            // once more
        } catch (const sluice::error&) {
            // which has been told, and is tried again too
        }
    }
    return failing.failed();
}

std::string letters() {
    std::string text;
    for (int i = 0; i < 2000; ++i) {
        text += static_cast<char>('a' + i % 26);
        text += i % 7 == 0 ? "\u00e9" : "";
    }
    return text;
}

constexpr std::array encodings = {"utf-8", "iso-2022-jp", "shift_jis", "utf-16"};

}  // namespace

TEST_SUITE_BEGIN("allocation: text");

TEST_CASE("text is read whole through a lack of memory") {
    const std::string text = letters();
    for (const std::streamsize size : {8, 64, 4096}) {
        for (const bool in_bulk : {false, true}) {
            CAPTURE(size);
            CAPTURE(in_bulk);
            for (long good = 0;; ++good) {
                membuf bytes(text);
                textbuf in(bytes);
                in.pubsetbuf(nullptr, size);
                std::string got;
                got.reserve(2 * text.size());
                std::array<char, 100> part{};
                const bool failed = goes_on_after(good, [&] {
                    for (;;) {
                        if (!in_bulk && in.sgetc() == std::char_traits<char>::eof()) {
                            return;
                        }
                        const auto count = in.sgetn(part.data(), in_bulk ? 100 : 1);
                        got.append(part.data(), static_cast<std::size_t>(count));
                        if (in_bulk && count < 100) {
                            return;
                        }
                    }
                });
                REQUIRE((got == text));
                if (!failed || good == 200) {
                    break;
                }
            }
        }
    }
}

TEST_CASE("text is written whole through a lack of memory, and nothing of it twice") {
    const std::string text = [] {
        std::string all;
        for (int i = 0; i < 60; ++i) {
            all += "\u65E5x";
        }
        return all;
    }();
    for (const char* encoding : encodings) {
        for (const std::streamsize size : {17, 4096}) {
            CAPTURE(encoding);
            CAPTURE(size);
            membuf whole;
            {
                textbuf out(whole, {.encoding = encoding});
                REQUIRE(out.sputn(text.data(), std::streamsize(text.size())) != 0);
                out.close();
            }
            for (long good = 0;; ++good) {
                membuf bytes;
                textbuf out(bytes, {.encoding = encoding});
                out.pubsetbuf(nullptr, size);
                std::size_t done = 0;
                const bool failed = goes_on_after(good, [&] {
                    for (; done < text.size(); ++done) {
                        while (out.sputc(text[done]) == std::char_traits<char>::eof()) {
                        }
                    }
                    if (out.pubsync() != 0) {
                        throw out.reason();
                    }
                });
                out.close();
                REQUIRE((bytes.view() == whole.view()));
                if (!failed) {
                    break;
                }
            }
        }
    }
}

TEST_SUITE_END();
