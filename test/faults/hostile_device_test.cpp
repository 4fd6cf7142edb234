#include <sluice/bridge/devicebuf.hpp>
#include <sluice/stream.hpp>

#include <boost/iostreams/categories.hpp>
#include <boost/iostreams/positioning.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <ios>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

// Devices that break every rule of theirs: an error is all that may come of it; no overrun, no
// loop, no second close. The sanitizers watch.

namespace {

namespace io = boost::iostreams;
using ios = std::ios_base;

enum class call { read, write, seek, close, flush };

/// What one call of the device does in place of its work.
struct misdeed {
    const char* name;
    std::function<std::streamsize(std::streamsize wanted)> act;
};

struct wrongs {
    call on = call::read;
    std::function<std::streamsize(std::streamsize)> act;
    bool once = true;
    int left = 1'000;  // calls until it goes well again, or a loop would not end
    int closes = 0;
    int calls = 0;
    int acted = 0;  // how many of them did the wrong
    std::string content = std::string(300, 'x');
    std::size_t position = 0;
};

/// A seekable file in memory, but for what is wrong with it.
class hostile {
public:
    using char_type = char;
    struct category : io::seekable_device_tag, io::closable_tag, io::flushable_tag {};

    explicit hostile(std::shared_ptr<wrongs> what) : what_(std::move(what)) {}

    std::streamsize read(char* target, std::streamsize count) {
        if (const auto wrong = acts(call::read, count)) {
            return *wrong;
        }
        const std::size_t begin = std::min(what_->position, what_->content.size());
        const std::size_t part =
            std::min(what_->content.size() - begin, static_cast<std::size_t>(count));
        std::copy_n(what_->content.data() + begin, part, target);
        what_->position = begin + part;
        return part == 0 ? -1 : static_cast<std::streamsize>(part);
    }

    std::streamsize write(const char* source, std::streamsize count) {
        if (const auto wrong = acts(call::write, count)) {
            return *wrong;
        }
        what_->content.resize(
            std::max(what_->content.size(), what_->position + static_cast<std::size_t>(count)));
        std::copy_n(source, count, what_->content.begin() + std::ptrdiff_t(what_->position));
        what_->position += static_cast<std::size_t>(count);
        return count;
    }

    std::streampos seek(io::stream_offset offset, ios::seekdir whence) {
        const auto from = whence == ios::beg   ? io::stream_offset(0)
                          : whence == ios::cur ? io::stream_offset(what_->position)
                                               : io::stream_offset(what_->content.size());
        if (const auto wrong = acts(call::seek, offset)) {
            return io::offset_to_position(*wrong);
        }
        if (from + offset < 0 || from + offset > 1'000'000) {
            throw std::ios_base::failure("no such place");
        }
        what_->position = static_cast<std::size_t>(from + offset);
        return io::offset_to_position(from + offset);
    }

    bool flush() { return !acts(call::flush, 0); }

