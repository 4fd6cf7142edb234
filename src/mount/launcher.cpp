// sluice-mount: runs a program that finds a copy in RAM of a directory, a file or an archive at a
// path of its choice.
//
//     sluice-mount /etc/app=./fixture -- program argument
//
// The copy is the launcher's; that the program finds it is the work of libsluice_mount.so, which
// the dynamic linker loads into the program and all that it starts (LD_PRELOAD).
//
// Out of reach: what makes system calls without the C library (statically linked programs, Go, what
// a filter or io_uring does), or by its syscall(), but for those in hooks_syscall.cpp; what starts
// with more rights than its caller, or without its environment (`env -i`); what comes after
// chroot(); threads with less than 32 KiB of stack; what the C library opens for itself (users,
// hosts, locales, time zones) and the dynamic linker loads by itself; interpreters that "#!" names;
// symbolic links on the disk that lead into a mount; fts(), and links that nftw() follows. None of
// this is a sandbox: it shows files, and hides nothing.

#include "child.hpp"
#include "launch_error.hpp"
#include "options.hpp"
#include "program.hpp"
#include "session.hpp"
#include "table.hpp"

#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

namespace sluice::mount {
namespace {

namespace fs = std::filesystem;

// Beside the launcher, where it was built; or where both were installed.
fs::path find_library() {
    const fs::path folder = fs::read_symlink("/proc/self/exe").parent_path();
    for (const char* const name : {"libsluice_mount.so", SLUICE_MOUNT_LIBRARY}) {
        fs::path path = (folder / name).lexically_normal();
        if (fs::exists(path)) {
            return path;
        }
    }
    throw launch_error(status_failed, "libsluice_mount.so is neither in " + folder.native() +
                                          " nor in " +
                                          (folder / SLUICE_MOUNT_LIBRARY).parent_path().native());
}

// The variable's names are separated by colons or spaces, and there is no other way to write one.
std::string preloadable(const fs::path& library, const fs::path& folder) {
    if (library.native().find_first_of(": \t\n") == std::string::npos) {
        return library.native();
    }
    const fs::path link = folder / "libsluice_mount.so";
    fs::create_symlink(library, link);
    return link.native();
}

// After what is there already: it may have to be first, as a sanitizer's library does.
void append_preload(const std::string& library) {
    const char* const before = std::getenv("LD_PRELOAD");
    std::string value = before == nullptr ? "" : before;
    if (value.find("libsluice_mount.so") != std::string::npos) {
        return;  // run by a sluice-mount
    }
    value += (value.empty() ? "" : ":") + library;
    setenv("LD_PRELOAD", value.c_str(), 1);
}

int run_mounted(const options& wanted) {
    for (const pair_of_paths& one : wanted.saves) {
        if (fs::exists(fs::symlink_status(one.path))) {
            throw system_failure(one.path, EEXIST);
        }
    }
    const fs::path library = find_library();
    hold_signals();
    session mounts(wanted);
    const std::string text = mounts.table_text();
    const auto known = std::make_unique<table>();
    if (!known->read(text.c_str())) {
        throw launch_error(status_failed, "too much is mounted: at most " +
                                              std::to_string(table::most_mounts) +
                                              " prefixes, of " + std::to_string(table::most_text) +
                                              " bytes with where they lie");
    }
    const std::string program = find_program(wanted.program[0], *known);
    check_program(program);
    setenv(table_variable, text.c_str(), 1);
    append_preload(preloadable(library, mounts.folder()));
    const int status = run(program.c_str(), wanted.program);
    try {
        mounts.save(wanted.saves);
    } catch (...) {
        mounts.keep();  // it is all that there is of what the program made
        throw;
    }
    return status;
}

int launch(int count, char** arguments) {
    const options wanted = read_options(count, arguments);
    if (wanted.help) {
        std::cout << usage;
        return 0;
    }
    if (wanted.version) {
        std::cout << "sluice-mount " SLUICE_VERSION "\n";
        return 0;
    }
    return run_mounted(wanted);
}

// As launch(), with what was thrown told.
int launch_or_tell(int count, char** arguments) {
    std::setlocale(LC_CTYPE, "C.UTF-8");  // in which archives have their names
    try {
        return launch(count, arguments);
    } catch (const launch_error& failed) {
        std::cerr << "sluice-mount: " << failed.what() << '\n';
        return failed.status();
    } catch (const interrupted& by) {
        return status_by_signal + by.signal;
    } catch (const std::exception& failed) {
        std::cerr << "sluice-mount: " << failed.what() << '\n';
        return status_failed;
    }
}

}  // namespace
}  // namespace sluice::mount

int main(int count, char** arguments) {
    return sluice::mount::launch_or_tell(count, arguments);
}
