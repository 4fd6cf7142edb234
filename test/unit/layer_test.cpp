#include <sluice/device/file.hpp>
#include <sluice/filter/compressed.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/layer.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/open.hpp>

#include <support/compression.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

TEST_SUITE_BEGIN("layer");

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
