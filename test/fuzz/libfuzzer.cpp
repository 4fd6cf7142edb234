// Has libFuzzer choose the bytes.

#include "fuzz.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string_view>

// Without these, three quarters of the time goes into the stacks of allocations, and into memory
// that is kept so that it is not used again.
extern "C" const char* __asan_default_options() {  // NOLINT: ASan's name
    return "malloc_context_size=2:quarantine_size_mb=16:allocator_may_return_null=1";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        fuzz::target(fuzz::choices({reinterpret_cast<const char*>(data), size}));
    } catch (const std::exception& wrong) {
        std::fprintf(stderr, "==fuzz== %s\n", wrong.what());
        std::abort();  // upon which libFuzzer writes the bytes to a file
    }
    return 0;
}
