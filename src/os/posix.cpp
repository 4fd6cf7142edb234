#include <sluice/error.hpp>
#include <sluice/mode.hpp>

#include "os.hpp"
#include "posix_calls.hpp"
#include "posix_error.hpp"
#include "posix_status.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <limits>

namespace sluice::os {
namespace {

template <class Call>
transfer transferred(Call call) noexcept {
    const ssize_t count = retried(call);
    if (count < 0) {
        return {0, last_error()};
    }
    return {static_cast<std::size_t>(count), {}};
}

// The most that one call may be asked for; the kernel transfers less anyway.
std::size_t clipped(std::size_t size) noexcept {
    constexpr std::size_t most = std::numeric_limits<int>::max() & ~std::size_t{0xFFF};
    return size < most ? size : most;
}

int system_whence(std::ios_base::seekdir whence) noexcept {
    return whence == std::ios_base::beg   ? SEEK_SET
           : whence == std::ios_base::cur ? SEEK_CUR
                                          : SEEK_END;
}

handle opened(const char* path, int flags, mode_t permissions, std::error_code& code) noexcept {
    const int file = retried([&] { return calls.open(path, flags, permissions); });
    if (file < 0) {
        code = last_error();
        return no_handle;
    }
    code.clear();
    return file;
}

using clock = std::chrono::steady_clock;
using deadline = std::optional<clock::time_point>;

deadline after(timeout limit) noexcept {
    // What does not fit the clock is for ever.
    constexpr auto longest = std::chrono::hours(24 * 365 * 100);
    return limit && *limit < longest ? deadline(clock::now() + *limit) : std::nullopt;
}

// What poll() is to wait, in its unit; -1: for ever.
int left_until(const deadline& end) noexcept {
    if (!end) {
        return -1;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*end - clock::now()).count();
    return static_cast<int>(std::clamp<decltype(left)>(left, 0, std::numeric_limits<int>::max()));
}

// Waits until one of `events` comes; an error of the file's own counts as one. errc::timed_out
// where none came before the end; what poll() says where it fails, or the caller would spin.
std::error_code await_events(const deadline& end, int file, short events) noexcept {
    for (;;) {
        struct pollfd one = {file, events, 0};
        const int count = calls.poll(&one, 1, left_until(end));
        if (count > 0) {
            return {};
        }
        if (count < 0 && errno != EINTR) {
            return last_error();
        }
        if (count == 0 && left_until(end) == 0) {
            return errc::timed_out;
        }
    }
}

// Tries a transfer that does not wait, and waits between two tries.
template <class Call>
transfer transferred_before(const deadline& end, int file, short events, Call call) noexcept {
    for (;;) {
        const transfer result = transferred(call);
        if (result.error != errc::would_block) {
            return result;
        }
        if (const std::error_code code = await_events(end, file, events)) {
            return {0, code};
        }
    }
}

// Holds SIGPIPE back in this thread. The process's answer to the signal stays the program's own.
class held_back_sigpipe {
public:
    held_back_sigpipe() noexcept {
        sigemptyset(&sigpipe_);
        sigaddset(&sigpipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
        if (was_blocked()) {
            sigset_t pending;
            sigemptyset(&pending);
            was_pending_ = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
        }
    }
    held_back_sigpipe(const held_back_sigpipe&) = delete;
    held_back_sigpipe& operator=(const held_back_sigpipe&) = delete;
    ~held_back_sigpipe() {
        if (!was_blocked()) {
            pthread_sigmask(SIG_SETMASK, &before_, nullptr);
        }
    }

    // Takes the signal away, unless it is one that somebody else sent before.
    void take() const noexcept {
        constexpr timespec now = {};
        while (!was_pending_ && sigtimedwait(&sigpipe_, nullptr, &now) < 0 && errno == EINTR) {
        }
    }

private:
    [[nodiscard]] bool was_blocked() const noexcept { return sigismember(&before_, SIGPIPE) == 1; }

    sigset_t sigpipe_ = {};
    sigset_t before_ = {};
    bool was_pending_ = false;
};

// What posix_spawn() is told. A failure to note something is kept for the end.
class spawn_orders {
public:
    spawn_orders() noexcept : error_(posix_spawn_file_actions_init(&actions_)) {
        note(posix_spawnattr_init(&attributes_));
    }
    spawn_orders(const spawn_orders&) = delete;
    spawn_orders& operator=(const spawn_orders&) = delete;
    ~spawn_orders() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
        for (const int copy : copies_) {
            if (copy != no_handle) {
                calls.close(copy);
            }
        }
    }

