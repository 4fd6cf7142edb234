// Makes the n-th allocation of a call fail, for each n, and looks at what that leaves.
//
//     const faults::sweep fail{[] { return std::make_unique<sluice::bytes_io>("text"); },
//                              faults::look_at_stream<sluice::bytes_io>};
//     fail([](auto& s) { s->write("more"); });

#ifndef FAULTS_ALLOCATION_HPP
#define FAULTS_ALLOCATION_HPP

#include <sluice/error.hpp>

#include <support/system_calls.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <functional>
#include <ios>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>

namespace faults {

/// Counts the allocations of this thread, and fails them: those by operator new; sluice's own by
/// malloc and realloc, where the linker lends a hand (see allocation.cpp); and the pages and FILEs
/// that it asks of the system.
class failing_allocations {
public:
    enum class how { once, ever_after };

    /// The allocation after `good` ones fails, and perhaps all that follow.
    failing_allocations(long good, how mode) noexcept;
    failing_allocations(const failing_allocations&) = delete;
    failing_allocations& operator=(const failing_allocations&) = delete;
    ~failing_allocations();

    /// Whether one has failed.
    [[nodiscard]] bool failed() const noexcept;

private:
    support::replaced_calls system_;
};

/// How many blocks this program has allocated and not freed.
[[nodiscard]] long live_blocks() noexcept;

/// What there is to see of an object.
struct picture {
    std::string content;
    std::streamoff position = -1;
    std::string mode{};  // what it can do, and whatever else must stay

    // NOLINTBEGIN(google-explicit-constructor): most objects are told by a text
    picture(std::string seen) : content(std::move(seen)) {}
    // NOLINTEND(google-explicit-constructor)
    picture(std::string seen, std::streamoff place, std::string can)
        : content(std::move(seen)), position(place), mode(std::move(can)) {}

    friend bool operator==(const picture&, const picture&) = default;
};

/// What a call leaves that has thrown: `before` and `after` are what the object is like before it,
/// and where nothing fails.
using leaving = bool (*)(const picture& before, const picture& left, const picture& after);

/// Nothing has changed.
bool unchanged(const picture& before, const picture& left, const picture& after);

/// The content is as it was, and the position between the two: characters have been read.
bool read_in_part(const picture& before, const picture& left, const picture& after);

/// The content is that of `after` up to some place, and that of `before` behind it: a front of what
/// was written is there. The position is between the two.
bool written_in_part(const picture& before, const picture& left, const picture& after);

/// All was done, or nothing: what failed was telling of it.
bool whole_or_not(const picture& before, const picture& left, const picture& after);

/// What is promised of a call besides.
struct promise {
    leaving leaves = unchanged;

    /// Made again, the call brings the object to where it is when nothing fails, also from a part;
    /// else that is so only where nothing has changed, and it just works.
    bool resumes = false;

    bool leaks = false;  // where it is another library's
};

namespace detail {

/// An object and what is done with it, whatever its type.
class trial {
public:
    trial() = default;
    trial(const trial&) = delete;
    trial& operator=(const trial&) = delete;
    virtual ~trial() = default;
    virtual void use() = 0;
    virtual picture look() = 0;
};

void run(const std::function<std::unique_ptr<trial>()>& make, const promise& what, const char* file,
         int line);

template <class Object, class Use, class Look>
class trial_of final : public trial {
public:
    trial_of(Object object, Use& use, Look& look)
        : object_(std::move(object)), use_(use), look_(look) {}
    void use() override { use_(object_); }
    picture look() override { return look_(object_); }

private:
    Object object_;
    Use& use_;
    Look& look_;
};

}  // namespace detail

/// Runs `use` on what `make` returns, with each allocation of it failing in turn. `look` tells all
/// there is to tell of the object.
///
/// - The failure shows: `use` throws std::bad_alloc or a sluice::error; or it has done without the
///   memory, and then the object looks as it does where nothing fails.
/// - What throws has changed nothing, or what `what` allows.
/// - The same call then succeeds, see promise::resumes.
/// - Nothing is left allocated, but for what the libraries keep the first time (an exception's
///   memory, a locale's).
///
/// `file` and `line` tell the call; clang 14 has no std::source_location.
template <class Make, class Use, class Look>
void fail_each(Make make, Use use, Look look, promise what = {},
               const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    using object = decltype(make());
    detail::run(
        [&]() -> std::unique_ptr<detail::trial> {
            return std::make_unique<detail::trial_of<object, Use, Look>>(make(), use, look);
        },
        what, file, line);
}

/// The same for many calls on one kind of object.
template <class Make, class Look>
struct sweep {
    Make make;
    Look look;

    template <class Use>
    void operator()(Use use, promise what = {}, const char* file = __builtin_FILE(),
                    int line = __builtin_LINE()) const {
        fail_each(make, std::move(use), look, what, file, line);
    }
};

template <class Make, class Look>
sweep(Make, Look) -> sweep<Make, Look>;

/// Iostreams report what they catch by their state.
template <class Stream>
void check(Stream& stream) {
    if (stream.bad()) {
        stream.clear();
        throw std::bad_alloc();
    }
}

/// All there is to see of a buffer that can be read and sought.
template <class Buf>
picture look_at(Buf& buf) {
    using ios = std::ios_base;
    if (!buf.is_open()) {
        return {"", -1, "closed"};
    }
    picture seen("", std::streamoff(buf.pubseekoff(0, ios::cur)),
                 std::string(buf.readable() ? "r" : "-") + (buf.writable() ? "w" : "-"));
    if (buf.readable() && buf.seekable()) {
        const auto here = buf.pubseekoff(0, ios::cur);
        buf.pubseekpos(0);
        for (auto c = buf.sbumpc(); c != Buf::traits_type::eof(); c = buf.sbumpc()) {
            seen.content += static_cast<char>(c);
        }
        buf.pubseekpos(here);
    } else {
        buf.pubsync();
    }
    return seen;
}

/// The buffer of a stream; `besides` is what else must stay.
template <class Stream>
picture look_at_buffer_of(Stream& stream, const std::string& besides = {}) {
    if (stream.rdbuf() == nullptr) {
        return {"", -1, "gone" + besides};
    }
    stream.clear();
    picture seen = look_at(*stream.rdbuf());
    seen.mode += besides;
    return seen;
}
template <class Stream>
picture look_at_stream(const std::unique_ptr<Stream>& stream) {
    return look_at_buffer_of(*stream);
}

/// 400 lines.
extern const std::string sample;

/// Writes `text`, as who is told how much of it was taken: the next call goes on with the rest.
class resumed_write {
public:
    template <class Stream>
    void operator()(Stream& stream, std::string_view text) {
        try {
            stream.write(text.substr(done_));
            done_ = text.size();
        } catch (const sluice::error& why) {
            done_ += why.count() > 0 ? static_cast<std::size_t>(why.count()) : 0;
            stream.clear();
            throw;
        }
    }

private:
    std::size_t done_ = 0;
};

}  // namespace faults

#endif  // FAULTS_ALLOCATION_HPP
