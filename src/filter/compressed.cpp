#include <sluice/detail/areas.hpp>
#include <sluice/filter/compressed.hpp>

#include "below.hpp"
#include "compressed_coder.hpp"
#include "lost.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace sluice {
namespace {

using areas = detail::areas<char, std::char_traits<char>>;

// zlib goes back up to 32 KiB, which takes longer beyond the front of a block.
constexpr std::size_t capacity = std::size_t(256) << 10;
constexpr std::size_t out_size = std::size_t(64) << 10;
constexpr std::size_t most_unread = std::size_t(1) << 20;

[[noreturn]] void refuse(const buf* below, std::string_view what) {
    throw error("open", errc::bad_mode, below == nullptr ? std::string() : below->path(), -1, what);
}

bool writes(std::ios_base::openmode mode) noexcept {
    return sluice::has(mode, std::ios_base::out | std::ios_base::app);
}

}  // namespace

// -- what lies below --------------------------------------------------------------------------

compressedbuf::compressedbuf() = default;

compressedbuf::compressedbuf(std::streambuf& below, const compression_options& options,
                             std::ios_base::openmode mode)
    : compressedbuf(&below, options, mode) {}

compressedbuf::compressedbuf(owner_type below, const compression_options& options,
                             std::ios_base::openmode mode)
    : compressedbuf(below.get(), options, mode) {
    owned_ = std::move(below);
}

compressedbuf::compressedbuf(std::streambuf* below, const compression_options& options,
                             std::ios_base::openmode mode)
    : below_(below), options_(checked(below, options, mode)) {
    auto* const device = dynamic_cast<buf*>(below);
    if (!writes(mode) && (device == nullptr || device->seekable())) {
        origin_ = detail::calling("seek", [&] {
            return off_type(below->pubseekoff(0, std::ios_base::cur, std::ios_base::in));
        });
    }
    set_open(!writes(mode), writes(mode));
    set_capacity(capacity);
}

// The options, inferred as far as the name says it. Throws error where they or the mode do not do.
compression_options compressedbuf::checked(const std::streambuf* below,
                                           const compression_options& options,
                                           std::ios_base::openmode mode) {
    const auto* const device = dynamic_cast<const buf*>(below);
    if (below == nullptr || (device != nullptr && !device->is_open())) {
        throw error("open", errc::closed);
    }
    if (!detail::has_compression) {
        throw error("open", errc::unsupported, device != nullptr ? device->path() : std::string(),
                    -1, "built without compression");
    }
    if (sluice::has(mode, std::ios_base::in) == writes(mode)) {
        refuse(device, "what is compressed is read or written, not both");
    }
    if (device != nullptr && !(writes(mode) ? device->writable() : device->readable())) {
        throw error("open", writes(mode) ? errc::not_writable : errc::not_readable, device->path());
    }
    if (!writes(mode)) {
        return options;
    }
    compression_options result = options;
    if (result.compression == compression::infer) {
        result.compression = detail::named(device == nullptr ? std::string() : device->path());
    }
    const std::string fault = detail::level_fault(result.compression, result.level);
    if (!fault.empty()) {
        refuse(device, fault);
    }
    return result;
}

compressedbuf::compressedbuf(compressedbuf&& other) noexcept {
    swap(other);
}

