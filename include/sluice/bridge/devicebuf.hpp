// devicebuf: a device or a chain of Boost.Iostreams as a buffer of sluice's.
//
//     namespace io = boost::iostreams;
//     auto chain = std::make_unique<io::filtering_ostreambuf>();
//     chain->push(io::gzip_compressor());
//     chain->push(io::file_descriptor_sink("log.gz"));
//     sluice::stream out(std::make_unique<sluice::devicebuf<io::filtering_ostreambuf>>(
//         std::move(chain)));
//     out << "hello\n";
//     out.close();                              // throws where the disk was full
//
// Counts and positions are in characters. Distinct buffers may be used from distinct threads, where
// their devices may.

#ifndef SLUICE_BRIDGE_DEVICEBUF_HPP
#define SLUICE_BRIDGE_DEVICEBUF_HPP

#include <sluice/bridge/boost_device.hpp>
#include <sluice/device/buffered.hpp>

#include <cstddef>
#include <ios>
#include <locale>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace sluice {

/// What a devicebuf is, whatever its device.
template <class CharT>
class basic_devicebuf : public basic_bufferedbuf<CharT> {
    using base = basic_bufferedbuf<CharT>;

public:
    using typename base::char_type;
    using typename base::int_type;
    using typename base::off_type;
    using typename base::pos_type;
    using typename base::traits_type;

    basic_devicebuf(const basic_devicebuf&) = delete;
    basic_devicebuf& operator=(const basic_devicebuf&) = delete;
    ~basic_devicebuf() override;

    /// That of a device_handle, or of one that ends a chain; else empty.
    [[nodiscard]] std::string path() const override { return path_; }

protected:
    using typename base::transfer;
    using device_type = detail::any_device<CharT>;

    basic_devicebuf() = default;
    basic_devicebuf(std::unique_ptr<device_type> device, std::streamsize buffer_size);
    basic_devicebuf(basic_devicebuf&& other) noexcept { swap(other); }
    basic_devicebuf& operator=(basic_devicebuf&& other) noexcept(false);

    /// Exchanges all but the owners.
    void swap(basic_devicebuf& other) noexcept;

    [[nodiscard]] device_type* any_device() const noexcept { return device_.get(); }

    transfer device_read(CharT* target, std::size_t count, off_type position) override;
    transfer device_write(const CharT* source, std::size_t count, off_type position) override;
    std::error_code device_seek(off_type position) override;

    void imbue(const std::locale& locale) override;
    int sync() override;
    bool do_seekable() override { return seekable_; }
    std::error_code do_close() noexcept override;
    off_type do_size(std::error_code& code) override;
    std::error_code do_truncate(off_type size) override;

private:
    static constexpr off_type unknown = -1;

    template <class Call>
    [[nodiscard]] std::error_code attempt(const char* operation, off_type position, Call call);
    void find_position();
    [[nodiscard]] off_type& place(std::ios_base::openmode which) noexcept;
    [[nodiscard]] std::ios_base::openmode heads(std::ios_base::openmode which) const noexcept;
    [[nodiscard]] std::error_code seek_device(off_type offset, std::ios_base::seekdir whence,
                                              std::ios_base::openmode which, off_type& result);
    [[nodiscard]] std::error_code stand_at(off_type position, std::ios_base::openmode which);
    [[nodiscard]] std::error_code find_end(std::ios_base::openmode which, off_type& end);
    [[nodiscard]] std::error_code fill_gap(off_type position);
    [[nodiscard]] transfer write_at(const CharT* source, std::size_t count, off_type position);
    [[nodiscard]] std::error_code leave_device();
    [[nodiscard]] std::error_code finish(std::optional<error>& said);

    std::unique_ptr<device_type> device_;
    std::string path_;
    typename device_type::abilities can_{};
    bool seekable_ = false;
    off_type read_place_ = unknown;   // where the device stands, as far as is known; the only one,
    off_type write_place_ = unknown;  // but for devices with two positions, that is read_place_
    bool ended_ = false;              // a filter has said so, and is not asked again
    bool failed_ = false;             // since the device last took something
    std::optional<error> said_;       // what failed last
};

