#include <sluice/device/pipe.hpp>

#include "device/pipe_end.hpp"

#include <utility>

namespace sluice {

pipe_streams pipe() {
    detail::pipe_handles ends = detail::new_pipe("pipe");
    return {detail::stream_on(std::move(ends.reader), std::ios_base::in),
            detail::stream_on(std::move(ends.writer), std::ios_base::out)};
}

}  // namespace sluice
