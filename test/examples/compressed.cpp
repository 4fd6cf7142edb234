#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

int main() {
    // [README]
    using sluice::compression;
    sluice::stream log = sluice::open("log.csv.gz", "w", {.compression = compression::infer});
    log << "apples,3\n";
    log.close();  // which ends the stream, and reports a full disk
    sluice::open("log.csv.gz", "a", {.compression = compression::infer}) << "pears,5\n";

    sluice::stream in = sluice::open("log.csv.gz", "r", {.compression = compression::infer});
    const std::string first = in.readline();  // "apples,3\n"

    sluice::bytes_io packed;  // or over any std::streambuf
    sluice::compressed_io out(packed, {.compression = compression::zstd, .level = 9},
                              std::ios::out);
    out << first;
    out.close();

    sluice::bytes_io cut(packed.view().substr(0, packed.view().size() - 1));
    sluice::compressed_io broken(cut);
    std::string line;
    const bool got = static_cast<bool>(std::getline(broken, line));
    std::cout << sluice::error_of(broken).what() << '\n';
    // read: zstd: The compressed data ends too early
    // [end]
    packed.seek(0);
    const std::string again = sluice::compressed_io(packed).read();
    return first == "apples,3\n" && in.read() == "pears,5\n" && again == first && !got ? 0 : 1;
}