/// A device of Boost.Iostreams, or a chain of them, as a buffer: a model of Source, Sink,
/// BidirectionalDevice, SeekableDevice or Direct; what compose(), tee(), restrict(), combine() and
/// the like make of one; a boost::iostreams::stream_buffer, chain, filtering_streambuf or
/// filtering_stream.
///
/// Where the device seeks there is one position, also over a device with two, and a write behind
/// the end of a device that refuses to seek there fills the gap with zeros. Two sequences
/// (Bidirectional) are read and written as a socket is. A device of a fixed size gives
/// errc::no_space. truncate() is for devices that have a member of that name, as device_handle has;
/// else errc::unsupported.
///
/// Errors: an exception of the device or a filter is the buffer's error: a sluice::error as it is;
///         else the code of a std::system_error, or the errno that a message of Boost's names;
///         truncated_data and corrupt_data for what Boost's decompressors say; EIO for the rest;
///         each with the message as error::detail. Nothing that is thrown gets lost, as Boost loses
///         what comes while its own buffers are emptied; but for chains with traits or an allocator
///         of their own. What a filter held when it threw is lost, as ever with Boost. -1 is the
///         end, 0 is errc::would_block. EINTR is tried again where no filter is in the way.
///
/// close() writes what is pending; where it owns the device, it closes that, each filter and each
/// direction, whatever fails, and the chain is empty then; else it flushes the device. It reports
/// the first that failed.
///
/// Source: io.BufferedRandom; Boost.Iostreams' "Concepts".
template <class Device>
class devicebuf : public basic_devicebuf<detail::device_char<Device>> {
    using base = basic_devicebuf<detail::device_char<Device>>;
    using model = detail::device_model<Device>;
    static_assert(boost::iostreams::is_device<Device>::value, "a filter needs a device: compose()");
    static_assert(!boost::iostreams::is_std_io<Device>::value || detail::chain_device<Device> ||
                      detail::link_device<Device>,
                  "no device of Boost's: give what device_for() makes of it");

public:
    using wrapped_type = Device;

    /// Closed.
    devicebuf() = default;

    /// Borrows `device`, which must live as long. `buffer_size` is in characters, 0 makes every
    /// call a call to the device; negative: as the device wants it
    /// (boost::iostreams::optimal_buffer_size), or that of a file, where it has only Boost's
    /// default.
    ///
    /// Errors: throws error(errc::closed) for a chain without a device, or a device that is not
    ///         open.
    explicit devicebuf(Device& device, std::streamsize buffer_size = -1)
        : base(std::make_unique<model>(device), buffer_size) {}

    /// Owns `device`, and closes it. What Boost copies, as its own handles, it may share with
    /// copies of it.
    explicit devicebuf(Device&& device, std::streamsize buffer_size =
                                            -1) requires std::is_copy_constructible_v<Device>
        : devicebuf(std::make_unique<Device>(std::move(device)), buffer_size) {}

    /// Owns `device`: what Boost cannot copy.
    explicit devicebuf(std::unique_ptr<Device> device, std::streamsize buffer_size = -1)
        : base(make_model(std::move(device)), buffer_size) {}

    /// The buffer moved from is closed. The device stays in its place.
    devicebuf(devicebuf&& other) noexcept : base(std::move(other)) {}
    devicebuf& operator=(devicebuf&& other) noexcept(false) = default;  // throws what close() does
    devicebuf(const devicebuf&) = delete;
    devicebuf& operator=(const devicebuf&) = delete;
    ~devicebuf() override = default;

    void swap(devicebuf& other) noexcept { base::swap(other); }

    /// The device; null in a buffer moved from. What is read or written by it meanwhile, the buffer
    /// does not know; after sync() it stands where the buffer stands.
    [[nodiscard]] Device* device() const noexcept {
        auto* const found = static_cast<model*>(this->any_device());
        return found != nullptr ? &found->device() : nullptr;
    }

private:
    static std::unique_ptr<model> make_model(std::unique_ptr<Device> device) {
        if (device == nullptr) {
            throw error("open", errc::closed);
        }
        return std::make_unique<model>(std::move(device));
    }
};

template <class Device>
devicebuf(Device&, std::streamsize = -1) -> devicebuf<Device>;
template <class Device>
devicebuf(std::unique_ptr<Device>, std::streamsize = -1) -> devicebuf<Device>;

template <class Device>
void swap(devicebuf<Device>& a, devicebuf<Device>& b) noexcept {
    a.swap(b);
}

extern template class basic_devicebuf<char>;
extern template class basic_devicebuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_BRIDGE_DEVICEBUF_HPP
