// What the tests of mappings share: pages, and children that touch them.

#ifndef SLUICE_TEST_UNIT_MAPPED_PAGES_HPP
#define SLUICE_TEST_UNIT_MAPPED_PAGES_HPP

#include <sluice/device/mapped.hpp>

#include <conformance/failing.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <string>

namespace mapped_tests {

using conformance::code_thrown_by;
using sluice::map_access;
using sluice::mapped_file;
using sluice::mappedbuf;
using ios = std::ios_base;

inline constexpr std::size_t page = 4096;
using sizes = std::initializer_list<std::size_t>;

inline std::string letters(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        text[i] = static_cast<char>('a' + i % 23);
    }
    return text;
}

inline void cut(const support::temporary_file& file, std::size_t size) {
    REQUIRE(::truncate(file.path().c_str(), static_cast<off_t>(size)) == 0);
}

/// What a child process that runs `work` ends with, as wait() gives it.
inline int status_of_child(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

/// Touches a page that a file no longer has; nobody watches it.
inline void touch_foreign_page() {
    const support::temporary_file file(std::string(2 * page, 'x'));
    const support::descriptor opened(file.path(), O_RDWR);
    void* const memory = ::mmap(nullptr, 2 * page, PROT_READ, MAP_SHARED, opened.number(), 0);
    static_cast<void>(::ftruncate(opened.number(), 0));
    ::unlink(file.path().c_str());
    static_cast<void>(*static_cast<const volatile char*>(memory));
}

}  // namespace mapped_tests

#endif  // SLUICE_TEST_UNIT_MAPPED_PAGES_HPP