compressedbuf& compressedbuf::operator=(compressedbuf&& other) noexcept(false) {
    if (this != &other) {
        close();
        compressedbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

compressedbuf::~compressedbuf() {
    try {
        set_owner(nullptr);
        close();
    } catch (...) {
        // a destructor keeps quiet; close() reports
    }
}

void compressedbuf::swap(compressedbuf& other) noexcept {
    base::swap(other);
    std::swap(below_, other.below_);
    owned_.swap(other.owned_);
    std::swap(options_, other.options_);
    std::swap(origin_, other.origin_);
    front_.swap(other.front_);
    std::swap(front_used_, other.front_used_);
    decoder_.swap(other.decoder_);
    std::swap(compressed_, other.compressed_);
    std::swap(decoded_, other.decoded_);
    std::swap(exact_, other.exact_);
    std::swap(may_give_more_, other.may_give_more_);
    failed_.swap(other.failed_);
    encoder_.swap(other.encoder_);
    out_.swap(other.out_);
    std::swap(out_begin_, other.out_begin_);
    std::swap(out_end_, other.out_end_);
    std::swap(has_begun_, other.has_begun_);
}

std::string compressedbuf::path() const {
    const auto* const device = dynamic_cast<const buf*>(below_);
    return device != nullptr ? device->path() : std::string();
}

// -- compressed bytes to read -----------------------------------------------------------------

// What is there without asking the buffer below.
std::string_view compressedbuf::ready() const {
    std::string_view found = std::string_view(front_).substr(front_used_);
    if (found.empty()) {
        const char* const next = areas::get_next(*below_);
        const auto size = next == nullptr ? 0 : areas::get_end(*below_) - next;
        found = {next, static_cast<std::size_t>(std::max<std::ptrdiff_t>(size, 0))};
    }
    return found.substr(0, detail::most_coded);
}

// Makes something ready; false: there is no more. Throws error.
bool compressedbuf::wait() {
    front_.clear();
    front_used_ = 0;
    return detail::calling("read", [&] {
        if (traits_type::eq_int_type(below_->sgetc(), traits_type::eof())) {
            return false;
        }
        if (ready().empty()) {  // which has no get area
            front_ += traits_type::to_char_type(below_->sbumpc());
        }
        return true;
    });
}

void compressedbuf::take(std::size_t count) {
    compressed_ += count;
    if (front_used_ < front_.size()) {
        front_used_ += count;
    } else if (count != 0) {
        areas::read_up_to(*below_, areas::get_next(*below_) + count);
    }
}

// Looks at the first bytes, which are used after; false: there are none. Throws error, and goes on
// then with the next call.
bool compressedbuf::infer() {
    while (options_.compression == compression::infer) {
        const int_type c = detail::calling("read", [&] { return below_->sbumpc(); });
        if (!traits_type::eq_int_type(c, traits_type::eof())) {
            front_ += traits_type::to_char_type(c);
            options_.compression = detail::recognize(front_).value_or(compression::infer);
        } else if (front_.empty()) {
            return false;
        } else {
            options_.compression = compression::none;
        }
    }
    return true;
}

// -- decoding ---------------------------------------------------------------------------------

error compressedbuf::failure(std::error_code code) const {
    const auto position = static_cast<off_type>(compressed_) + std::max<off_type>(origin_, 0);
    return {"read", code, path(), position, detail::name_of(options_.compression)};
}

std::error_code compressedbuf::note(const error& failed) noexcept {
    note_below(failed);
    return failed.code();
}

// Decodes what is there, and waits only where that gives nothing. Returns 0 at the end only. Throws
// error, without having decoded anything.
//
// Requires: count is not 0.
std::size_t compressedbuf::decode(char* target, std::size_t count) {
    if (failed_) {
        throw error(*failed_);
    }
    if (!infer()) {
        return 0;
    }
    if (decoder_ == nullptr) {
        decoder_ = detail::make_decoder(options_.compression, exact_);
    }
    std::size_t got = 0;
    while (got < count) {
        const std::span<char> room(target + got, std::min(count - got, detail::most_coded));
        const std::string_view in = ready();
        const bool ask = in.empty() && !may_give_more_;
        if (ask && got != 0) {
            break;
        }
        if (ask && wait()) {
            continue;
        }
        detail::coded step = ask ? decoder_->finish(room) : decoder_->decode(in, room);
        if (step.read == 0 && step.written == 0 && !step.ended && !step.error && !in.empty()) {
            step.error = errc::corrupt_data;  // it would never go on
        }
        if (step.error && !decoder_->is_exact() && origin_ >= 0) {
            return decode_exactly(target, count);
        }
        take(step.read);
        got += step.written;
        may_give_more_ = step.written == room.size();
        if (step.error) {
            failed_ = failure(step.error);
            if (got == 0) {
                throw error(*failed_);
            }
        }
        if (step.ended || step.error) {
            break;
        }
    }
    decoded_ += got;
    return got;
}

// Where a fast decoder fails, the exact one says whether that is so, and where.
std::size_t compressedbuf::decode_exactly(char* target, std::size_t count) {
    const auto here = static_cast<off_type>(decoded_);
    exact_ = true;
    try {
        rewind();
    } catch (const error& failed) {
        failed_ = failed;  // what has been decoded since is lost
        throw;
    }
    return go_to(here) ? decode(target, count) : 0;
}

// As decode(), and no more than is allowed.
std::size_t compressedbuf::read_content(char* target, std::size_t count) {
    const std::uint64_t room = options_.max_size - std::min(decoded_, options_.max_size);
    if (room != 0) {
        return decode(target, static_cast<std::size_t>(std::min<std::uint64_t>(room, count)));
    }
    char beyond = 0;
    if (decode(&beyond, 1) == 0) {
        return 0;
    }
    --decoded_;
    failed_ = failure(errc::too_long);
    throw error(*failed_);
}

// Begins again from the front. Throws error.
void compressedbuf::rewind() {
    const off_type moved = detail::calling(
        "seek", [&] { return off_type(below_->pubseekpos(origin_, std::ios_base::in)); });
    if (moved < 0) {
        throw detail::failure_of(*below_, "seek");
    }
    front_.clear();
    front_used_ = 0;
    decoder_.reset();
    compressed_ = decoded_ = 0;
    may_give_more_ = false;
    failed_.reset();
}

// Makes decoded_ that position; false: the end comes before it. Throws error.
bool compressedbuf::go_to(off_type position) {
    const auto target = static_cast<std::uint64_t>(position);
    if (target < decoded_) {
        rewind();
    }
    if (target == decoded_) {
        return true;
    }
    std::array<char, 16384> scratch{};
    while (decoded_ < target) {
        const std::uint64_t size = std::min<std::uint64_t>(target - decoded_, scratch.size());
        if (read_content(scratch.data(), static_cast<std::size_t>(size)) == 0) {
            return false;
        }
    }
    return true;
}

auto compressedbuf::device_read(char* target, std::size_t count, off_type position) -> transfer {
    try {
        if (count == 0 || !go_to(position)) {
            return {};
        }
        return {read_content(target, count), {}};
    } catch (const error& failed) {
        return {0, note(failed)};
    }
}

// What has been decoded need not be decoded again.
bool compressedbuf::keeps_taken(std::size_t count) {
    return !do_seekable() || count <= most_unread;
}

bool compressedbuf::do_seekable() {
    return origin_ >= 0 && readable();
}

std::error_code compressedbuf::do_sync_to_disk() {
    if (const auto said = detail::unsynced_below(below_)) {
        this->record_as(*said);
        return said->code();
    }
    return {};
}

auto compressedbuf::do_size(std::error_code& code) -> off_type {
    if (!do_seekable()) {
        code = errc::unsupported;
        return -1;
    }
    try {
        static_cast<void>(go_to(std::numeric_limits<off_type>::max()));
    } catch (const error& failed) {
        code = note(failed);
        return -1;
    }
    return static_cast<off_type>(decoded_);
}

// -- compressing ------------------------------------------------------------------------------

// Passes on what is compressed.
std::error_code compressedbuf::push() {
    if (out_begin_ == out_end_) {
        return {};
    }
    std::optional<error> said;
    out_begin_ +=
        detail::write_below(*below_, out_.data() + out_begin_, out_end_ - out_begin_, said);
    if (said) {
        return detail::lost_above(below_, note(*said));
    }
    out_begin_ = out_end_ = 0;
    return {};
}

auto compressedbuf::device_write(const char* source, std::size_t count, off_type /*position*/)
    -> transfer {
    if (encoder_ == nullptr) {
        out_.resize(out_size);
        encoder_ = detail::make_encoder(options_.compression, options_.level);
        has_begun_ = true;
    }
    std::size_t done = 0;
    while (done < count) {
        if (out_end_ == out_.size()) {
            if (const std::error_code code = push()) {
                return {done, code};
            }
        }
        const std::string_view in(source + done, std::min(count - done, detail::most_coded));
        const detail::coded step = encoder_->encode(in, std::span(out_).subspan(out_end_));
        done += step.read;
        out_end_ += step.written;
        if (step.error) {
            return {done, detail::lost_above(below_, step.error)};
        }
    }
    return {done, {}};
}

// Ends the compressed stream, and passes all of it on.
std::error_code compressedbuf::finish_writing() {
    if (const std::error_code code = flush_pending()) {
        return code;
    }
    if (!has_begun_) {  // an empty content is a stream too
        device_write(nullptr, 0, 0);
    }
    while (encoder_ != nullptr) {
        if (out_end_ == out_.size()) {
            if (const std::error_code code = push()) {
                return code;
            }
        }
        const detail::coded step = encoder_->finish(std::span(out_).subspan(out_end_));
        out_end_ += step.written;
        if (step.error) {
            return detail::lost_above(below_, step.error);
        }
        if (step.ended) {
            encoder_.reset();
        }
    }
    return push();
}

int compressedbuf::sync() {
    if (!is_open() || readable()) {
        return 0;
    }
    std::error_code code = flush_pending();
    if (!code) {
        code = push();
    }
    if (!code) {
        if (const auto said = detail::failure_in("sync", [&] { detail::flush_below(*below_); })) {
            code = note(*said);
        }
    }
    if (code) {
        fail(code, "write", position());
        return -1;
    }
    return 0;
}

void compressedbuf::end_member() {
    if (!writable() || !detail::concatenates(options_.compression)) {
        throw error("end_member",
                    !is_open()    ? errc::closed
                    : !writable() ? errc::not_writable
                                  : errc::unsupported,
                    path());
    }
    if (const std::error_code code = finish_writing()) {
        fail_quietly(code, "end_member", position());
        throw latest("end_member");
    }
    if (sync() != 0) {
        throw latest("end_member");
    }
}

std::error_code compressedbuf::do_close() noexcept {
    const bool wrote = writable();
    const std::optional<error> unfinished = detail::failure_in("close", [&] {
        const std::error_code code = wrote ? finish_writing() : std::error_code();
        if (code) {
            record(code, "close", position());
            throw latest("close");
        }
    });
    std::optional<error> said;
    const std::error_code closing = detail::finish_below(*below_, owned_ != nullptr, wrote, said);
    if (closing == errc::pinned) {
        if (unfinished) {
            fail_quietly_as(*unfinished);  // the next close() will not say it
        }
        return closing;
    }
    set_position(0);
    set_unread({});
    decoder_.reset();
    encoder_.reset();
    if (const std::optional<error>& first = unfinished ? unfinished : said) {
        record_as(*first);
        return first->code();
    }
    return {};
}

auto compressedbuf::detach() -> owner_type {
    if (!is_open()) {
        throw error("detach", errc::closed);
    }
    if (writable()) {
        std::error_code code = finish_writing();
        if (!code && sync() != 0) {
            throw latest("detach");
        }
        if (code) {
            record(code, "detach", position());
            throw latest("detach");
        }
    }
    set_position(0);
    set_unread({});
    set_closed();
    below_ = nullptr;
    decoder_.reset();
    return std::move(owned_);
}

// -- positions --------------------------------------------------------------------------------

// Forward, where nothing can be read again.
auto compressedbuf::skip_to(off_type target) -> pos_type {
    leave_slot();
    const off_type distance = target - position();
    if (distance <= egptr() - gptr()) {
        setg(eback(), gptr() + distance, egptr());
        return pos_type(target);
    }
    std::vector<char> ahead = take_read_ahead();
    const auto left_out = std::min<off_type>(distance, static_cast<off_type>(ahead.size()));
    ahead.erase(ahead.begin(), ahead.begin() + static_cast<std::ptrdiff_t>(left_out));
    set_unread(std::move(ahead));
    set_position(target);
    return pos_type(target);
}

auto compressedbuf::seekoff(off_type offset, std::ios_base::seekdir whence,
                            std::ios_base::openmode which) -> pos_type {
    if (!is_open()) {
        return refuse_seek(errc::closed, offset);
    }
    const off_type here = position();
    if (whence == std::ios_base::cur && offset == 0) {
        return pos_type(here);
    }
    if (do_seekable()) {
        if (whence != std::ios_base::end) {
            return base::seekoff(offset, whence, which);
        }
        std::error_code code;
        const off_type end = do_size(code);
        if (end < 0) {
            fail_quietly(code, "seek", here);
            return pos_type(off_type(-1));
        }
        if (offset > std::numeric_limits<off_type>::max() - end || end + offset < 0) {
            return refuse_seek(errc::bad_position, offset);
        }
        return base::seekoff(end + offset, std::ios_base::beg, which);
    }
    if (writable() || whence == std::ios_base::end) {
        return refuse_seek(errc::not_seekable, offset);
    }
    const off_type from = whence == std::ios_base::beg ? 0 : here;
    if (offset > std::numeric_limits<off_type>::max() - from || from + offset < 0) {
        return refuse_seek(errc::bad_position, offset);
    }
    return from + offset < here ? refuse_seek(errc::not_seekable, from + offset)
                                : skip_to(from + offset);
}

auto compressedbuf::seekpos(pos_type position, std::ios_base::openmode which) -> pos_type {
    return compressedbuf::seekoff(off_type(position), std::ios_base::beg, which);
}

}  // namespace sluice
