// filebuf with a buffer of any size, over a device whose transfers are short and interrupted,
// against a string and a position.

#include <sluice/device/file.hpp>

#include "fuzz.hpp"
#include "model.hpp"
#include "short_files.hpp"

#include <array>
#include <cstdint>
#include <ios>
#include <locale>
#include <string>

namespace {

using namespace fuzz;
using ios = std::ios_base;
constexpr ios::openmode both = ios::in | ios::out;

std::streamsize buffer_size(choices& from) {
    static constexpr std::array<std::streamsize, 8> sizes = {0, 1, 2, 3, 7, 16, 64, 4096};
    const unsigned which = from.below(sizes.size() + 4);
    return which < sizes.size() ? sizes[which] : from.below(300);
}

// Until the bytes end; then all is written, and the buffer and the device agree.
//
// Returns: what the device holds, and where the buffer stood when it was closed.
template <class CharT>
model compare(sluice::basic_filebuf<CharT>& buf, short_files& files, int number,
              const std::string& content, choices& from, operations allowed) {
    const model expected = agree_with_model<CharT>(buf, &buf, {content}, from, allowed);
    require(buf.pubsync() == 0, "the last sync");
    require_same(files.content(number), expected.content, "what a sync has written");
    require(buf.sputc(CharT('z')) == CharT('z'), "the last sputc");
    model last = expected;
    last.write("z");
    require(buf.close() != nullptr, "close");
    require_same(files.content(number), last.content, "what close has written");
    return last;
}

void compare_opened(short_files& files, const std::string& content, choices& from) {
    sluice::filebuf buf;
    const std::streamsize size = buffer_size(from);
    buf.pubsetbuf(nullptr, size);
    files.set_next_content(content);
    require(buf.open("any", both) != nullptr, "open");
    compare(buf, files, files.last(), content, from, {.most = most_at_once(size)});
    require(files.all_closed(), "a descriptor is left open");
}

// At the kernel's own position, which is the buffer's once all is written.
void compare_lent(short_files& files, const std::string& content, choices& from) {
    const int lent = files.add(content);
    sluice::filebuf buf;
    const std::streamsize size = buffer_size(from);
    buf.pubsetbuf(nullptr, size);
    require(buf.attach(lent, both) != nullptr, "attach");
    const model last =
        compare(buf, files, lent, content, from, {.rereads = false, .most = most_at_once(size)});
    require_same(files.position(lent), static_cast<std::int64_t>(last.position),
                 "where close leaves the descriptor");
}

void compare_wide(short_files& files, const std::string& content, choices& from, bool utf8) {
    static const std::locale converting("C.UTF-8");
    sluice::wfilebuf buf;
    const std::streamsize size = buffer_size(from);
    buf.pubsetbuf(nullptr, size);
    buf.pubimbue(utf8 ? converting : std::locale::classic());
    files.set_next_content(content);
    require(buf.open("any", both) != nullptr, "open");
    compare(buf, files, files.last(), content, from,
            {.any_offset = !utf8, .rereads = false, .most = most_at_once(size)});
}

}  // namespace

void fuzz::target(choices from) {
    const unsigned kind = from.byte();
    const std::string content = sample(from.byte());
    short_files files(from.take(4));
    switch (kind % 5) {
    case 0:
    case 1: compare_opened(files, content, from); break;
    case 2: compare_lent(files, content, from); break;
    case 3: compare_wide(files, content, from, false); break;
    default: compare_wide(files, content, from, true); break;
    }
}
