// One end of a pipe as a stream.

#ifndef SLUICE_DEVICE_PIPE_END_HPP
#define SLUICE_DEVICE_PIPE_END_HPP

#include <sluice/device/file.hpp>
#include <sluice/stream.hpp>

#include "os/owned_handle.hpp"

#include <ios>
#include <memory>

namespace sluice::detail {

struct pipe_handles {
    os::owned_handle reader;
    os::owned_handle writer;
};

/// Errors: throws error of `operation`.
[[nodiscard]] inline pipe_handles new_pipe(const char* operation) {
    std::error_code code;
    const os::pipe_ends ends = os::pipe(code);
    if (code) {
        throw error(operation, code);
    }
    return {os::owned_handle(ends.reader), os::owned_handle(ends.writer)};
}

/// A stream on a filebuf that owns `end`.
[[nodiscard]] inline stream stream_on(os::owned_handle end, std::ios_base::openmode mode) {
    auto buffer = std::make_unique<filebuf>(end.get(), mode, ownership::owned);
    end.release();
    return stream(std::move(buffer));
}

}  // namespace sluice::detail

#endif  // SLUICE_DEVICE_PIPE_END_HPP
