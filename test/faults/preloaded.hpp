// What preloaded.cpp asks, which stands between a program and the C library (LD_PRELOAD).

#ifndef FAULTS_PRELOADED_HPP
#define FAULTS_PRELOADED_HPP

#include <cstddef>

namespace faults {

/// Exported as `sluice_preloaded_calls`. Nothing fails while `due` is null.
struct preloaded_calls {
    /// The errno that this call fails with; 0: it does not.
    int (*due)(const char* name, bool interruptible) = nullptr;

    /// How much of `size` bytes a transfer takes.
    std::size_t (*part_of)(std::size_t size) = nullptr;
};

}  // namespace faults

#endif  // FAULTS_PRELOADED_HPP
