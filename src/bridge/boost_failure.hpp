// What an exception says that came through Boost.Iostreams.

#ifndef SLUICE_BRIDGE_BOOST_FAILURE_HPP
#define SLUICE_BRIDGE_BOOST_FAILURE_HPP

#include <sluice/error.hpp>

#include <exception>
#include <ios>
#include <string_view>
#include <system_error>

namespace sluice::detail {

/// As an error: a sluice::error as it is; else that of `operation`, with the message as its detail.
[[nodiscard]] error boost_failure(const std::exception_ptr& thrown, std::string_view operation,
                                  std::string_view path, std::streamoff position);

#ifdef SLUICE_HAS_COMPRESSION
/// The code of what one of Boost's compression filters threw; none of anything else.
[[nodiscard]] std::error_code filter_code(const std::ios_base::failure& thrown);
#endif

}  // namespace sluice::detail

#endif  // SLUICE_BRIDGE_BOOST_FAILURE_HPP
