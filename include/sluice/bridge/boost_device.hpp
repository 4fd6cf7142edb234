// A device of Boost.Iostreams, whatever its type, for basic_devicebuf.

#ifndef SLUICE_BRIDGE_BOOST_DEVICE_HPP
#define SLUICE_BRIDGE_BOOST_DEVICE_HPP

#include <sluice/bridge/boost_links.hpp>
#include <sluice/bridge/device_for.hpp>
#include <sluice/detail/areas.hpp>
#include <sluice/error.hpp>

#include <boost/iostreams/chain.hpp>
#include <boost/iostreams/compose.hpp>
#include <boost/iostreams/constants.hpp>
#include <boost/iostreams/operations.hpp>
#include <boost/iostreams/stream_buffer.hpp>
#include <boost/iostreams/traits.hpp>

#include <algorithm>
#include <concepts>
#include <ios>
#include <locale>
#include <memory>
#include <streambuf>
#include <system_error>
#include <type_traits>
#include <utility>

namespace sluice::detail {

/// What can be asked of every device. A call throws what the device throws, or a std::system_error
/// without a message.
template <class CharT>
class any_device {
public:
    struct abilities {
        bool readable;
        bool writable;
        bool seekable;
        bool two_positions;
        bool filtered;  // what fails within a filter cannot be tried again
    };

    any_device() = default;
    any_device(const any_device&) = delete;
    any_device& operator=(const any_device&) = delete;
    virtual ~any_device() = default;

    [[nodiscard]] virtual bool is_open() = 0;
    [[nodiscard]] virtual abilities can() const = 0;
    [[nodiscard]] virtual bool is_owned() const noexcept = 0;

    /// As the device says; -1 where it does not.
    [[nodiscard]] virtual std::streamsize buffer_size() const = 0;

    /// The handle that it is, or that its chain ends with; else null.
    [[nodiscard]] virtual shared_device<CharT>* handle() = 0;

    virtual std::streamsize read(CharT* target, std::streamsize count) = 0;
    virtual std::streamsize write(const CharT* source, std::streamsize count) = 0;
    virtual std::streamoff seek(std::streamoff offset, std::ios_base::seekdir whence,
                                std::ios_base::openmode which) = 0;
    virtual void flush() = 0;
    virtual void close() = 0;
    virtual void truncate(std::streamoff size) = 0;
    virtual void imbue(const std::locale& locale) = 0;
};

// -- what a device is -------------------------------------------------------------------------

template <class Device>
using device_char = typename boost::iostreams::char_type_of<Device>::type;
template <class Device>
using device_category = typename boost::iostreams::category_of<Device>::type;
template <class Device, class Tag>
inline constexpr bool is_a = std::is_convertible_v<device_category<Device>, Tag>;

template <class Device>
concept direct_device = is_a<Device, boost::iostreams::direct_tag>;

/// A chain whose links can be seen, or the stream or the stream buffer that has it.
template <class CharT, class Mode>
void find_chain(const boost::iostreams::chain<Mode, CharT>&);
template <class Device>
concept chain_device = requires(Device& device) {
    find_chain<device_char<Device>>(device);
}
|| requires(Device& device) {
    find_chain<device_char<Device>>(device.filters());
};

template <class CharT, class T, class Alloc, class Mode>
void find_link(const boost::iostreams::stream_buffer<T, std::char_traits<CharT>, Alloc, Mode>&);
template <class Device>
concept link_device = requires(Device& device) {
    find_link<device_char<Device>>(device);
};

template <class Filter, class Device>
void find_filter(const boost::iostreams::composite<Filter, Device>&);
template <class Device>
concept filtered_device = requires(Device& device) {
    find_filter(device);
};

template <class Device>
concept handle_device = std::derived_from<Device, shared_device<device_char<Device>>>;

/// Boost's specializations of operations<> lack some of these.
template <class Device>
inline constexpr bool has_flush =
    !boost::iostreams::detail::is_custom<Device>::value || requires(Device & device) {
    boost::iostreams::operations<Device>::flush(device);
};
template <class Device>
inline constexpr bool has_imbue =
    !boost::iostreams::detail::is_custom<Device>::value || requires(Device & device) {
    boost::iostreams::operations<Device>::imbue(device, std::locale());
};

// -- each kind of device ----------------------------------------------------------------------

/// What Boost's functions do, for a device that is no stream buffer.
template <class Device>
class plain_calls {
public:
    using char_type = device_char<Device>;

