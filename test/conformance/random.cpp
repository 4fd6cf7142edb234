#include <conformance/devices.hpp>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>

// Each device against a model that is plain enough to be right: a string and a position. The seed
// is fixed; SLUICE_SEED sets another, SLUICE_STEPS how many operations.

using namespace conformance;

namespace {

std::uint32_t from_environment(const char* name, std::uint32_t otherwise) {
    const char* const value = std::getenv(name);
    return value == nullptr ? otherwise
                            : static_cast<std::uint32_t>(std::strtoul(value, nullptr, 10));
}

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

/// Performs operations on a buffer and on the model, until one differs.
template <class CharT>
class comparison {
public:
    /// `any_offset`: it seeks relatively; `rereads`: each place before the end can be ungot.
    comparison(sluice::basic_buf<CharT>& buf, model expected, std::uint32_t seed, bool any_offset,
               bool rereads)
        : buf_(buf),
          model_(std::move(expected)),
          random_(seed),
          any_offset_(any_offset),
          rereads_(rereads) {}

    [[nodiscard]] const model& expected() const { return model_; }

    /// What went wrong; empty while all agrees.
    [[nodiscard]] const std::string& difference() const { return difference_; }

    void step() {
        switch (random_() % 20) {
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
        case 16: truncate(); break;
        case 17:
            log("pubsync");
            compare(buf_.pubsync(), 0);
            break;
        case 18: available(); break;
        default: peek(); break;
        }
        compare_position();
    }

private:
    static constexpr std::size_t largest = 12000;

    void log(const char* what, long long detail = -1) {
        trail_[step_++ % trail_size] = {what, detail};
    }

    template <class Got, class Wanted>
    void compare(const Got& got, const Wanted& wanted) {
        if (got == wanted || !difference_.empty()) {
            return;
        }
        difference_ = "differs at step " + std::to_string(step_) + " from the model, which has " +
                      std::to_string(model_.position) + " of " +
                      std::to_string(model_.content.size()) + "; the last steps:";
        for (std::size_t i = step_ < trail_size ? 0 : step_ - trail_size; i < step_; ++i) {
            difference_ += std::string("\n    ") + trail_[i % trail_size].what + ' ' +
                           std::to_string(trail_[i % trail_size].detail);
        }
    }

    void compare_position() { compare(tell(buf_), static_cast<long long>(model_.position)); }

    // Mostly small, sometimes larger than any small buffer.
    std::size_t count() { return random_() % 8 == 0 ? random_() % 6000 : random_() % 12; }
    char character() { return static_cast<char>('a' + random_() % 26); }

    void read() {
        const std::size_t wanted = count();
        log("sgetn", static_cast<long long>(wanted));
        compare(conformance::read(buf_, wanted), model_.read(wanted));
    }

    void write() {
        const std::size_t room = largest - std::min(largest, model_.position);
        const std::string text(std::min(count(), room), character());
        log("sputn", static_cast<long long>(text.size()));
        compare(conformance::write(buf_, text), text.size());
        model_.write(text);
    }

    [[nodiscard]] bool can_unget() const {
        return model_.position > 0 && model_.position <= model_.content.size();
    }