    // A child must not inherit what this thread blocks (Python leaves it so), nor that this
    // process ignores SIGPIPE (as Python does itself, and restores): tools rely on it.
    void reset_signals() noexcept {
        sigset_t signals;
        sigemptyset(&signals);
        note(posix_spawnattr_setsigmask(&attributes_, &signals));
        sigaddset(&signals, SIGPIPE);
        note(posix_spawnattr_setsigdefault(&attributes_, &signals));
        note(
            posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    }

    void start_in(const char* directory) noexcept {
        note(posix_spawn_file_actions_addchdir_np(&actions_, directory));
    }

    // One of the three standard handles is moved out of their way first, or a handle could be
    // overwritten before it is used.
    void connect(std::size_t number, int file) noexcept {
        if (file <= STDERR_FILENO) {
            file = copies_[number] = calls.duplicate(file);
            note(file < 0 ? errno : 0);
        }
        if (error_ == 0) {
            note(posix_spawn_file_actions_adddup2(&actions_, file, static_cast<int>(number)));
        }
    }

    [[nodiscard]] int error() const noexcept { return error_; }
    [[nodiscard]] const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }
    [[nodiscard]] const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

private:
    void note(int error) noexcept {
        if (error_ == 0) {
            error_ = error;
        }
    }

    posix_spawn_file_actions_t actions_ = {};
    posix_spawnattr_t attributes_ = {};
    std::array<int, 3> copies_{no_handle, no_handle, no_handle};
    int error_ = 0;
};

ending taken(process_id child, int options, std::error_code& code) noexcept {
    int status = 0;
    const pid_t found = retried([&] { return calls.waitpid(child, &status, options); });
    if (found < 0) {
        code = last_error();
        return {};
    }
    code.clear();
    if (found == 0) {
        return {};
    }
    const bool by_signal = WIFSIGNALED(status);
    return {true, by_signal, by_signal ? WTERMSIG(status) : WEXITSTATUS(status)};
}

// Waits for a child to end, but does not take leave of it.
std::error_code await(process_id child, const deadline& end) noexcept {
    const int file = calls.pidfd_open(child);
    if (file >= 0) {
        const std::error_code code = await_events(end, file, POLLIN);
        calls.close(file);
        return code == errc::timed_out ? std::error_code() : code;
    }
    // Linux before 5.3, or a filter that does not know the call: looks again from time to time.
    constexpr int nap = 5;
    const int left = left_until(end);
    const int result = calls.poll(nullptr, 0, left < 0 ? nap : std::min(left, nap));
    return result < 0 && errno != EINTR ? last_error() : std::error_code();
}

constexpr std::size_t huge_page = std::size_t(2) << 20;

// Page faults are most of what growing memory costs: one of 2 MiB replaces 512 of 4 KiB.
void advise(void* memory, std::size_t size) noexcept {
    if (size >= huge_page) {
        calls.advise_huge(memory, size);  // an old kernel may not know it: then pages stay small
    }
}

}  // namespace

posix_calls calls = {
    [](const char* path, int flags, mode_t permissions) {
        return ::open(path, flags, permissions);
    },
    ::mkdir,
    ::unlink,
    ::close,
    ::read,
    ::write,
    ::pread,
    ::pwrite,
    ::lseek,
    ::ftruncate,
    [](int file, struct stat* status) { return ::fstat(file, status); },
    [](const char* path, struct stat* status, int flags) {
        return ::fstatat(AT_FDCWD, path, status, flags);
    },
    ::isatty,
    [](int file) { return ::fcntl(file, F_GETFL); },
    [](int file, int* count) { return ::ioctl(file, FIONREAD, count); },
    [](std::size_t size) {
        return ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    },
    [](void* memory, std::size_t size, std::size_t new_size) {
        return ::mremap(memory, size, new_size, MREMAP_MAYMOVE);
    },
    ::munmap,
    [](void* memory, std::size_t size) { return ::madvise(memory, size, MADV_HUGEPAGE); },
    [](void* target, std::size_t size) { return ::getrandom(target, size, 0); },
    [](std::size_t size, int protection, int flags, int file, off_t position) {
        return ::mmap(nullptr, size, protection, flags, file, position);
    },
    [](void* memory, std::size_t size) { return ::msync(memory, size, MS_SYNC); },
    [](int* ends) { return ::pipe2(ends, O_CLOEXEC); },
    [](int file) { return ::fcntl(file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); },
    [](int file, int flags) { return ::fcntl(file, F_SETFL, flags); },
    ::send,
    ::recv,
    ::shutdown,
    [](int family, int type, int protocol) {
        return ::socket(family, type | SOCK_CLOEXEC, protocol);
    },
    [](int listener, struct sockaddr* peer, socklen_t* size) {
        return ::accept4(listener, peer, size, SOCK_CLOEXEC);
    },
    ::setsockopt,
    ::poll,
    ::posix_spawnp,
    ::waitpid,
    ::kill,
    [](pid_t process) { return static_cast<int>(::syscall(SYS_pidfd_open, process, 0)); },
    ::sigaction,
    [](int from, off_t* from_position, int to, off_t* to_position, std::size_t size) {
        return ::copy_file_range(from, from_position, to, to_position, size, 0);
    },
    ::sendfile,
    [](int from, off_t* from_position, int to, off_t* to_position, std::size_t size) {
        return ::splice(from, from_position, to, to_position, size, SPLICE_F_MOVE);
    },
    [](int directory, const char* name, int flags, mode_t permissions) {
        return ::openat(directory, name, flags, permissions);
    },
    [](int directory, const char* name, struct stat* status, int flags) {
        return ::fstatat(directory, name, status, flags);
    },
    ::mkdirat,
    ::symlinkat,
    ::readlinkat,
    ::unlinkat,
    ::renameat,
    ::utimensat,
    ::fchmodat,
    ::fdopendir,
    ::readdir,
    ::fopencookie,
    [](const char* name) { return ::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); },
    [](int file, int seals) { return ::fcntl(file, F_ADD_SEALS, seals); },
    [](int file) { return ::fcntl(file, F_GET_SEALS); },
    ::dup2,
    ::linkat,
    [](int directory, const char* from, const char* to) {
        return ::renameat2(directory, from, directory, to, RENAME_NOREPLACE);
    },
    ::fsync,
    ::fchmod,
    ::fchown,
    ::flock,
    ::faccessat,
    ::getxattr,
    ::fsetxattr,
};

