// spooledbuf, which goes to its file at any size, against a string and a position. The file's
// transfers are short and interrupted.

#include <sluice/device/spooled.hpp>

#include "fuzz.hpp"
#include "model.hpp"
#include "short_files.hpp"

#include <cstddef>
#include <ios>
#include <string>
#include <utility>

namespace {

using namespace fuzz;

std::string content_of(sluice::spooledbuf& buf) {
    require(buf.pubseekpos(0) == std::streampos(0), "the last seek");
    std::string content(static_cast<std::size_t>(buf.size()), '?');
    const auto got = buf.sgetn(content.data(), static_cast<std::streamsize>(content.size()));
    require_same(got, static_cast<long long>(content.size()), "the last read");
    return content;
}

}  // namespace

void fuzz::target(choices from) {
    const unsigned kind = from.byte();
    const std::size_t most = from.below(4) == 0 ? from.below(5000) : from.below(60);
    short_files files(from.take(4));
    {
        sluice::spooledbuf buf(most, "/dev/shm");
        const std::streamsize size = kind % 4 != 0 ? kind / 4 : 4096;
        if (kind % 16 != 0) {
            buf.pubsetbuf(nullptr, size);
        }
        const model expected =
            agree_with_model<char>(buf, &buf, {}, from, {.most = most_at_once(size)});
        require(buf.rolled() || expected.content.size() <= most, "more than max_size in RAM");
        if (kind % 2 == 0) {
            buf.rollover();
            require(buf.rolled(), "rollover");
            require(buf.pubsync() == 0, "the last sync");
            require_same(files.content(files.last()), expected.content, "the file");
        }
        sluice::spooledbuf moved(std::move(buf));
        require_same(static_cast<long long>(moved.pubseekoff(0, std::ios::cur)),
                     static_cast<long long>(expected.position), "the position of one moved");
        require_same(content_of(moved), expected.content, "the content");
    }
    require(files.all_closed(), "a descriptor is left open");
}