    explicit plain_calls(Device& device) : device_(device) {}

    [[nodiscard]] bool is_open() {
        if constexpr (requires {
                          { device_.is_open() } -> std::convertible_to<bool>;
                      }) {
            return device_.is_open();
        } else {
            return true;
        }
    }
    [[nodiscard]] bool seekable() const {
        return is_a<Device, boost::iostreams::detail::random_access>;
    }
    [[nodiscard]] bool two_positions() const {
        return is_a<Device, boost::iostreams::detail::two_head>;
    }
    [[nodiscard]] bool filtered() const { return filtered_device<Device>; }
    [[nodiscard]] std::streamsize buffer_size() const {
        return boost::iostreams::optimal_buffer_size(device_);
    }
    [[nodiscard]] shared_device<char_type>* handle() {
        if constexpr (handle_device<Device>) {
            return &device_;
        } else {
            return nullptr;
        }
    }

    std::streamsize read(char_type* target, std::streamsize count) {
        if constexpr (is_a<Device, boost::iostreams::input>) {
            // What a filter has made is lost when it throws: no more than Boost's buffers lose.
            return boost::iostreams::read(
                device_, target,
                filtered_device<Device>
                    ? std::min(count, boost::iostreams::default_device_buffer_size)
                    : count);
        } else {
            throw std::system_error(make_error_code(errc::not_readable));
        }
    }
    std::streamsize write(const char_type* source, std::streamsize count) {
        if constexpr (is_a<Device, boost::iostreams::output>) {
            return boost::iostreams::write(device_, source, count);
        } else {
            throw std::system_error(make_error_code(errc::not_writable));
        }
    }
    std::streamoff seek(std::streamoff offset, std::ios_base::seekdir whence,
                        std::ios_base::openmode which) {
        if constexpr (is_a<Device, boost::iostreams::detail::random_access>) {
            return boost::iostreams::seek(device_, offset, whence, which);
        } else {
            throw std::system_error(make_error_code(errc::not_seekable));
        }
    }
    void flush() {
        if constexpr (has_flush<Device>) {
            // A composite says false where its filter is not flushable, whatever its device says.
            if (!boost::iostreams::flush(device_) && !filtered_device<Device>) {
                throw std::system_error(handle_device<Device>
                                            ? make_error_code(errc::would_block)
                                            : std::make_error_code(std::errc::io_error));
            }
        }
    }
    void close() {
        first_failure failures;
        failures.attempt([this] { boost::iostreams::close(device_, std::ios_base::in); });
        failures.attempt([this] { boost::iostreams::close(device_, std::ios_base::out); });
        failures.rethrow();
    }

private:
    Device& device_;
};

/// The memory of a direct device, read and written by copying.
template <class Device>
class direct_calls {
public:
    using char_type = device_char<Device>;

    explicit direct_calls(Device& device) : device_(device) {}

    [[nodiscard]] bool is_open() { return plain_calls<Device>(device_).is_open(); }
    [[nodiscard]] static bool seekable() { return true; }
    [[nodiscard]] static bool two_positions() { return true; }
    [[nodiscard]] static bool filtered() { return false; }
    [[nodiscard]] static std::streamsize buffer_size() { return -1; }
    [[nodiscard]] shared_device<char_type>* handle() {
        return plain_calls<Device>(device_).handle();
    }

