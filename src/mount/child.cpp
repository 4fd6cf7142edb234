#include "child.hpp"

#include "launch_error.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <vector>

namespace sluice::mount {
namespace {

// All that would end the launcher and leave the copy behind, but for its own faults.
constexpr int passed_on[] = {SIGHUP,  SIGINT,    SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2,   SIGALRM,
                             SIGPROF, SIGVTALRM, SIGXCPU, SIGXFSZ, SIGPOLL, SIGSTKFLT, SIGPWR};

sigset_t mask_before;

sigset_t held_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int one : passed_on) {
        sigaddset(&signals, one);
    }
    return signals;
}

pid_t start(const char* path, char** arguments) {
    posix_spawnattr_t attributes;
    if (const int error = posix_spawnattr_init(&attributes)) {
        throw system_failure(path, error);
    }
    posix_spawnattr_setsigmask(&attributes, &mask_before);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    pid_t child = 0;
    int error = posix_spawn(&child, path, nullptr, &attributes, arguments, environ);
    if (error == ENOEXEC) {  // a script without a first line that says whose, as execvp() has it
        std::vector<char*> shell = {const_cast<char*>("sh"), const_cast<char*>(path)};
        for (char** argument = arguments + 1; *argument != nullptr; ++argument) {
            shell.push_back(*argument);
        }
        shell.push_back(nullptr);
        error = posix_spawn(&child, "/bin/sh", nullptr, &attributes, shell.data(), environ);
    }
    posix_spawnattr_destroy(&attributes);
    if (error != 0) {
        throw system_failure(arguments[0], error,
                             error == ENOENT ? status_not_found : status_not_run);
    }
    return child;
}

// What came together with the program's end was for the program.
void forget_signals() {
    const sigset_t signals = held_signals();
    const timespec now = {};
    while (sigtimedwait(&signals, nullptr, &now) > 0) {
    }
}

// Sent, not typed: what is typed goes to all processes of the terminal.
bool was_sent(const siginfo_t& info) {
    return info.si_code <= 0;
}

}  // namespace

void hold_signals() {
    sigset_t signals = held_signals();
    sigaddset(&signals, SIGCHLD);
    sigaddset(&signals, SIGPIPE);  // nobody may be left to warn
    sigprocmask(SIG_BLOCK, &signals, &mask_before);
    // Where the launcher's parent ignored it, nothing could be waited for.
    signal(SIGCHLD, SIG_DFL);
}

void heed_signals() {
    const sigset_t signals = held_signals();
    const timespec now = {};
    const int signal = sigtimedwait(&signals, nullptr, &now);
    if (signal > 0) {
        throw interrupted{signal};
    }
}

int run(const char* path, char** arguments) {
    const pid_t child = start(path, arguments);
    sigset_t signals = held_signals();
    sigaddset(&signals, SIGCHLD);
    for (;;) {
        int status = 0;
        if (waitpid(child, &status, WNOHANG) == child) {
            forget_signals();
            return WIFSIGNALED(status) ? status_by_signal + WTERMSIG(status) : WEXITSTATUS(status);
        }
        siginfo_t info = {};
        if (sigwaitinfo(&signals, &info) > 0 && info.si_signo != SIGCHLD && was_sent(info)) {
            kill(child, info.si_signo);
        }
    }
}

}  // namespace sluice::mount
