# Compressed files, by the filters of Boost.Iostreams: all that sluice needs of Boost's compiled
# libraries. Without them sluice is its core, which needs Boost's headers alone.

option(SLUICE_COMPRESSION "Read and write compressed files; without, sluice is its core" ON)

if(SLUICE_COMPRESSION)
  find_package(Boost 1.74 REQUIRED COMPONENTS iostreams)
  target_sources(
    sluice
    PRIVATE src/bridge/boost_filter_failure.cpp
            src/filter/compressed_decoder.cpp
            src/filter/compressed_encoder.cpp
            src/filter/zstd_frames.cpp)
  target_compile_definitions(sluice PRIVATE SLUICE_HAS_COMPRESSION)
  target_link_libraries(sluice PUBLIC Boost::iostreams)  # bridge/boost.hpp is templates on its devices
  set(SLUICE_BOOST_COMPONENTS "COMPONENTS iostreams")
else()
  find_package(Boost 1.74 REQUIRED)
  target_sources(sluice PRIVATE src/filter/compressed_none.cpp)
  target_link_libraries(sluice PUBLIC Boost::headers)
  set(SLUICE_BOOST_COMPONENTS "")
endif()
