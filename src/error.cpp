#include <sluice/error.hpp>

namespace sluice {
namespace {

class category final : public std::error_category {
public:
    [[nodiscard]] const char* name() const noexcept override { return "sluice"; }

    [[nodiscard]] std::string message(int value) const override {
        switch (static_cast<errc>(value)) {
        case errc::closed: return "The device is closed";
        case errc::not_readable: return "Not open for reading";
        case errc::not_writable: return "Not open for writing";
        case errc::not_seekable: return "The device cannot seek";
        case errc::unsupported: return "The device has no such operation";
        case errc::no_space: return "The device is full";
        case errc::pinned: return "The content is pinned by a live getbuffer()";
        case errc::would_block: return "The operation would block";
        case errc::bad_mode: return "Invalid open mode";
        case errc::bad_position: return "Invalid position";
        case errc::bad_encoding: return "Invalid or incomplete character";
        case errc::timed_out: return "The time allowed has passed";
        case errc::too_long: return "There is more than the limit allows";
        case errc::truncated_data: return "The compressed data ends too early";
        case errc::corrupt_data: return "The compressed data is corrupt";
        }
        return "Unknown error";
    }

    [[nodiscard]] std::error_condition default_error_condition(int value) const noexcept override {
        switch (static_cast<errc>(value)) {
        case errc::closed: return std::errc::bad_file_descriptor;
        case errc::not_readable:
        case errc::not_writable:
        case errc::unsupported: return std::errc::operation_not_supported;
        case errc::not_seekable: return std::errc::invalid_seek;
        case errc::no_space: return std::errc::no_space_on_device;
        case errc::pinned: return std::errc::device_or_resource_busy;
        case errc::would_block: return std::errc::operation_would_block;
        case errc::bad_mode:
        case errc::bad_position: return std::errc::invalid_argument;
        case errc::bad_encoding: return std::errc::illegal_byte_sequence;
        case errc::timed_out: return std::errc::timed_out;
        case errc::too_long: return std::errc::file_too_large;
        case errc::truncated_data:
        case errc::corrupt_data: return std::errc::bad_message;
        }
        return {value, *this};
    }
};

std::string subject(std::string_view operation, std::string_view path, std::string_view detail) {
    std::string text(operation);
    if (!path.empty()) {
        text.append(" ").append(path);
    }
    if (!detail.empty()) {
        text.append(": ").append(detail);
    }
    return text;
}

}  // namespace

const std::error_category& sluice_category() noexcept {
    static const category instance;
    return instance;
}

std::error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), sluice_category()};
}

error::error() : error("no error", std::error_code()) {}

error::error(std::string_view operation, std::error_code code, std::string_view path,
             std::streamoff position, std::string_view detail, std::streamoff count)
    : failure(subject(operation, path, detail), code),
      details_(std::make_shared<const details>(details{std::string(operation), std::string(path),
                                                       position, std::string(detail), count})) {}

namespace {

// Made before there is need of it; a copy allocates nothing.
const error prepared("allocate", std::make_error_code(std::errc::not_enough_memory));

}  // namespace

const error& detail::out_of_memory() noexcept {
    return prepared;
}

}  // namespace sluice
