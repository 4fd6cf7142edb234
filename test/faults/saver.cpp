// Saves as a program would, on a disk that fails, and tells whether what is there afterwards is as
// promised; power_cut.sh, failing_fsync.sh and full_disk.sh call it.
//
//     saver save DIRECTORY PROGRESS {durable|quick} {unnamed|named}    until it is killed
//     saver check DIRECTORY SAVED LOGGED    with so many saves and lines known to be durable
//     saver fsync DIRECTORY                 on a disk that takes more than it has room for
//     saver full DIRECTORY                  on a small disk, until each of its last 16 pages is
//     full
//
// DIRECTORY/file is the content number n, again and again, and DIRECTORY/log gets the line n. Each
// that is known to be durable adds one byte to PROGRESS.saved or PROGRESS.logged.

#include <sluice/device/atomic.hpp>
#include <sluice/fstream.hpp>

#include <support/temporary.hpp>
#include <support/unnamed_files.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <ios>
#include <iostream>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fs = std::filesystem;

namespace {

// What differs in each number, and in its length.
std::string content(unsigned number) {
    const std::string word = std::to_string(number) + '\n';
    std::string made;
    const std::size_t size = 100'000 + number * 7919ULL % 200'000;
    while (made.size() < size) {
        made += word;
    }
    return made;
}

std::string log_line(unsigned number) {
    return "line " + std::to_string(number) + '\n';
}

unsigned number_in(std::string_view text) {
    unsigned number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

class progress {
public:
    explicit progress(const std::string& path)
        : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {}
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;
    ~progress() { ::close(file_); }

    void one_more() const {
        if (::write(file_, ".", 1) != 1) {
            throw std::runtime_error("progress cannot be told");
        }
    }

private:
    int file_;
};

void save(const fs::path& directory, const std::string& told, bool durable) {
    const progress saved(told + ".saved");
    const progress logged(told + ".logged");
    sluice::ofstream log(directory / "log", std::ios::app);
    // What was killed has left numbers behind.
    const auto begin = static_cast<unsigned>(fs::file_size(told + ".saved"));
    auto line = static_cast<unsigned>(fs::file_size(told + ".logged"));
    for (unsigned number = begin + 1;; ++number) {
        sluice::atomic_ofstream out(directory / "file", {.durable = durable});
        out << content(number);
        out.commit();
        saved.one_more();
        for (const unsigned end = line + 3; line < end;) {
            log << log_line(++line);
            if (durable) {
                log.sync_to_disk();
            }
            logged.one_more();
        }
    }
}

// Returns: what is wrong.
std::string wrong_with_file(const fs::path& directory, unsigned saved) {
    if (!fs::exists(directory / "file")) {
        return saved == 0 ? "" : "lost";
    }
    const std::string seen = support::content_of(directory / "file");
    const unsigned number = number_in(seen);
    if (number == 0 || seen != content(number)) {
        return "torn: " + std::to_string(seen.size()) + " bytes, beginning as number " +
               std::to_string(number);
    }
    return number < saved
               ? "old: number " + std::to_string(number) + " after " + std::to_string(saved)
               : "";
}

// The last line may be in parts, where nobody was told that it is durable.
std::string wrong_with_log(const fs::path& directory, unsigned logged) {
    const std::string seen = support::content_of(directory / "log");
    unsigned whole = 0;
    std::size_t at = 0;
    for (std::string line = log_line(1); seen.compare(at, line.size(), line) == 0;
         line = log_line(whole + 1)) {
        at += line.size();
        ++whole;
    }
    return whole < logged ? "log: " + std::to_string(whole) + " lines of " + std::to_string(logged)
                          : "";
}

// One stray file at most, which the next save removes.
std::string wrong_with_names(const fs::path& directory) {
    const auto count = [&] {
        int names = 0;
        for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
            names += entry.path().filename().string().find(".sluice") != std::string::npos ? 1 : 0;
        }
        return names;
    };
    const int strays = count();
    sluice::atomic_ofstream out(directory / "file");
    out << "next";
    out.commit();
    const bool well =
        strays <= 1 && count() == 0 && support::content_of(directory / "file") == "next";
    return well ? "" : "strays: " + std::to_string(strays) + ", then " + std::to_string(count());
}

bool check(const fs::path& directory, unsigned saved, unsigned logged) {
    bool well = true;
    for (const std::string& wrong :
         {wrong_with_file(directory, saved), wrong_with_log(directory, logged),
          wrong_with_names(directory)}) {
        if (!wrong.empty()) {
            std::cout << wrong << '\n';
            well = false;
        }
    }
    return well;
}

// Whether `call` fails for want of room or by an error of the disk.
template <class Call>
bool fails(const char* what, Call call) {
    try {
        call();
    } catch (const sluice::error& why) {
        std::cout << what << ": " << why.what() << '\n';
        return why.code() == std::errc::no_space_on_device || why.code() == std::errc::io_error;
    }
    std::cout << what << ": no error\n";
    return false;
}

bool meet_failing_fsync(const fs::path& directory) {
    support::write_file(directory / "file", "old");
    ::sync();
    const std::string block(1 << 20, 'x');
    sluice::atomic_ofstream out(directory / "file", {.durable = true});
    for (int i = 0; i < 20; ++i) {
        out << block;
    }
    out.flush();
    const bool taken = out.good();
    std::cout << "20 MiB written: " << (taken ? "accepted" : "refused") << '\n';
    bool well = taken && fails("commit", [&] { out.commit(); });
    try {
        out.commit();
        well = false;
    } catch (const sluice::error& why) {
        std::cout << "commit again: " << why.what() << '\n';
    }
    well = well && support::content_of(directory / "file") == "old";
    well = well && !fs::exists(directory / ".file.sluice0");

    sluice::ofstream log(directory / "log", std::ios::app);
    for (int i = 0; i < 20; ++i) {
        log << block;
    }
    well = fails("sync_to_disk", [&] { log.sync_to_disk(); }) && well;
    log.clear();
    return fails("sync_to_disk again", [&] { log.sync_to_disk(); }) && well;
}

constexpr std::size_t page = 4096;

// Leaves so many pages of a tmpfs.
void leave_room(const fs::path& directory, std::size_t pages) {
    const fs::path ballast = directory / "ballast";
    fs::remove(ballast);
    const int file = ::open(ballast.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::uintmax_t taken = fs::space(directory).available - pages * page;
    const int failure = ::posix_fallocate(file, 0, static_cast<off_t>(taken));
    ::close(file);
    if (failure != 0 || fs::space(directory).available != pages * page) {
        throw std::runtime_error("the room cannot be set");
    }
}

std::set<std::string> names_in(const fs::path& directory) {
    std::set<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory)) {
        names.insert(entry.path().filename().string());
    }
    return names;
}

