#include <sluice/detail/clamped.hpp>
#include <sluice/detail/copy.hpp>
#include <sluice/device/mapped.hpp>

#include "os/file_mapping.hpp"
#include "os/owned_handle.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t window = std::size_t(64) << 10;  // the most that a get area shows unchecked
constexpr unsigned enough_in_order = 8;

std::error_code gone() noexcept {
    return {static_cast<int>(std::errc::io_error), std::system_category()};  // EIO
}

os::map_kind kind_of(map_access access) noexcept {
    return access == map_access::read_only ? os::map_kind::read_only
           : access == map_access::shared  ? os::map_kind::shared
                                           : os::map_kind::copy_on_write;
}

}  // namespace

mappedbuf::mappedbuf() noexcept : base(false, false) {
    set_closed();
    set_limit(0);
}

mappedbuf::mappedbuf(mappedbuf&& other) noexcept : mappedbuf() {
    swap(other);
}

mappedbuf& mappedbuf::operator=(mappedbuf&& other) noexcept(false) {
    if (this != &other) {
        close();
        mappedbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

mappedbuf::~mappedbuf() = default;

void mappedbuf::swap(mappedbuf& other) noexcept {
    settle();
    other.settle();
    base::swap(other);
    file_.swap(other.file_);
    path_.swap(other.path_);
    mapping_.swap(other.mapping_);
    std::swap(lost_, other.lost_);
    pins_.swap(other.pins_);
    std::swap(access_, other.access_);
    std::swap(offset_, other.offset_);
    std::swap(to_end_, other.to_end_);
    std::swap(delivered_, other.delivered_);
    std::swap(next_, other.next_);
    std::swap(in_order_, other.in_order_);
    std::swap(unsynced_, other.unsynced_);
    std::swap(reported_, other.reported_);
}

// -- opening ----------------------------------------------------------------------------------

void mappedbuf::open(const std::filesystem::path& path, map_access access, off_type offset,
                     std::size_t length) {
    require_closed();
    path_ = path.native();
    std::error_code code = detail::check_path(path_);
    const os::handle opened =
        code ? os::no_handle : os::open_to_map(path.c_str(), kind_of(access), code);
    start(opened, code, access, offset, length);
}

void mappedbuf::open(int descriptor, map_access access, off_type offset, std::size_t length) {
    require_closed();
    path_.clear();
    std::error_code code;
    const os::handle own = os::duplicate_to_map(descriptor, code);
    start(own, code, access, offset, length);
}

void mappedbuf::require_closed() const {
    if (is_open()) {
        throw error("open", std::make_error_code(std::errc::device_or_resource_busy), path_);
    }
}

// Begins with a descriptor of its own, or throws why there is none.
void mappedbuf::start(int descriptor, std::error_code code, map_access access, off_type offset,
                      std::size_t length) {
    detail::file_handle file;
    os::owned_handle opened(code ? os::no_handle : descriptor);
    if (!code && !(code = file.attach(opened.get(), true))) {
        opened.release();
    }
    const std::int64_t file_size = code ? 0 : file.size(code);
    if (!code && file_size == 0) {
        // A file of /proc says that it is empty and is not: what cannot be mapped is no empty file.
        char probe = 0;
        const auto got = os::read_at(descriptor, &probe, 1, 0);  // moves nobody
        code = got.count != 0 ? std::make_error_code(std::errc::no_such_device) : got.error;
    }
    if (!code && (offset < 0 || offset > file_size)) {
        code = errc::bad_position;
    }
    if (code) {
        throw error("open", code, path_);
    }
    const std::size_t rest = detail::clamped(file_size - offset);
    const std::size_t size = length == whole ? rest : length;
    file_ = std::move(file);
    access_ = access;
    offset_ = offset;
    to_end_ = length == whole;
    std::unique_ptr<os::file_mapping> made;
    code = size > rest ? errc::bad_position : map(size, made);
    if (code) {
        static_cast<void>(file_.close());
        throw error("open", code, path_);
    }
    use(std::move(made), size);
    set_position(0);
    delivered_ = 0;
    unsynced_.clear();
    reported_ = false;
    clear_reason();
    set_open(true, access != map_access::read_only);
}

std::error_code mappedbuf::map(std::size_t size, std::unique_ptr<os::file_mapping>& made) {
    if (size > static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max())) {
        return std::make_error_code(std::errc::not_enough_memory);  // for two pointers to differ by
    }
    std::error_code code;
    if (size != 0) {
        made = os::file_mapping::make(file_.share(), offset_, size, kind_of(access_), code);
    }
    return code;
}

void mappedbuf::use(std::unique_ptr<os::file_mapping> mapping, std::size_t size) noexcept {
    mapping_ = std::move(mapping);
    lost_ = mapping_ ? mapping_->lost() : nullptr;
    set_memory(mapping_ ? mapping_->data() : nullptr, size, size, size);
    set_limit(size);
}

// -- whether the file still has it ------------------------------------------------------------

std::size_t mappedbuf::lost_from() const noexcept {
    return mapping_ ? mapping_->lost_from() : os::file_mapping::nothing;
}

auto mappedbuf::measure() const noexcept -> extent {
    extent result;
    const std::int64_t rest = file_.size(result.error) - offset_;
    if (!result.error) {
        result.intact =
            std::min({detail::clamped(std::max<std::int64_t>(rest, 0)), end(), lost_from()});
    }
    return result;
}

std::error_code mappedbuf::check_whole(std::size_t& intact) noexcept {
    const extent found = measure();
    intact = found.intact;
    delivered_ = 0;
    if (found.error || found.intact >= end()) {
        return found.error;
    }
    reported_ = true;
    return gone();
}

// Whether the content before `end` was there until now. Behind a cut the system leaves zeros up to
// the end of the page, and no memory after it: a byte that is not zero proves all before it.
// Asking for the file's size costs more than the reading.
bool mappedbuf::surely_was_there(const char* end) const noexcept {
    const volatile char* const last = end - 1;  // others may change it at any time
    const bool proof = *last != 0;
    std::atomic_signal_fence(std::memory_order_seq_cst);  // the handler runs in this thread
    return proof && lost_->load(std::memory_order_relaxed) == os::file_mapping::nothing;
}

bool mappedbuf::was_there(std::size_t end) const noexcept {
    const volatile char* const content = data();
    const std::size_t page_end = mapping_->page_end(end - 1);
    std::size_t proof = end - 1;
    while (proof < page_end && content[proof] == 0) {
        ++proof;
    }
    if (lost_from() < end) {
        return false;
    }
    if (proof < page_end) {
        return true;
    }
    const extent found = measure();
    return !found.error && found.intact >= end;
}

void mappedbuf::verify() {
    if (!is_open()) {
        throw error("verify", errc::closed, path_);
    }
    std::size_t intact = 0;
    if (const std::error_code code = check_whole(intact)) {
        record(code, "verify", static_cast<off_type>(intact));
        throw latest("verify");
    }
}

// -- reading ----------------------------------------------------------------------------------

void mappedbuf::note_delivered() noexcept {
    if (reading()) {
        delivered_ = std::max(delivered_, position());
    }
}

void mappedbuf::settle() noexcept {
    note_delivered();
    base::settle();
}

// Requires: the position is within the content.
void mappedbuf::open_get_area(std::size_t count) {
    settle();
    const std::size_t here = position();
    const extent found = measure();
    const std::size_t delivered = std::exchange(delivered_, 0);
    if (found.error || found.intact <= here || found.intact < delivered) {
        reported_ = true;
        fail_read(found.error ? found.error : gone(),
                  static_cast<off_type>(std::min(here, found.intact)));
    }
    const std::size_t size = std::min(std::max(count, window), found.intact - here);
    setg(data(), data() + here, data() + here + size);
}

auto mappedbuf::underflow() -> int_type {
    if (gptr() < egptr()) {
        return traits_type::to_int_type(*gptr());
    }
    if (!readable()) {
        return base::underflow();  // which throws
    }
    settle();
    if (position() < end()) {
        open_get_area(1);
        return traits_type::to_int_type(*gptr());
    }
    std::size_t intact = 0;
    if (const std::error_code code = check_whole(intact)) {
        fail_read(code, static_cast<off_type>(intact));
    }
    return traits_type::eof();
}

void mappedbuf::do_fill(std::size_t count) {
    const bool slot = eback() != nullptr && !reading() && gptr() < egptr();
    if (!slot && readable() && position() < end()) {
        open_get_area(count);
    } else {
        base::do_fill(count);
    }
}

// From an open get area.
std::streamsize mappedbuf::xsgetn(char* target, std::streamsize count) {
    if (count > 0 && count <= egptr() - gptr() && reading()) {
        char* const from = gptr();
        detail::copy_characters<traits_type>(target, from, static_cast<std::size_t>(count));
        if (surely_was_there(from + count)) {
            setg(eback(), from + count, egptr());
            return count;
        }
    }
    return read_idle(target, count);
}

// Without a get area, which costs more to open than a few reads; many in order are worth it.
std::streamsize mappedbuf::read_idle(char* target, std::streamsize count) {
    if (!idle() || !readable() || count <= 0) {
        return read_checked(target, count);
    }
    const std::size_t here = idle_position();
    const auto size = static_cast<std::size_t>(count);
    if (here >= end() || size > end() - here) {
        return read_checked(target, count);
    }
    in_order_ = here == next_ ? in_order_ + 1 : 0;
    if (in_order_ >= enough_in_order && size < window) {
        open_get_area(1);
        return read_checked(target, count);
    }
    const char* const from = data() + here;
    detail::copy_characters<traits_type>(target, from, size);
    if (!surely_was_there(from + size)) {
        return read_checked(target, count);
    }
    next_ = here + size;
    set_position(next_);
    return count;
}

std::streamsize mappedbuf::read_checked(char* target, std::streamsize count) {
    const bool slot = eback() != nullptr && !reading() && gptr() < egptr();
    if (count <= 0 || slot || !readable()) {
        return base::xsgetn(target, count);
    }
    const std::size_t here = position();
    const std::size_t rest = here < end() ? end() - here : 0;
    const std::size_t size = std::min(static_cast<std::size_t>(count), rest);
    if (size != 0) {
        detail::copy_characters<traits_type>(target, data() + here, size);
        if (!was_there(here + size)) {
            settle();  // the get area shows what is gone
            delivered_ = 0;
            reported_ = true;
            fail_read(gone(), static_cast<off_type>(here));
        }
        stand_at(here + size);
    }
    if (size < static_cast<std::size_t>(count)) {  // the end, which has to be one
        std::size_t intact = 0;
        if (const std::error_code code = check_whole(intact)) {
            settle();
            set_position(here);
            delivered_ = 0;
            fail_read(code, static_cast<off_type>(intact));
        }
    }
    return static_cast<std::streamsize>(size);
}

void mappedbuf::stand_at(std::size_t position) noexcept {
    if (reading() && data() + position <= egptr()) {
        note_delivered();
        setg(eback(), data() + position, egptr());
        return;
    }
    if (eback() != nullptr || pptr() != nullptr) {
        settle();
    }
    set_position(position);
}

auto mappedbuf::pbackfail(int_type c) -> int_type {
    const int_type result = base::pbackfail(c);
    if (reading()) {  // up to the end of the content
        const auto rest = static_cast<std::size_t>(egptr() - gptr());
        setg(eback(), gptr(), gptr() + std::min(rest, window));
    }
    return result;
}

// -- writing ----------------------------------------------------------------------------------

std::streamsize mappedbuf::xsputn(const char* source, std::streamsize count) {
    const std::streamsize put = base::xsputn(source, count);
    if (put <= 0) {
        return put;
    }
    const std::size_t lost = lost_from();
    if (lost >= position()) {
        return put;
    }
    settle();
    const std::size_t begin = position() - static_cast<std::size_t>(put);
    set_position(std::max(begin, lost));
    fail(gone(), "write", static_cast<off_type>(position()));
    return static_cast<std::streamsize>(position() - begin);
}

int mappedbuf::sync() {
    if (!is_open() || access_ != map_access::shared) {
        return 0;
    }
    std::size_t intact = 0;
    std::error_code code = check_whole(intact);
    if (!code && mapping_) {
        code = mapping_->sync();
        unsynced_ = unsynced_ ? unsynced_ : code;
    }
    if (code) {
        fail(code, "sync", static_cast<off_type>(intact));
        return -1;
    }
    return 0;
}

// sync() has waited for the disk already.
std::error_code mappedbuf::do_sync_to_disk() {
    return access_ == map_access::shared ? unsynced_ : errc::unsupported;
}

// -- seeking ----------------------------------------------------------------------------------

auto mappedbuf::seekoff(off_type offset, std::ios_base::seekdir whence,
                        std::ios_base::openmode which) -> pos_type {
    if (offset == 0 && whence == std::ios_base::cur) {
        return base::seekoff(offset, whence, which);
    }
    if (idle() && is_open() && whence == std::ios_base::beg && std::in_range<std::size_t>(offset)) {
        set_position(static_cast<std::size_t>(offset));
        return pos_type(offset);
    }
    if (reading()) {
        // The get area goes on where it reaches.
        if (whence == std::ios_base::beg && offset >= 0 && offset <= egptr() - eback()) {
            note_delivered();
            setg(eback(), eback() + offset, egptr());
            return pos_type(offset);
        }
        settle();
    }
    return base::seekoff(offset, whence, which);
}

auto mappedbuf::seekpos(pos_type position, std::ios_base::openmode which) -> pos_type {
    if (idle() && is_open() && std::in_range<std::size_t>(off_type(position))) {
        set_position(static_cast<std::size_t>(off_type(position)));
        return position;
    }
    return mappedbuf::seekoff(off_type(position), std::ios_base::beg, which);
}

// -- the device -------------------------------------------------------------------------------

pinned_bytes mappedbuf::getbuffer() {
    if (!writable()) {
        throw error("getbuffer", is_open() ? errc::not_writable : errc::closed, path_);
    }
    if (!pins_) {
        pins_ = std::make_shared<const char>();
    }
    settle();
    return {std::as_writable_bytes(std::span(data(), end())), pins_};
}

std::error_code mappedbuf::do_truncate(off_type size) {
    settle();
    const std::size_t wanted = detail::clamped(size);
    if (wanted == end()) {
        return {};
    }
    if (pinned()) {
        return errc::pinned;
    }
    if (access_ != map_access::shared || !to_end_) {
        return errc::unsupported;
    }
    if (size > std::numeric_limits<off_type>::max() - offset_) {
        return std::make_error_code(std::errc::file_too_large);
    }
    std::size_t intact = 0;
    std::unique_ptr<os::file_mapping> made;
    std::error_code code = check_whole(intact);
    // Mapped first, also beyond the end, so that a failure leaves the file as it is.
    if (code || (code = map(wanted, made)) || (code = file_.truncate(offset_ + size))) {
        return code;
    }
    use(std::move(made), wanted);
    return {};
}

int mappedbuf::do_native_handle(std::error_code& code) {
    code = file_.seek(offset_ + static_cast<off_type>(position()));
    return code ? -1 : file_.share();
}

std::error_code mappedbuf::do_close() noexcept {
    if (pinned()) {
        return errc::pinned;
    }
    settle();
    std::error_code code;
    const bool writes = access_ == map_access::shared;
    const bool lost = lost_from() != os::file_mapping::nothing && !reported_;
    if (writes || lost || delivered_ != 0) {
        const extent found = measure();
        const bool cut = lost || found.intact < (writes ? end() : delivered_);
        code = found.error || !cut ? found.error : gone();
    }
    use(nullptr, 0);
    const std::error_code closed = file_.close();
    return code ? code : closed;
}

}  // namespace sluice
