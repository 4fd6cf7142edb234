#include <sluice/device/memory.hpp>
#include <sluice/filter/chain.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/sync.hpp>
#include <sluice/filter/tee.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/testing/faults.hpp>

#include <support/errors.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <streambuf>
#include <string>
#include <system_error>
#include <utility>

using support::system_code;
using support::thrown_by;
using ios = std::ios_base;

namespace {

enum class what { system_error, empty_code, integer };

/// A buffer that is not sluice's, of whose calls one throws.
class foreign_buf : public std::streambuf {
public:
    explicit foreign_buf(what thrown) : thrown_(thrown) {}

    bool reads = true;
    bool writes = true;
    bool syncs = true;
    bool seeks = true;

protected:
    int_type underflow() override {
        require(reads);
        return traits_type::eof();
    }
    int_type overflow(int_type c) override {
        require(writes);
        return traits_type::not_eof(c);
    }
    std::streamsize xsputn(const char* /*source*/, std::streamsize count) override {
        require(writes);
        return count;
    }
    int sync() override {
        require(syncs);
        return 0;
    }
    pos_type seekoff(off_type offset, ios::seekdir whence, ios::openmode /*which*/) override {
        require(seeks);
        return whence == ios::end ? pos_type(100) : pos_type(offset);
    }
    pos_type seekpos(pos_type position, ios::openmode /*which*/) override {
        require(seeks);
        return position;
    }

private:
    void require(bool works) const {
        if (works) {
            return;
        }
        switch (thrown_) {
        case what::system_error: throw std::system_error(system_code(ENOSPC));
        case what::empty_code: throw std::system_error(std::error_code());
        case what::integer: throw 5;
        }
    }

    what thrown_;
};

/// The code that it becomes.
std::error_code code_of(what thrown) {
    return thrown == what::system_error ? system_code(ENOSPC)
                                        : std::make_error_code(std::errc::io_error);
}

/// A memory that says why it has neither a size nor a descriptor, and takes nothing.
class unmeasured : public sluice::basic_buf<char> {
public:
    unmeasured() : basic_buf(true, true) {}
    [[nodiscard]] std::string path() const override { return "here"; }

protected:
    off_type do_size(std::error_code& code) override {
        return static_cast<off_type>(refused("size", system_code(EOVERFLOW), "no size", code));
    }
    int do_native_handle(std::error_code& code) override {
        return refused("native_handle", sluice::errc::unsupported, "no descriptor", code);
    }
    pos_type seekoff(off_type offset, ios::seekdir /*whence*/, ios::openmode /*which*/) override {
        return pos_type(offset);
    }
    pos_type seekpos(pos_type position, ios::openmode /*which*/) override { return position; }
    std::streamsize xsputn(const char* /*source*/, std::streamsize /*count*/) override {
        fail_as(sluice::error("write", sluice::errc::no_space, path(), -1, "full"));
        return 0;
    }

private:
    int refused(const char* operation, std::error_code why, const char* what,
                std::error_code& code) {
        note_below(sluice::error(operation, why, path(), -1, what));
        code = why;
        return -1;
    }
};

template <class Test>
void with_each(Test test) {
    for (const what thrown : {what::system_error, what::empty_code, what::integer}) {
        CAPTURE(static_cast<int>(thrown));
        test(thrown);
    }
}

}  // namespace

TEST_SUITE_BEGIN("below");

TEST_CASE("a read below that fails once is said once, and nothing is lost") {
    using sluice::testing::fault;
    const auto check = [](const char* name, auto make) {
        CAPTURE(name);
        for (const std::uint64_t after : {0U, 2U}) {
            CAPTURE(after);
            sluice::membuf bytes("abcd");
            sluice::testing::faultbuf below(bytes);
            auto layer = make(below);
            below.set_faults({.faults = {{.on = fault::read, .after = after, .once = true}}});
            std::string text;
            int failures = 0;
            while (text.size() < 4 && failures < 5) {
                try {
                    text += static_cast<char>(layer->sbumpc());
                } catch (const sluice::error& failed) {
                    CHECK(failed.code() == system_code(EIO));
                    ++failures;
                }
            }
            CHECK(text == "abcd");
            CHECK(failures == 1);
        }
    };
    check("slice", [](auto& below) { return std::make_unique<sluice::slicebuf>(below, 0); });
    check("chain", [](auto& below) { return std::make_unique<sluice::chainbuf>(below); });
    check("text", [](auto& below) { return std::make_unique<sluice::textbuf>(below); });
    check("count", [](auto& below) { return std::make_unique<sluice::countbuf>(below); });
}

TEST_CASE("what a foreign output of a tee throws is its reason") {
    with_each([](what thrown) {
        foreign_buf below(thrown);
        sluice::teebuf tee(below);
        tee.sputn("abc", 3);
        below.writes = false;
        CHECK(tee.pubsync() == -1);
        CHECK(tee.reason().code() == code_of(thrown));
        CHECK(tee.reason().operation() == "write");
        CHECK(tee.reason().detail() == "output 1");
        below.writes = true;
        below.syncs = false;
        sluice::teebuf other(below);
        CHECK(other.pubsync() == -1);
        CHECK(other.reason().code() == code_of(thrown));
        CHECK(other.reason().operation() == "sync");
        const sluice::error why = thrown_by([&] { other.close(); });
        CHECK(why.code() == code_of(thrown));
        CHECK(why.operation() == "sync");
        CHECK_FALSE(other.is_open());
    });
}

