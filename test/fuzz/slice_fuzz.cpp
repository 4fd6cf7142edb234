// slicebuf: one that reaches to the end, against a string and a position; and several with an end,
// which share what lies below, against the one string that they are parts of.

#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/filter/slice.hpp>

#include "fuzz.hpp"
#include "model.hpp"
#include "short_files.hpp"

#include <algorithm>
#include <cstddef>
#include <ios>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace fuzz;
using ios = std::ios_base;

/// What lies below: memory, or a file with a small buffer.
class base {
public:
    base(choices& from, const std::string& content)
        : files_(from.take(4)), in_file_(from.byte() % 2 == 0) {
        if (in_file_) {
            file_.pubsetbuf(nullptr, from.below(40));
            files_.set_next_content(content);
            require(file_.open("any", ios::in | ios::out) != nullptr, "open");
        } else {
            memory_.sputn(content.data(), static_cast<std::streamsize>(content.size()));
        }
    }

    [[nodiscard]] sluice::buf& buf() {
        return in_file_ ? static_cast<sluice::buf&>(file_) : static_cast<sluice::buf&>(memory_);
    }
    [[nodiscard]] std::string content() {
        require(buf().pubsync() == 0, "a sync below");
        return in_file_ ? files_.content(files_.last()) : memory_.getvalue();
    }

private:
    short_files files_;
    bool in_file_;
    sluice::filebuf file_;
    sluice::membuf memory_;
};

void compare_open_ended(choices& from) {
    const std::string content = sample(from.byte());
    const std::size_t begin = std::min<std::size_t>(from.below(50), content.size());
    base below(from, content);
    sluice::slicebuf slice(below.buf(), static_cast<std::streamoff>(begin));
    const std::streamsize size = from.below(3) == 0 ? 4096 : from.below(20);
    slice.pubsetbuf(nullptr, size);
    const model expected = agree_with_model<char>(slice, &slice, {content.substr(begin)}, from,
                                                  {.most = most_at_once(size)});
    require(slice.pubsync() == 0, "the last sync");
    require_same(below.content(), content.substr(0, begin) + expected.content, "what lies below");
}

/// A slice with an end, and what it should be.
struct part {
    part(sluice::buf& below, std::size_t first, std::size_t length)
        : begin(first),
          size(length),
          buf(below, static_cast<std::streamoff>(first), static_cast<std::streamoff>(length)) {}

    std::size_t begin;
    std::size_t size;
    std::size_t position = 0;
    sluice::slicebuf buf;
};

class parts {
public:
    explicit parts(choices& from) : from_(from), whole_(sample(from.byte())), below_(from, whole_) {
        for (unsigned i = 0; i < 3; ++i) {
            parts_.push_back(std::make_unique<part>(below_.buf(), from.below(200), from.below(80)));
            parts_.back()->buf.pubsetbuf(nullptr, from.below(3) == 0 ? 4096 : from.below(20));
        }
    }

    void step() {
        part& one = *parts_[from_.below(3)];
        if (&one != last_) {  // what another one holds is seen after a sync of both
            require(last_ == nullptr || last_->buf.pubsync() == 0, "sync");
            require(one.buf.pubsync() == 0, "sync");
            last_ = &one;
        }
        switch (from_.below(6)) {
        case 0: read(one); break;
        case 1:
        case 2: write(one); break;
        case 3: seek(one); break;
        case 4: use_below(one); break;
        default: read_one(one); break;
        }
        require_same(static_cast<long long>(one.buf.pubseekoff(0, ios::cur)),
                     static_cast<long long>(one.position), "the position");
    }

    void finish() {
        for (const auto& each : parts_) {
            require(each->buf.pubsync() == 0, "the last sync");
        }
        require_same(below_.content(), whole_, "what lies below");
    }

private:
    [[nodiscard]] std::size_t count() {
        return from_.below(6) == 0 ? from_.below(300) : from_.below(12);
    }

    [[nodiscard]] std::string rest(const part& one) const {
        const std::size_t end = std::min(one.begin + one.size, whole_.size());
        const std::size_t at = std::min(one.begin + one.position, end);
        return whole_.substr(at, end - at);
    }

    void read(part& one) {
        const std::string wanted = rest(one).substr(0, count());
        std::string got(wanted.size() + from_.below(2), '?');
        got.resize(static_cast<std::size_t>(
            one.buf.sgetn(got.data(), static_cast<std::streamsize>(got.size()))));
        require_same(got, rest(one).substr(0, got.size()), "sgetn");
        require(got.size() >= wanted.size(), "sgetn has read less than there is");
        one.position += got.size();
    }

    void read_one(part& one) {
        const std::string wanted = rest(one).substr(0, 1);
        const int got = one.buf.sbumpc();
        require_same(got, wanted.empty() ? -1 : static_cast<unsigned char>(wanted[0]), "sbumpc");
        one.position += wanted.size();
    }

    // What fits is written, and no more.
    void write(part& one) {
        const std::string text(count(), static_cast<char>('A' + from_.below(26)));
        const std::size_t fits = std::min(text.size(), one.size - std::min(one.size, one.position));
        const auto got = one.buf.sputn(text.data(), static_cast<std::streamsize>(text.size()));
        require_same(static_cast<long long>(got), static_cast<long long>(fits), "sputn");
        require((one.buf.reason().code() == sluice::errc::no_space) == (fits < text.size()),
                "the reason");
        one.buf.clear_reason();
        put(one, text.substr(0, fits));
    }

    void put(part& one, const std::string& text) {
        if (text.empty()) {
            return;
        }
        const std::size_t at = one.begin + one.position;
        if (whole_.size() < at + text.size()) {
            whole_.resize(at + text.size());
        }
        whole_.replace(at, text.size(), text);
        one.position += text.size();
    }

    void seek(part& one) {
        const unsigned target = from_.below(100);
        require_same(static_cast<long long>(one.buf.pubseekpos(target)), target, "seekpos");
        one.position = target;
    }

    // Others may move what lies below, between blocks.
    void use_below(part& one) {
        require(one.buf.pubsync() == 0, "sync");
        below_.buf().pubseekpos(from_.below(100));
        below_.buf().sgetc();
    }

    choices& from_;
    std::string whole_;
    base below_;
    std::vector<std::unique_ptr<part>> parts_;
    part* last_ = nullptr;
};

}  // namespace

void fuzz::target(choices from) {
    if (from.byte() % 2 == 0) {
        compare_open_ended(from);
        return;
    }
    parts all(from);
    while (!from.done()) {
        all.step();
    }
    all.finish();
}
