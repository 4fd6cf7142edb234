// bytes_io against a string and a position: what streams call of its buffer, and its own calls.

#include <sluice/device/memory.hpp>

#include "fuzz.hpp"
#include "model.hpp"

#include <algorithm>
#include <cstddef>
#include <ios>
#include <string>
#include <string_view>
#include <vector>

namespace {

using ios = std::ios_base;
using fuzz::choices;
using fuzz::model;
using fuzz::require;
using fuzz::require_same;

constexpr std::size_t largest = 12000;

class file_calls {
public:
    file_calls(sluice::bytes_io& file, model& expected, choices& from)
        : file_(file), model_(expected), from_(from) {}

    void step() {
        switch (from_.below(12)) {
        case 0: read(count()); break;
        case 1: require_same(file_.read(), model_.read(std::string::npos), "read all"); break;
        case 2: write(); break;
        case 3: readline(); break;
        case 4: seek(ios::beg, 0); break;
        case 5: seek(ios::cur, static_cast<long long>(model_.position)); break;
        case 6: seek(ios::end, static_cast<long long>(model_.content.size())); break;
        case 7: truncate(); break;
        case 8: pin(); break;
        case 9: require_same(file_.getvalue(), model_.content, "getvalue"); break;
        case 10: take(); break;
        default: reserve(); break;
        }
        require_same(file_.tell(), static_cast<long long>(model_.position), "tell");
        require(file_.view() == model_.content, "view");
        require(file_.good(), "good");
    }

private:
    std::streamsize count() { return from_.below(8) == 0 ? from_.below(3000) : from_.below(12); }

    void read(std::streamsize wanted) {
        require_same(file_.read(wanted), model_.read(static_cast<std::size_t>(wanted)), "read");
    }

    void write() {
        const std::size_t room = largest - std::min(largest, model_.position);
        const char letter = "ab\n"[from_.below(3)];
        const std::string text(std::min(static_cast<std::size_t>(count()), room), letter);
        require_same(static_cast<long long>(file_.write(text)), static_cast<long long>(text.size()),
                     "write");
        model_.write(text);
    }

    void readline() {
        const std::streamsize limit = from_.below(2) == 0 ? -1 : count();
        model at = model_;
        const std::string rest = at.read(std::string::npos);
        std::string line = rest.substr(0, std::min(rest.size(), rest.find('\n')) + 1);
        if (limit >= 0) {
            line.resize(std::min(line.size(), static_cast<std::size_t>(limit)));
        }
        require_same(file_.readline(limit), line, "readline");
        model_.position += line.size();
    }

    void seek(ios::seekdir whence, long long base) {
        const long long target = static_cast<long long>(from_.below(600)) - 20;
        long long got = -1;
        try {
            got = file_.seek(target - base, whence);
            require(target >= 0, "a seek before the start");
        } catch (const sluice::error& refused) {
            require(target < 0 && refused.code() == sluice::errc::bad_position, "a refused seek");
            file_.clear();
        }
        if (target >= 0) {
            require_same(got, target, "seek");
            model_.position = static_cast<std::size_t>(target);
        }
    }

    void truncate() {
        const std::size_t size =
            from_.below(2) == 0 ? model_.position : static_cast<std::size_t>(count());
        if (size > largest) {
            return;
        }
        require_same(file_.truncate(static_cast<std::streamoff>(size)),
                     static_cast<long long>(size), "truncate");
        model_.content.resize(size);
    }

    // While pinned, bytes change in place and nothing else does.
    void pin() {
        const sluice::pinned_bytes pin = file_.getbuffer();
        require_same(static_cast<long long>(pin.size()),
                     static_cast<long long>(model_.content.size()), "a pin's size");
        if (pin.size() != 0) {
            const std::size_t at = from_() % pin.size();
            pin[at] = std::byte{'p'};
            model_.content[at] = 'p';
        }
        try {
            file_.truncate(static_cast<std::streamoff>(pin.size() + 1));
            require(false, "truncated while pinned");
        } catch (const sluice::error& refused) {
            require(refused.code() == sluice::errc::pinned, "pinned");
            file_.clear();
        }
    }

    void take() {
        const sluice::bytes taken = file_.take();
        require_same(std::string_view(reinterpret_cast<const char*>(taken.data()), taken.size()),
                     model_.content, "take");
        model_ = {};
    }

    void reserve() {
        if (from_.below(2) == 0) {
            file_.reserve(from_.below(5000));
        } else {
            file_.clear_content();
            model_ = {};
        }
    }

    sluice::bytes_io& file_;
    model& model_;
    choices& from_;
};

}  // namespace

void fuzz::target(choices from) {
    const unsigned kind = from.byte();
    model expected{sample(kind / 2)};
    sluice::bytes_io file(expected.content);
    if (kind % 2 == 0) {
        expected = agree_with_model<char>(*file.rdbuf(), file.rdbuf(), expected, from);
    } else {
        file_calls calls(file, expected, from);
        while (!from.done()) {
            calls.step();
        }
    }
    require_same(file.view(), expected.content, "the content");
}
