// peers: Boost.Iostreams' devices in the form that std's and sluice's streams have, so that one
// template does a work on all of them.

#ifndef SLUICE_TEST_BENCH_PEERS_HPP
#define SLUICE_TEST_BENCH_PEERS_HPP

#include <sluice/device/span.hpp>
#include <sluice/device/spooled.hpp>

#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/stream.hpp>
#include <boost/iostreams/stream_buffer.hpp>

#include <cstddef>
#include <filesystem>
#include <istream>
#include <ostream>
#include <random>
#include <streambuf>
#include <string>
#include <vector>

namespace bench {

namespace detail {
struct string_holder {  // a base, so that it is there before the stream that writes to it
    std::string content;
};
using back_inserter = boost::iostreams::back_insert_device<std::string>;
}  // namespace detail

struct boost_ostringstream : detail::string_holder,
                             boost::iostreams::stream<detail::back_inserter> {
    boost_ostringstream() : boost::iostreams::stream<detail::back_inserter>(content) {}
};

struct boost_stringbuf : detail::string_holder,
                         boost::iostreams::stream_buffer<detail::back_inserter> {
    boost_stringbuf() : boost::iostreams::stream_buffer<detail::back_inserter>(content) {}
};

/// The count of characters written so far.
inline std::size_t size_of(std::ostream& out) {
    return static_cast<std::size_t>(out.tellp());
}
inline std::size_t size_of(std::streambuf& buf) {
    return static_cast<std::size_t>(
        std::streamoff(buf.pubseekoff(0, std::ios::cur, std::ios::out)));
}
inline std::size_t size_of(boost_ostringstream& out) {
    out.flush();
    return out.content.size();
}
inline std::size_t size_of(boost_stringbuf& buf) {
    buf.pubsync();
    return buf.content.size();
}

struct boost_istringstream : boost::iostreams::stream<boost::iostreams::array_source> {
    explicit boost_istringstream(const std::string& content)
        : boost::iostreams::stream<boost::iostreams::array_source>(content.data(), content.size()) {
    }
};

/// An istream on a spanbuf.
struct span_istream : private sluice::spanbuf, std::istream {
    explicit span_istream(const std::string& content)
        : sluice::spanbuf(std::string_view(content)),
          std::istream(static_cast<sluice::spanbuf*>(this)) {}
};

/// A spooled_file that never leaves RAM, and one that goes to its file at once.
struct spooled_in_ram : sluice::spooled_file {
    spooled_in_ram() : sluice::spooled_file(unlimited) {}
    explicit spooled_in_ram(const std::string& content) : spooled_in_ram() {
        write(content);
        seek(0);
    }
};
struct spooled_on_disk : sluice::spooled_file {
    spooled_on_disk() : sluice::spooled_file(0) {}
};

struct boost_ifstream : boost::iostreams::stream<boost::iostreams::file_descriptor_source> {
    explicit boost_ifstream(const std::filesystem::path& path)
        : boost::iostreams::stream<boost::iostreams::file_descriptor_source>(path.string()) {}
};

struct boost_ofstream : boost::iostreams::stream<boost::iostreams::file_descriptor_sink> {
    explicit boost_ofstream(const std::filesystem::path& path)
        : boost::iostreams::stream<boost::iostreams::file_descriptor_sink>(path.string()) {}
};

/// Lines of 0 to 79 characters, 40 on average; `size` bytes in all.
[[nodiscard]] inline std::string text_of(std::size_t size) {
    std::minstd_rand random(1);
    std::string result;
    result.reserve(size + 80);
    while (result.size() < size) {
        result.append(random() % 80, 'x');
        result += '\n';
    }
    result.resize(size);
    return result;
}

/// Places to seek to, the same for all: `count` of them in [0, size - room].
[[nodiscard]] inline std::vector<std::streamoff> places_in(std::size_t size, std::size_t room,
                                                           std::size_t count) {
    std::mt19937_64 random(1);
    std::vector<std::streamoff> result(count);
    for (std::streamoff& place : result) {
        place = static_cast<std::streamoff>(random() % (size - room + 1));
    }
    return result;
}

}  // namespace bench

#endif  // SLUICE_TEST_BENCH_PEERS_HPP
