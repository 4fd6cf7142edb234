// old_kernel: runs a program as on a kernel that lacks some system calls:
//
//     old_kernel CALL=ERROR... -- PROGRAM [ARGUMENT]...
//
//     old_kernel copy_file_range=ENOSYS O_TMPFILE=EOPNOTSUPP -- unit_tests -ts=copy,atomic
//
// The calls are answered here (seccomp, user notification), so that each is counted: the program's
// exit code is passed on, but 1 is returned where one of the calls was never asked for, as nothing
// has been shown then. Exits with 77, and a word, where the system lets nobody filter its calls.

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

struct system_call {
    std::string_view name;
    long number;
    int argument = -1;        // the one that tells; -1: each call is meant
    std::uint32_t bits = 0;   // which it has then
    std::uint32_t value = 0;  // or equals, where `bits` is 0
};

constexpr std::uint32_t unnamed = O_TMPFILE & ~O_DIRECTORY;

constexpr system_call known[] = {
    {"O_TMPFILE", SYS_openat, 2, unnamed},
    {"copy_file_range", SYS_copy_file_range},
    {"getrandom", SYS_getrandom},
    {"huge_pages", SYS_madvise, 2, 0, MADV_HUGEPAGE},
    {"linkat", SYS_linkat},
    {"memfd_create", SYS_memfd_create},
    {"mremap", SYS_mremap},
    {"pidfd_open", SYS_pidfd_open},
    {"renameat2", SYS_renameat2},
    {"sendfile", SYS_sendfile},
    {"splice", SYS_splice},
};

constexpr std::pair<std::string_view, int> errors[] = {
    {"EINVAL", EINVAL}, {"EISDIR", EISDIR},         {"ENOMEM", ENOMEM},
    {"ENOSYS", ENOSYS}, {"EOPNOTSUPP", EOPNOTSUPP}, {"EPERM", EPERM},
};

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what + ": " + std::strerror(errno));
}

struct missing_call {
    const system_call* call;
    int error;
    long asked = 0;
};

missing_call parsed(std::string_view text) {
    const std::size_t middle = text.find('=');
    for (const system_call& call : known) {
        for (const auto& [name, number] : errors) {
            if (middle != std::string_view::npos && call.name == text.substr(0, middle) &&
                name == text.substr(middle + 1)) {
                return {&call, number};
            }
        }
    }
    throw std::runtime_error("unknown: " + std::string(text));
}

// -- the filter -------------------------------------------------------------------------------

#if defined(__x86_64__)
constexpr std::uint32_t this_architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t this_architecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t this_architecture = 0;
#endif

