#include <sluice/device/memory.hpp>
#include <sluice/filter/hash.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/open.hpp>

#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>
#include <support/errors.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>

using conformance::seek;
using conformance::write;
using sluice::hash_algorithm;
using sluice::hashbuf;

namespace {

// The published values (FIPS 180-2, appendix B; the check value of CRC-32).
constexpr const char* nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* of_million_a =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

}  // namespace

TEST_SUITE_BEGIN("hash");

TEST_CASE("the hashes of what is read are the published ones") {
    hashbuf crc(std::make_unique<sluice::membuf>("123456789"), hash_algorithm::crc32);
    CHECK(crc.hex() == "00000000");
    CHECK(conformance::read_all(crc) == "123456789");
    CHECK(crc.hex() == "cbf43926");
    CHECK(crc.digest().size() == 4);
    CHECK(std::to_integer<int>(crc.digest()[0]) == 0xcb);
    hashbuf sha(std::make_unique<sluice::membuf>("abc"), hash_algorithm::sha256);
    CHECK(sha.hex() == nothing);
    CHECK(sha.sgetc() == 'a');
    CHECK(sha.hex() == nothing);  // read ahead is not read
    CHECK(conformance::read_all(sha) == "abc");
    CHECK(sha.hex() == of_abc);
    CHECK(sha.digest().size() == 32);
}

TEST_CASE("the hash of what is written is the same by each size") {
    for (const std::size_t piece : {std::size_t(0), std::size_t(1), std::size_t(64),
                                    std::size_t(100000), conformance::in_bulk}) {
        CAPTURE(piece);
        sluice::membuf to;
        hashbuf out(to, hash_algorithm::sha256);
        CHECK(conformance::write_all(out, std::string(1000000, 'a'), piece));
        CHECK(out.hex() == of_million_a);
        out.close();
        CHECK(out.hex() == of_million_a);
        CHECK(to.view().size() == 1000000);
    }
}

TEST_CASE("what is put back and read again is hashed once") {
    hashbuf in(std::make_unique<sluice::membuf>("abc"), hash_algorithm::sha256);
    CHECK(conformance::read(in, 2) == "ab");
    CHECK(in.sungetc() == 'b');
    CHECK(in.pubsync() == 0);
    CHECK(in.sungetc() == 'a');
    CHECK(conformance::read_all(in) == "abc");
    CHECK(in.hex() == of_abc);
    CHECK(seek(in, 0) == 0);
    CHECK(conformance::read_all(in) == "abc");
    CHECK(in.hex() != of_abc);
}

TEST_CASE("a hash stands in a stack and its digest remains") {
    sluice::text_io in(sluice::hash_io(sluice::bytes_io("abc"), hash_algorithm::sha256));
    CHECK(in.read() == "abc");
    auto* const hashed = sluice::layer_of<hashbuf>(in);
    REQUIRE(hashed != nullptr);
    CHECK(hashed->hex() == of_abc);
    sluice::hash_io out(sluice::bytes_io(), hash_algorithm::crc32);
    out << 123456789;
    CHECK(out.rdbuf()->hex() == "cbf43926");
    CHECK(out.detach() != nullptr);
    CHECK(out.rdbuf()->hex() == "cbf43926");
    CHECK(out.closed());
}

TEST_CASE("a moved hash goes on") {
    hashbuf a(std::make_unique<sluice::membuf>("abc"), hash_algorithm::sha256);
    CHECK(a.sbumpc() == 'a');
    hashbuf b(std::move(a));
    CHECK(a.digest().empty());  // NOLINT: the case
    CHECK(b.sbumpc() == 'b');
    a = std::move(b);
    swap(a, b);
    CHECK(b.sbumpc() == 'c');
    CHECK(b.hex() == of_abc);
}

TEST_CASE("a hash that is moved over closes and reports") {
    hashbuf a(sluice::open("/dev/full", "wb"), hash_algorithm::crc32);
    a.sputc('x');
    hashbuf b(std::make_unique<sluice::membuf>("abc"), hash_algorithm::sha256);
    CHECK(support::thrown_by([&] { a = std::move(b); }).code() == std::errc::no_space_on_device);
    CHECK_FALSE(a.is_open());
    a = std::move(b);  // NOLINT: it has not been moved
    auto& same = a;
    a = std::move(same);
    CHECK(conformance::read_all(a) == "abc");
    CHECK(a.hex() == of_abc);
}

TEST_SUITE_END();
