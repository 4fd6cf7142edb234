#include <sluice/filter/text.hpp>

#include "below.hpp"
#include "bytes_below.hpp"
#include "codec.hpp"
#include "lost.hpp"
#include "text_decoder.hpp"
#include "text_encoder.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

using detail::code_of;

namespace {

constexpr std::size_t most_pending = std::size_t(64)
                                     << 10;  // bytes encoded before they are passed on
constexpr std::size_t least_fill = 512;
constexpr std::size_t most_fill = std::size_t(64) << 10;

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

// -- its life ---------------------------------------------------------------------------------

template <class CharT>
basic_textbuf<CharT>::basic_textbuf(std::streambuf& below, text_options options,
                                    std::ios_base::openmode mode)
    : basic_textbuf(&below, std::move(options), mode) {}

template <class CharT>
basic_textbuf<CharT>::basic_textbuf(std::unique_ptr<std::streambuf> below, text_options options,
                                    std::ios_base::openmode mode)
    : basic_textbuf(below.get(), std::move(options), mode) {
    below_->own(std::move(below));
}

template <class CharT>
basic_textbuf<CharT>::basic_textbuf(std::streambuf* below, text_options options,
                                    std::ios_base::openmode mode)
    : options_(std::move(options)), coders_(std::make_unique<coders>(options_)) {
    using ios = std::ios_base;
    if (below == nullptr) {
        throw error("open", errc::closed);
    }
    below_ = std::make_unique<detail::bytes_below>(below);
    if (const buf* const device = below_->device()) {
        if (!device->is_open()) {
            throw error("open", errc::closed, device->path());
        }
        this->set_open(device->readable(), device->writable());
    } else {
        this->set_open(has(mode, ios::in), has(mode, ios::out | ios::app));
    }
    restart_reading();
    has_written_ = this->writable() && below_->device() == nullptr;  // of two positions, that one
    coders_->encoder.set_at_front(!below_->seekable() || position_below() == 0);
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
    below_.swap(other.below_);
    std::swap(options_, other.options_);
    coders_.swap(other.coders_);
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
std::streambuf* basic_textbuf<CharT>::below() const noexcept {
    return below_ != nullptr ? below_->get() : nullptr;
}

template <class CharT>
bool basic_textbuf<CharT>::do_seekable() {
    return below_->seekable();
}

template <class CharT>
bool basic_textbuf<CharT>::do_is_terminal() {
    return below_->is_terminal();
}

template <class CharT>
std::string basic_textbuf<CharT>::path() const {
    return below_ != nullptr ? below_->path() : std::string();
}

// Where the buffer below stands, of whose positions, if it has two, one counts at a time.
template <class CharT>
auto basic_textbuf<CharT>::position_below() const noexcept -> off_type {
    return below_->position(has_written_ || !this->readable() ? std::ios_base::out
                                                              : std::ios_base::in);
}

// What a call on the buffer below gave; a failure is reported as that buffer says it.
template <class CharT>
std::error_code basic_textbuf<CharT>::noted(std::error_code below) noexcept {
    if (below && below_->cause() != nullptr) {
        this->note_below(*below_->cause());
    }
    return below;
}

// -- reading ----------------------------------------------------------------------------------

// Begins to decode where the buffer below stands.
template <class CharT>
void basic_textbuf<CharT>::restart_reading() {
    const off_type here = below_->seekable() ? position_below() : off_type(0);
    coders_->decoder.restart({std::max<off_type>(here, 0)});
    has_fetched_ = false;
    owed_skip_ = 0;
    has_read_ = has_read_ && here != 0;
}

// From the front, where a byte order mark tells what the middle of the text does not.
template <class CharT>
std::error_code basic_textbuf<CharT>::learn_order() {
    if (!do_seekable()) {
        return {};
    }
    char front[4];
    std::size_t got = 0;
    const off_type back = coders_->decoder.read_position();
    std::error_code code = noted(below_->seek(0));
    for (std::size_t part = 1; !code && part != 0 && got != sizeof(front); got += part) {
        code = noted(below_->read(front + got, sizeof(front) - got, part));
    }
    if (!code) {
        coders_->codec->learn_order({front, got});
    }
    const std::error_code returned = noted(below_->seek(back));
    return code ? code : returned;
}

// Reads bytes for about `count` characters; where waiting for them could take long, those that are
// there.
template <class CharT>
auto basic_textbuf<CharT>::fill(std::size_t count) -> transfer {
    const std::size_t size = std::clamp(count, least_fill, most_fill);
    char* const target = coders_->decoder.prepare(size);
    std::size_t got = 0;
    const std::error_code code = noted(below_->read(target, size, got));
    has_fetched_ = has_fetched_ || got != 0;
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
        const off_type here = position_below();  // of the two that a buffer may have
        if (const std::error_code code = noted(below_->seek(here))) {
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
        if (const std::error_code code = learn_order()) {
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
    // How many characters that is, only decoding tells.
    return coders_->decoder.has_bytes() || below_->has_available() ? 1 : 0;
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
    const std::error_code code = detail::lost_above(
        below_->get(), coders_->encoder.encode_what_can_be({this->pbase(), size}));
    this->setp(this->pbase(), this->epptr());
    return code;
}

// Passes on what is encoded.
template <class CharT>
std::error_code basic_textbuf<CharT>::push() {
    std::string& bytes = coders_->encoder.bytes();
    return bytes.empty() ? std::error_code()
                         : detail::lost_above(below_->get(), noted(below_->write(bytes)));
}

template <class CharT>
auto basic_textbuf<CharT>::device_write(const CharT* source, std::size_t count,
                                        off_type /*position*/) -> transfer {
    const std::error_code code =
        detail::lost_above(below_->get(), coders_->encoder.encode_what_can_be({source, count}));
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
        code = detail::lost_above(below_->get(), coders_->encoder.encode(text));
    }
    if (code) {
        this->fail(code, "write", failed_at(0));
        return 0;
    }
    const bool ends_line = options_.line_buffering && (text.find(CharT('\n')) != text.npos ||
                                                       text.find(CharT('\r')) != text.npos);
    const bool at_once = options_.write_through || this->unbuffered();
    if (ends_line || at_once || bytes.size() >= most_pending) {
        code = push();
        if (!code && ends_line) {
            code = noted(below_->flush());
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
        const std::error_code failed = detail::lost_above(below_->get(), coders_->encoder.finish());
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
           (below_->device() == nullptr && has_fetched_);  // which may have two positions
}

// Takes the buffer below back to where the reader stands. Between the halves of a character, there
// is no such place.
template <class CharT>
std::error_code basic_textbuf<CharT>::return_to_reader() {
    const std::optional<pos_type> here = reading_place();
    if (!here || detail::unpack(*here).skip != 0) {
        return errc::bad_position;
    }
    return go_to(*here);
}

template <class CharT>
std::error_code basic_textbuf<CharT>::device_seek(off_type /*position*/) {
    // A bulk read knows better where it began.
    return this->reading() && !keeps_place_ ? return_to_reader() : std::error_code();
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
    if (const std::error_code code = noted(below_->flush())) {
        this->fail(code, "write", failed_at(0));
        return -1;
    }
    return 0;
}

template <class CharT>
std::error_code basic_textbuf<CharT>::do_close() noexcept {
    return code_of([this] {
        const std::error_code code = finish_writing();
        if (code) {
            this->record(code, "close", failed_at(0));  // before what comes next hides its cause
        }
        if (is_ahead()) {  // a descriptor that is lent stands where the reader stood
            static_cast<void>(return_to_reader());
        }
        const std::error_code below = noted(below_->close());
        this->set_position(0);
        this->set_unread({});
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
    return std::exchange(below_, nullptr)->release();
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
    std::unique_ptr<coders> fresh = decodes_otherwise ? std::make_unique<coders>(options) : nullptr;
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

// Goes on at a place; what is to be left out of it is left out by the next read. After a failure it
// has not moved.
template <class CharT>
std::error_code basic_textbuf<CharT>::go_to(pos_type position) {
    const detail::text_place where = detail::unpack(position);
    if (const std::error_code code = noted(below_->seek(where.position))) {
        return code;
    }
    this->leave_slot();
    this->set_position(where.position);
    coders_->decoder.restart({where.position, 0, where.after_cr});
    coders_->encoder.set_at_front(where.position == 0 && where.skip == 0);
    has_written_ = has_fetched_ = false;
    has_read_ = has_read_ && (where.position != 0 || where.skip != 0);
    owed_skip_ = where.skip;
    return {};
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
    std::error_code code;
    const off_type end = below_->seek_end(code);
    return code ? this->refuse_seek(errc::not_seekable) : seekpos(pos_type(end), which);
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
    std::error_code code = go_to(position);
    if (!code && owed_skip_ != 0) {
        code = code_of([&] { return pay_skip(); });
    }
    if (!code) {
        return position;
    }
    if (before) {
        static_cast<void>(go_to(*before));
    }
    return this->refuse_seek(code, position);
}

// -- the content ------------------------------------------------------------------------------

template <class CharT>
auto basic_textbuf<CharT>::do_size(std::error_code& code) -> off_type {
    code = this->flush_pending();
    if (code) {
        return -1;
    }
    const off_type size = below_->size(has_written_ ? std::ios_base::out : std::ios_base::in, code);
    noted(code);
    return size;
}

template <class CharT>
std::error_code basic_textbuf<CharT>::do_truncate(off_type size) {
    const detail::text_place where = detail::unpack(size);
    if (where.skip != 0) {
        return errc::bad_position;
    }
    if (const std::error_code code = this->flush_pending()) {
        return code;
    }
    if (is_ahead()) {
        if (const std::error_code code = return_to_reader()) {
            return code;  // what was read ahead may lie beyond the new end
        }
    }
    return noted(below_->truncate(where.position));
}

template <class CharT>
std::error_code basic_textbuf<CharT>::do_sync_to_disk() {
    if (const auto said = detail::unsynced_below(below_->get())) {
        this->record_as(*said);
        return said->code();
    }
    return {};
}

template <class CharT>
int basic_textbuf<CharT>::do_native_handle(std::error_code& code) {
    if (basic_textbuf::sync() != 0) {
        code = this->latest("native_handle").code();
        return -1;
    }
    const int handle = below_->native_handle(code);
    noted(code);
    return handle;
}

template class basic_textbuf<char>;
template class basic_textbuf<wchar_t>;

}  // namespace sluice