int open_flags(std::ios_base::openmode mode) noexcept {
    using ios = std::ios_base;
    if (!is_open_mode(mode)) {
        return -1;
    }
    const bool in = has(mode, ios::in);
    const bool out = has(mode, ios::out | ios::app);
    const bool creates = has(mode, ios::trunc | ios::app) || !in;
    return (!in   ? O_WRONLY
            : out ? O_RDWR
                  : O_RDONLY) |
           O_CLOEXEC | (creates ? O_CREAT : 0) | (empties(mode) ? O_TRUNC : 0) |
           (has(mode, ios::app) ? O_APPEND : 0) | (has(mode, noreplace) ? O_EXCL : 0);
}

handle open(const char* path, std::ios_base::openmode mode, std::error_code& code) noexcept {
    const int flags = open_flags(mode);
    if (flags < 0) {
        code = errc::bad_mode;
        return no_handle;
    }
    return opened(path, flags, 0666, code);
}

handle create(const char* path, std::error_code& code) noexcept {
    return opened(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600, code);
}

handle create_unnamed(const char* directory, std::error_code& code) noexcept {
#ifdef O_TMPFILE
    // With O_EXCL, nobody can give it a name later.
    return opened(directory, O_RDWR | O_TMPFILE | O_EXCL | O_CLOEXEC, 0600, code);
#else
    code = errc::unsupported;
    return no_handle;
#endif
}

handle create_in_memory(const char* name, std::error_code& code) noexcept {
    const int file = calls.memfd(name);
    code = file < 0 ? last_error() : std::error_code();
    return file;
}

std::error_code seal(handle file, const seals& what) noexcept {
    const int bits = (what.write ? F_SEAL_WRITE : 0) | (what.grow ? F_SEAL_GROW : 0) |
                     (what.shrink ? F_SEAL_SHRINK : 0);
    return calls.add_seals(file, bits) == 0 ? std::error_code() : last_error();
}

seals seals_of(handle file, std::error_code& code) noexcept {
    const int bits = calls.seals(file);
    code = bits < 0 ? last_error() : std::error_code();
    return bits < 0 ? seals()
                    : seals{(bits & F_SEAL_WRITE) != 0, (bits & F_SEAL_GROW) != 0,
                            (bits & F_SEAL_SHRINK) != 0};
}

