#include <conformance/each_type.hpp>

namespace conformance {

int add_cases(std::span<const case_of_type> cases, const char* name, const char* file,
              unsigned line, const doctest::detail::TestSuite& suite) {
    int number = static_cast<int>(line) * 1000;  // what doctest sorts the types by
    for (const case_of_type& one : cases) {
        doctest::detail::regTest(
            doctest::detail::TestCase(one.run, file, line, suite, one.type(), number++) * name);
    }
    return number;
}

}  // namespace conformance
