# Every source and every public header, sorted by name. A header is installed, and checked to stand
# alone, by being listed here.

target_sources(
  sluice
  PRIVATE
    src/buf.cpp
    src/bytes.cpp
    src/detail/file_handle.cpp
    src/device/buffered.cpp
    src/device/direct.cpp
    src/device/file.cpp
    src/device/memory.cpp
    src/device/pipe.cpp
    src/device/process.cpp
    src/device/span.cpp
    src/error.cpp
    src/fstream.cpp
    src/os/posix.cpp
    src/sstream.cpp
    src/stream.cpp
  PUBLIC FILE_SET HEADERS BASE_DIRS include FILES
    include/sluice/buf.hpp
    include/sluice/bytes.hpp
    include/sluice/detail/conversion.hpp
    include/sluice/detail/copy.hpp
    include/sluice/detail/file_handle.hpp
    include/sluice/detail/line_end.hpp
    include/sluice/detail/newline.hpp
    include/sluice/detail/stringbuf_impl.hpp
    include/sluice/device/buffered.hpp
    include/sluice/device/container.hpp
    include/sluice/device/direct.hpp
    include/sluice/device/file.hpp
    include/sluice/device/memory.hpp
    include/sluice/device/pipe.hpp
    include/sluice/device/process.hpp
    include/sluice/device/span.hpp
    include/sluice/error.hpp
    include/sluice/fstream.hpp
    include/sluice/mode.hpp
    include/sluice/sluice.hpp
    include/sluice/sstream.hpp
    include/sluice/stream.hpp)
