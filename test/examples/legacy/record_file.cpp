#include "record_file.hpp"

#include <filesystem>
#include <stdexcept>

namespace records {

RecordFile::RecordFile(const std::string& path) : m_path(path) {
    m_file.open(path.c_str(), std::ios::in | std::ios::out | std::ios::binary);
    if (!m_file.is_open()) {
        m_file.clear();
        m_file.open(path.c_str(),
                    std::ios::in | std::ios::out | std::ios::trunc | std::ios::binary);
    }
    if (!m_file) {
        throw std::runtime_error("cannot open " + path);
    }
}

int RecordFile::count() {
    m_file.clear();
    m_file.seekg(0, std::ios::end);
    return static_cast<int>(m_file.tellg() / static_cast<std::streamoff>(sizeof(Account)));
}

bool RecordFile::read(int index, Account& account) {
    if (index < 0 || index >= count()) {
        return false;
    }
    m_file.seekg(static_cast<std::streamoff>(index) * static_cast<std::streamoff>(sizeof account));
    m_file.read(reinterpret_cast<char*>(&account), sizeof account);
    return static_cast<bool>(m_file);
}

bool RecordFile::write(int index, const Account& account) {
    if (index < 0 || index > count()) {
        return false;
    }
    m_file.seekp(static_cast<std::streamoff>(index) * static_cast<std::streamoff>(sizeof account));
    m_file.write(reinterpret_cast<const char*>(&account), sizeof account);
    m_file.flush();
    return static_cast<bool>(m_file);
}

bool RecordFile::append(const Account& account) {
    return write(count(), account);
}

bool RecordFile::add(int index, std::int64_t amount) {
    Account account;
    if (!read(index, account) || account.balance + amount < 0) {
        return false;
    }
    account.balance += amount;
    return write(index, account);
}

bool RecordFile::erase(int index) {
    const int last = count() - 1;
    Account account;
    if (index < 0 || !read(last, account) || (index < last && !write(index, account)) ||
        index > last) {
        return false;
    }
    m_file.close();
    std::filesystem::resize_file(m_path, static_cast<std::uintmax_t>(last) * sizeof account);
    m_file.open(m_path.c_str(), std::ios::in | std::ios::out | std::ios::binary);
    return m_file.is_open();
}

}  // namespace records
