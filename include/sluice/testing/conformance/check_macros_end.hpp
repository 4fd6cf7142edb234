// check_macros_end: see check_macros.hpp.

#undef SLUICE_CHECK
#undef SLUICE_REQUIRE
