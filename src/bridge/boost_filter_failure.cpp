#include "boost_failure.hpp"

#include <boost/iostreams/filter/bzip2.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zlib.hpp>
#include <boost/iostreams/filter/zstd.hpp>

namespace sluice::detail {
namespace {

namespace io = boost::iostreams;

const std::error_code unknown = std::make_error_code(std::errc::io_error);

std::error_code zlib_code(int number) {
    if (number == io::zlib::data_error) {
        return errc::corrupt_data;
    }
    return number == io::zlib::buf_error ? make_error_code(errc::truncated_data) : unknown;
}

std::error_code gzip_code(const io::gzip_error& thrown) {
    switch (thrown.error()) {
    case io::gzip::zlib_error: return zlib_code(thrown.zlib_error_code());
    case io::gzip::bad_footer: return errc::truncated_data;  // Boost 1.74 throws it for no other
    default: return errc::corrupt_data;
    }
}

std::error_code bzip2_code(int number) {
    if (number == io::bzip2::unexpected_eof) {
        return errc::truncated_data;
    }
    const bool corrupt = number == io::bzip2::data_error || number == io::bzip2::data_error_magic;
    return corrupt ? make_error_code(errc::corrupt_data) : unknown;
}

std::error_code lzma_code(int number) {
    if (number == io::lzma::data_error) {
        return errc::corrupt_data;
    }
    return number == io::lzma::buf_error ? make_error_code(errc::truncated_data) : unknown;
}

}  // namespace

std::error_code filter_code(const std::ios_base::failure& thrown) {
    if (const auto* const e = dynamic_cast<const io::gzip_error*>(&thrown)) {
        return gzip_code(*e);
    }
    if (const auto* const e = dynamic_cast<const io::zlib_error*>(&thrown)) {
        return zlib_code(e->error());
    }
    if (const auto* const e = dynamic_cast<const io::bzip2_error*>(&thrown)) {
        return bzip2_code(e->error());
    }
    if (const auto* const e = dynamic_cast<const io::lzma_error*>(&thrown)) {
        return lzma_code(e->error());
    }
    return dynamic_cast<const io::zstd_error*>(&thrown) != nullptr
               ? make_error_code(errc::corrupt_data)
               : std::error_code();
}

}  // namespace sluice::detail
