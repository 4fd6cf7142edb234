#include <sluice/buf.hpp>
#include <sluice/error.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <sstream>
#include <string>
#include <type_traits>

TEST_SUITE_BEGIN("error");

TEST_CASE("the message names the call, the path and the reason") {
    const sluice::error with_path("open", std::error_code(ENOENT, std::system_category()),
                                  "/no/such");
    CHECK(std::string(with_path.what()) == "open /no/such: No such file or directory");
    CHECK(with_path.operation() == "open");
    CHECK(with_path.path() == "/no/such");
    CHECK(with_path.position() == -1);

    const sluice::error without("write", sluice::errc::no_space, "", 7);
    CHECK(std::string(without.what()) == "write: The device is full");
    CHECK(without.position() == 7);
    CHECK(without.count() == -1);
    CHECK(sluice::error("write", sluice::errc::would_block, "", -1, "", 5).count() == 5);
}

TEST_CASE("an error is caught as what the standard's streams throw") {
    const auto code = make_error_code(sluice::errc::closed);
    CHECK_THROWS_AS(throw sluice::error("read", code), std::ios_base::failure);
    CHECK_THROWS_AS(throw sluice::error("read", code), std::system_error);
    static_assert(std::is_nothrow_copy_constructible_v<sluice::error>);
}

TEST_CASE("no error is false") {
    CHECK_FALSE(bool(sluice::error()));
    CHECK(bool(sluice::error("read", sluice::errc::closed)));
}

TEST_CASE("each code equals its portable condition and says something of its own") {
    using sluice::errc;
    CHECK(make_error_code(errc::closed) == std::errc::bad_file_descriptor);
    CHECK(make_error_code(errc::not_readable) == std::errc::operation_not_supported);
    CHECK(make_error_code(errc::not_writable) == std::errc::operation_not_supported);
    CHECK(make_error_code(errc::not_seekable) == std::errc::invalid_seek);
    CHECK(make_error_code(errc::unsupported) == std::errc::operation_not_supported);
    CHECK(make_error_code(errc::no_space) == std::errc::no_space_on_device);
    CHECK(make_error_code(errc::pinned) == std::errc::device_or_resource_busy);
    CHECK(make_error_code(errc::would_block) == std::errc::operation_would_block);
    CHECK(make_error_code(errc::bad_mode) == std::errc::invalid_argument);
    CHECK(make_error_code(errc::bad_position) == std::errc::invalid_argument);
    CHECK(make_error_code(errc::bad_encoding) == std::errc::illegal_byte_sequence);
    CHECK(make_error_code(errc::timed_out) == std::errc::timed_out);
    CHECK(make_error_code(errc::too_long) == std::errc::file_too_large);
    CHECK(make_error_code(errc::truncated_data) == std::errc::bad_message);
    CHECK(make_error_code(errc::corrupt_data) == std::errc::bad_message);
    for (int value = 1; value <= static_cast<int>(errc::corrupt_data); ++value) {
        CAPTURE(value);
        CHECK(sluice::sluice_category().message(value) != sluice::sluice_category().message(0));
    }
    CHECK(std::string(sluice::sluice_category().name()) == "sluice");
}

TEST_CASE("a stream on another library's buffer has no reason") {
    const std::istringstream in("x");
    CHECK_FALSE(bool(sluice::error_of(in)));
}

TEST_SUITE_END();
