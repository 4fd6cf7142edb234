// A file of records of one size, read and updated in place, as people write them.

#ifndef RECORD_FILE_HPP
#define RECORD_FILE_HPP

#include <cstdint>
#include <fstream>
#include <string>

namespace records {

namespace std = sluice::drop_in;  // the one line

struct Account {
    std::int32_t number;
    char owner[24];
    std::int64_t balance;
};

class RecordFile {
public:
    // Creates the file where there is none.
    explicit RecordFile(const std::string& path);

    int count();
    bool read(int index, Account& account);
    bool write(int index, const Account& account);
    bool append(const Account& account);

    // Adds to a balance, in the file. Returns false where the record is not there, or where it
    // would be overdrawn.
    bool add(int index, std::int64_t amount);

    // Removes a record: the last takes its place.
    bool erase(int index);

private:
    std::string m_path;
    std::fstream m_file;
};

}  // namespace records

#endif
