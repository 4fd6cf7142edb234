// process: another program, with its input, output and errors as streams.
//
//     using sluice::channel;
//     sluice::process sort({"sort", "-r"}, {.in = channel::pipe, .out = channel::pipe});
//     sort.in() << "apple\npear\n";
//     sort.close_in();                              // the end, for the child
//     std::string first = sort.out().readline();    // "pear\n"
//     bool well = sort.wait().exited(0);
//
// The three streams are distinct objects for threads, as the ends of a pipe are: one thread may
// write in() while another reads out(). All other calls on one process need a lock.

#ifndef SLUICE_DEVICE_PROCESS_HPP
#define SLUICE_DEVICE_PROCESS_HPP

#include <sluice/stream.hpp>

#include <chrono>
#include <filesystem>
#include <ios>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace sluice {

/// Where one of a child's three standard streams leads.
///
/// Source: the arguments stdin, stdout and stderr of Python's subprocess.Popen.
class channel {
public:
    enum class place {
        inherit,  // None     where this program's own leads
        pipe,     // PIPE     to a stream of the process object
        null,     // DEVNULL  the input is empty; what is written is dropped
        to_out,   // STDOUT   the errors go where the output goes
    };
    using enum place;  // channel::pipe; not an open enum, whose `pipe` would shadow pipe()

    // Implicit, all of them: a channel is only ever named as the place it leads to.

    // NOLINTBEGIN(google-explicit-constructor)
    channel(place where) noexcept : where_(where) {}

    /// A file of this path: read, as an input; made empty and written, else. It is opened here, not
    /// in the child's directory.
    channel(std::filesystem::path file) noexcept : where_(std::move(file)) {}
    channel(const std::string& file) : where_(std::filesystem::path(file)) {}
    channel(const char* file) : where_(std::filesystem::path(file)) {}

    /// An open descriptor, which stays open here.
    channel(int descriptor) noexcept : where_(descriptor) {}

    /// The descriptor of a stream on a sluice buffer, which must live until the child is started.
    /// What is pending is written, and the child goes on where the stream stands.
    ///
    /// Errors: throws error: errc::unsupported where the stream has no descriptor, errc::closed
    ///         where it is closed, or why what is pending could not be written.
    channel(std::ios& file);
    // NOLINTEND(google-explicit-constructor)

private:
    friend class process;
    std::variant<place, std::filesystem::path, int> where_;
};

using environment_map = std::map<std::string, std::string>;

/// The environment variables of this program, to change and to start another with. Not while
/// another thread changes them (setenv), which is so of starting a program too.
[[nodiscard]] environment_map environment();

struct process_options {
    channel in = channel::inherit;
    channel out = channel::inherit;
    channel err = channel::inherit;
    std::filesystem::path directory = {};                       // empty: this program's
    std::optional<environment_map> environment = std::nullopt;  // none: this program's
};

/// How a program ended.
class exit_status {
public:
    /// It ended by itself, and said `code`.
    [[nodiscard]] bool exited() const noexcept { return !by_signal_; }
    [[nodiscard]] bool exited(int code) const noexcept { return !by_signal_ && value_ == code; }

    /// A signal ended it.
    [[nodiscard]] bool signaled() const noexcept { return by_signal_; }
    [[nodiscard]] bool signaled(int signal) const noexcept {
        return by_signal_ && value_ == signal;
    }

    /// The exit code; or the signal's number, negative. Source: Popen.returncode.
    [[nodiscard]] int code() const noexcept { return by_signal_ ? -value_ : value_; }

    friend bool operator==(const exit_status&, const exit_status&) = default;

private:
    friend class process;
    exit_status(bool by_signal, int value) noexcept : by_signal_(by_signal), value_(value) {}

    bool by_signal_;
    int value_;
};