    std::streamsize read(char_type* target, std::streamsize count) {
        const auto [begin, end] = sequence(std::ios_base::in);
        const std::streamsize part = std::min<std::streamsize>(count, (end - begin) - read_);
        std::copy_n(begin + read_, part, target);
        read_ += part;
        return part != 0 ? part : -1;
    }
    std::streamsize write(const char_type* source, std::streamsize count) {
        const auto [begin, end] = sequence(std::ios_base::out);
        const std::streamsize part = std::min<std::streamsize>(count, (end - begin) - written_);
        if (part == 0) {
            throw std::system_error(make_error_code(errc::no_space));
        }
        std::copy_n(source, part, begin + written_);
        written_ += part;
        return part;
    }
    std::streamoff seek(std::streamoff offset, std::ios_base::seekdir whence,
                        std::ios_base::openmode which) {
        std::streamoff& place = which == std::ios_base::out ? written_ : read_;
        const auto [begin, end] = sequence(which);
        const std::streamoff target = offset + (whence == std::ios_base::cur   ? place
                                                : whence == std::ios_base::end ? end - begin
                                                                               : 0);
        if (target < 0 || target > end - begin) {
            throw std::system_error(make_error_code(errc::bad_position));
        }
        return place = target;
    }
    void flush() { plain_calls<Device>(device_).flush(); }
    void close() { plain_calls<Device>(device_).close(); }

private:
    [[nodiscard]] std::pair<char_type*, char_type*> sequence(std::ios_base::openmode which) {
        if constexpr (!is_a<Device, boost::iostreams::output>) {
            return boost::iostreams::input_sequence(device_);
        } else if constexpr (!is_a<Device, boost::iostreams::input>) {
            return boost::iostreams::output_sequence(device_);
        } else {
            return which == std::ios_base::out ? boost::iostreams::output_sequence(device_)
                                               : boost::iostreams::input_sequence(device_);
        }
    }

    Device& device_;
    std::streamoff read_ = 0;
    std::streamoff written_ = 0;
};

template <class Chain, class CharT, class... Modes>
[[nodiscard]] shared_device<CharT>* last_handle(const Chain& chain) {
    const int last = static_cast<int>(chain.size()) - 1;
    shared_device<CharT>* found = nullptr;
    ((found =
          found != nullptr ? found : chain.template component<device_handle<Modes, CharT>>(last)),
     ...);
    return found;
}

/// The handle with which a chain ends; null where it ends with another device.
template <class Chain>
[[nodiscard]] shared_device<typename Chain::char_type>* handle_of(const Chain& chain) {
    namespace io = boost::iostreams;
    if (chain.empty()) {
        return nullptr;
    }
    return last_handle<Chain, typename Chain::char_type, io::input, io::output, io::bidirectional,
                       io::input_seekable, io::output_seekable, io::seekable, io::dual_seekable,
                       io::bidirectional_seekable>(chain);
}

/// A buffer of Boost's for one device, or a chain of them.
template <class Device>
class link_calls {
public:
    using char_type = device_char<Device>;

    explicit link_calls(Device& device) : device_(device) {}

    [[nodiscard]] bool is_open() {
        if constexpr (chain_device<Device>) {
            return device_.is_complete();
        } else {
            return device_.is_open();
        }
    }
    [[nodiscard]] bool seekable() const {
        return is_a<Device, boost::iostreams::detail::random_access>;
    }
    [[nodiscard]] bool two_positions() const {
        return is_a<Device, boost::iostreams::detail::two_head>;
    }
    [[nodiscard]] bool filtered() const {
        if constexpr (chain_device<Device>) {
            return device_.size() > 1;
        } else {
            return false;
        }
    }
    [[nodiscard]] static std::streamsize buffer_size() { return -1; }
    [[nodiscard]] shared_device<char_type>* handle() {
        if constexpr (chain_device<Device>) {
            return handle_of(device_);
        } else {
            return nullptr;
        }
    }

    std::streamsize read(char_type* target, std::streamsize count) {
        const std::streamsize got = read_part(buffer(), target, count);
        return got == 0 && first_link().true_eof() ? -1 : got;
    }
    std::streamsize write(const char_type* source, std::streamsize count) {
        return write_part(buffer(), source, count);
    }
    std::streamoff seek(std::streamoff offset, std::ios_base::seekdir whence,
                        std::ios_base::openmode which) {
        if constexpr (is_a<Device, boost::iostreams::output>) {
            with_links([](const link_list<char_type>& links) { drain_links(links); });
        }
        return buffer().pubseekoff(offset, whence, which);
    }
    void flush() {
        bool flushed = false;
        with_links([&](const link_list<char_type>& links) { flushed = flush_links(links); });
        if (flushed) {
            return;
        }
        const auto* const end = handle();  // which may know why
        if (end != nullptr && end->reason()) {
            throw end->reason();
        }
        throw std::system_error(std::make_error_code(std::errc::io_error));
    }
    void close() {
        first_failure failures;
        failures.attempt(
            [this] { with_links([](const link_list<char_type>& links) { close_links(links); }); });
        failures.attempt([this] { end(); });
        failures.rethrow();
    }

private:
    [[nodiscard]] std::basic_streambuf<char_type>& buffer() {
        if constexpr (requires { device_.rdbuf(); }) {
            return *device_.rdbuf();
        } else if constexpr (requires { device_.front(); }) {
            return device_.front();
        } else {
            return device_;
        }
    }
    [[nodiscard]] link<char_type>& first_link() {
        if constexpr (requires { device_.filters(); }) {
            return device_.filters().front();
        } else if constexpr (requires { device_.front(); }) {
            return device_.front();
        } else {
            return device_;
        }
    }

