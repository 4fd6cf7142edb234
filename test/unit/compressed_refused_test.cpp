#include <sluice/device/memory.hpp>
#include <sluice/filter/compressed.hpp>
#include <sluice/testing/faults.hpp>

#include "compressed_samples.hpp"
#include <support/errors.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <ios>
#include <memory>
#include <string>
#include <utility>

using samples::lines;
using samples::packed;
using samples::unpacked;
using sluice::compressedbuf;
using sluice::compression;
using sluice::errc;
using sluice::membuf;
using sluice::testing::fault;
using sluice::testing::fault_options;
using sluice::testing::faultbuf;
using support::system_code;
using support::thrown_by;
using ios = std::ios_base;

namespace {

fault_options failing(fault::call on) {
    return {.faults = {{.on = on}}};
}

const std::error_code broken = system_code(EIO);

}  // namespace

TEST_SUITE_BEGIN("compressed");

TEST_CASE("a compressedbuf that is closed refuses each call") {
    compressedbuf none;
    CHECK_FALSE(none.is_open());
    CHECK(thrown_by([&] { none.detach(); }).code() == errc::closed);
    CHECK(thrown_by([&] { none.end_member(); }).code());
    CHECK(thrown_by([&] { none.sgetc(); }).code() == errc::closed);
    CHECK(none.sputn("x", 1) == 0);
    CHECK(none.below() == nullptr);
    CHECK(none.pubseekpos(0) == std::streampos(-1));
}

TEST_CASE("what could not be written is pending, whatever was to end it") {
    for (const compression format : samples::file_formats) {
        CAPTURE(static_cast<int>(format));
        membuf memory;
        faultbuf below(memory, failing(fault::write));
        compressedbuf out(below, {.compression = format}, ios::out);
        CHECK(out.sputn("text", 4) == 4);
        CHECK(thrown_by([&] { out.end_member(); }).code() == broken);
        CHECK(thrown_by([&] { out.detach(); }).code() == broken);
        CHECK(out.is_open());
        CHECK(out.pubsync() == -1);
        CHECK(thrown_by([&] { out.sync_to_disk(); }).code() == broken);
        below.set_faults(failing(fault::sync));
        CHECK(thrown_by([&] { out.end_member(); }).code() == broken);
        CHECK(thrown_by([&] { out.detach(); }).code() == broken);
        CHECK(out.pubsync() == -1);
        CHECK(out.reason().code() == broken);
        below.set_faults({});
        CHECK(thrown_by([&] { out.sync_to_disk(); }).code() == errc::unsupported);  // in RAM
        CHECK(out.detach() == nullptr);
        CHECK(unpacked(memory.view(), format) == "text");
    }
}

TEST_CASE("what is pinned below keeps a compressedbuf open, and what is lost is told") {
    for (const bool full : {false, true}) {
        CAPTURE(full);
        auto owned = std::make_unique<membuf>();
        auto* const memory = owned.get();
        compressedbuf out(std::move(owned), {.compression = compression::gzip}, ios::out);
        CHECK(out.sputn("text", 4) == 4);
        CHECK(out.pubsync() == 0);
        memory->set_max_size(full ? memory->view().size() : memory->max_size());
        auto pin = memory->getbuffer();
        CHECK(thrown_by([&] { out.close(); }).code() == errc::pinned);
        CHECK(out.is_open());
        CHECK((out.reason().code() == errc::no_space) == full);
        pin.release();
        CHECK(thrown_by([&] { out.close(); }).code() ==
              (full ? errc::no_space : std::error_code()));
        CHECK_FALSE(out.is_open());
    }
}

