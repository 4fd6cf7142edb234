// socket: a connection behind a stream, over TCP or within the machine.
//
//     sluice::socket_stream server = sluice::connect("localhost", 7, {.timeout = 5s});
//     server << "hello" << std::endl;
//     std::string answer = server.readline();      // an error after 5 s without any
//     server.shutdown_write();                     // the end, for the peer; reading goes on
//
// In the component sluice::net, which is built where Boost is found. A stream is one object for
// threads: to read in one and write in another, split() it.

#ifndef SLUICE_DEVICE_SOCKET_HPP
#define SLUICE_DEVICE_SOCKET_HPP

#include <sluice/detail/file_handle.hpp>
#include <sluice/device/buffered.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/stream.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <ios>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace sluice {

/// A connected stream socket. It cannot seek: seeking and telling fail with errc::not_seekable.
///
/// What is written is sent by a flush, a full buffer, close(), or a read that has to wait for the
/// peer: who asks and then reads the answer needs no flush. The end comes where the peer has closed
/// its side; a connection that broke is an error, std::errc::connection_reset for one, and no end.
/// Writing to a peer that has gone is an error (broken_pipe, connection_reset), and no signal.
///
/// With a timeout, a transfer during which nothing moves for so long fails with errc::timed_out.
/// Nothing is lost then: what was to be written is pending, what had come is read by the next call
/// after clear(). (The system's own ETIMEDOUT, a connection given up, compares equal to
/// std::errc::timed_out too, but not to errc::timed_out.)
///
/// Source: Python's socket.makefile("rwb") and settimeout, but for the timeout, which loses data
///         there.
class socketbuf final : public basic_bufferedbuf<char> {
public:
    using timeout_type = std::optional<std::chrono::milliseconds>;

    /// Closed.
    socketbuf() = default;

    /// Uses a connected socket; closes it only where it is `owned`. Errors name it as `peer`.
    ///
    /// Errors: throws error where `descriptor` is none, or errc::bad_mode.
    explicit socketbuf(int descriptor, std::ios_base::openmode mode,
                       ownership owner = ownership::borrowed, std::string peer = {});

    /// The buffer moved from is closed. Assigning closes this one first, and throws what close()
    /// does: what was pending could not be sent; this one is closed then, `other` as it was.
    socketbuf(socketbuf&& other) noexcept;
    socketbuf& operator=(socketbuf&& other) noexcept(false);
    socketbuf(const socketbuf&) = delete;
    socketbuf& operator=(const socketbuf&) = delete;
    ~socketbuf() override;

    void swap(socketbuf& other) noexcept;

    /// How long a transfer may wait without a byte moving; none: for ever. Not more than 0: not at
    /// all.
    void set_read_timeout(timeout_type limit) noexcept { read_timeout_ = limit; }
    void set_write_timeout(timeout_type limit) noexcept { write_timeout_ = limit; }

    /// Sends what is pending and tells the peer that no more comes; reading goes on. A later write
    /// fails with errc::not_writable.
    ///
    /// Errors: throws error, with what was not sent still pending.
    /// Source: socket.shutdown(SHUT_WR).
    void shutdown_write();

    /// The half that writes, as a buffer of its own for another thread; this one only reads from
    /// now on. Closing the other is as shutdown_write(). The connection ends with both.
    ///
    /// Errors: throws error: where sending what is pending failed, nothing has changed.
    [[nodiscard]] std::unique_ptr<socketbuf> split();

    /// Whom it is connected with, as "host:port" or the path of a socket in the file system; empty
    /// where that is not known.
    [[nodiscard]] const std::string& peer() const noexcept { return peer_; }

protected:
    transfer device_read(char* target, std::size_t count, off_type position) override;
    transfer device_write(const char* source, std::size_t count, off_type position) override;
    off_type device_available(off_type position) override;

    [[nodiscard]] std::string path() const override { return peer_; }
    bool do_seekable() override { return false; }
    std::error_code do_close() noexcept override;
    int do_native_handle(std::error_code& code) override;

private:
    void require_open_for_writing(const char* operation) const;
    void stop_writing();

