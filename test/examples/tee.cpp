// What is written goes to two places; where one of them fails, the other has it all.

#include <sluice/device/memory.hpp>
#include <sluice/filter/tee.hpp>
#include <sluice/open.hpp>

#include <iostream>
#include <string>

int main() {
    sluice::bytes_io kept;
    sluice::tee_io out(kept, sluice::open("/dev/full", "wb"));
    out << "3 apples\n" << std::flush;
    std::cout << kept.getvalue() << sluice::error_of(out).what() << '\n';

    // And what is read can be recorded.
    sluice::bytes_io record;
    sluice::record_io in(sluice::bytes_io("one\ntwo\n"), record);
    const std::string first = in.readline();
    in.close();
    std::cout << "recorded: " << record.getvalue();
    return kept.getvalue() == "3 apples\n" && record.getvalue() == first ? 0 : 1;
}
