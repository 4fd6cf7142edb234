// The encodings of the system's converter, iconv.

#include "codec.hpp"
#include "utf8.hpp"

#include <iconv.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace sluice::detail {
namespace {

class converter {
public:
    converter(const char* to, const char* from) : handle_(iconv_open(to, from)) {}
    converter(const converter&) = delete;
    converter& operator=(const converter&) = delete;
    ~converter() {
        if (valid()) {
            iconv_close(handle_);
        }
    }

    [[nodiscard]] bool valid() const noexcept {
        // NOLINTNEXTLINE(performance-no-int-to-ptr): POSIX's own value
        return handle_ != reinterpret_cast<iconv_t>(std::intptr_t(-1));
    }

    stop convert(const char*& from, std::size_t& size, char*& to, std::size_t& room) {
        // POSIX has no const here, but nothing is written there.
        if (iconv(handle_, const_cast<char**>(&from), &size, &to, &room) != std::size_t(-1)) {
            return stop::end;
        }
        return errno == E2BIG ? stop::room : errno == EINVAL ? stop::cut : stop::bad;
    }

    // Returns: whether there was room for it.
    bool unshift(char*& to, std::size_t& room) {
        return iconv(handle_, nullptr, nullptr, &to, &room) != std::size_t(-1);
    }
    void restart() { iconv(handle_, nullptr, nullptr, nullptr, nullptr); }

private:
    iconv_t handle_;
};

template <class CharT>
constexpr const char* internal_name = std::is_same_v<CharT, char> ? "UTF-8" : "WCHAR_T";

// Tags for languages, U+E0000 to U+E007F, which glibc drops without a word.
constexpr bool is_tag(char32_t character) {
    return character >> 7 == 0xE0000 >> 7;
}

// How many characters come before the first tag, and how many that has (0: there is none).
std::pair<std::size_t, std::size_t> find_tag(const char* text, std::size_t size) {
    const std::string_view all(text, size);
    for (std::size_t at = all.find('\xF3'); at != std::string_view::npos;
         at = all.find('\xF3', at + 1)) {
        const utf8_character next = next_utf8(text + at, size - at);
        if (next.what == utf8_character::kind::whole && is_tag(next.value)) {
            return {at, next.size};
        }
    }
    return {size, 0};
}

std::pair<std::size_t, std::size_t> find_tag(const wchar_t* text, std::size_t size) {
    for (std::size_t at = 0; at < size; ++at) {
        if (is_tag(static_cast<char32_t>(text[at]))) {
            return {at, 1};
        }
    }
    return {size, 0};
}

template <class CharT>
class system_codec final : public codec<CharT> {
public:
    system_codec(const std::string& name, std::size_t unit)
        : name_(name),
          unit_(unit),
          decoder_(internal_name<CharT>, name.c_str()),
          encoder_(name.c_str(), internal_name<CharT>),
          looks_ahead_(valid() && looks_ahead()),
          shifts_(valid() && owes_unshift(shifting)),
          joins_(valid() && !shifts_ && owes_unshift(joining)),
          holds_(shifts_ && holds_back()),
          mark_size_(valid() && !shifts_ ? size_of_mark() : 0) {
        // glibc's decoders of JIS X 0213 give a pair of characters for ever where the room ends in
        // it.
        looks_ahead_ = looks_ahead_ || joins_;
        if (looks_ahead_) {
            ready_.reserve(
                most_ready);  // what has been decoded must not be lost for lack of memory
        }
    }

    [[nodiscard]] bool valid() const noexcept { return decoder_.valid() && encoder_.valid(); }
    [[nodiscard]] bool stateful() const override { return looks_ahead_ || shifts_ || joins_; }
    [[nodiscard]] std::size_t width() const override { return unit_; }

    // Hands the converter little more than fits, or it converts the rest again at each call.
    decoded decode(const char* from, std::size_t size, CharT* to, std::size_t room) override {
        if (mark_size_ != 0 && at_front_ && size != 0) {
            if (size < mark_size_) {
                return {0, 0, stop::cut};
            }
            front_.assign(from, mark_size_);
            at_front_ = false;
        }
        if (looks_ahead_) {
            return decode_looking_ahead(from, size, to, room);
        }
        decoded total;
        for (std::size_t most = 8 * room + 32;; most *= 2) {
            const std::size_t part = std::min(most, size - total.consumed);
            const bool is_rest = part == size - total.consumed;
            const char* source = from + total.consumed;
            std::size_t left = part;
            char* target = reinterpret_cast<char*>(to + total.produced);
            std::size_t target_left = (room - total.produced) * sizeof(CharT);
            total.why = decoder_.convert(source, left, target, target_left);
            const std::size_t before = total.produced;
            total.consumed += part - left;
            total.produced = room - target_left / sizeof(CharT);
            // A decoder holds one character back, or a few; glibc's of JIS X 0213 gives the one it
            // holds for ever once the room was used up by that.
            idle_ = left == part ? idle_ + total.produced - before : 0;
            if (idle_ > most_held) {
                decoder_.restart();
                idle_ = 0;
                total.produced = before;
                total.why = stop::bad;
            }
            if (is_rest || total.why == stop::bad || total.why == stop::room) {
                total.bad = total.why == stop::bad ? std::min(unit_, size - total.consumed) : 0;
                return total;
            }
            if (total.produced == room) {
                total.why = stop::room;
                return total;
            }
        }
    }

