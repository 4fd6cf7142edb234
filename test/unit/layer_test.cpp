#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/filter/chain.hpp>
#include <sluice/filter/compressed.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/layer.hpp>
#include <sluice/filter/limit.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/filter/progress.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/sync.hpp>
#include <sluice/filter/tee.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/open.hpp>
#include <sluice/testing/faults.hpp>
#include <sluice/testing/trace.hpp>

#include <support/compression.hpp>
#include <support/errors.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>

using support::thrown_by;

namespace {

// `test` with what makes each layer on a buffer of bytes.
template <class Test>
void with_each_layer(Test test) {
    using sluice::membuf;
    const auto with = [&](const char* name, auto make) {
        CAPTURE(name);
        test(make);
    };
    with("chain", [](membuf& below) { return std::make_unique<sluice::chainbuf>(below); });
    with("count", [](membuf& below) { return std::make_unique<sluice::countbuf>(below); });
    with("fault", [](membuf& below) { return std::make_unique<sluice::testing::faultbuf>(below); });
    with("limit", [](membuf& below) { return std::make_unique<sluice::limitbuf>(below, 100); });
    with("pair", [](membuf& below) { return std::make_unique<sluice::pairbuf>(below, below); });
    with("progress", [](membuf& below) { return std::make_unique<sluice::progressbuf>(below); });
    with("slice", [](membuf& below) { return std::make_unique<sluice::slicebuf>(below, 0); });
    with("text", [](membuf& below) { return std::make_unique<sluice::textbuf>(below); });
    with("trace", [](membuf& below) { return std::make_unique<sluice::testing::tracebuf>(below); });
}

}  // namespace

TEST_SUITE_BEGIN("layer");

TEST_CASE("no layer is made on a buffer that is closed") {
    sluice::membuf closed("text");
    closed.close();
    with_each_layer(
        [&](auto make) { CHECK(thrown_by([&] { make(closed); }).code() == sluice::errc::closed); });
    CHECK(thrown_by([&] { sluice::teebuf tee(closed); }).code() == sluice::errc::closed);
    CHECK(thrown_by([&] { sluice::sync_sink sink(closed); }).code() == sluice::errc::closed);
    CHECK(thrown_by([&] { sluice::wtextbuf text(closed); }).code() == sluice::errc::closed);
    CHECK(thrown_by([&] { sluice::textbuf text(std::make_unique<sluice::filebuf>()); }).code() ==
          sluice::errc::closed);
}

TEST_CASE("each call on a layer whose buffer has been closed says so") {
    with_each_layer([](auto make) {
        sluice::membuf below("text");
        const auto layer = make(below);
        below.close();
        CHECK(layer->is_open());  // its own close() has not been called
        CHECK(thrown_by([&] { layer->sgetc(); }).code() == sluice::errc::closed);
        const bool wrote = layer->sputn("x", 1) == 1 && layer->pubsync() == 0;
        CHECK_FALSE((layer->writable() && wrote));
        CHECK(layer->reason().code() == sluice::errc::closed);
        CHECK(layer->pubseekoff(0, std::ios::end) == std::streampos(-1));
        const sluice::error lost = thrown_by([&] { layer->close(); });
        CHECK((!lost || lost.code() == sluice::errc::closed));  // where anything is pending
        CHECK_FALSE(layer->is_open());
    });
}

TEST_CASE("open, count, decompress and decode are one expression" * support::needs_compression) {
    const support::temporary_file file("");
    sluice::open(file.path(), "w", {.compression = sluice::compression::gzip})
        .write("first\nsecond\n");

    sluice::wtext_io in(sluice::compressed_io(sluice::count_io(sluice::open(file.path(), "rb"))));
    CHECK(in.readline() == L"first\n");
    CHECK(in.readline() == L"second\n");
    CHECK(in.readline().empty());
    auto* const counted = sluice::layer_of<sluice::countbuf>(in);
    REQUIRE(counted != nullptr);
    CHECK(counted->characters_read() == std::filesystem::file_size(file.path()));
    CHECK(sluice::layer_of<sluice::wtextbuf>(in) == in.rdbuf());
    CHECK(sluice::layer_of<sluice::compressedbuf>(in) != nullptr);
    CHECK(sluice::layer_of<sluice::filebuf>(in) != nullptr);
}

TEST_CASE("writing too goes through one expression" * support::needs_compression) {
    const support::temporary_file file("");
    {
        sluice::text_io out(sluice::compressed_io(sluice::count_io(sluice::open(file.path(), "wb")),
                                                  {.compression = sluice::compression::gzip},
                                                  std::ios::out));
        out << "3 apples\n";
        out.close();
    }
    sluice::stream in = sluice::open(file.path(), "r", {.compression = sluice::compression::infer});
    CHECK(in.read() == "3 apples\n");
}

TEST_SUITE_END();
