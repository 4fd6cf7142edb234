// What the rules do with a stream buffer, in a word each.

#ifndef CONFORMANCE_TRANSFER_HPP
#define CONFORMANCE_TRANSFER_HPP

#include <sluice/testing/conformance/words.hpp>

namespace conformance {

using sluice::testing::conformance::words::as_code;
using sluice::testing::conformance::words::both;
using sluice::testing::conformance::words::by_character;
using sluice::testing::conformance::words::end;
using sluice::testing::conformance::words::in_bulk;
using sluice::testing::conformance::words::ios;
using sluice::testing::conformance::words::look;
using sluice::testing::conformance::words::narrow;
using sluice::testing::conformance::words::next;
using sluice::testing::conformance::words::put;
using sluice::testing::conformance::words::put_back;
using sluice::testing::conformance::words::read;
using sluice::testing::conformance::words::read_all;
using sluice::testing::conformance::words::read_some;
using sluice::testing::conformance::words::sample;
using sluice::testing::conformance::words::seek;
using sluice::testing::conformance::words::seek_to;
using sluice::testing::conformance::words::take;
using sluice::testing::conformance::words::tell;
using sluice::testing::conformance::words::unget;
using sluice::testing::conformance::words::widen;
using sluice::testing::conformance::words::write;
using sluice::testing::conformance::words::write_all;

}  // namespace conformance

#endif  // CONFORMANCE_TRANSFER_HPP
