// Planted: a sputn that drops what comes after 100 bytes, and says that it wrote all. The model has
// to find it.

#include <sluice/device/memory.hpp>

#include "fuzz.hpp"
#include "model.hpp"

#include <algorithm>
#include <ios>

namespace {

class dropping_membuf : public sluice::membuf {
protected:
    std::streamsize xsputn(const char* source, std::streamsize count) override {
        sluice::membuf::xsputn(source, std::min<std::streamsize>(count, 100));
        return count;
    }
};

}  // namespace

void fuzz::target(choices from) {
    dropping_membuf buf;
    agree_with_model<char>(buf, &buf, {}, from);
}
