// sluice: everything at once.

#ifndef SLUICE_SLUICE_HPP
#define SLUICE_SLUICE_HPP

#include <sluice/buf.hpp>
#include <sluice/error.hpp>
#include <sluice/mode.hpp>
#include <sluice/stream.hpp>

#endif  // SLUICE_SLUICE_HPP
