// chainbuf: parts of any kind and size, read as one, against the string that they are together.

#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/span.hpp>
#include <sluice/filter/chain.hpp>

#include "fuzz.hpp"
#include "model.hpp"
#include "passing_buf.hpp"
#include "short_files.hpp"

#include <ios>
#include <memory>
#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace fuzz;
using ios = std::ios_base;

/// A part, which stands `skipped` characters behind its front.
std::unique_ptr<std::streambuf> part_of(const std::string& content, std::size_t skipped,
                                        choices& from, short_files& files, bool passing) {
    std::unique_ptr<std::streambuf> result;
    switch (passing ? 4 : from.below(4)) {
    case 0: result = std::make_unique<sluice::membuf>(content); break;
    case 1: result = std::make_unique<std::stringbuf>(content); break;
    case 4: return std::make_unique<passing_buf>(content.substr(skipped), from.below(9) + 1);
    default: {
        auto file = std::make_unique<sluice::filebuf>();
        file->pubsetbuf(nullptr, from.below(20));
        files.set_next_content(content);
        require(file->open("any", ios::in) != nullptr, "open");
        result = std::move(file);
    }
    }
    result->pubseekpos(static_cast<std::streamoff>(skipped), ios::in);
    return result;
}

void compare_reading(sluice::chainbuf& chain, const std::string& whole, choices& from) {
    std::string seen;
    while (!from.done()) {
        const unsigned count = from.below(30);
        if (count == 0) {
            const int c = chain.sbumpc();
            seen += c == -1 ? std::string() : std::string(1, static_cast<char>(c));
            require(c != -1 || seen.size() == whole.size(), "an end before the end");
            continue;
        }
        std::string got(count, '?');
        got.resize(static_cast<std::size_t>(chain.sgetn(got.data(), count)));
        seen += got;
        require(got.size() == count || seen.size() == whole.size(), "less than there is");
        require_same(seen, whole.substr(0, seen.size()), "sgetn");
    }
    require_same(seen, whole.substr(0, seen.size()), "what was read");
}

}  // namespace

void fuzz::target(choices from) {
    const unsigned kind = from.byte();
    const bool passing = kind % 4 == 0;
    short_files files(from.take(4));
    std::vector<sluice::lower> parts;
    std::vector<std::unique_ptr<std::streambuf>> lent;
    std::string whole;
    for (unsigned i = kind / 4 % 5; i > 0; --i) {
        std::string content = sample(from.below(100));
        for (char& c : content) {
            c = static_cast<char>(c + static_cast<char>(i));
        }
        const std::size_t skipped = from.below(4) == 0 ? content.size() / 2 : 0;
        auto buf = part_of(content, skipped, from, files, passing);
        whole += content.substr(skipped);
        if (from.byte() % 2 == 0) {
            parts.emplace_back(std::move(buf), ios::in);
        } else {
            lent.push_back(std::move(buf));
            parts.emplace_back(*lent.back(), ios::in);
        }
    }
    sluice::chainbuf chain(std::move(parts));
    chain.pubsetbuf(nullptr, from.below(3) == 0 ? 4096 : from.below(20));
    if (passing) {
        compare_reading(chain, whole, from);
    } else {
        agree_with_model<char>(chain, &chain, {whole}, from, {.writes = false});
    }
}