    void unget_one() {
        log("sungetc");
        const int got = unget(buf_);
        if (got == end && !rereads_) {
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
        if (got == end && !rereads_) {
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
            compare(conformance::write(buf_, "?"), std::size_t(1));
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
        const unsigned how = any_offset_ ? random_() % 4 : 3;
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
                ? random_() % largest
                : std::min<std::size_t>(largest, model_.content.size() + random_() % 40);
        const std::size_t cut = size - std::min<std::size_t>(size, random_() % 60);
        log("truncate", static_cast<long long>(cut));
        compare(buf_.truncate(static_cast<std::streamoff>(cut)), static_cast<std::streamoff>(cut));
        model_.content.resize(cut);
    }

    void available() {
        log("in_avail");
        const std::streamsize got = buf_.in_avail();
        const std::size_t left =
            model_.content.size() - std::min(model_.content.size(), model_.position);
        compare(got >= 0 && static_cast<std::size_t>(got) <= left, true);
        log("size");
        compare(static_cast<std::size_t>(buf_.size()), model_.content.size());
    }

    void peek() {
        log("peek");
        const auto ready = buf_.peek(random_() % 5 + 1);
        const std::string seen = narrow(std::basic_string_view<CharT>(ready.data(), ready.size()));
        model at = model_;
        compare(seen, at.read(seen.size()));
        compare(seen.empty(), model_.here() == end);
        const std::size_t taken = std::min<std::size_t>(ready.size(), random_() % 4);
        buf_.consume(taken);
        model_.position += taken;
    }

    struct entry {
        const char* what = "";
        long long detail = 0;
    };
    static constexpr std::size_t trail_size = 24;

    sluice::basic_buf<CharT>& buf_;
    model model_;
    std::mt19937 random_;
    bool any_offset_;
    bool rereads_;
    std::string difference_;
    entry trail_[trail_size];
    std::size_t step_ = 0;
};

template <class Device>
void compare_at_random(bool any_offset, bool rereads) {
    const std::uint32_t seed = from_environment("SLUICE_SEED", 20240229);
    const std::uint32_t steps = from_environment("SLUICE_STEPS", 30000);
    CAPTURE(seed);
    Device device(sample(700));
    comparison<typename Device::char_type> both_of(device.buf, {sample(700)}, seed, any_offset,
                                                   rereads);
    for (std::uint32_t i = 0; i < steps && both_of.difference().empty(); ++i) {
        both_of.step();
        if (i % 500 == 499) {
            CAPTURE(i);
            REQUIRE(both_of.difference() == "");
            REQUIRE((device.content() == both_of.expected().content));
        }
    }
    REQUIRE(both_of.difference() == "");
    CHECK((device.content() == both_of.expected().content));
}

}  // namespace

TEST_SUITE_BEGIN("conformance: random");

TEST_CASE_TEMPLATE_DEFINE("operations at random agree with a string and a position", Device,
                          random_operations) {
    compare_at_random<Device>(true, true);
}
TEST_CASE_TEMPLATE_APPLY(random_operations, addressable_devices);
TEST_CASE_TEMPLATE_APPLY(random_operations, returned_devices);

TEST_CASE_TEMPLATE_DEFINE("operations at random on what reads no place again agree", Device,
                          random_sequential) {
    compare_at_random<Device>(true, false);
}
TEST_CASE_TEMPLATE_APPLY(random_sequential, sequential_files);

TEST_CASE_TEMPLATE_DEFINE("operations at random on what seeks to told positions agree", Device,
                          random_told) {
    compare_at_random<Device>(false, false);
}
using told_devices = joined<utf8_files, text_devices>;
TEST_CASE_TEMPLATE_APPLY(random_told, told_devices);

TEST_CASE_TEMPLATE_DEFINE("operations at random agree with those on the standard's buffer", Device,
                          random_oracle) {
    using char_type = typename Device::char_type;
    const std::uint32_t seed = from_environment("SLUICE_SEED", 20240229);
    const std::uint32_t steps = from_environment("SLUICE_STEPS", 100000);
    CAPTURE(seed);
    Device device(sample(700));
    std::basic_stringbuf<char_type> oracle(widen<char_type>(sample(700)));
    std::mt19937 random(seed);
    for (std::uint32_t i = 0; i < steps; ++i) {
        const auto operation = random() % 12;
        const std::size_t count = random() % 9 == 0 ? random() % 900 : random() % 10;
        const auto which = random() % 3 == 0 ? both : random() % 2 == 0 ? ios::in : ios::out;
        const auto whence = random() % 3 == 0 ? ios::beg : random() % 2 == 0 ? ios::cur : ios::end;
        const auto size = static_cast<long long>(oracle.view().size());
        const long long offset = static_cast<long long>(random() % 2000) - 900;
        const std::string text(size > 15000 ? 0 : count, static_cast<char>('a' + random() % 26));
        const auto apply = [&](std::basic_streambuf<char_type>& buf) -> long long {
            switch (operation) {
            case 0:
            case 1: return static_cast<long long>(std::hash<std::string>()(read(buf, count)));
            case 2: return static_cast<long long>(write(buf, text));
            case 3: return take(buf);
            case 4: return put(buf, 'x');
            case 5: return look(buf);
            case 6: return unget(buf);
            case 7: return put_back(buf, 'y');
            case 8: return seek(buf, offset, whence, which);
            case 9: return seek_to(buf, offset, which);
            case 10: return tell(buf, which);
            default: return buf.pubsync();
            }
        };
        CAPTURE(i);
        CAPTURE(operation);
        CAPTURE(offset);
        REQUIRE(apply(device.buf) == apply(oracle));
        if (i % 100 == 99) {
            REQUIRE((device.buf.view() == oracle.view()));
        }
    }
}
TEST_CASE_TEMPLATE_APPLY(random_oracle, string_devices);

TEST_SUITE_END();
