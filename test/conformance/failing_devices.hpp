// The devices that refuse a read as they refuse a write, and what makes such devices.

#ifndef CONFORMANCE_FAILING_DEVICES_HPP
#define CONFORMANCE_FAILING_DEVICES_HPP

#include <sluice/device/memory.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/fstream.hpp>

#include <support/errors.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <ios>
#include <string>
#include <system_error>

namespace conformance {

using support::system_code;

/// A descriptor that nobody closes but release().
class loose_descriptor {
public:
    loose_descriptor(const std::string& path, int flags)
        : number_(::open(path.c_str(), flags | O_CLOEXEC)) {}
    loose_descriptor(const loose_descriptor&) = delete;
    loose_descriptor& operator=(const loose_descriptor&) = delete;
    ~loose_descriptor() { release(); }

    [[nodiscard]] int number() const { return number_; }
    void release() {
        if (number_ >= 0) {
            ::close(number_);
        }
        number_ = -1;
    }

private:
    int number_;
};

// Each has the stream that owns its buffer, the code and the path of the reason, and the position
// where it has to fail; -1 where that is not known.

struct closed_behind {
    support::temporary_file file;
    loose_descriptor lent{file.path(), O_RDWR};
    sluice::fstream stream{lent.number()};
    std::error_code code = system_code(EBADF);
    std::string path;
    std::streamoff position = 0;

    closed_behind() { lent.release(); }
};

struct closed_stream {
    sluice::bytes_io stream{"abc"};
    std::error_code code = sluice::errc::closed;
    std::string path;
    std::streamoff position = -1;

    closed_stream() { stream.close(); }
};

struct closed_spool {
    sluice::spooled_file stream{0};
    std::error_code code = sluice::errc::closed;
    std::string path = std::filesystem::temp_directory_path();
    std::streamoff position = -1;

    closed_spool() {
        stream.write("abc");
        stream.close();
    }
};

}  // namespace conformance

TYPE_TO_STRING_AS("a descriptor closed behind", conformance::closed_behind);
TYPE_TO_STRING_AS("closed memory", conformance::closed_stream);

#endif  // CONFORMANCE_FAILING_DEVICES_HPP
