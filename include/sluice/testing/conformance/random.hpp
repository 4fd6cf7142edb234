// random: rules of conformance.hpp in which calls at random are compared with a model.
//
// The model of a buffer with one position is plain enough to be right: a string and a position.
// That of one with two is a std::stringbuf. The seed and the number of calls are options.

#ifndef SLUICE_TESTING_CONFORMANCE_RANDOM_HPP
#define SLUICE_TESTING_CONFORMANCE_RANDOM_HPP

#include <sluice/buf.hpp>
#include <sluice/testing/conformance/check_macros.hpp>
#include <sluice/testing/conformance/checks.hpp>
#include <sluice/testing/conformance/claims.hpp>
#include <sluice/testing/conformance/rule.hpp>
#include <sluice/testing/conformance/subject.hpp>
#include <sluice/testing/conformance/words.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::testing::conformance {

using namespace words;

struct model {
    std::string content;
    std::size_t position = 0;

    std::string read(std::size_t count) {
        std::string result =
            position < content.size() ? content.substr(position, count) : std::string();
        position += result.size();
        return result;
    }
    void write(std::string_view text) {
        if (text.empty()) {
            return;
        }
        if (content.size() < position + text.size()) {
            content.resize(position + text.size());
        }
        content.replace(position, text.size(), text);
        position += text.size();
    }
    [[nodiscard]] int here() const {
        return position < content.size() ? static_cast<unsigned char>(content[position]) : end;
    }
};

/// What the operations may be.
struct operations {
    bool any_offset = true;  // it seeks relatively
    bool rereads = true;     // each place before the end can be ungot
    bool writes = true;
    unsigned most = 6000;  // characters at once; the content grows to twice as many
};

/// Performs operations on a buffer and on the model, until one differs. They are drawn from
/// `Random`, a generator of numbers, which may also be bytes that somebody else chooses.
template <class CharT, class Random = std::mt19937>
class comparison {
public:
    /// `own`: the buffer, if it is one of sluice's, whose calls are compared too, or null.
    comparison(std::basic_streambuf<CharT>& buf, sluice::basic_buf<CharT>* own, model expected,
               Random random, operations allowed)
        : buf_(buf),
          own_(own),
          model_(std::move(expected)),
          random_(std::move(random)),
          allowed_(allowed) {}

    [[nodiscard]] const model& expected() const { return model_; }

    /// What went wrong; empty while all agrees.
    [[nodiscard]] const std::string& difference() const { return difference_; }

    void step() {
        const auto which = static_cast<unsigned>(random_() % 20);
        allowed_.writes ? any_step(which) : reading_step(which);
        compare_position();
    }

private:
    // Those that write are replaced by reading ones.
    void reading_step(unsigned which) {
        switch (which) {
        case 2:
        case 3:
        case 12: any_step(0); break;
        case 6:
        case 7: any_step(8); break;
        case 16: any_step(18); break;
        default: any_step(which); break;
        }
    }

    void any_step(unsigned which) {
        switch (which) {
        case 0:
        case 1: read(); break;
        case 2:
        case 3: write(); break;
        case 4:
        case 5:
            log("sbumpc");
            compare(take(buf_), model_.here());
            model_.read(1);
            break;
        case 6:
        case 7: {
            const char c = character();
            log("sputc", c);
            compare(put(buf_, c), true);
            model_.write(std::string_view(&c, 1));
            break;
        }
        case 8:
            log("sgetc");
            compare(look(buf_), model_.here());
            break;
        case 9:
            log("snextc");
            model_.read(1);
            compare(next(buf_), model_.here());
            break;
        case 10:
        case 11: unget_one(); break;
        case 12: put_back_other(); break;
        case 13:
        case 14:
        case 15: seek_some(); break;
        case 16:
            if (own_ != nullptr) {
                truncate();
            }
            break;
        case 17:
            log("pubsync");
            compare(buf_.pubsync(), 0);
            break;
        case 18: available(); break;
        default:
            if (own_ != nullptr) {
                peek();
            }
            break;
        }
    }

    void log(const char* what, long long detail = -1) {
        trail_[step_++ % trail_size] = {what, detail};
    }

    template <class Got, class Wanted>
    void compare(const Got& got, const Wanted& wanted) {
        if (!difference_.empty() || same(got, wanted)) {
            return;
        }
        const verdict sides = differing(got, wanted);
        difference_ = "got " + sides.got + ", wanted " + sides.wanted + " at step " +
                      std::to_string(step_) + " of the model, which is at " +
                      std::to_string(model_.position) + " of " +
                      std::to_string(model_.content.size()) + "; the last steps:";
        for (std::size_t i = step_ < trail_size ? 0 : step_ - trail_size; i < step_; ++i) {
            difference_ += std::string("\n    ") + trail_[i % trail_size].what + ' ' +
                           std::to_string(trail_[i % trail_size].detail);
        }
    }

