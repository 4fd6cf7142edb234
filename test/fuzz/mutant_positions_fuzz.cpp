// Planted: two positions where there should be one, for reading and for writing; a seek moves both.
// The model has to find it.

#include <sluice/device/memory.hpp>

#include "fuzz.hpp"
#include "model.hpp"

#include <cstddef>
#include <ios>

namespace {

class parted_membuf : public sluice::membuf {
    using base = sluice::membuf;

protected:
    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override {
        const pos_type result = base::seekoff(offset, whence, which);
        if (result >= 0 && (offset != 0 || whence != std::ios_base::cur)) {
            other_ = static_cast<std::size_t>(off_type(result));
        }
        return result;
    }
    std::streamsize xsgetn(char* target, std::streamsize count) override {
        turn(true);
        return base::xsgetn(target, count);
    }
    int_type underflow() override {
        turn(true);
        return base::underflow();
    }
    int_type pbackfail(int_type c) override {
        turn(true);
        return base::pbackfail(c);
    }
    std::streamsize xsputn(const char* source, std::streamsize count) override {
        turn(false);
        return base::xsputn(source, count);
    }
    int_type overflow(int_type c) override {
        turn(false);
        return base::overflow(c);
    }

private:
    void turn(bool reading) {
        if (reading != reading_) {
            settle();
            const std::size_t here = position();
            set_position(other_);
            other_ = here;
            reading_ = reading;
        }
    }

    std::size_t other_ = 0;
    bool reading_ = false;
};

}  // namespace

void fuzz::target(choices from) {
    parted_membuf buf;
    agree_with_model<char>(buf, &buf, {}, from);
}