std::error_code make_directory(const char* path) noexcept {
    return calls.mkdir(path, 0700) == 0 ? std::error_code() : last_error();
}

std::error_code remove(const char* path) noexcept {
    return calls.unlink(path) == 0 ? std::error_code() : last_error();
}

std::error_code fill_random(void* target, std::size_t size) noexcept {
    for (std::size_t done = 0; done < size;) {
        const transfer got = transferred(
            [&] { return calls.random(static_cast<char*>(target) + done, size - done); });
        if (got.error) {
            return got.error;
        }
        done += got.count;
    }
    return {};
}

transfer read(handle file, void* target, std::size_t size) noexcept {
    return transferred([&] { return calls.read(file, target, clipped(size)); });
}

transfer write(handle file, const void* source, std::size_t size) noexcept {
    return transferred([&] { return calls.write(file, source, clipped(size)); });
}

transfer read_at(handle file, void* target, std::size_t size, std::int64_t position) noexcept {
    return transferred([&] { return calls.pread(file, target, clipped(size), position); });
}

transfer write_at(handle file, const void* source, std::size_t size,
                  std::int64_t position) noexcept {
    return transferred([&] { return calls.pwrite(file, source, clipped(size), position); });
}

std::int64_t seek(handle file, std::int64_t offset, std::ios_base::seekdir whence,
                  std::error_code& code) noexcept {
    const off_t position = calls.lseek(file, offset, system_whence(whence));
    if (position < 0) {
        code = last_error();
        return -1;
    }
    code.clear();
    return position;
}

std::error_code truncate(handle file, std::int64_t size) noexcept {
    const int result = retried([&] { return calls.ftruncate(file, size); });
    return result < 0 ? last_error() : std::error_code();
}

std::error_code close(handle file) noexcept {
    if (calls.close(file) == 0 || errno == EINTR) {
        return {};  // Linux frees the descriptor before it can be interrupted
    }
    return last_error();
}

status status_of(handle file, std::error_code& code) noexcept {
    struct stat found = {};
    if (calls.fstat(file, &found) != 0) {
        code = last_error();
        return {};
    }
    code.clear();
    return handle_told_by(found);
}

path_status status_of(const char* path, bool follow, std::error_code& code) noexcept {
    struct stat found = {};
    if (calls.stat(path, &found, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) {
        code = last_error();
        return {};
    }
    code.clear();
    return told_by(found);
}

bool appends(handle file, std::error_code& code) noexcept {
    const int flags = calls.status_flags(file);
    if (flags < 0) {
        code = last_error();
        return false;
    }
    code.clear();
    return (flags & O_APPEND) != 0;
}

std::int64_t available(handle file) noexcept {
    int count = 0;
    return calls.waiting(file, &count) == 0 ? count : 0;
}

bool is_terminal(handle file) noexcept {
    return calls.isatty(file) == 1;
}

// -- what has a reader at the other end -------------------------------------------------------

pipe_ends pipe(std::error_code& code) noexcept {
    std::array<int, 2> ends{};
    if (calls.pipe(ends.data()) != 0) {
        code = last_error();
        return {};
    }
    code.clear();
    return {ends[0], ends[1]};
}

transfer write_pipe(handle pipe, const void* source, std::size_t size) noexcept {
    const held_back_sigpipe held;
    const transfer result = write(pipe, source, size);
    if (result.count < size) {
        held.take();  // it is sent too where a part was written before the reader went
    }
    return result;
}

transfer receive(handle socket, void* target, std::size_t size, timeout limit) noexcept {
    if (!limit) {
        return transferred([&] { return calls.recv(socket, target, clipped(size), 0); });
    }
    return transferred_before(after(limit), socket, POLLIN, [&] {
        return calls.recv(socket, target, clipped(size), MSG_DONTWAIT);
    });
}

transfer send(handle socket, const void* source, std::size_t size, timeout limit) noexcept {
    if (!limit) {
        return transferred([&] { return calls.send(socket, source, clipped(size), MSG_NOSIGNAL); });
    }
    return transferred_before(after(limit), socket, POLLOUT, [&] {
        return calls.send(socket, source, clipped(size), MSG_NOSIGNAL | MSG_DONTWAIT);
    });
}

std::error_code shutdown_write(handle socket) noexcept {
    return calls.shutdown(socket, SHUT_WR) == 0 ? std::error_code() : last_error();
}

handle new_socket(int family, int protocol, std::error_code& code) noexcept {
    const int socket = calls.socket(family, SOCK_STREAM, protocol);
    code = socket < 0 ? last_error() : std::error_code();
    return socket;
}

handle accept(handle listener, timeout limit, address& peer, std::error_code& code) noexcept {
    const deadline end = after(limit);
    for (;;) {
        socklen_t size = sizeof peer.bytes;
        auto* const where = reinterpret_cast<struct sockaddr*>(peer.bytes.data());
        const int socket = calls.accept(listener, where, &size);
        if (socket >= 0) {
            peer.size = std::min<std::size_t>(size, sizeof peer.bytes);
            code.clear();
            return socket;
        }
        if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO) {
            continue;  // accept(2): one that has gone meanwhile is no failure of the listener
        }
        code = last_error();
        if (code != errc::would_block) {
            return no_handle;
        }
        code = await_events(end, listener, POLLIN);
        if (code) {
            return no_handle;
        }
    }
}