    void compare_position() { compare(tell(buf_), static_cast<long long>(model_.position)); }

    // Mostly small, sometimes larger than any small buffer.
    std::size_t count() { return random_() % 8 == 0 ? random_() % allowed_.most : random_() % 12; }
    [[nodiscard]] std::size_t largest() const { return std::size_t(2) * allowed_.most; }
    char character() { return static_cast<char>('a' + random_() % 26); }

    void read() {
        const std::size_t wanted = count();
        log("sgetn", static_cast<long long>(wanted));
        compare(words::read(buf_, wanted), model_.read(wanted));
    }

    void write() {
        const std::size_t room = largest() - std::min(largest(), model_.position);
        const std::string text(std::min(count(), room), character());
        log("sputn", static_cast<long long>(text.size()));
        compare(words::write(buf_, text), text.size());
        model_.write(text);
    }

    [[nodiscard]] bool can_unget() const {
        return model_.position > 0 && model_.position <= model_.content.size();
    }

    void unget_one() {
        log("sungetc");
        const int got = unget(buf_);
        if (got == end && !allowed_.rereads) {
            return;
        }
        if (!can_unget()) {
            compare(got, end);
            return;
        }
        --model_.position;
        compare(got, model_.here());
    }

    void put_back_other() {
        log("sputbackc");
        const int got = put_back(buf_, '!');
        if (got == end && !allowed_.rereads) {
            return;
        }
        if (!can_unget()) {
            compare(got, end);
            return;
        }
        compare(got, int('!'));
        --model_.position;
        switch (random_() % 3) {
        case 0:
            compare(take(buf_), int('!'));
            ++model_.position;
            compare(look(buf_), model_.here());  // or an unget would give it again, as it may
            break;
        case 1:
            log("a seek after it", static_cast<long long>(model_.position));
            compare(seek_to(buf_, static_cast<long long>(model_.position)),
                    static_cast<long long>(model_.position));
            break;
        default: {
            log("a write over it");
            compare(words::write(buf_, "?"), std::size_t(1));
            model_.write("?");
        }
        }
    }

    void seek_some() {
        const auto size = static_cast<long long>(model_.content.size());
        const auto here = static_cast<long long>(model_.position);
        // Now and then past the end, and before the start.
        const long long target =
            static_cast<long long>(random_() % static_cast<unsigned>(size + 60)) - 20;
        const long long wanted = target < 0 ? -1 : target;
        const unsigned how = allowed_.any_offset ? random_() % 4 : 3;
        log(how == 0   ? "seek beg"
            : how == 1 ? "seek cur"
            : how == 2 ? "seek end"
                       : "seekpos",
            target);
        const long long got = how == 0   ? seek(buf_, target)
                              : how == 1 ? seek(buf_, target - here, ios::cur)
                              : how == 2 ? seek(buf_, target - size, ios::end)
                                         : seek_to(buf_, target);
        compare(got, wanted);
        if (wanted >= 0) {
            model_.position = static_cast<std::size_t>(wanted);
        }
    }

    void truncate() {
        const std::size_t size =
            random_() % 8 == 0
                ? random_() % largest()
                : std::min<std::size_t>(largest(), model_.content.size() + random_() % 40);
        const std::size_t cut = size - std::min<std::size_t>(size, random_() % 60);
        log("truncate", static_cast<long long>(cut));
        compare(own_->truncate(static_cast<std::streamoff>(cut)), static_cast<std::streamoff>(cut));
        model_.content.resize(cut);
    }

    void available() {
        log("in_avail");
        const std::streamsize got = buf_.in_avail();
        const std::size_t left =
            model_.content.size() - std::min(model_.content.size(), model_.position);
        compare(got >= 0 && static_cast<std::size_t>(got) <= left, true);
        if (own_ != nullptr) {
            log("size");
            compare(static_cast<std::size_t>(own_->size()), model_.content.size());
        }
    }

    void peek() {
        log("peek");
        const auto ready = own_->peek(random_() % 5 + 1);
        const std::string seen = narrow(std::basic_string_view<CharT>(ready.data(), ready.size()));
        model at = model_;
        compare(seen, at.read(seen.size()));
        compare(seen.empty(), model_.here() == end);
        const std::size_t taken = std::min<std::size_t>(ready.size(), random_() % 4);
        own_->consume(taken);
        model_.position += taken;
    }

    struct entry {
        const char* what = "";
        long long detail = 0;
    };
    static constexpr std::size_t trail_size = 24;

    std::basic_streambuf<CharT>& buf_;
    sluice::basic_buf<CharT>* own_;
    model model_;
    Random random_;
    operations allowed_;
    std::string difference_;
    entry trail_[trail_size];
    std::size_t step_ = 0;
};

