// scripted_file: a descriptor whose reads and writes a case decides; the Raw of io_cases.jsonl.
//
//     scripted_file r({"abc", std::nullopt, "d"});     // nullopt: nothing yet, EAGAIN
//     auto f = r.open("r");
//     f.read(5);                                       // "abc"
//     r.asked();                                       // the sizes of the system's reads
//
// One at a time.

#ifndef CONFORMANCE_PYTHON_SCRIPTED_FILE_HPP
#define CONFORMANCE_PYTHON_SCRIPTED_FILE_HPP

#include <sluice/stream.hpp>

#include <support/system_calls.hpp>

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace python {

class scripted_file {
public:
    using chunk = std::optional<std::string>;

    /// Each read of the system delivers one chunk at most. One that can seek holds them all, and a
    /// read stops at the end of the chunk that it begins in.
    explicit scripted_file(std::vector<chunk> chunks = {}, bool seekable = false);
    scripted_file(const scripted_file&) = delete;
    scripted_file& operator=(const scripted_file&) = delete;
    ~scripted_file();

    /// A stream on it; `mode` holds r, w or both. It closes the descriptor.
    [[nodiscard]] sluice::stream open(std::string_view mode, int buffering = -1) const;

    void fail_writes(bool fail = true) { fail_writes_ = fail; }      // ENOSPC
    void block_writes(bool block = true) { block_writes_ = block; }  // EAGAIN
    void limit_writes(std::size_t size) { most_written_ = size; }

    [[nodiscard]] std::vector<std::size_t> asked() const { return asked_; }
    [[nodiscard]] std::vector<std::string> writes() const { return writes_; }
    [[nodiscard]] std::string data() const;
    [[nodiscard]] bool closed() const { return closed_; }

private:
    ssize_t read(char* target, std::size_t size);
    ssize_t write(std::string_view bytes);
    off_t seek(off_t offset, int whence);
    int close();

    static inline scripted_file* current = nullptr;

    support::replaced_calls scope_;
    std::vector<chunk> chunks_;
    bool seekable_;
    int descriptor_ = -1;
    std::size_t next_ = 0;  // the chunk to be read
    std::size_t done_ = 0;  // how much of it has been read
    bool fail_writes_ = false;
    bool block_writes_ = false;
    std::size_t most_written_ = std::string::npos;
    std::vector<std::size_t> asked_;
    std::vector<std::string> writes_;
    bool closed_ = false;
};

}  // namespace python

#endif  // CONFORMANCE_PYTHON_SCRIPTED_FILE_HPP
