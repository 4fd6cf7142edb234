#include <sluice/filter/text.hpp>

#include "below.hpp"
#include "codec.hpp"
#include "text_decoder.hpp"
#include "text_encoder.hpp"

#include <algorithm>
#include <cstring>
#include <cwchar>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t most_pending = std::size_t(64)
                                     << 10;  // bytes encoded before they are passed on
constexpr std::size_t least_fill = 512;
constexpr std::size_t most_fill = std::size_t(64) << 10;

// What a call on the buffer below gives; its failure becomes a code.
template <class Call>
std::error_code code_of(Call call) noexcept {
    try {
        return call();
    } catch (const std::system_error& thrown) {  // sluice::error, std::ios_base::failure
        return thrown.code();
    } catch (...) {
        return std::make_error_code(std::errc::io_error);
    }
}

// Keeps the stream that owns a buffer from throwing what the buffer returns: an exception would
// hide how much was written.
class quiet_owner {
public:
    explicit quiet_owner(const buf* buffer)
        : owner_(buffer == nullptr ? nullptr : buffer->owner()) {
        if (owner_ != nullptr) {
            mask_ = owner_->exceptions();
            owner_->exceptions(std::ios_base::goodbit);
        }
    }
    quiet_owner(const quiet_owner&) = delete;
    quiet_owner& operator=(const quiet_owner&) = delete;
    ~quiet_owner() {
        if (owner_ == nullptr) {
            return;
        }
        try {
            owner_->exceptions(mask_);
        } catch (const std::ios_base::failure&) {
            // the mask is set all the same, and the text reports the failure
        }
    }

private:
    std::ios* owner_;
    std::ios_base::iostate mask_ = std::ios_base::goodbit;
};

// The get area of any buffer.
struct get_area : std::streambuf {
    static std::streamsize size(std::streambuf& of) {
        const auto begin = &get_area::gptr;
        const auto end = &get_area::egptr;
        return (of.*end)() - (of.*begin)();
    }
};

}  // namespace

bool is_encoding(std::string_view name) {
    return detail::make_codec<char>(name) != nullptr;
}

template <class CharT>
struct basic_textbuf<CharT>::coders {
    explicit coders(const text_options& options)
        : codec(codec_of(options.encoding)),
          decoder(*codec, options.errors, options.newline),
          encoder(*codec, options.errors, options.newline,
                  [name = options.encoding] { return detail::make_codec<CharT>(name); }) {}

    static std::unique_ptr<detail::codec<CharT>> codec_of(const std::string& name) {
        auto found = detail::make_codec<CharT>(name);
        if (found == nullptr) {
            throw error("open", errc::bad_mode, {}, -1, "unknown encoding " + name);
        }
        return found;
    }

    std::unique_ptr<detail::codec<CharT>> codec;
    detail::text_decoder<CharT> decoder;
    detail::text_encoder<CharT> encoder;
};

template <class CharT>
auto basic_textbuf<CharT>::make_coders(const text_options& options) -> std::unique_ptr<coders> {
    return std::make_unique<coders>(options);
}

// -- what lies below --------------------------------------------------------------------------

template <class CharT>
basic_textbuf<CharT>::basic_textbuf(std::streambuf& below, text_options options,
                                    std::ios_base::openmode mode)
    : basic_textbuf(&below, std::move(options), mode) {}

template <class CharT>
basic_textbuf<CharT>::basic_textbuf(std::unique_ptr<std::streambuf> below, text_options options,
                                    std::ios_base::openmode mode)
    : basic_textbuf(below.get(), std::move(options), mode) {
    owned_ = std::move(below);
}

template <class CharT>
basic_textbuf<CharT>::basic_textbuf(std::streambuf* below, text_options options,
                                    std::ios_base::openmode mode)
    : below_(below),
      sluice_below_(dynamic_cast<basic_buf<char>*>(below)),
      options_(std::move(options)),
      coders_(make_coders(options_)) {
    using ios = std::ios_base;
    if (below_ == nullptr) {
        throw error("open", errc::closed);
    }
    if (sluice_below_ != nullptr) {
        this->set_open(sluice_below_->readable(), sluice_below_->writable());
    } else {
        this->set_open(has(mode, ios::in), has(mode, ios::out | ios::app));
    }
    restart_reading();
    has_written_ = this->writable() && sluice_below_ == nullptr;  // of two positions, that one
    coders_->encoder.set_at_front(!do_seekable() || position_below() == 0);
    has_written_ = false;
}