TEST_CASE("what a foreign buffer below a slice throws is its reason") {
    with_each([](what thrown) {
        foreign_buf below(thrown);
        sluice::slicebuf slice(below, 10, 20);
        below.reads = false;
        CHECK(thrown_by([&] { slice.sgetc(); }).code() == code_of(thrown));
        CHECK(slice.reason().operation() == "read");
        below.reads = true;
        below.seeks = false;
        CHECK(thrown_by([&] { slice.sgetc(); }).operation() == "seek");
        CHECK(thrown_by([&] { static_cast<void>(slice.size()); }).code() == code_of(thrown));
        below.seeks = true;
        sluice::slicebuf written(below, 10, 20);
        written.sputn("abc", 3);
        below.writes = false;
        CHECK(written.pubsync() == -1);
        CHECK(written.reason().code() == code_of(thrown));
        CHECK(written.reason().operation() == "write");
    });
}

TEST_CASE("what a foreign part of a chain throws is its reason") {
    with_each([](what thrown) {
        foreign_buf below(thrown);
        sluice::chainbuf chain(std::make_unique<sluice::membuf>(), below);
        below.reads = false;
        CHECK(thrown_by([&] { chain.sgetc(); }).code() == code_of(thrown));
        CHECK(chain.reason().operation() == "read");
        CHECK(chain.reason().detail() == "part 2");
        sluice::chainbuf sought(std::make_unique<sluice::membuf>(), below);
        below.seeks = false;
        CHECK(thrown_by([&] { sought.sgetc(); }).operation() == "seek");
    });
}

TEST_CASE("what a foreign sink of lines throws is its reason") {
    with_each([](what thrown) {
        foreign_buf below(thrown);
        sluice::sync_sink sink(below);
        sluice::syncbuf lines(sink);
        below.writes = false;
        CHECK(lines.sputn("a\n", 2) == 0);
        CHECK(lines.reason().code() == code_of(thrown));
        CHECK(lines.reason().operation() == "write");
        below.syncs = false;
        CHECK(thrown_by([&] { sink.flush(); }).operation() == "sync");
        const sluice::error why = thrown_by([&] { sink.close(); });
        CHECK(why.code() == code_of(thrown));
        CHECK(why.operation() == "sync");
    });
}

TEST_CASE("what a foreign record throws is a reason of the layer's") {
    with_each([](what thrown) {
        sluice::membuf from("abc");
        foreign_buf record(thrown);
        sluice::recordbuf in(from, record);
        CHECK(in.sbumpc() == 'a');
        record.writes = false;
        CHECK(in.pubsync() == 0);
        CHECK(in.reason().code() == code_of(thrown));
        CHECK(in.reason().operation() == "write");
        CHECK(in.reason().detail() == "record");
    });
}

TEST_CASE("what a foreign buffer throws at close is reported with the call") {
    with_each([](what thrown) {
        foreign_buf below(thrown);
        below.syncs = false;
        sluice::countbuf count(below);
        const sluice::error why = thrown_by([&] { count.close(); });
        CHECK(why.code() == code_of(thrown));
        CHECK(why.operation() == "sync");
        CHECK_FALSE(count.is_open());
        auto owned = std::make_unique<foreign_buf>(thrown);
        owned->syncs = false;
        sluice::pairbuf pair(std::make_unique<sluice::membuf>(), std::move(owned));
        const sluice::error of_owned = thrown_by([&] { pair.close(); });
        CHECK(of_owned.code() == code_of(thrown));
        CHECK(of_owned.operation() == "close");
    });
}

TEST_CASE("a size that is refused below keeps its reason") {
    sluice::countbuf count(std::make_unique<unmeasured>());
    const sluice::error of_count = thrown_by([&] { static_cast<void>(count.size()); });
    CHECK(of_count.detail() == "no size");
    CHECK(of_count.path() == "here");
    sluice::slicebuf slice(std::make_unique<unmeasured>(), 1);
    const sluice::error of_slice = thrown_by([&] { static_cast<void>(slice.size()); });
    CHECK(of_slice.detail() == "no size");
    CHECK(of_slice.path() == "here");
    sluice::chainbuf chain(std::make_unique<sluice::membuf>("a"), std::make_unique<unmeasured>(),
                           std::make_unique<sluice::membuf>("b"));
    const sluice::error of_chain = thrown_by([&] { static_cast<void>(chain.size()); });
    CHECK(of_chain.detail() == "part 2: no size");
    CHECK(of_chain.path() == "here");
    CHECK(of_chain.code() == system_code(EOVERFLOW));
}

TEST_CASE("a descriptor that is refused below keeps its reason") {
    sluice::countbuf count(std::make_unique<unmeasured>());
    CHECK(thrown_by([&] { static_cast<void>(count.native_handle()); }).detail() == "no descriptor");
    sluice::slicebuf slice(std::make_unique<unmeasured>(), 1);
    CHECK(thrown_by([&] { static_cast<void>(slice.native_handle()); }).detail() == "no descriptor");
}

TEST_CASE("a descriptor of a slice that cannot be flushed says all that was said below") {
    sluice::slicebuf slice(std::make_unique<unmeasured>(), 1);
    slice.sputc('x');
    const sluice::error why = thrown_by([&] { static_cast<void>(slice.native_handle()); });
    CHECK(why.code() == sluice::errc::no_space);
    CHECK(why.operation() == "write");
    CHECK(why.detail() == "full");
}

TEST_SUITE_END();