    detail::file_handle file_;
    std::string peer_;
    timeout_type read_timeout_;
    timeout_type write_timeout_;
    bool half_ = false;  // the half that writes: its end must be told, for the other keeps it open
};

/// A stream that owns a socketbuf. A std::iostream as any; the calls below are the buffer's.
///
/// close() on a peer that is still sending resets the connection, which may take from the peer what
/// was sent last: call shutdown_write() and read to the end first, where that matters.
class socket_stream : public stream {
public:
    /// Closed.
    socket_stream() = default;
    explicit socket_stream(std::unique_ptr<socketbuf> buffer);
    socket_stream(socket_stream&& other) noexcept : stream(std::move(other)) {}
    socket_stream& operator=(socket_stream&& other) = default;
    socket_stream(const socket_stream&) = delete;
    socket_stream& operator=(const socket_stream&) = delete;
    ~socket_stream() override = default;

    void set_timeout(socketbuf::timeout_type limit);  // of reading and of writing
    void shutdown_write();
    [[nodiscard]] std::string peer() const;

    /// Two streams on the one connection, so that one thread can read while another writes; this
    /// one is closed then. See socketbuf::split.
    [[nodiscard]] pipe_streams split();

private:
    [[nodiscard]] socketbuf& require_socket(const char* operation) const;
};

struct connect_options {
    /// Of connecting, all addresses of the host together (but not of looking them up), and then of
    /// each transfer, until set_timeout() changes it. Source: socket.create_connection.
    socketbuf::timeout_type timeout = std::nullopt;
};

/// Connects to a TCP port. A host of several addresses, IPv4 or IPv6, is tried at each in turn.
/// Small writes are not held back (TCP_NODELAY): the buffer has put them together already.
///
/// Errors: throws error("connect") that names `host:port`: that of the last address tried,
///         errc::timed_out, or why the host was not found.
/// Source: socket.create_connection.
[[nodiscard]] socket_stream connect(const std::string& host, unsigned short port,
                                    const connect_options& options = {});

/// Connects to a socket in the file system.
[[nodiscard]] socket_stream connect(const std::filesystem::path& path,
                                    const connect_options& options = {});

/// Where connections come in.
///
///     sluice::listener door("localhost", 0);
///     std::cout << door.port() << '\n';
///     for (;;) {
///         sluice::socket_stream client = door.accept();
///         client << client.readline();
///     }
///
/// accept() may be called by several threads at once; nothing else may.
///
/// Source: socket.create_server.
class listener {
public:
    /// Listens at a TCP port; 0: one that the system chooses, see port(). An empty host stands for
    /// all addresses of the machine. A port that was in use a moment ago can be used again.
    ///
    /// Errors: throws error("listen") that names `host:port`.
    listener(const std::string& host, unsigned short port);

    /// Listens at a socket made at `path`, which must not exist, and is removed in the end.
    ///
    /// Errors: throws error("listen"), std::errc::address_in_use where it exists.
    explicit listener(const std::filesystem::path& path);

    listener(listener&& other) noexcept;
    listener& operator=(listener&& other) noexcept;
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;
    ~listener();

    /// Waits for the next connection, at most for `limit`.
    ///
    /// Errors: throws error("accept"): errc::timed_out, errc::closed, or the system's. The listener
    ///         goes on after any of them.
    [[nodiscard]] socket_stream accept(socketbuf::timeout_type limit = std::nullopt);

    /// The TCP port; 0 for a socket in the file system.
    [[nodiscard]] unsigned short port() const noexcept { return port_; }

    /// Takes no more connections; those that it gave go on.
    void close() noexcept;

private:
    int handle_ = -1;
    std::string name_;            // as errors name it
    std::filesystem::path path_;  // to be removed; empty for TCP
    unsigned short port_ = 0;
};

}  // namespace sluice

#endif  // SLUICE_DEVICE_SOCKET_HPP
