// The string streams, narrow and wide, each beside the standard's of the same name.

#include <sluice/sstream.hpp>

#include "fuzz.hpp"
#include <support/string_stream_pair.hpp>

#include <sstream>
#include <string>

namespace {

template <class Theirs, class Ours>
void compare(fuzz::choices from) {
    support::string_stream_pair<Theirs, Ours, fuzz::choices> pair(from);
    while (!pair.random().done()) {
        if (const std::string found = pair.step(); !found.empty()) {
            throw fuzz::difference(found);
        }
    }
}

}  // namespace

void fuzz::target(choices from) {
    switch (from.byte() % 8) {
    case 0: return compare<std::istringstream, sluice::istringstream>(from);
    case 1: return compare<std::wistringstream, sluice::wistringstream>(from);
    case 2: return compare<std::ostringstream, sluice::ostringstream>(from);
    case 3: return compare<std::wostringstream, sluice::wostringstream>(from);
    case 4:
    case 5: return compare<std::wstringstream, sluice::wstringstream>(from);
    default: return compare<std::stringstream, sluice::stringstream>(from);
    }
}