/// A child process. A move leaves the streams where they are: references to them stay good. One
/// that was moved from can be destroyed and assigned to.
///
/// The child inherits no descriptor of sluice's but its three streams, has no signal blocked, and
/// has the default answer to SIGPIPE, so that a child whose reader goes ends quietly.
///
/// The destructor closes the streams, which most programs take for the end of their work, and waits
/// for as long as the child runs: no child outlives its object, and none stays a zombie. Call
/// terminate() or kill() before, where that may take too long. Its own failures it keeps quiet.
///
/// Assigning closes the streams and waits too, for the child that is replaced; but where the child
/// has not read all that was written to it, it throws what close_in() does. Nothing is moved then,
/// and the child can be waited for.
///
/// Source: subprocess.Popen, used as a context manager.
class process {
public:
    /// What communicate() read.
    struct output {
        std::string out;
        std::string err;
    };

    /// Starts the program `arguments[0]`, by no shell; where it has no slash, it is sought in this
    /// program's PATH.
    ///
    /// Errors: throws error("spawn") with the reason, and the path of the program or of the
    ///         directory that is missing; "open" with that of a channel's file. Nothing is left
    ///         running or open then. std::errc::invalid_argument: no argument; a NUL in one, in the
    ///         directory or in a channel's path; a name of a variable that cannot be one; to_out
    ///         for anything but the errors. No file has been opened, or made empty, then.
    explicit process(const std::vector<std::string>& arguments,
                     const process_options& options = {});
    process(process&& other) noexcept;
    process& operator=(process&& other) noexcept(false);
    process(const process&) = delete;
    process& operator=(const process&) = delete;
    ~process();

    /// The streams of the channels that are pipes (channel::pipe); the others are closed, and their
    /// calls fail with errc::closed. They cannot seek. See pipe() for what becomes of a write to a
    /// child that has gone.
    ///
    /// A child that writes more than its pipe holds waits until that is read. Reading does not
    /// flush in(), which may be another thread's: flush it before waiting for an answer.
    [[nodiscard]] stream& in() noexcept;
    [[nodiscard]] stream& out() noexcept;
    [[nodiscard]] stream& err() noexcept;

    /// Writes what is pending, and lets the child see the end of its input.
    ///
    /// Errors: throws error, std::errc::broken_pipe where the child has not read it all.
    void close_in() { in().close(); }

    /// Gives the child all of `input`, reads all that it writes, and waits for its end. This is
    /// done at once, in threads, so that neither side can wait for the other.
    ///
    /// Returns: what was not read from the pipes before; empty for other channels.
    /// Errors:  throws error where reading fails, or writing; but it is no error that the child
    ///          did not read all of its input. errc::closed: there is `input`, and in() is no
    ///          pipe, or has been closed. std::system_error: no thread can be made; in() is closed
    ///          then, and the child runs on.
    /// Source:  Popen.communicate.
    output communicate(std::string_view input = {});

    /// How it ended; nothing as long as it runs.
    ///
    /// Errors: throws error("wait"), where this program ignores SIGCHLD and there is no telling.
    std::optional<exit_status> poll() { return wait_for(std::chrono::milliseconds(0), false); }

    /// Closes in(), or the child might wait for it, and waits for the end. Close out() and err()
    /// too, or read them first, where the child may write more than a pipe holds.
    ///
    /// Errors: as poll(). What closing in() failed to write is in error_of(in()).
    exit_status wait();

    /// As wait(), but returns nothing where the child runs still after `limit`.
    std::optional<exit_status> wait_for(std::chrono::milliseconds limit) {
        return wait_for(limit, true);
    }

    /// Asks the child to end (SIGTERM), or ends it (SIGKILL). wait() tells what came of it. Nothing
    /// is done to a child that has ended.
    ///
    /// Errors: throws error("kill"): std::errc::operation_not_permitted where the child has become
    ///         another user's, std::errc::invalid_argument for no signal's number.
    void terminate();
    void kill();
    void send_signal(int number);

    [[nodiscard]] int id() const noexcept;

private:
    struct state;

    std::optional<exit_status> wait_for(std::optional<std::chrono::milliseconds> limit,
                                        bool closing);

    std::unique_ptr<state> state_;
};

}  // namespace sluice

#endif  // SLUICE_DEVICE_PROCESS_HPP