TEST_CASE("a failed read that is taken back is decoded again, after a close too") {
    const std::string text = lines(200'000);
    for (const compression format : samples::formats) {
        CAPTURE(static_cast<int>(format));
        membuf memory(packed(text, format));
        faultbuf below(memory,
                       {.faults = {{.on = fault::read, .after = memory.view().size() / 2}}});
        compressedbuf in(below, {.compression = format});
        std::string target(text.size(), '\0');
        CHECK(thrown_by([&] { in.sgetn(target.data(), 200'000); }).code() == broken);
        below.set_faults({});
        CHECK(in.sgetn(target.data(), 200'000) == 200'000);
        CHECK(target == text);
        CHECK(in.pubseekpos(10) == std::streampos(10));
        CHECK(in.sgetn(target.data(), 5) == 5);
        CHECK(target.substr(0, 5) == text.substr(10, 5));
        CHECK(in.detach() == nullptr);
        CHECK(thrown_by([&] { in.detach(); }).code() == errc::closed);
    }
    membuf memory(packed(text, compression::bzip2));
    faultbuf below(memory, {.faults = {{.on = fault::read, .after = 100}}});
    compressedbuf in(below);
    std::string target(text.size(), '\0');
    CHECK(thrown_by([&] { in.sgetn(target.data(), 200'000); }).code() == broken);
    in.close();
    CHECK_FALSE(in.is_open());
}

TEST_CASE("damage within a stream is damage, in whichever pieces it is read") {
    const std::string text = lines(100'000);
    for (const compression format : samples::file_formats) {
        CAPTURE(static_cast<int>(format));
        std::string bytes = packed(text, format);
        for (std::size_t at = bytes.size() / 3; at < bytes.size() / 3 + 16; ++at) {
            bytes[at] = static_cast<char>(~bytes[at]);
        }
        for (const std::size_t piece : {std::size_t(1), std::size_t(4096)}) {
            membuf memory(bytes);
            faultbuf below(memory, {.most_read = piece});
            compressedbuf in(below, {.compression = format});
            const auto got = samples::read_to_failure(in);
            if (format != compression::zstd) {  // which has no checksum
                CHECK(got.why.code() == errc::corrupt_data);
            }
            CHECK(text.starts_with(got.content.substr(0, 1000)));
        }
        for (const std::size_t cut : {std::size_t(3), bytes.size() / 4}) {
            membuf memory(std::string_view(bytes).substr(0, cut));
            compressedbuf in(memory, {.compression = format});
            CHECK(samples::read_to_failure(in).why.code() == errc::truncated_data);
        }
    }
}

TEST_CASE("what a failed read had decoded is nothing where the next one reads elsewhere") {
    const std::string text = lines(100000);
    membuf memory(packed(text, compression::gzip));
    fault_options half = failing(fault::read);
    half.faults[0].after = memory.view().size() / 2;
    half.faults[0].once = true;
    half.most_read = 1000;
    faultbuf below(memory, half);
    compressedbuf in(below);
    std::string all(text.size(), '\0');
    CHECK(thrown_by([&] { in.sgetn(all.data(), std::streamsize(all.size())); }).code() == broken);
    CHECK(in.pubseekpos(5) == std::streampos(5));
    all.resize(text.size() - 5);
    CHECK(in.sgetn(all.data(), std::streamsize(all.size())) == std::streamsize(all.size()));
    CHECK((all == text.substr(5)));
}

TEST_CASE("what a failed read had decoded is not decoded again by the next one there") {
    const std::string text = lines(200'000);
    membuf memory(packed(text, compression::gzip));
    faultbuf below(memory, {.faults = {{.on = fault::read, .after = memory.view().size() / 2}}});
    compressedbuf in(below);
    std::string target(text.size(), '\0');
    CHECK(thrown_by([&] { in.sgetn(target.data(), 200'000); }).code() == broken);
    below.set_faults(failing(fault::seek));
    CHECK(in.sgetn(target.data(), 200'000) == 200'000);
    CHECK(target == text);
}

TEST_CASE("where the front cannot be reached again, nothing has been read") {
    const std::string text = lines(300'000);
    for (const compression format : samples::formats) {
        CAPTURE(static_cast<int>(format));
        membuf memory(packed(text, format));
        faultbuf below(memory);
        compressedbuf in(below, {.compression = format});
        std::string target(text.size(), '?');
        const auto size = static_cast<std::streamsize>(text.size());
        for (const std::streamsize before : {0, 10}) {
            CAPTURE(before);
            CHECK(in.sgetn(target.data(), before) == before);
            CHECK(in.size() == size);
            below.set_faults(failing(fault::seek));
            const auto rest = static_cast<std::streamsize>(target.size()) - before;
            CHECK(thrown_by([&] { in.sgetn(target.data(), rest); }).code() == broken);
            below.set_faults({});
            std::string got(text.size(), '?');
            CHECK(in.sgetn(got.data(), rest) == rest);
            CHECK((got.substr(0, static_cast<std::size_t>(rest)) ==
                   text.substr(static_cast<std::size_t>(before))));
            CHECK(in.pubseekpos(0) == std::streampos(0));
        }
    }
}

TEST_CASE("streams that follow one another are one, in pieces of any size") {
    for (const compression format : samples::file_formats) {
        CAPTURE(static_cast<int>(format));
        const std::string zeros(format == compression::zstd ? 0 : 8, '\0');
        const std::string bytes =
            packed("one ", format) + packed("", format) + packed("two", format) + zeros;
        for (const std::size_t piece : {1U, 2U, 3U, 5U, 100U}) {
            CAPTURE(piece);
            membuf memory(bytes);
            faultbuf below(memory, {.most_read = piece});
            compressedbuf in(below, {.compression = format});
            const auto got = samples::read_to_failure(in);
            CHECK(got.content == "one two");
            CHECK_FALSE(got.why);
        }
        membuf behind(bytes + "rubbish, long enough to be looked at");
        compressedbuf in(behind, {.compression = format});
        const auto got = samples::read_to_failure(in);
        CHECK(got.content == "one two");
        CHECK(got.why.code() == errc::corrupt_data);
    }
}

TEST_SUITE_END();
