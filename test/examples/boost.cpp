#include <sluice/bridge/boost.hpp>
#include <sluice/sluice.hpp>

#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>

#include <iostream>
#include <memory>
#include <string>

namespace io = boost::iostreams;

int main() {
    // [README]
    sluice::bytes_io bytes;  // any std::streambuf or stream as a device of Boost's
    io::filtering_ostream out;
    out.push(io::gzip_compressor());
    out.push(sluice::device_for(bytes));
    out << "3 apples\n";
    sluice::close(out);  // throws whatever failed

    bytes.seek(0);
    auto chain = std::make_unique<io::filtering_istreambuf>();
    chain->push(io::gzip_decompressor());
    chain->push(sluice::device_for(bytes));
    using unzipping = sluice::devicebuf<io::filtering_istreambuf>;
    sluice::stream in(std::make_unique<unzipping>(std::move(chain)));  // and the reverse
    const std::string line = in.readline();
    // [end]
    std::cout << line;

    sluice::stream full(std::make_unique<sluice::devicebuf<io::file_descriptor_sink>>(
        io::file_descriptor_sink("/dev/full")));
    full << "x";
    try {
        full.close();
        return 1;
    } catch (const sluice::error& failed) {
        std::cout << failed.what() << '\n';  // write: failed writing: No space left on device
    }
    return line == "3 apples\n" ? 0 : 1;
}