template <class CharT>
void compare_at_random(const device_kind<CharT>& kind, check_log& checks, operations allowed) {
    const std::uint32_t seed = checks.options().seed;
    const check_log::note seed_is(checks, "seed", seed);
    subject<CharT> device(kind, sample(700));
    comparison<CharT> both_of(device.buf, dynamic_cast<basic_buf<CharT>*>(&device.buf),
                              {sample(700)}, std::mt19937(seed), allowed);
    for (std::uint32_t i = 1; i <= checks.options().steps; ++i) {
        checks.reach(__FILE__, __LINE__, "a call at random");
        both_of.step();
        if (!both_of.difference().empty()) {
            checks.fail(both_of.difference());
            return;
        }
        if (i % 500 == 0 || i == checks.options().steps) {
            const check_log::note step_is(checks, "step", i);
            SLUICE_REQUIRE(device.content() == both_of.expected().content);
        }
    }
}

/// A call, which has the same arguments on each buffer.
class any_call {
public:
    template <class Random>
    any_call(Random& random, std::size_t size)
        : operation_(static_cast<std::uint32_t>(random() % 12)),
          count_(random() % 9 == 0 ? random() % 900 : random() % 10),
          which_(random() % 3 == 0   ? both
                 : random() % 2 == 0 ? ios::in
                                     : ios::out),
          whence_(random() % 3 == 0   ? ios::beg
                  : random() % 2 == 0 ? ios::cur
                                      : ios::end),
          offset_(static_cast<long long>(random() % 2000) - 900),
          text_(size > 15000 ? 0 : count_, static_cast<char>('a' + random() % 26)) {}

    template <class CharT>
    [[nodiscard]] std::string operator()(std::basic_streambuf<CharT>& buf) const {
        switch (operation_) {
        case 0:
        case 1: return "sgetn " + read(buf, count_);
        case 2: return "sputn " + std::to_string(write(buf, text_));
        case 3: return "sbumpc " + std::to_string(take(buf));
        case 4: return "sputc " + std::to_string(int(put(buf, 'x')));
        case 5: return "sgetc " + std::to_string(look(buf));
        case 6: return "sungetc " + std::to_string(unget(buf));
        case 7: return "sputbackc " + std::to_string(put_back(buf, 'y'));
        case 8: return "pubseekoff " + std::to_string(seek(buf, offset_, whence_, which_));
        case 9: return "pubseekpos " + std::to_string(seek_to(buf, offset_, which_));
        case 10: return "a tell " + std::to_string(tell(buf, which_));
        default: return "pubsync " + std::to_string(buf.pubsync());
        }
    }

private:
    std::uint32_t operation_;
    std::size_t count_;
    ios::openmode which_;
    ios::seekdir whence_;
    long long offset_;
    std::string text_;
};

struct random_rule {
    static constexpr const char* area = "random";
};

struct random_operations : random_rule {
    static constexpr const char* name = "operations at random agree with a string and a position";
    static constexpr bool applies(const claims& c) {
        return as_model(c) && c.seeks == seeking::offsets && rereads_all(c);
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        compare_at_random(kind, checks, {.any_offset = true, .rereads = true});
    }
};

struct random_sequential : random_rule {
    static constexpr const char* name = "operations at random on what reads no place again agree";
    static constexpr bool applies(const claims& c) {
        return as_model(c) && c.seeks == seeking::offsets && !rereads_all(c);
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        compare_at_random(kind, checks, {.any_offset = true, .rereads = false});
    }
};

struct random_told : random_rule {
    static constexpr const char* name =
        "operations at random on what seeks to told positions agree";
    static constexpr bool applies(const claims& c) {
        return as_model(c) && c.seeks == seeking::positions;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        compare_at_random(kind, checks, {.any_offset = false, .rereads = false});
    }
};

struct random_oracle : random_rule {
    static constexpr const char* name =
        "operations at random agree with those on the standard's buffer";
    static constexpr bool applies(const claims& c) { return c.does_as_stringbuf; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, sample(700));
        std::basic_stringbuf<CharT> oracle(widen<CharT>(sample(700)));
        const check_log::note seed_is(checks, "seed", checks.options().seed);
        std::mt19937 random(checks.options().seed);
        for (std::uint32_t i = 0; i < checks.options().steps; ++i) {
            const check_log::note step_is(checks, "step", i);
            const any_call call(random, oracle.str().size());
            SLUICE_REQUIRE(call(device.buf) == call(oracle));
            if (i % 100 == 99) {
                SLUICE_REQUIRE(device.content() ==
                               narrow(std::basic_string_view<CharT>(oracle.str())));
            }
        }
    }
};

using random_rules = rule_list<random_operations, random_sequential, random_told, random_oracle>;

}  // namespace sluice::testing::conformance

#include <sluice/testing/conformance/check_macros_end.hpp>

#endif  // SLUICE_TESTING_CONFORMANCE_RANDOM_HPP