    // The stream buffer of a chain has the areas of the first link as its own.
    template <class Call>
    void with_links(Call call) {
        if constexpr (requires { device_.filters(); }) {
            auto chain = device_.filters();
            first_failure failures;
            lend(buffer(), chain.front());
            failures.attempt([&] { call(links_of(chain)); });
            lend(chain.front(), buffer());
            failures.rethrow();
        } else if constexpr (chain_device<Device>) {
            call(links_of(device_));
        } else {
            call(link_list<char_type>{&device_});
        }
    }
    static void lend(const std::basic_streambuf<char_type>& from,
                     std::basic_streambuf<char_type>& to) {
        if (&from != &to) {
            areas<char_type, std::char_traits<char_type>>::lend(from, to);
        }
    }

    // Ends what is closed already.
    void end() {
        if constexpr (chain_device<Device>) {
            const bool closes = device_.auto_close();
            device_.set_auto_close(false);
            while (!device_.empty()) {
                device_.pop();
            }
            device_.set_auto_close(closes);
        } else {
            device_.close();
        }
    }

    Device& device_;
};

template <class Device>
using calls_of = std::conditional_t<
    chain_device<Device> || link_device<Device>, link_calls<Device>,
    std::conditional_t<direct_device<Device>, direct_calls<Device>, plain_calls<Device>>>;

/// A device of the type `Device`.
template <class Device>
class device_model final : public any_device<device_char<Device>> {
    using base = any_device<device_char<Device>>;
    using char_type = device_char<Device>;

public:
    explicit device_model(Device& device) : device_(&device), calls_(device) {}
    explicit device_model(std::unique_ptr<Device> device)
        : owned_(std::move(device)), device_(owned_.get()), calls_(*device_) {}

    [[nodiscard]] Device& device() const noexcept { return *device_; }

    [[nodiscard]] bool is_open() override { return calls_.is_open(); }
    [[nodiscard]] bool is_owned() const noexcept override { return owned_ != nullptr; }
    [[nodiscard]] typename base::abilities can() const override {
        return {is_a<Device, boost::iostreams::input>, is_a<Device, boost::iostreams::output>,
                calls_.seekable(), calls_.two_positions(), calls_.filtered()};
    }
    [[nodiscard]] std::streamsize buffer_size() const override {
        const std::streamsize size = calls_.buffer_size();
        return size == boost::iostreams::default_device_buffer_size ? -1 : size;
    }
    [[nodiscard]] shared_device<char_type>* handle() override { return calls_.handle(); }

    std::streamsize read(char_type* target, std::streamsize count) override {
        return calls_.read(target, count);
    }
    std::streamsize write(const char_type* source, std::streamsize count) override {
        return calls_.write(source, count);
    }
    std::streamoff seek(std::streamoff offset, std::ios_base::seekdir whence,
                        std::ios_base::openmode which) override {
        return calls_.seek(offset, whence, which);
    }
    void flush() override { calls_.flush(); }
    void close() override { calls_.close(); }
    void truncate(std::streamoff size) override {
        if constexpr (requires { device_->truncate(size); }) {
            device_->truncate(size);
        } else {
            throw std::system_error(make_error_code(errc::unsupported));
        }
    }
    void imbue(const std::locale& locale) override {
        if constexpr (has_imbue<Device>) {
            boost::iostreams::imbue(*device_, locale);
        }
    }

private:
    std::unique_ptr<Device> owned_;
    Device* device_;
    calls_of<Device> calls_;
};

}  // namespace sluice::detail

#endif  // SLUICE_BRIDGE_BOOST_DEVICE_HPP