// Where there is no room for the new content, or for part of it, the old stays.
bool keeps_old(const fs::path& directory, std::size_t pages, std::streamsize buffer) {
    support::write_file(directory / "file", "old");
    leave_room(directory, pages);
    const auto before = names_in(directory);
    bool told = false;
    try {
        sluice::atomic_ofstream out;
        out.rdbuf()->pubsetbuf(nullptr, buffer);
        out.open(directory / "file");
        out << content(1);
        out.commit();
    } catch (const sluice::error& why) {
        told = why.code() == std::errc::no_space_on_device && why.path() == directory / "file";
    }
    return told && support::content_of(directory / "file") == "old" &&
           names_in(directory) == before;
}

// In place, what there is room for is there, and the rest once there is room.
bool goes_on(const fs::path& directory, std::size_t pages, std::streamsize buffer) {
    leave_room(directory, pages);
    const std::string text = content(1);
    sluice::filebuf out;
    out.pubsetbuf(nullptr, buffer);
    out.open(directory / "log", std::ios::out);
    const std::streamsize put = out.sputn(text.data(), std::ssize(text));
    const bool failed = out.pubsync() != 0 || put < std::ssize(text);
    const bool told = failed && out.reason().code() == std::errc::no_space_on_device;
    const bool began = support::content_of(directory / "log") == text.substr(0, pages * page);
    fs::remove(directory / "ballast");
    out.clear_reason();
    const std::streamsize rest = std::ssize(text) - put;
    const bool whole = out.sputn(text.data() + put, rest) == rest && out.close() != nullptr &&
                       support::content_of(directory / "log") == text;
    fs::remove(directory / "log");
    return told && began && whole;
}

bool meet_full_disk(const fs::path& directory) {
    bool well = true;
    int tried = 0;
    const auto note = [&](bool kept, const char* what, std::size_t pages, std::streamsize buffer) {
        ++tried;
        if (!kept) {
            std::cout << what << ", " << pages << " pages, buffer " << buffer << '\n';
            well = false;
        }
    };
    for (std::size_t pages = 0; pages <= 16; ++pages) {
        for (const std::streamsize buffer : {0, 100, 8192}) {
            note(keeps_old(directory, pages, buffer), "a save", pages, buffer);
            note(goes_on(directory, pages, buffer), "in place", pages, buffer);
        }
    }
    std::cout << tried << " writes without room\n";
    return well;
}

}  // namespace

int main(int argc, char** argv) try {
    const std::string_view what = argc > 1 ? argv[1] : "";
    if (what == "save" && argc == 6) {
        if (std::string_view(argv[5]) == "named") {
            support::forbid_unnamed_files();
        }
        save(argv[2], argv[3], std::string_view(argv[4]) == "durable");
    } else if (what == "check" && argc == 5) {
        return check(argv[2], number_in(argv[3]), number_in(argv[4])) ? 0 : 1;
    } else if (what == "fsync" && argc == 3) {
        return meet_failing_fsync(argv[2]) ? 0 : 1;
    } else if (what == "full" && argc == 3) {
        const bool unnamed = meet_full_disk(argv[2]);
        support::forbid_unnamed_files();
        return meet_full_disk(argv[2]) && unnamed ? 0 : 1;
    }
    std::cerr << "see the head of saver.cpp\n";
    return 2;
} catch (const std::exception& why) {
    std::cerr << why.what() << '\n';
    return 2;
}
