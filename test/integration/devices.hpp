// devices: the places where a library's bytes go, and the rules that it is checked by on all.
//
//     const integration::codec json{
//         .save = [](std::ostream& out) { out << nlohmann::json(sample); },
//         .load = [](std::istream& in) { return nlohmann::json::parse(in) == sample; }};
//     TEST_CASE("nlohmann-json on all devices") { integration::check_round_trip(json); }
//     TEST_CASE("nlohmann-json and devices that fail") { integration::check_failures(json); }
//
// The devices and the rules are compiled once, in devices.cpp, for all libraries.

#ifndef INTEGRATION_DEVICES_HPP
#define INTEGRATION_DEVICES_HPP

#include <cstddef>
#include <cstdio>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace integration {

/// How a library writes one sample to a stream, and reads it.
///
/// A failure that the library reports by itself is thrown, or returned as false by load().
template <class CharT>
struct basic_codec {
    std::function<void(std::basic_ostream<CharT>&)> save;

    /// Returns: whether what was read is the sample.
    std::function<bool(std::basic_istream<CharT>&)> load;

    /// save() seeks, so that it is not used where what is written cannot be sought: in gzip.
    bool save_seeks = false;

    /// What save() writes behind the last byte that load() needs.
    std::size_t unneeded = 0;
};

/// How a library writes and reads a FILE of C's; otherwise as basic_codec.
struct file_codec {
    std::function<void(std::FILE*)> save;
    std::function<bool(std::FILE*)> load;
    bool save_seeks = false;
    std::size_t unneeded = 0;
};

using codec = basic_codec<char>;
using wcodec = basic_codec<wchar_t>;

/// A place for bytes (or wide characters).
template <class CharT>
class basic_device {
public:
    using string_type = std::basic_string<CharT>;

    basic_device() = default;
    basic_device(const basic_device&) = delete;
    basic_device& operator=(const basic_device&) = delete;
    virtual ~basic_device() = default;

    [[nodiscard]] virtual std::string name() const = 0;

    /// Whether a stream that writes can go back.
    [[nodiscard]] virtual bool rewritable() const { return true; }

    /// Calls `save` with a stream that stands at the front of nothing, and closes that.
    ///
    /// Errors: throws what `save` and the closing do.
    virtual void write(const std::function<void(std::basic_ostream<CharT>&)>& save) = 0;

    /// Calls `load` with a stream that stands at the front of what was written.
    virtual void read(const std::function<void(std::basic_istream<CharT>&)>& load) = 0;

    /// What was written, found by other means than a stream, where there are any.
    [[nodiscard]] virtual string_type content() = 0;
};

using byte_device = basic_device<char>;

/// One of each: bytes_io, a container, a file, a spooled file that stays in RAM and one that goes
/// to disk, gzip in memory, a file in the file system `memory`, a memory_file. Each is empty.
template <class CharT>
[[nodiscard]] std::vector<std::unique_ptr<basic_device<CharT>>> devices();

/// Checks on each device that the library writes there what it writes to the standard's streams,
/// and reads it there.
template <class CharT>
void check_round_trip(const basic_codec<CharT>& library);

/// Checks that a device that fails, at any of some bytes, makes the library's stream bad, with the
/// reason, and that load() reports what save() could not.
template <class CharT>
void check_failures(const basic_codec<CharT>& library);

/// The same for a library that takes a FILE: a sluice::stdio_file on the buffer of each stream.
/// What is written there is also what is written to a file that fopen() opened.
void check_round_trip(const file_codec& library);
void check_failures(const file_codec& library);

/// Checks that what seeks while it saves is refused where that cannot be, and so knows of it.
void check_refused(const codec& library);

}  // namespace integration

#endif  // INTEGRATION_DEVICES_HPP