    std::size_t drain(CharT* to, std::size_t room) override {
        char* target = reinterpret_cast<char*>(to);
        std::size_t left = room * sizeof(CharT);
        if (!shifts_ || holds_) {  // or what comes later would be read in the initial state
            decoder_.unshift(target, left);
        }
        return room - left / sizeof(CharT);
    }

    void restart_decoding(bool at_front) override {
        decoder_.restart();
        at_front_ = at_front;
        if (!at_front) {
            repeat_front();
        }
        ready_.clear();
        waiting_ = 0;
        idle_ = 0;
    }

    [[nodiscard]] bool needs_mark() const override {
        return mark_size_ != 0 && !at_front_ && front_.empty();
    }
    void learn_order(std::string_view front) override {
        front_ = front.substr(0, mark_size_);
        repeat_front();
    }

    encoded encode(const CharT* from, std::size_t size, std::string& to) override {
        std::size_t done = 0;
        for (;;) {
            const auto [plain, tag] = find_tag(from + done, size - done);
            encoded part = encode_plain(from + done, plain, to);
            if (part.why == stop::end && tag != 0) {
                const CharT* const at = from + done + plain;
                const encoded one =
                    has_tags() ? encode_plain(at, tag, to) : unencodable_at(at, tag, 0);
                part.why = one.why;
                part.bad = one.bad;
                part.character = one.character;
                part.consumed += one.consumed;
            }
            done += part.consumed;
            if (part.why == stop::bad && joins_) {
                unshift(to);  // what comes next does not follow the one held back
            }
            if (part.why != stop::end || done == size) {
                part.consumed = done;
                return part;
            }
        }
    }

    void unshift(std::string& to) override {
        char scratch[64];
        char* next = scratch;
        std::size_t room = sizeof(scratch);
        encoder_.unshift(next, room);
        to.append(scratch, next);
    }

private:
    // What a converter of glibc holds back it loses, or gives for ever, where the room ends there.
    // So it has room for all that a few bytes may be; what is too much waits, and with it the last
    // of those bytes, so that there is something to come back for.
    decoded decode_looking_ahead(const char* from, std::size_t size, CharT* to, std::size_t room) {
        decoded total;
        std::size_t used = waiting_;
        for (;;) {
            total.produced += give_ready(to + total.produced, room - total.produced);
            if (!ready_.empty() || total.produced == room) {
                total.why = stop::room;
                break;
            }
            if (total.why != stop::end || used == size) {
                total.bad = total.why == stop::bad ? std::min(unit_, size - used) : 0;
                break;
            }
            used += convert_few(from + used, size - used, total.why);
        }
        waiting_ = ready_.empty() ? 0 : std::min<std::size_t>(used, 1);
        total.consumed = used - waiting_;
        return total;
    }

    // Returns: how many bytes are now ready_.
    std::size_t convert_few(const char* source, std::size_t size, stop& why) {
        const std::size_t part = std::min(few_bytes, size);
        std::size_t left = part;
        CharT scratch[most_ready];
        char* target = reinterpret_cast<char*>(scratch);
        std::size_t room = sizeof(scratch);
        why = decoder_.convert(source, left, target, room);
        if (why == stop::bad) {  // before which comes what is held
            decoder_.unshift(target, room);
        }
        ready_.assign(scratch, most_ready - room / sizeof(CharT));
        return part - left;
    }

    std::size_t give_ready(CharT* to, std::size_t room) {
        const std::size_t count = ready_.copy(to, room);
        ready_.erase(0, count);
        return count;
    }

    // Whether the encoding has tags. Not from what becomes of one in the text: the encoder may then
    // write what it has held back.
    bool has_tags() {
        if (!has_tags_) {
            CharT text[5] = {CharT('a')};
            const std::size_t size = 1 + put(L'\U000E0041', text + 1);
            has_tags_ = encoded_alone(text, size) != encoded_alone(text, 1);
        }
        return *has_tags_;
    }

    // The decoder looks for a byte order mark wherever it begins: past the front of the file, it is
    // given that again.
    void repeat_front() {
        if (!front_.empty()) {
            CharT scratch[8];
            char* target = reinterpret_cast<char*>(scratch);
            std::size_t room = sizeof(scratch);
            const char* source = front_.data();
            std::size_t left = front_.size();
            decoder_.convert(source, left, target, room);
        }
    }

