#include <sluice/detail/areas.hpp>
#include <sluice/detail/copy.hpp>
#include <sluice/device/spooled.hpp>

#include "temporary_place.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace sluice {
namespace {

constexpr std::streamsize most_bumped = std::numeric_limits<int>::max();

using areas = detail::areas<char, std::char_traits<char>>;

}  // namespace

// While it lives, the device has its areas and can be called.
class spooledbuf::visit {
public:
    explicit visit(spooledbuf& whole) noexcept : whole_(whole) {
        areas::lend(whole_, whole_.device());
    }
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    ~visit() { areas::lend(whole_.device(), whole_); }

private:
    spooledbuf& whole_;
};

spooledbuf::spooledbuf(std::size_t max_size, std::filesystem::path directory)
    : buf(true, true), max_size_(max_size), directory_(std::move(directory)) {
    file_.pubimbue(std::locale::classic());  // bytes stay bytes, whatever the global locale is
    memory_.set_max_size(max_size);
    areas::lend(memory_, *this);
}

spooledbuf::spooledbuf(spooledbuf&& other) noexcept : spooledbuf(0) {
    set_closed();
    memory_.close();
    areas::lend(memory_, *this);
    swap(other);
}

spooledbuf& spooledbuf::operator=(spooledbuf&& other) noexcept(false) {
    if (this != &other) {
        close();
        spooledbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

// The device must have its areas when it ends, or it could not write what is pending.
spooledbuf::~spooledbuf() {
    areas::lend(*this, device());
}

void spooledbuf::swap(spooledbuf& other) noexcept {
    if (this == &other) {
        return;
    }
    areas::lend(*this, device());
    areas::lend(other, other.device());
    buf::swap(other);
    memory_.swap(other.memory_);
    file_.swap(other.file_);
    std::swap(max_size_, other.max_size_);
    directory_.swap(other.directory_);
    place_.swap(other.place_);
    std::swap(rolled_, other.rolled_);
    areas::lend(device(), *this);
    areas::lend(other.device(), other);
}

// -- rolling over -----------------------------------------------------------------------------

void spooledbuf::rollover() {
    if (!is_open()) {
        throw error("rollover", errc::closed, path());
    }
    if (rolled_) {
        return;
    }
    const visit with(*this);
    try {
        roll();
    } catch (const error& failed) {
        record_as(failed);
        throw;
    }
    memory_.close();
}

// Goes to the file, and leaves it to the caller to give back the memory, where the characters may
// lie that are written next.
//
// Requires: a visit, and that the content is in memory. Throws error; nothing has changed then.
void spooledbuf::roll() {
    try {
        fill_file();
    } catch (const error& failed) {
        place_ = failed.path();
        file_.clear_reason();
        throw;
    }
    rolled_ = true;
}

void spooledbuf::fill_file() {
    const off_type position = memory_.pubseekoff(0, std::ios_base::cur);
    const std::string_view content = memory_.view();
    // What is read next differs from the content where another character has been put back.
    const int_type next = memory_.sgetc();
    const auto index = static_cast<std::size_t>(position);  // of memory
    const bool put_back =
        index < content.size() && next != traits_type::to_int_type(content[index]);

    const std::filesystem::path place = detail::temporary_place(directory_);
    detail::file_handle file = detail::create_unnamed(place);
    const auto written = file.write_all(content.data(), content.size(), 0);
    if (written.error) {
        throw error("write", written.error, place.native(),
                    static_cast<std::streamoff>(written.count));
    }
    file_.adopt(std::move(file), place.native(),
                std::ios_base::in | std::ios_base::out | std::ios_base::binary);
    try {
        file_.pubseekpos(put_back ? position + 1 : position);
        if (put_back) {
            file_.sputbackc(traits_type::to_char_type(next));  // reads what stands there
        }
    } catch (...) {
        static_cast<void>(file_.filebuf::close());
        throw;
    }
    place_ = place.native();
}

// -- failures ---------------------------------------------------------------------------------

// What the device has failed of, which no stream has heard of yet.
error spooledbuf::take_reason() {
    error reason = device().reason();
    device().clear_reason();
    return reason;
}

// Requires: a visit.
template <class Call>
auto spooledbuf::reading(Call call) {
    try {
        return call();
    } catch (const error& failed) {
        device().clear_reason();
        fail_read_as(failed);
    }
}

// -- reading ----------------------------------------------------------------------------------

auto spooledbuf::underflow() -> int_type {
    if (gptr() < egptr()) {
        return traits_type::to_int_type(*gptr());
    }
    if (!is_open()) {
        fail_read(errc::closed);
    }
    const visit with(*this);
    return reading([&] { return device().sgetc(); });
}

std::streamsize spooledbuf::xsgetn(char* target, std::streamsize count) {
    if (count <= egptr() - gptr()) {
        if (count > 0) {
            detail::copy_characters<traits_type>(target, gptr(), static_cast<std::size_t>(count));
            setg(eback(), gptr() + count, egptr());
        }
        return std::max<std::streamsize>(count, 0);
    }
    if (!is_open()) {
        fail_read(errc::closed);
    }
    const visit with(*this);
    return reading([&] { return device().sgetn(target, count); });
}

std::streamsize spooledbuf::showmanyc() {
    if (!is_open()) {
        return -1;
    }
    const visit with(*this);
    return device().in_avail();
}

auto spooledbuf::pbackfail(int_type c) -> int_type {
    if (!is_open()) {
        return traits_type::eof();
    }
    const visit with(*this);
    return reading([&] {
        return traits_type::eq_int_type(c, traits_type::eof())
                   ? device().sungetc()
                   : device().sputbackc(traits_type::to_char_type(c));
    });
}

void spooledbuf::do_fill(std::size_t count) {
    const visit with(*this);
    static_cast<void>(reading([&] { return device().peek(count); }));
}

// -- writing ----------------------------------------------------------------------------------

std::streamsize spooledbuf::xsputn(const char* source, std::streamsize count) {
    if (count > std::min(epptr() - pptr(), most_bumped)) {
        return put(source, count);
    }
    if (count > 0) {
        detail::copy_characters<traits_type>(pptr(), source, static_cast<std::size_t>(count));
        pbump(static_cast<int>(count));
    }
    return std::max<std::streamsize>(count, 0);
}

// Requires: count is not 0.
std::streamsize spooledbuf::put(const char* source, std::streamsize count) {
    if (!is_open()) {
        fail(errc::closed, "write");
        return 0;
    }
    const visit with(*this);
    if (!rolled_) {
        const off_type position = memory_.pubseekoff(0, std::ios_base::cur);
        const auto end = static_cast<std::uint64_t>(position) + static_cast<std::uint64_t>(count);
        if (end > max_size_) {
            try {
                roll();
            } catch (const error& failed) {
                fail(failed.code(), "write", position);
                return 0;
            }
        }
    }
    const std::streamsize written = device().sputn(source, count);
    if (rolled_) {
        memory_.close();
    }
    if (written < count) {
        fail_as(take_reason());
    }
    return written;
}

auto spooledbuf::overflow(int_type c) -> int_type {
    if (!traits_type::eq_int_type(c, traits_type::eof())) {
        const char character = traits_type::to_char_type(c);
        return put(&character, 1) == 1 ? c : traits_type::eof();
    }
    if (!is_open()) {
        return fail(errc::closed, "write");
    }
    return sync() == 0 ? traits_type::not_eof(c) : traits_type::eof();
}

int spooledbuf::sync() {
    if (!is_open() || !rolled_) {
        return 0;
    }
    const visit with(*this);
    if (file_.pubsync() == 0) {
        return 0;
    }
    fail_as(take_reason());
    return -1;
}

// Before the content has rolled over, for the file to come.
std::streambuf* spooledbuf::setbuf(char* memory, std::streamsize count) {
    const visit with(*this);
    return file_.pubsetbuf(memory, count) != nullptr ? this : nullptr;
}

// -- seeking ----------------------------------------------------------------------------------

auto spooledbuf::seekoff(off_type offset, std::ios_base::seekdir whence,
                         std::ios_base::openmode which) -> pos_type {
    if (!is_open()) {
        return refuse_seek(errc::closed, offset);
    }
    const visit with(*this);
    const pos_type position = device().pubseekoff(offset, whence, which);
    if (position == pos_type(off_type(-1))) {
        const error reason = take_reason();
        if (reason.operation() == "seek") {
            return refuse_seek(reason.code(), reason.position());
        }
        fail_quietly_as(reason);
    }
    return position;
}

auto spooledbuf::seekpos(pos_type position, std::ios_base::openmode which) -> pos_type {
    return spooledbuf::seekoff(off_type(position), std::ios_base::beg, which);
}

// -- the content ------------------------------------------------------------------------------

std::error_code spooledbuf::do_close() noexcept {
    const visit with(*this);
    try {
        device().close();
    } catch (const error& failed) {
        record_as(failed);
        return failed.code();
    }
    return {};
}

auto spooledbuf::do_size(std::error_code& code) -> off_type {
    const visit with(*this);
    try {
        return device().size();
    } catch (const error& failed) {
        code = failed.code();
        return -1;
    }
}

std::error_code spooledbuf::do_truncate(off_type size) {
    const visit with(*this);
    try {
        if (!rolled_ && static_cast<std::uint64_t>(size) > max_size_) {
            roll();
            memory_.close();
        }
        device().truncate(size);
    } catch (const error& failed) {
        device().clear_reason();
        record_as(failed);
        return failed.code();
    }
    return {};
}

std::error_code spooledbuf::do_sync_to_disk() {
    if (!rolled_) {
        return errc::unsupported;
    }
    const visit with(*this);
    try {
        device().sync_to_disk();
    } catch (const error& failed) {
        device().clear_reason();
        record_as(failed);
        return failed.code();
    }
    return {};
}

int spooledbuf::do_native_handle(std::error_code& code) {
    try {
        rollover();
        const visit with(*this);
        return file_.native_handle();
    } catch (const error& failed) {
        device().clear_reason();
        code = failed.code();
        return -1;
    }
}

// -- the stream -------------------------------------------------------------------------------

spooled_file::spooled_file(std::size_t max_size, std::filesystem::path directory)
    : stream(std::make_unique<spooledbuf>(max_size, std::move(directory))) {}

spooled_file::spooled_file(spooled_file&& other) noexcept : stream(std::move(other)) {}

spooledbuf* spooled_file::rdbuf() const noexcept {
    return dynamic_cast<spooledbuf*>(stream::rdbuf());
}

spooledbuf& spooled_file::device(const char* operation) const {
    spooledbuf* const found = rdbuf();
    if (found == nullptr || !found->is_open()) {
        throw error(operation, errc::closed);
    }
    return *found;
}

}  // namespace sluice
