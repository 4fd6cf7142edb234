// child: the program that the launcher runs, and the signals that come meanwhile.

#ifndef SLUICE_MOUNT_CHILD_HPP
#define SLUICE_MOUNT_CHILD_HPP

namespace sluice::mount {

/// A signal that is to end the launcher came before there was a program to pass it on to.
struct interrupted {
    int signal;
};

/// From here on, signals wait until they are heeded, so that the copy is always removed.
void hold_signals();

/// Errors: throws interrupted, if a signal waits.
void heed_signals();

/// Runs a program, whose file is at `path`, to its end. Signals that others send are passed on to
/// it; those of the terminal it gets itself.
///
/// Returns: the status to exit with, 128 and the signal's number where a signal ended it.
/// Errors:  throws launch_error(status_not_run or status_not_found).
[[nodiscard]] int run(const char* path, char** arguments);

}  // namespace sluice::mount

#endif  // SLUICE_MOUNT_CHILD_HPP
