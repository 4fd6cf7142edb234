// What the rules do with a stream buffer, in a word each.

#ifndef CONFORMANCE_TRANSFER_HPP
#define CONFORMANCE_TRANSFER_HPP

#include <sluice/testing/conformance/words.hpp>

namespace conformance {

using sluice::testing::words::as_code;
using sluice::testing::words::both;
using sluice::testing::words::by_character;
using sluice::testing::words::end;
using sluice::testing::words::in_bulk;
using sluice::testing::words::ios;
using sluice::testing::words::look;
using sluice::testing::words::narrow;
using sluice::testing::words::next;
using sluice::testing::words::put;
using sluice::testing::words::put_back;
using sluice::testing::words::read;
using sluice::testing::words::read_all;
using sluice::testing::words::read_some;
using sluice::testing::words::sample;
using sluice::testing::words::seek;
using sluice::testing::words::seek_to;
using sluice::testing::words::take;
using sluice::testing::words::tell;
using sluice::testing::words::unget;
using sluice::testing::words::widen;
using sluice::testing::words::write;
using sluice::testing::words::write_all;

}  // namespace conformance

#endif  // CONFORMANCE_TRANSFER_HPP