    void close() {
        ++what_->closes;
        static_cast<void>(acts(call::close, 0));
    }

private:
    std::optional<std::streamsize> acts(call now, std::streamsize wanted) {
        REQUIRE(++what_->calls < 20'000);
        if (now != what_->on || what_->left == 0) {
            return std::nullopt;
        }
        ++what_->acted;
        what_->left = what_->once ? 0 : what_->left - 1;
        return what_->act(wanted);
    }

    std::shared_ptr<wrongs> what_;
};

using buffer = sluice::devicebuf<hostile>;

std::vector<misdeed> misdeeds(buffer*& self) {
    constexpr auto most = std::numeric_limits<std::streamsize>::max();
    const auto enter = [&self](auto use) {
        return [&self, use](std::streamsize) -> std::streamsize {
            use(*self);
            return 0;
        };
    };
    return {
        {"gives more than was asked", [](std::streamsize n) { return n + 1; }},
        {"gives as much as there can be", [=](std::streamsize) { return most; }},
        {"gives -1", [](std::streamsize) -> std::streamsize { return -1; }},
        {"gives -2", [](std::streamsize) -> std::streamsize { return -2; }},
        {"gives the least there can be", [=](std::streamsize) { return -most - 1; }},
        {"gives nothing", [](std::streamsize) -> std::streamsize { return 0; }},
        {"gives a wrong place", [](std::streamsize) -> std::streamsize { return 77; }},
        {"throws a number", [](std::streamsize) -> std::streamsize { throw 5; }},
        {"throws a runtime_error",
         [](std::streamsize) -> std::streamsize { throw std::runtime_error("wrong"); }},
        {"throws a failure",
         [](std::streamsize) -> std::streamsize { throw std::ios_base::failure("wrong"); }},
        {"throws an error of the system",
         [](std::streamsize) -> std::streamsize {
             throw std::system_error(ENOSPC, std::system_category());
         }},
        {"throws an error of sluice",
         [](std::streamsize) -> std::streamsize {
             throw sluice::error("read", sluice::errc::corrupt_data, "below");
         }},
        {"throws bad_alloc", [](std::streamsize) -> std::streamsize { throw std::bad_alloc(); }},
        {"closes its buffer", enter([](buffer& b) { b.close(); })},
        {"reads its buffer", enter([](buffer& b) { b.sgetc(); })},
        {"reads much of its buffer", enter([](buffer& b) {
             char block[500];
             b.sgetn(block, 500);
         })},
        {"writes to its buffer", enter([](buffer& b) { b.sputn("again", 5); })},
        {"seeks its buffer", enter([](buffer& b) { b.pubseekpos(3); })},
        {"syncs its buffer", enter([](buffer& b) { b.pubsync(); })},
        {"cuts its buffer", enter([](buffer& b) { b.truncate(0); })},
        {"asks its buffer's size", enter([](buffer& b) { static_cast<void>(b.size()); })},
    };
}

// Whatever a call throws is a report, if it is an error of sluice's. Returns: whether there was
// one.
template <class Call>
bool attempt(Call use) {
    try {
        use();
    } catch (const sluice::error& why) {
        CHECK(bool(why));
        return true;
    }
    return false;
}

// Returns: whether an error was told, by what a call threw or by the buffer's reason().
bool use_all(buffer& buf) {
    char block[200] = {};
    bool told = false;
    const auto attempt = [&](auto use) {
        const bool thrown = ::attempt(use);
        told = told || thrown || buf.reason();
        buf.clear_reason();
    };
    for (int round = 0; round < 2; ++round) {
        attempt([&] { buf.sgetn(block, 50); });
        attempt([&] { buf.sungetc(); });
        attempt([&] { buf.sputn("some text", 9); });
        attempt([&] { buf.sputc('c'); });
        attempt([&] { buf.pubsync(); });
        attempt([&] { buf.pubseekoff(0, ios::end); });
        attempt([&] { buf.sputn(block, 200); });
        attempt([&] { buf.pubseekoff(-20, ios::cur); });
        attempt([&] { buf.sgetn(block, 100); });
        attempt([&] { buf.pubseekpos(1000); });
        attempt([&] { buf.sputc('g'); });
        attempt([&] { static_cast<void>(buf.size()); });
        attempt([&] { static_cast<void>(buf.peek(10)); });
        attempt([&] { buf.in_avail(); });
        attempt([&] { buf.pubseekpos(0); });
        attempt([&] { buf.sbumpc(); });
    }
    return told;
}

/// Whether what a device does in place of its work cannot be taken for it.
bool is_plain(call on, const std::string& name) {
    const bool throws = name.starts_with("throws");
    const bool counts = on == call::read || on == call::write;
    const bool too_many =
        name == "gives more than was asked" || name == "gives as much as there can be";
    const bool negative = name == "gives -2" || name == "gives the least there can be";
    return throws || (counts && (too_many || negative));
}

}  // namespace

TEST_SUITE_BEGIN("hostile devices");

TEST_CASE("whatever a device does is an error at most") {
    buffer* self = nullptr;
    int cases = 0;
    for (const call on : {call::read, call::write, call::seek, call::close, call::flush}) {
        CAPTURE(int(on));
        for (const misdeed& wrong : misdeeds(self)) {
            const std::string name = wrong.name;
            CAPTURE(name);
            for (const std::streamsize size : {-1, 0, 1, 16}) {
                CAPTURE(size);
                for (const bool once : {true, false}) {
                    CAPTURE(once);
                    const auto what = std::make_shared<wrongs>();
                    what->on = on;
                    what->act = wrong.act;
                    what->once = once;
                    {
                        buffer buf(hostile(what), size);
                        self = &buf;
                        bool told = use_all(buf);
                        told = attempt([&] { buf.close(); }) || told;
                        CHECK_FALSE(buf.is_open());
                        const bool acted = what->acted > 0;
                        CHECK((told || !acted || !is_plain(on, name)));
                    }
                    CHECK(what->closes == 1);
                    ++cases;
                }
            }
        }
    }
    CHECK(cases == 5 * 21 * 4 * 2);
}

TEST_CASE("a device that fails from the start is not believed to be open") {
    buffer* self = nullptr;
    for (const misdeed& wrong : misdeeds(self)) {
        if (std::string(wrong.name).find("its buffer") != std::string::npos) {
            continue;  // there is none yet
        }
        const std::string name = wrong.name;
        CAPTURE(name);
        const auto what = std::make_shared<wrongs>();
        what->on = call::seek;
        what->act = wrong.act;
        what->once = false;
        attempt([&] {
            buffer buf(hostile(what), 16);
            use_all(buf);
        });
    }
}

TEST_SUITE_END();
