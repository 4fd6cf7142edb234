// A case of doctest's for each of many types:
//
//     CASE_OF_EACH("what holds", Device, holds) { … }
//     APPLY_TO_EACH(holds, some_devices);  // a std::tuple of them
//
// As doctest's TEST_CASE_TEMPLATE_DEFINE and _APPLY, which take up to a quarter of a file's
// compilation: for each type of a list they have a function that is named after all that follow it.
// Here a list is one table.

#ifndef CONFORMANCE_EACH_TYPE_HPP
#define CONFORMANCE_EACH_TYPE_HPP

#include <doctest/doctest.h>

#include <span>
#include <tuple>

namespace conformance {

/// A case for one type, and what the type is called.
struct case_of_type {
    void (*run)();
    doctest::String (*type)();
};

/// Registers each as a case of that name, as doctest's own macros do. What it returns is there for
/// a variable to be initialized by.
int add_cases(std::span<const case_of_type> cases, const char* name, const char* file,
              unsigned line, const doctest::detail::TestSuite& suite);

}  // namespace conformance

#define CASE_OF_EACH(text, Type, id)                                                               \
    template <class Type>                                                                          \
    static void id##_case();                                                                       \
    static constexpr const char* id##_name = text;                                                 \
    namespace {                                                                                    \
    template <class Types>                                                                         \
    struct id##_cases;                                                                             \
    template <class... Types>                                                                      \
    struct id##_cases<std::tuple<Types...>> {                                                      \
        static constexpr conformance::case_of_type table[] = {                                     \
            {id##_case<Types>, doctest::toString<Types>}...};                                      \
    };                                                                                             \
    }                                                                                              \
    template <class Type>                                                                          \
    static void id##_case()

#define APPLY_TO_EACH(id, ...)                                                                     \
    [[maybe_unused]] static const int DOCTEST_ANONYMOUS(added_##id) =                              \
        conformance::add_cases(id##_cases<__VA_ARGS__>::table, id##_name, __FILE__, __LINE__,      \
                               doctest_detail_test_suite_ns::getCurrentTestSuite())

#endif  // CONFORMANCE_EACH_TYPE_HPP