sock_filter statement(std::uint16_t code, std::uint32_t value) {
    return {code, 0, 0, value};
}
sock_filter jump(std::uint16_t test, std::uint32_t value, std::uint8_t yes, std::uint8_t no) {
    return {static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), yes, no, value};
}
sock_filter load(std::size_t offset) {
    return statement(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
sock_filter answer(std::uint32_t value) {
    return statement(BPF_RET | BPF_K, value);
}

std::vector<sock_filter> filter_of(const std::vector<missing_call>& missing) {
    std::vector<sock_filter> filter = {
        load(offsetof(seccomp_data, arch)),
        jump(BPF_JEQ, this_architecture, 1, 0),
        answer(SECCOMP_RET_ALLOW),
    };
    for (const missing_call& one : missing) {
        filter.push_back(load(offsetof(seccomp_data, nr)));
        const auto number = static_cast<std::uint32_t>(one.call->number);
        if (one.call->argument < 0) {
            filter.push_back(jump(BPF_JEQ, number, 0, 1));
        } else {
            filter.push_back(jump(BPF_JEQ, number, 0, 3));
            // The lower half, where little endian comes first.
            filter.push_back(
                load(offsetof(seccomp_data, args) +
                     sizeof(std::uint64_t) * static_cast<std::size_t>(one.call->argument)));
            filter.push_back(one.call->bits != 0 ? jump(BPF_JSET, one.call->bits, 0, 1)
                                                 : jump(BPF_JEQ, one.call->value, 0, 1));
        }
        filter.push_back(answer(SECCOMP_RET_USER_NOTIF));
    }
    filter.push_back(answer(SECCOMP_RET_ALLOW));
    return filter;
}

/// Returns: what is told of filtered calls; or -1.
int install(std::vector<sock_filter> filter) {
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return -1;
    }
    return static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                                      SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
}

// -- handing the listener over ----------------------------------------------------------------

union control {
    cmsghdr header;
    std::array<char, CMSG_SPACE(sizeof(int))> room;
};

msghdr message(iovec& content, control& extra) {
    msghdr made{};
    made.msg_iov = &content;
    made.msg_iovlen = 1;
    made.msg_control = &extra;
    made.msg_controllen = sizeof extra.room;
    return made;
}

void send(int socket, int file) {
    char nothing = file >= 0 ? '+' : '-';
    iovec content{&nothing, 1};
    control extra{};
    msghdr made = message(content, extra);
    if (file < 0) {
        made.msg_control = nullptr;
        made.msg_controllen = 0;
    } else {
        extra.header = {CMSG_LEN(sizeof file), SOL_SOCKET, SCM_RIGHTS};
        std::memcpy(CMSG_DATA(&extra.header), &file, sizeof file);
    }
    if (::sendmsg(socket, &made, 0) != 1) {
        fail("sendmsg");
    }
}

int receive(int socket) {
    char nothing = 0;
    iovec content{&nothing, 1};
    control extra{};
    msghdr made = message(content, extra);
    if (::recvmsg(socket, &made, MSG_CMSG_CLOEXEC) != 1 || nothing != '+') {
        return -1;
    }
    int file = -1;
    std::memcpy(&file, CMSG_DATA(&extra.header), sizeof file);
    return file;
}

// -- both sides -------------------------------------------------------------------------------

[[noreturn]] void run(int socket, const std::vector<missing_call>& missing, char** command) {
    const int listener = install(filter_of(missing));
    send(socket, listener);
    if (listener >= 0) {
        ::close(listener);
        ::close(socket);
        ::execvp(command[0], command);
        std::cerr << command[0] << ": " << std::strerror(errno) << '\n';
    }
    ::_exit(127);
}

missing_call* find(std::vector<missing_call>& missing, const seccomp_data& asked) {
    for (missing_call& one : missing) {
        if (one.call->number == asked.nr) {
            return &one;
        }
    }
    return nullptr;
}

// Until all who were filtered have gone.
void answer_calls(int listener, std::vector<missing_call>& missing) {
    for (;;) {
        pollfd one{listener, POLLIN, 0};
        if (::poll(&one, 1, -1) < 0) {
            if (errno == EINTR) {
                continue;
            }
            fail("poll");
        }
        if ((one.revents & POLLIN) == 0) {
            return;
        }
        seccomp_notif asked{};
        if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) {
            if (errno == ENOENT || errno == EINTR) {
                continue;  // who asked was killed meanwhile
            }
            fail("receiving a call");
        }
        missing_call* const found = find(missing, asked.data);
        seccomp_notif_resp response{};
        response.id = asked.id;
        response.error = found != nullptr ? -found->error : -ENOSYS;
        if (found != nullptr) {
            ++found->asked;
        }
        if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) != 0 && errno != ENOENT) {
            fail("answering a call");
        }
    }
}

int supervise(std::vector<missing_call> missing, char** command) {
    std::array<int, 2> sockets{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) != 0) {
        fail("socketpair");
    }
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(sockets[0]);
        run(sockets[1], missing, command);
    }
    ::close(sockets[1]);
    const int listener = receive(sockets[0]);
    if (listener >= 0) {
        answer_calls(listener, missing);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (listener < 0) {
        std::cout << "skipped: system calls cannot be filtered here\n";
        return 77;
    }
    int result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    for (const missing_call& one : missing) {
        std::cout << one.call->name << " was missed " << one.asked << " times\n";
        if (one.asked == 0 && result == 0) {
            result = 1;
        }
    }
    return result;
}

}  // namespace

int main(int argc, char** argv) try {
    std::vector<missing_call> missing;
    int i = 1;
    for (; i < argc && std::string_view(argv[i]) != "--"; ++i) {
        missing.push_back(parsed(argv[i]));
    }
    if (missing.empty() || i + 1 >= argc) {
        std::cerr << "usage: old_kernel CALL=ERROR... -- PROGRAM [ARGUMENT]...\n";
        return 2;
    }
    if (this_architecture == 0) {
        std::cout << "skipped: not for this architecture\n";
        return 77;
    }
    return supervise(std::move(missing), argv + i + 1);
} catch (const std::exception& why) {
    std::cerr << "old_kernel: " << why.what() << '\n';
    return 2;
}
