#include <sluice/algorithm/read_all.hpp>

#include "os/os.hpp"

namespace sluice::detail {

void expect_filling(void* memory, std::size_t size) noexcept {
    os::expect_filling(memory, size);
}

}  // namespace sluice::detail
