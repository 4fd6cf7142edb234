// check_macros: what the rules check with. No guard: check_macros_end.hpp takes them back, at the
// end of each header that includes this one, so that no macro reaches who includes that.

/// A check, which the rule goes on after.
#define SLUICE_CHECK(...)                                                                          \
    (checks.reach(__FILE__, __LINE__, #__VA_ARGS__),                                               \
     checks.judge(::sluice::testing::conformance::seen()->*__VA_ARGS__))

/// A check without which the rule need not go on.
#define SLUICE_REQUIRE(...)                                                                        \
    do {                                                                                           \
        if (!SLUICE_CHECK(__VA_ARGS__)) {                                                          \
            return;                                                                                \
        }                                                                                          \
    } while (false)
