// libsndfile: its virtual I/O, which is five callbacks, over any stream. Sizes are asked for, and
// headers patched. C calls the callbacks, so nothing may be thrown through them.

#include "devices.hpp"

#include <doctest/doctest.h>

#include <sndfile.h>

#include <cmath>
#include <istream>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <vector>

namespace {

using sound = std::unique_ptr<SNDFILE, decltype(&sf_close)>;

// What the callbacks are given: the buffer of a stream, and the stream for its state.
struct link {
    std::istream* in = nullptr;
    std::ostream* out = nullptr;
};

std::ios_base::seekdir direction(int whence) {
    return whence == SEEK_SET   ? std::ios_base::beg
           : whence == SEEK_CUR ? std::ios_base::cur
                                : std::ios_base::end;
}

sf_count_t tell(void* user) {
    const link& stream = *static_cast<link*>(user);
    return stream.in != nullptr ? sf_count_t(stream.in->tellg()) : sf_count_t(stream.out->tellp());
}

sf_count_t seek(sf_count_t offset, int whence, void* user) {
    const link& stream = *static_cast<link*>(user);
    if (stream.in != nullptr) {
        stream.in->clear(stream.in->rdstate() & std::ios_base::badbit);
        stream.in->seekg(offset, direction(whence));
    } else {
        stream.out->seekp(offset, direction(whence));
    }
    return tell(user);
}

sf_count_t size(void* user) {
    const sf_count_t before = tell(user);
    const sf_count_t end = seek(0, SEEK_END, user);
    seek(before, SEEK_SET, user);
    return end;
}

sf_count_t read(void* target, sf_count_t count, void* user) {
    std::istream& in = *static_cast<link*>(user)->in;
    in.read(static_cast<char*>(target), count);
    return in.gcount();
}

sf_count_t write(const void* source, sf_count_t count, void* user) {
    std::ostream& out = *static_cast<link*>(user)->out;
    return out.write(static_cast<const char*>(source), count) ? count : 0;
}

std::vector<short> sample() {
    std::vector<short> frames(4410);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        frames[i] = static_cast<short>(std::sin(double(i) / 10) * 32767);
    }
    return frames;
}

sound open(link& stream, int mode, SF_INFO& info) {
    SF_VIRTUAL_IO calls{size, seek, read, write, tell};
    return {sf_open_virtual(&calls, mode, &info, &stream), &sf_close};
}

void save(std::ostream& out, int format) {
    link stream{nullptr, &out};
    SF_INFO info{};
    info.samplerate = 44100;
    info.channels = 1;
    info.format = format;
    sound file = open(stream, SFM_WRITE, info);
    const std::vector<short> frames = sample();
    const auto count = static_cast<sf_count_t>(frames.size());
    if (!file || sf_write_short(file.get(), frames.data(), count) != count ||
        sf_close(file.release()) != 0) {
        throw std::runtime_error("libsndfile reports a failure");
    }
}

bool load(std::istream& in) {
    link stream{&in, nullptr};
    SF_INFO info{};
    const sound file = open(stream, SFM_READ, info);
    std::vector<short> frames(sample().size() + 1);
    const sf_count_t count =
        file ? sf_read_short(file.get(), frames.data(), sf_count_t(frames.size())) : 0;
    frames.resize(static_cast<std::size_t>(count));
    return frames == sample();
}

template <int Format>
const integration::codec codec{
    .save = [](std::ostream& out) { save(out, Format | SF_FORMAT_PCM_16); },
    .load = load,
    .save_seeks = true};

}  // namespace

TEST_CASE("libsndfile on all devices") {
    integration::check_round_trip(codec<SF_FORMAT_WAV>);
    integration::check_round_trip(codec<SF_FORMAT_AIFF>);
    integration::check_round_trip(codec<SF_FORMAT_FLAC>);
}
TEST_CASE("libsndfile and devices that fail") {
    integration::check_failures(codec<SF_FORMAT_WAV>);
}
TEST_CASE("libsndfile is told that gzip cannot go back") {
    integration::check_refused(codec<SF_FORMAT_WAV>);
}