std::error_code limit_sending(handle socket, timeout limit) noexcept {
    using std::chrono::milliseconds;
    timeval value = {};  // zeros: for ever
    if (limit) {
        const auto wait = std::clamp<milliseconds>(*limit, milliseconds(1), std::chrono::hours(24));
        value.tv_sec = static_cast<decltype(value.tv_sec)>(wait.count() / 1000);
        value.tv_usec = static_cast<decltype(value.tv_usec)>(wait.count() % 1000 * 1000);
    }
    const int result = calls.setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &value, sizeof value);
    return result == 0 ? std::error_code() : last_error();
}

handle duplicate(handle file, std::error_code& code) noexcept {
    const int copy = calls.duplicate(file);
    code = copy < 0 ? last_error() : std::error_code();
    return copy;
}

std::error_code duplicate_to(handle file, handle place) noexcept {
    // EBUSY: another thread is about to open the same number, says dup(2).
    int result = -1;
    do {
        result = retried([&] { return calls.duplicate_to(file, place); });
    } while (result < 0 && errno == EBUSY);
    return result < 0 ? last_error() : std::error_code();
}

std::error_code set_appending(handle file) noexcept {
    const int flags = calls.status_flags(file);
    return flags < 0 || calls.set_flags(file, flags | O_APPEND) < 0 ? last_error()
                                                                    : std::error_code();
}

std::error_code set_waiting(handle file, bool waits) noexcept {
    const int flags = calls.status_flags(file);
    const int wanted = waits ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
    if (flags < 0 || (wanted != flags && calls.set_flags(file, wanted) < 0)) {
        return last_error();
    }
    return {};
}

// -- programs ---------------------------------------------------------------------------------

// The C library's own starter of programs, not Boost.Process, whose 1.74 was tried: each start that
// fails left a zombie, and where 2 GiB are in use a start took 146 ms, for it forks, against 13.
// Its pipe for errors is not made close-on-exec at once, so that two threads can pass on each
// other's and one then waits for the other's program; and its wait with a time limit replaces the
// process's handler of SIGCHLD.
process_id spawn(const program& what, std::error_code& code) noexcept {
    spawn_orders orders;
    orders.reset_signals();
    for (std::size_t number = 0; number < what.standard.size(); ++number) {
        if (what.standard[number] != no_handle) {
            orders.connect(number, what.standard[number]);
        }
    }
    if (what.directory != nullptr) {
        orders.start_in(what.directory);
    }
    pid_t child = -1;
    int error = orders.error();
    if (error == 0) {
        error =
            calls.spawn(&child, what.name, orders.actions(), orders.attributes(), what.arguments,
                        what.environment != nullptr ? what.environment : environ);
    }
    code.assign(error, std::system_category());
    return error == 0 ? child : -1;
}

ending wait(process_id child, timeout limit, std::error_code& code) noexcept {
    if (!limit) {
        return taken(child, 0, code);
    }
    const deadline end = after(limit);
    for (;;) {
        const ending result = taken(child, WNOHANG, code);
        if (result.ended || code || left_until(end) == 0) {
            return result;
        }
        code = await(child, end);
        if (code) {
            return {};
        }
    }
}

std::error_code send_signal(process_id child, int number) noexcept {
    return calls.kill(child, number) == 0 ? std::error_code() : last_error();
}

process_id this_process() noexcept {
    return ::getpid();
}

