# Every source and every public header, sorted by name. A header is installed, and checked to stand
# alone, by being listed here.

target_sources(
  sluice
  PRIVATE
    src/buf.cpp
    src/error.cpp
    src/stream.cpp
  PUBLIC FILE_SET HEADERS BASE_DIRS include FILES
    include/sluice/buf.hpp
    include/sluice/error.hpp
    include/sluice/mode.hpp
    include/sluice/sluice.hpp
    include/sluice/stream.hpp)