    // How long the mark is that the decoder looks for; 0: it does not. It is U+FEFF, which comes to
    // nothing where decoding begins.
    std::size_t size_of_mark() {
        CharT text[4];
        const auto length = put(L'\uFEFF', text);
        std::string mark;
        encode_plain(text, length, mark);  // before which a mark may come
        mark.clear();
        encode_plain(text, length, mark);
        encoder_.restart();
        const trial tried = try_out(mark.data(), mark.size());
        return tried.takes_all && !tried.gives ? mark.size() : 0;
    }

    // What the decoder does with a few bytes at the beginning.
    struct trial {
        bool takes_all;
        bool gives;        // characters,
        bool gives_later;  // also when it is told that nothing follows
    };
    trial try_out(const char* source, std::size_t left) {
        CharT scratch[16];
        char* target = reinterpret_cast<char*>(scratch);
        std::size_t room = sizeof(scratch);
        decoder_.convert(source, left, target, room);
        const std::size_t after = room;
        decoder_.unshift(target, room);
        decoder_.restart();
        return {left == 0, after != sizeof(scratch), room != after};
    }

    std::string encoded_alone(const CharT* text, std::size_t size) {
        system_codec another(name_, unit_);
        std::string bytes;
        if (another.valid()) {
            another.encode_plain(text, size, bytes);
            another.unshift(bytes);
        }
        return bytes;
    }

    encoded encode_plain(const CharT* from, std::size_t size, std::string& to) {
        const char* source = reinterpret_cast<const char*>(from);
        std::size_t left = size * sizeof(CharT);
        char scratch[2048];
        stop why = stop::room;
        while (why == stop::room) {
            char* next = scratch;
            std::size_t room = sizeof(scratch);
            why = encoder_.convert(source, left, next, room);
            to.append(scratch, next);
        }
        const std::size_t rest = left / sizeof(CharT);
        return why == stop::bad ? unencodable_at(from, size, size - rest)
                                : encoded{size - rest, why};
    }

    // Whether the decoder holds a character back, for what may come to belong to it: Vietnamese
    // vowels, Hebrew letters, Tamil signs that stand before their consonant.
    bool looks_ahead() {
        bool looks = false;
        for (const char sample : {'a', '\xE0', '\xA6'}) {
            const trial tried = try_out(&sample, 1);
            looks = looks || (tried.takes_all && !tried.gives);
        }
        return looks;
    }

    // No converter tells whether its encoding has shift states; but its encoder must leave them. Or
    // whether what are two characters may be one there, of which its encoder then holds the first
    // back: U+00CA in BIG5-HKSCS, U+304B in JIS X 0213.
    static constexpr std::wstring_view shifting = L"\u00E9\u0416\u3042\u4E2D\uD55C";
    static constexpr std::wstring_view joining = L"\u00CA\u304B";

    // Whether the decoder of an encoding with shift states holds back what its encoder joins.
    bool holds_back() {
        bool holds = false;
        for (const wchar_t sample : joining) {
            CharT text[4];
            std::string bytes;
            encode_plain(text, put(sample, text), bytes);
            unshift(bytes);
            encoder_.restart();
            holds = holds || try_out(bytes.data(), bytes.size()).gives_later;
        }
        return holds;
    }

    bool owes_unshift(std::wstring_view samples) {
        bool owes = false;
        for (const wchar_t sample : samples) {
            CharT text[4];
            const auto length = put(sample, text);
            std::string bytes;
            encode_plain(text, length, bytes);
            bytes.clear();
            unshift(bytes);
            owes = owes || !bytes.empty();
            encoder_.restart();
        }
        return owes;
    }

    static std::size_t put(wchar_t character, char* to) {
        return put_utf8(static_cast<char32_t>(character), to);
    }
    static std::size_t put(wchar_t character, wchar_t* to) {
        *to = character;
        return 1;
    }

    static constexpr std::size_t few_bytes = 16;
    static constexpr std::size_t most_ready =
        12 * few_bytes;  // of TSCII, three of three bytes each
    static constexpr std::size_t most_held = sizeof(CharT) == 1 ? 16 : 4;

    std::string name_;
    std::size_t unit_;
    std::size_t idle_ = 0;            // characters since bytes were used
    std::basic_string<CharT> ready_;  // decoded, but not delivered
    std::size_t waiting_ = 0;         // bytes of that which are not counted yet
    converter decoder_;
    converter encoder_;
    bool looks_ahead_;
    bool shifts_;
    bool joins_;
    bool holds_;
    std::size_t mark_size_;
    std::string front_;  // so many bytes, once they are known
    bool at_front_ = true;
    std::optional<bool> has_tags_;  // once that was asked
};

}  // namespace

template <class CharT>
std::unique_ptr<codec<CharT>> make_system_codec(const std::string& name, std::size_t unit) {
    auto result = std::make_unique<system_codec<CharT>>(name, unit);
    if (!result->valid()) {
        return nullptr;
    }
    return result;
}

template std::unique_ptr<codec<char>> make_system_codec(const std::string&, std::size_t);
template std::unique_ptr<codec<wchar_t>> make_system_codec(const std::string&, std::size_t);

}  // namespace sluice::detail