char** environment() noexcept {
    return environ;
}

// -- between two handles ----------------------------------------------------------------------

namespace {

// The position as the calls want it: null is the handle's own.
class place_argument {
public:
    explicit place_argument(const place& where) noexcept : position_(where.position) {}
    [[nodiscard]] off_t* get() noexcept { return position_ < 0 ? nullptr : &position_; }

private:
    off_t position_;
};

}  // namespace

transfer copy_range(const place& from, const place& to, std::size_t size) noexcept {
    return transferred([&] {
        place_argument source(from);
        place_argument target(to);
        return calls.copy_file_range(from.file, source.get(), to.file, target.get(), clipped(size));
    });
}

namespace {

stretch found_content(handle file, std::int64_t position) noexcept {
#ifdef SEEK_HOLE
    const off_t begin = calls.lseek(file, position, SEEK_DATA);
    if (begin < 0 && errno == ENXIO) {
        const off_t end = calls.lseek(file, 0, SEEK_END);
        if (end >= 0) {
            return {end, end};
        }
    }
    const off_t end = begin < 0 ? begin : calls.lseek(file, begin, SEEK_HOLE);
    if (end > begin) {
        return {begin, end};
    }
#else
    static_cast<void>(file);
#endif
    return {position, std::numeric_limits<std::int64_t>::max()};
}

}  // namespace

stretch content_from(handle file, std::int64_t position, std::error_code& code) noexcept {
    const std::int64_t before = seek(file, 0, std::ios_base::cur, code);
    if (code) {
        return {};
    }
    const stretch found = found_content(file, position);
    seek(file, before, std::ios_base::beg, code);
    return found;
}

transfer send_file(const place& from, handle to, std::size_t size) noexcept {
    const held_back_sigpipe held;
    const transfer result = transferred([&] {
        place_argument source(from);
        return calls.sendfile(to, from.file, source.get(), clipped(size));
    });
    if (result.error == std::errc::broken_pipe || result.count < size) {
        held.take();
    }
    return result;
}

transfer splice(const place& from, const place& to, std::size_t size) noexcept {
    const held_back_sigpipe held;
    const transfer result = transferred([&] {
        place_argument source(from);
        place_argument target(to);
        return calls.splice(from.file, source.get(), to.file, target.get(), clipped(size));
    });
    if (result.error == std::errc::broken_pipe || result.count < size) {
        held.take();
    }
    return result;
}

// -- memory -----------------------------------------------------------------------------------

void* map_memory(std::size_t size) noexcept {
    void* memory = calls.map(size);
    if (memory == MAP_FAILED) {
        return nullptr;
    }
    advise(memory, size);
    return memory;
}

namespace {

constexpr std::size_t page = 4096;

bool is_zeros(const char* memory, std::size_t size) noexcept {
    return memory[0] == 0 && std::memcmp(memory, memory + 1, size - 1) == 0;
}

// Pages of zeros are left out: they may never have been touched, and would cost memory then.
void* copied_mapping(void* memory, std::size_t size, std::size_t new_size) noexcept {
    void* const copy = calls.map(new_size);
    if (copy == MAP_FAILED) {
        return copy;
    }
    const char* const source = static_cast<const char*>(memory);
    const std::size_t common = std::min(size, new_size);
    for (std::size_t done = 0; done < common; done += page) {
        const std::size_t part = std::min(page, common - done);
        if (!is_zeros(source + done, part)) {
            std::memcpy(static_cast<char*>(copy) + done, source + done, part);
        }
    }
    calls.munmap(memory, size);
    return copy;
}

}  // namespace

void* remap_memory(void* memory, std::size_t size, std::size_t new_size) noexcept {
    void* moved = calls.remap(memory, size, new_size);
    if (moved == MAP_FAILED && (errno == ENOSYS || errno == EPERM)) {
        moved = copied_mapping(memory, size, new_size);  // a sandbox that does not know the call
    }
    if (moved == MAP_FAILED) {
        return nullptr;
    }
    advise(moved, new_size);
    return moved;
}

void unmap_memory(void* memory, std::size_t size) noexcept {
    calls.munmap(memory, size);
}

void expect_filling(void* memory, std::size_t size) noexcept {
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    const std::uintptr_t skipped = (page - begin % page) % page;
    if (size > skipped) {
        advise(static_cast<char*>(memory) + skipped, (size - skipped) & ~(page - 1));
    }
}

}  // namespace sluice::os
