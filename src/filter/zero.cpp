#include <sluice/detail/clamped.hpp>
#include <sluice/filter/zero.hpp>

#include <algorithm>

namespace sluice {

zerobuf::zerobuf(off_type size) : base(true, true), size_(size) {
    if (size < 0) {
        throw error("open", errc::bad_position, {}, size);
    }
}

auto zerobuf::device_read(char* target, std::size_t count, off_type position) -> transfer {
    const off_type left = std::max<off_type>(size_ - position, 0);
    const std::size_t part = std::min(count, detail::clamped(left));
    std::fill_n(target, part, '\0');
    return {part, {}};
}

// The size never changes, so that a write beyond it leads nowhere.
auto zerobuf::device_write(const char* /*source*/, std::size_t count, off_type position)
    -> transfer {
    const std::size_t room = detail::clamped(endless - position);
    return room == 0 ? transfer{0, errc::no_space} : transfer{std::min(count, room), {}};
}

auto zerobuf::device_available(off_type position) -> off_type {
    return std::max<off_type>(size_ - position, 0);
}

auto zerobuf::do_size(std::error_code& code) -> off_type {
    code = size_ == endless ? make_error_code(errc::unsupported) : std::error_code();
    return code ? off_type(-1) : size_;
}

std::error_code zerobuf::do_close() noexcept {
    set_position(position());
    return {};
}

}  // namespace sluice