template <class CharT>
basic_textbuf<CharT>::basic_textbuf(basic_textbuf&& other) noexcept {
    swap(other);
}

template <class CharT>
auto basic_textbuf<CharT>::operator=(basic_textbuf&& other) noexcept(false) -> basic_textbuf& {
    if (this != &other) {
        this->close();
        basic_textbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
void basic_textbuf<CharT>::swap(basic_textbuf& other) noexcept {
    base::swap(other);
    std::swap(below_, other.below_);
    owned_.swap(other.owned_);
    std::swap(sluice_below_, other.sluice_below_);
    std::swap(options_, other.options_);
    coders_.swap(other.coders_);
    std::swap(seekable_, other.seekable_);
    std::swap(has_read_, other.has_read_);
    std::swap(has_written_, other.has_written_);
    std::swap(has_fetched_, other.has_fetched_);
    std::swap(decoding_failed_, other.decoding_failed_);
    std::swap(owed_skip_, other.owed_skip_);
}

template <class CharT>
basic_textbuf<CharT>::~basic_textbuf() {
    try {
        this->set_owner(nullptr);
        this->close();
    } catch (...) {
        // a destructor keeps quiet; close() reports
    }
}

template <class CharT>
newlines_seen basic_textbuf<CharT>::newlines() const noexcept {
    return coders_ != nullptr ? coders_->decoder.seen() : newlines_seen();
}

template <class CharT>
bool basic_textbuf<CharT>::do_seekable() {
    if (sluice_below_ != nullptr) {
        return sluice_below_->seekable();
    }
    if (!seekable_) {
        seekable_ = position_below() >= 0;
    }
    return *seekable_;
}

template <class CharT>
bool basic_textbuf<CharT>::do_is_terminal() {
    return sluice_below_ != nullptr && sluice_below_->is_terminal();
}

template <class CharT>
std::string basic_textbuf<CharT>::path() const {
    return sluice_below_ != nullptr ? sluice_below_->path() : std::string();
}

// Where the buffer below stands, of whose positions, if it has two, one counts at a time.
template <class CharT>
auto basic_textbuf<CharT>::position_below() const noexcept -> off_type {
    const bool writes = has_written_ || !this->readable();
    off_type position = -1;
    static_cast<void>(code_of([&] {
        position = below_->pubseekoff(0, std::ios_base::cur,
                                      writes ? std::ios_base::out : std::ios_base::in);
        return std::error_code();
    }));
    return position;
}

// Why the last call failed that returned a failure.
template <class CharT>
std::error_code basic_textbuf<CharT>::error_below() {
    return sluice_below_ != nullptr ? sluice_below_->latest("write").code()
                                    : std::make_error_code(std::errc::io_error);
}

template <class CharT>
std::error_code basic_textbuf<CharT>::flush_below() {
    return code_of([this] { return below_->pubsync() == 0 ? std::error_code() : error_below(); });
}

template <class CharT>
std::error_code basic_textbuf<CharT>::close_below() {
    return code_of([this] {
        detail::close_below(*below_);
        return std::error_code();
    });
}

// -- reading ----------------------------------------------------------------------------------

// Begins to decode where the buffer below stands.
template <class CharT>
void basic_textbuf<CharT>::restart_reading() {
    const off_type here = do_seekable() ? position_below() : off_type(0);
    coders_->decoder.restart({std::max<off_type>(here, 0)});
    has_fetched_ = false;
    owed_skip_ = 0;
    has_read_ = has_read_ && here != 0;
}

// From the front, where a byte order mark tells what the middle of the text does not.
template <class CharT>
bool basic_textbuf<CharT>::learn_order() {
    char front[4];
    const off_type back = coders_->decoder.read_position();
    const auto in = std::ios_base::in;
    if (!do_seekable() || below_->pubseekpos(0, in) == pos_type(off_type(-1))) {
        return !do_seekable();
    }
    const std::streamsize got = below_->sgetn(front, sizeof(front));
    coders_->codec->learn_order(
        {front, static_cast<std::size_t>(std::max<std::streamsize>(got, 0))});
    return below_->pubseekpos(back, in) != pos_type(off_type(-1));
}

// Reads bytes for about `count` characters; where waiting for them could take long, those that are
// there.
template <class CharT>
auto basic_textbuf<CharT>::fill(std::size_t count) -> transfer {
    const std::size_t size = std::clamp(count, least_fill, most_fill);
    char* const target = coders_->decoder.prepare(size);
    std::size_t got = 0;
    const std::error_code code = code_of([&]() -> std::error_code {
        auto wanted = static_cast<std::streamsize>(size);
        if (!do_seekable()) {
            if (std::streambuf::traits_type::eq_int_type(below_->sgetc(),
                                                         std::streambuf::traits_type::eof())) {
                return {};
            }
            wanted = std::clamp<std::streamsize>(get_area::size(*below_), 1, wanted);
        }
        try {
            got = detail::read_below(*below_, target, static_cast<std::size_t>(wanted));
        } catch (const error& thrown) {
            this->note_below(thrown);
            throw;
        }
        has_fetched_ = true;
        return {};
    });
    coders_->decoder.give_back(size - got);
    return {got, code};
}

template <class CharT>
auto basic_textbuf<CharT>::device_read(CharT* target, std::size_t count, off_type /*position*/)
    -> transfer {
    decoding_failed_ = false;
    if (owed_skip_ != 0) {
        if (const std::error_code code = pay_skip()) {
            return {0, code};
        }
    }
    if (has_written_ && do_seekable()) {
        if (const std::error_code code = finish_writing()) {
            return {0, code};
        }
        const std::error_code code = code_of([&] {
            const off_type here = position_below();  // of the two that a buffer may have
            return here >= 0 && off_type(below_->pubseekpos(here)) == here
                       ? std::error_code()
                       : make_error_code(errc::bad_position);
        });
        if (code) {
            return {0, code};
        }
        has_written_ = false;
        restart_reading();
    }
    return read_decoded(target, count);
}

template <class CharT>
auto basic_textbuf<CharT>::read_decoded(CharT* target, std::size_t count) -> transfer {
    detail::text_decoder<CharT>& decoder = coders_->decoder;
    if (coders_->codec->needs_mark()) {
        bool learned = false;
        const std::error_code code = code_of([&] {
            learned = learn_order();
            return learned ? std::error_code() : error_below();
        });
        if (code) {
            return {0, code};
        }
    }
    decoder.begin_block(this->reading() ? static_cast<std::size_t>(this->egptr() - this->eback())
                                        : 0);
    bool at_end = false;
    for (;;) {
        const std::size_t produced = decoder.decode(target, count, at_end);
        if (produced != 0) {
            has_read_ = true;
            return {produced, {}};
        }
        if (decoder.failure()) {
            decoding_failed_ = true;
            return {0, errc::bad_encoding};
        }
        if (at_end) {
            return {};
        }
        const transfer got = fill(count);
        if (got.error) {
            return {0, got.error};
        }
        at_end = got.count == 0;
    }
}

template <class CharT>
auto basic_textbuf<CharT>::device_available(off_type /*position*/) -> off_type {
    if (coders_->decoder.has_bytes()) {
        return 1;
    }
    std::streamsize ready = 0;
    static_cast<void>(code_of([&] {
        ready = below_->in_avail();
        return std::error_code();
    }));
    return ready > 0 ? 1 : 0;  // how many characters that is, only decoding tells
}

// A bulk read that failed has read nothing.
template <class CharT>
std::streamsize basic_textbuf<CharT>::xsgetn(CharT* target, std::streamsize count) {
    if (count <= this->egptr() - this->gptr() || !this->readable() || !do_seekable() ||
        this->writing()) {
        return base::xsgetn(target, count);
    }
    detail::text_decoder<CharT>& decoder = coders_->decoder;
    const std::uint32_t owed = owed_skip_;
    const auto before = decoder.keep(reading_index());
    keeps_place_ = true;
    try {
        const std::streamsize got = base::xsgetn(target, count);
        keeps_place_ = false;
        return got;
    } catch (...) {
        keeps_place_ = false;
        const bool decoding_failed = decoding_failed_;
        std::optional<detail::text_place> place = decoder.place_of(before);
        if (place && owed != 0) {
            place->skip = owed;
        }
        if (place && owed_skip_ == 0) {  // else it stands there already
            static_cast<void>(go_to(detail::pack(*place)));
        }
        decoding_failed_ = decoding_failed;
        throw;
    }
}

// -- writing ----------------------------------------------------------------------------------

template <class CharT>
bool basic_textbuf<CharT>::begin_writing() {
    const bool begins = !this->writing();
    if (begins && is_ahead()) {
        if (const std::error_code code = return_to_reader()) {
            this->fail(code, "write", failed_at(0));
            return false;
        }
    } else if (begins && this->is_open() && !has_written_ && do_seekable()) {
        // What was read past the buffer has moved the reader, and nothing lies ahead of it.
        coders_->encoder.set_at_front(coders_->decoder.next().position == 0);
    }
    if (!this->start_writing()) {
        return false;
    }
    if (begins && writes_at_once()) {
        this->setp(this->pbase(), this->pbase());  // every character passes through overflow()
    }
    has_written_ = true;
    decoding_failed_ = false;
    return true;
}

// Encodes what was put character by character.
template <class CharT>
std::error_code basic_textbuf<CharT>::encode_area() {
    const auto size = static_cast<std::size_t>(this->pptr() - this->pbase());
    if (size == 0) {
        return {};
    }
    const std::error_code code = coders_->encoder.encode_what_can_be({this->pbase(), size});
    this->setp(this->pbase(), this->epptr());
    return code;
}

// Passes on what is encoded.
template <class CharT>
std::error_code basic_textbuf<CharT>::push() {
    std::string& bytes = coders_->encoder.bytes();
    if (bytes.empty()) {
        return {};
    }
    const quiet_owner quiet(sluice_below_);
    return code_of([&]() -> std::error_code {
        const auto size = static_cast<std::streamsize>(bytes.size());
        const std::streamsize put = std::max<std::streamsize>(below_->sputn(bytes.data(), size), 0);
        bytes.erase(0, static_cast<std::size_t>(put));
        return put == size ? std::error_code() : error_below();
    });
}

template <class CharT>
auto basic_textbuf<CharT>::device_write(const CharT* source, std::size_t count,
                                        off_type /*position*/) -> transfer {
    std::error_code code = coders_->encoder.encode_what_can_be({source, count});
    const std::error_code pushed = push();
    return {count, code ? code : pushed};
}

template <class CharT>
std::error_code basic_textbuf<CharT>::device_flush() {
    return this->is_open() ? push() : std::error_code();
}

template <class CharT>
bool basic_textbuf<CharT>::device_has_pending() const noexcept {
    return coders_ != nullptr && !coders_->encoder.bytes().empty();
}

template <class CharT>
std::streamsize basic_textbuf<CharT>::xsputn(const CharT* source, std::streamsize count) {
    if (count < 0 || !begin_writing()) {
        return 0;
    }
    std::error_code code = encode_area();
    std::string& bytes = coders_->encoder.bytes();
    if (!code && bytes.size() >= most_pending) {
        code = push();
    }
    const std::basic_string_view<CharT> text(source, static_cast<std::size_t>(count));
    if (!code) {
        code = coders_->encoder.encode(text);
    }
    if (code) {
        this->fail(code, "write", failed_at(0));
        return 0;
    }
    const bool ends_line = options_.line_buffering && (text.find(CharT('\n')) != text.npos ||
                                                       text.find(CharT('\r')) != text.npos);
    if (ends_line || options_.write_through || bytes.size() >= most_pending) {
        code = push();
        if (!code && ends_line) {
            code = flush_below();
        }
        if (code) {
            this->fail(code, "write", failed_at(0));  // all of it is pending, or written
        }
    }
    return count;
}

template <class CharT>
auto basic_textbuf<CharT>::overflow(int_type c) -> int_type {
    if (!traits_type::eq_int_type(c, traits_type::eof()) && writes_at_once()) {
        const CharT character = traits_type::to_char_type(c);
        return xsputn(&character, 1) == 1 ? c : traits_type::eof();
    }
    return begin_writing() ? base::overflow(c) : traits_type::eof();
}

// All that was written becomes bytes below, in the initial shift state.
template <class CharT>
std::error_code basic_textbuf<CharT>::finish_writing() {
    std::error_code code = this->flush_pending();
    if (has_written_) {
        const std::error_code failed = coders_->encoder.finish();
        code = code ? code : failed;
        const std::error_code pushed = push();
        code = code ? code : pushed;
    }
    return code;
}

// -- both -------------------------------------------------------------------------------------

// Whether the buffer below stands elsewhere than the reader, and can be taken back.
template <class CharT>
bool basic_textbuf<CharT>::is_ahead() {
    if (!this->readable() || has_written_ || !do_seekable()) {
        return false;
    }
    const detail::text_decoder<CharT>& decoder = coders_->decoder;
    return this->reading() || owed_skip_ != 0 ||
           decoder.read_position() != decoder.next().position ||
           (sluice_below_ == nullptr && has_fetched_);  // which may have two positions
}

// Takes the buffer below back to where the reader stands. Between the halves of a character, there
// is no such place.
template <class CharT>
std::error_code basic_textbuf<CharT>::return_to_reader() {
    const std::optional<pos_type> here = reading_place();
    if (!here || detail::unpack(*here).skip != 0) {
        return errc::bad_position;
    }
    return go_to(*here) ? std::error_code() : error_below();
}

template <class CharT>
std::error_code basic_textbuf<CharT>::device_seek(off_type /*position*/) {
    // A bulk read knows better where it began.
    return this->reading() && !keeps_place_ ? return_to_reader() : std::error_code();
}

template <class CharT>
auto basic_textbuf<CharT>::device_position() -> off_type {
    return -1;
}

template <class CharT>
int basic_textbuf<CharT>::sync() {
    if (!this->flush_or_fail()) {
        return -1;
    }
    if (!this->is_open()) {
        return 0;
    }
    if (is_ahead()) {
        static_cast<void>(return_to_reader());  // else what was read ahead stays to be read
    }
    if (const std::error_code code = flush_below()) {
        this->fail(code, "write", failed_at(0));
        return -1;
    }
    return 0;
}

template <class CharT>
std::error_code basic_textbuf<CharT>::do_close() noexcept {
    return code_of([this] {
        std::error_code code = finish_writing();
        if (is_ahead()) {  // a descriptor that is lent stands where the reader stood
            static_cast<void>(return_to_reader());
        }
        const std::error_code below = owned_ != nullptr ? close_below() : flush_below();
        this->set_position(0);
        return code ? code : below;
    });
}

template <class CharT>
std::unique_ptr<std::streambuf> basic_textbuf<CharT>::detach() {
    if (!this->is_open()) {
        throw error("detach", errc::closed);
    }
    std::error_code code = finish_writing();
    if (!code && is_ahead()) {
        code = return_to_reader();
    }
    if (code) {
        this->record(code, "detach", failed_at(0));
        throw this->latest("detach");
    }
    this->set_position(0);
    this->set_unread({});
    this->set_closed();
    below_ = nullptr;
    sluice_below_ = nullptr;
    return std::move(owned_);
}

template <class CharT>
void basic_textbuf<CharT>::reconfigure(const text_changes& changes) {
    text_options options = options_;
    options.encoding = changes.encoding.value_or(options.encoding);
    options.errors =
        changes.errors.value_or(changes.encoding ? encoding_errors::strict : options.errors);
    options.newline = changes.newline.value_or(options.newline);
    options.line_buffering = changes.line_buffering.value_or(options.line_buffering);
    options.write_through = changes.write_through.value_or(options.write_through);
    const bool decodes_otherwise = changes.encoding || changes.errors || changes.newline;
    const bool has_ahead = has_fetched_ && coders_ != nullptr && coders_->decoder.has_bytes();
    if (!this->is_open() || (decodes_otherwise && (has_read_ || (has_ahead && !do_seekable())))) {
        throw error("reconfigure", this->is_open() ? errc::unsupported : errc::closed, path());
    }
    std::unique_ptr<coders> fresh = decodes_otherwise ? make_coders(options) : nullptr;
    std::error_code code = decodes_otherwise ? finish_writing() : this->flush_pending();
    if (!code && decodes_otherwise && is_ahead()) {
        code = return_to_reader();
    }
    if (code) {
        this->record(code, "reconfigure", failed_at(0));
        throw this->latest("reconfigure");
    }
    if (fresh != nullptr) {
        coders_ = std::move(fresh);
        restart_reading();
        coders_->encoder.set_at_front(coders_->decoder.next().position == 0 && !has_written_);
    }
    options_ = std::move(options);
    if (this->writing()) {
        this->set_position(0);
    }
}

template <class CharT>
auto basic_textbuf<CharT>::failed_at(off_type position) const noexcept -> off_type {
    if (coders_ != nullptr && decoding_failed_ && coders_->decoder.failure()) {
        return coders_->decoder.failure()->position;
    }
    if (below_ == nullptr) {
        return position;
    }
    return position_below();
}

template <class CharT>
std::string basic_textbuf<CharT>::detail_of(const std::error_code& code) const {
    if (code != errc::bad_encoding || coders_ == nullptr) {
        return {};
    }
    if (!decoding_failed_ || !coders_->decoder.failure()) {
        return options_.encoding + ": " + coders_->encoder.failure();
    }
    std::string text = options_.encoding + ":";
    for (const char byte : coders_->decoder.failure()->bytes) {
        detail::append_hex(text += ' ', static_cast<unsigned char>(byte), 2);
    }
    return text;
}

// -- positions --------------------------------------------------------------------------------

// Which character of the decoder's block comes next.
template <class CharT>
std::ptrdiff_t basic_textbuf<CharT>::reading_index() const {
    if (!this->reading()) {
        return static_cast<std::ptrdiff_t>(coders_->decoder.count());
    }
    return static_cast<std::ptrdiff_t>(this->read_index()) -
           static_cast<std::ptrdiff_t>(this->kept());
}

// Where the reader stands; none where that is not known any more.
template <class CharT>
auto basic_textbuf<CharT>::reading_place() -> std::optional<pos_type> {
    if (has_written_) {
        return pos_type(position_below());  // what was written has been passed on
    }
    std::optional<detail::text_place> found = coders_->decoder.place_of(reading_index());
    if (found && owed_skip_ != 0) {
        found->skip = owed_skip_;
    }
    return found ? std::optional<pos_type>(detail::pack(*found)) : std::nullopt;
}

// Goes on at a place; what is to be left out of it is left out by the next read. false: it has not
// moved.
template <class CharT>
bool basic_textbuf<CharT>::go_to(pos_type position) {
    const detail::text_place where = detail::unpack(position);
    bool moved = false;
    static_cast<void>(code_of([&] {
        moved = below_->pubseekpos(where.position) != pos_type(off_type(-1));
        return std::error_code();
    }));
    if (!moved) {
        return false;
    }
    this->leave_slot();
    this->set_position(where.position);
    coders_->decoder.restart({where.position, 0, where.after_cr});
    coders_->encoder.set_at_front(where.position == 0 && where.skip == 0);
    has_written_ = has_fetched_ = false;
    has_read_ = has_read_ && (where.position != 0 || where.skip != 0);
    owed_skip_ = where.skip;
    return true;
}

// Leaves out what the place says. A failure leaves all of it to be tried again.
template <class CharT>
std::error_code basic_textbuf<CharT>::pay_skip() {
    const std::uint32_t owed = std::exchange(owed_skip_, 0);
    const detail::text_place from = coders_->decoder.next();
    for (std::size_t left = owed; left != 0;) {
        CharT scratch[256];
        const transfer part = read_decoded(scratch, std::min(left, std::size(scratch)));
        if (part.count == 0) {
            static_cast<void>(go_to(detail::pack({from.position, owed, from.after_cr})));
            return part.error ? part.error : make_error_code(errc::bad_position);
        }
        left -= part.count;
    }
    return {};
}

template <class CharT>
auto basic_textbuf<CharT>::end_of_writing() -> pos_type {
    std::error_code code = this->flush_pending();
    if (!code && coders_->encoder.has_part()) {
        code = errc::bad_position;  // in the middle of a character
    } else if (!code && coders_->codec->stateful()) {
        code = finish_writing();
    }
    if (code) {
        this->fail_quietly(code, "write", failed_at(0));
        return pos_type(off_type(-1));
    }
    return pos_type(position_below());
}

template <class CharT>
auto basic_textbuf<CharT>::seekoff(off_type offset, std::ios_base::seekdir whence,
                                   std::ios_base::openmode which) -> pos_type {
    const bool open = this->is_open();
    if (!open || !do_seekable()) {
        return this->refuse_seek(open ? errc::not_seekable : errc::closed, offset);
    }
    if (whence == std::ios_base::beg) {
        return seekpos(pos_type(offset), which);
    }
    if (offset != 0) {
        return this->refuse_seek(errc::unsupported, offset);
    }
    if (whence == std::ios_base::cur) {
        if (has_written_) {
            return end_of_writing();
        }
        const std::optional<pos_type> here = reading_place();
        return here ? *here : this->refuse_seek(errc::bad_position);
    }
    if (const std::error_code code = finish_writing()) {
        this->fail_quietly(code, "write", failed_at(0));
        return pos_type(off_type(-1));
    }
    off_type end = -1;
    static_cast<void>(code_of([&] {
        end = below_->pubseekoff(0, std::ios_base::end);
        return std::error_code();
    }));
    return end < 0 ? this->refuse_seek(errc::not_seekable) : seekpos(pos_type(end), which);
}

template <class CharT>
auto basic_textbuf<CharT>::seekpos(pos_type position, std::ios_base::openmode /*which*/)
    -> pos_type {
    const bool open = this->is_open();
    if (!open || !do_seekable()) {
        return this->refuse_seek(open ? errc::not_seekable : errc::closed, position);
    }
    if (off_type(position) < 0) {
        return this->refuse_seek(errc::bad_position, position);
    }
    if (const std::error_code code = finish_writing()) {
        this->fail_quietly(code, "write", failed_at(0));
        return pos_type(off_type(-1));
    }
    const std::optional<pos_type> before = reading_place();
    std::error_code code = go_to(position) ? std::error_code() : error_below();
    if (!code && owed_skip_ != 0) {
        code = code_of([&] { return pay_skip(); });
    }
    if (!code) {
        return position;
    }
    if (before) {
        static_cast<void>(go_to(*before));
    }
    return this->refuse_seek(errc::bad_position, position);
}

// -- the content ------------------------------------------------------------------------------

template <class CharT>
auto basic_textbuf<CharT>::do_size(std::error_code& code) -> off_type {
    code = this->flush_pending();
    if (code) {
        return -1;
    }
    off_type size = -1;
    code = code_of([&] {
        if (sluice_below_ != nullptr) {
            size = sluice_below_->size();
            return std::error_code();
        }
        const off_type here = position_below();
        size = below_->pubseekoff(0, std::ios_base::end);
        return here < 0 || size < 0 || below_->pubseekpos(here) == pos_type(off_type(-1))
                   ? make_error_code(errc::unsupported)
                   : std::error_code();
    });
    return code ? off_type(-1) : size;
}

template <class CharT>
std::error_code basic_textbuf<CharT>::do_truncate(off_type size) {
    const detail::text_place where = detail::unpack(size);
    if (sluice_below_ == nullptr || where.skip != 0) {
        return sluice_below_ == nullptr ? errc::unsupported : errc::bad_position;
    }
    if (const std::error_code code = this->flush_pending()) {
        return code;
    }
    if (is_ahead()) {
        if (const std::error_code code = return_to_reader()) {
            return code;  // what was read ahead may lie beyond the new end
        }
    }
    return code_of([&] {
        sluice_below_->truncate(where.position);
        return std::error_code();
    });
}

template <class CharT>
int basic_textbuf<CharT>::do_native_handle(std::error_code& code) {
    if (sluice_below_ == nullptr) {
        code = errc::unsupported;
        return -1;
    }
    if (basic_textbuf::sync() != 0) {
        code = this->latest("native_handle").code();
        return -1;
    }
    int handle = -1;
    code = code_of([&] {
        handle = sluice_below_->native_handle();
        return std::error_code();
    });
    return handle;
}

template class basic_textbuf<char>;
template class basic_textbuf<wchar_t>;

}  // namespace sluice
