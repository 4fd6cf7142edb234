#include <sluice/device/socket.hpp>

#include "os/owned_handle.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/system_error.hpp>

#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

// Addresses, connecting and listening are Boost.Asio's. It is given sockets that sluice made, for
// its own (1.74) are inherited by programs that are started; transfers are sluice's, because of
// their timeouts.

namespace sluice {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using any_stream = asio::generic::stream_protocol;
using local_stream = asio::local::stream_protocol;
using timeout = socketbuf::timeout_type;
using ios = std::ios_base;

std::error_code from_boost(const boost::system::error_code& code) {
    if (code.category() == boost::system::system_category()) {
        return {code.value(), std::system_category()};
    }
    return code;  // the resolver's own reasons
}

template <class Call>
auto translated(const char* operation, const std::string& name, Call call) {
    try {
        return call();
    } catch (const boost::system::system_error& failure) {
        throw error(operation, from_boost(failure.code()), name);
    }
}

std::string name_of(const std::string& host, unsigned short port) {
    const bool brackets = host.find(':') != std::string::npos;
    return (brackets ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

// What the system says of a connection that came in; `door` has no other name for one of its own.
std::string name_of(const os::address& peer, const std::string& door) {
    tcp::endpoint address;  // as large as an IPv4 one
    if (peer.size > address.capacity() || peer.size < address.size()) {
        return door;
    }
    std::memcpy(address.data(), peer.bytes.data(), peer.size);
    const int family = address.protocol().family();
    if (family != tcp::v4().family() && family != tcp::v6().family()) {
        return door;
    }
    return name_of(address.address().to_string(), address.port());
}

// A leading NUL is Linux's for a name that is no file's, which may hold anything.
local_stream::endpoint endpoint_of(const std::string& path) {
    if (!path.starts_with('\0') && detail::has_nul(path)) {
        throw boost::system::system_error(asio::error::invalid_argument);
    }
    return local_stream::endpoint(path);
}

std::vector<tcp::endpoint> addresses_of(const std::string& host, unsigned short port) {
    asio::io_context context;
    tcp::resolver resolver(context);
    std::vector<tcp::endpoint> result;
    for (const auto& entry :
         resolver.resolve(host, std::to_string(port), tcp::resolver::numeric_service)) {
        result.push_back(entry.endpoint());
    }
    return result;
}

// Gives `socket` a descriptor, which it owns then.
template <class Socket, class Protocol>
void open(Socket& socket, const Protocol& protocol) {
    std::error_code code;
    os::owned_handle made(os::new_socket(protocol.family(), protocol.protocol(), code));
    if (code) {
        throw boost::system::system_error(code.value(), boost::system::system_category());
    }
    socket.assign(protocol, made.get());
    made.release();
}

// -- connecting -------------------------------------------------------------------------------

class connector {
public:
    explicit connector(const timeout& limit) : limit_(limit), end_(os::after(limit)) {}

    [[nodiscard]] std::error_code connect(const tcp::endpoint& address) {
        boost::system::error_code code = asio::error::would_block;
        open(socket_, any_stream(address.protocol().family(), 0));
        socket_.async_connect(address, [&code](const auto& result) { code = result; });
        context_.restart();
        if (end_) {
            context_.run_until(*end_);
        } else {
            context_.run();
        }
        if (!context_.stopped()) {
            socket_.close();
            context_.run();  // the handler refers to `code`
            return errc::timed_out;
        }
        if (!code) {
            socket_.set_option(tcp::no_delay(true));
        }
        return finished(from_boost(code));
    }

    // A socket in the file system does not tell when there is room for one more connection: only a
    // call that waits comes to know.
    [[nodiscard]] std::error_code connect(const local_stream::endpoint& address) {
        boost::system::error_code code;
        open(socket_, any_stream(address.protocol()));
        if (const std::error_code unlimited = os::limit_sending(socket_.native_handle(), limit_)) {
            return unlimited;
        }
        socket_.connect(address, code);
        // Asio's word for EAGAIN, which is the end of the time limit.
        const bool late = limit_ && code == asio::error::no_buffer_space;
        const std::error_code result = finished(late ? errc::timed_out : from_boost(code));
        return result ? result : os::limit_sending(socket_.native_handle(), std::nullopt);
    }

    [[nodiscard]] os::owned_handle release() {
        os::owned_handle result(socket_.release());
        if (const std::error_code code = os::set_waiting(result.get(), true)) {
            throw boost::system::system_error(code.value(), boost::system::system_category());
        }
        return result;
    }

private:
    std::error_code finished(std::error_code code) {
        if (code) {
            socket_.close();
        }
        return code;
    }

    timeout limit_;
    os::deadline end_;
    asio::io_context context_;
    any_stream::socket socket_{context_};
};

socket_stream connected(connector& done, const std::string& name, const timeout& limit) {
    os::owned_handle handle = done.release();
    auto buffer =
        std::make_unique<socketbuf>(handle.get(), ios::in | ios::out, ownership::owned, name);
    handle.release();
    socket_stream result(std::move(buffer));
    result.set_timeout(limit);
    return result;
}

// -- listening --------------------------------------------------------------------------------

template <class Acceptor>
os::owned_handle listening(Acceptor& acceptor) {
    acceptor.listen();
    os::owned_handle result(acceptor.release());
    if (const std::error_code code = os::set_waiting(result.get(), false)) {
        throw boost::system::system_error(code.value(), boost::system::system_category());
    }
    return result;
}

struct bound {
    os::owned_handle handle;
    unsigned short port = 0;
};

bound listen_at(const tcp::endpoint& address) {
    asio::io_context context;
    tcp::acceptor acceptor(context);
    open(acceptor, address.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.set_option(tcp::no_delay(true));  // what is accepted takes it over
    if (address.address() == asio::ip::address_v6::any()) {
        acceptor.set_option(asio::ip::v6_only(false));
    }
    acceptor.bind(address);
    const unsigned short port = acceptor.local_endpoint().port();
    return {listening(acceptor), port};
}

// At the first address that the system has.
bound listen_at_first(const std::vector<tcp::endpoint>& addresses) {
    for (std::size_t index = 0;; ++index) {
        try {
            return listen_at(addresses.at(index));
        } catch (const boost::system::system_error& failed) {
            // One that somebody listens at already is no reason to listen elsewhere: connections
            // would go to the other.
            if (index + 1 == addresses.size() || failed.code() == asio::error::address_in_use) {
                throw;
            }
        }
    }
}

bound listen_at(const std::string& host, unsigned short port) {
    if (host.empty()) {
        return listen_at_first(
            {{asio::ip::address_v6::any(), port}, {asio::ip::address_v4::any(), port}});
    }
    return listen_at_first(addresses_of(host, port));
}

os::owned_handle listen_at(const std::filesystem::path& path) {
    asio::io_context context;
    const local_stream::endpoint address = endpoint_of(path.string());
    local_stream::acceptor acceptor(context);
    open(acceptor, address.protocol());
    acceptor.bind(address);
    try {
        return listening(acceptor);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove(path, ignored);  // bind() has made it
        throw;
    }
}

}  // namespace

// -- the buffer -------------------------------------------------------------------------------

socketbuf::socketbuf(int descriptor, std::ios_base::openmode mode, ownership owner,
                     std::string peer)
    : peer_(std::move(peer)) {
    const bool valid = sluice::has(mode, ios::in | ios::out);
    const std::error_code code = valid ? file_.attach(descriptor, owner == ownership::owned)
                                       : make_error_code(errc::bad_mode);
    if (code) {
        file_.disown();  // a descriptor that was not taken is not closed
        throw error("attach", code, peer_);
    }
    set_open(sluice::has(mode, ios::in), sluice::has(mode, ios::out));
}

socketbuf::socketbuf(socketbuf&& other) noexcept {
    swap(other);
}

socketbuf& socketbuf::operator=(socketbuf&& other) noexcept(false) {
    if (this != &other) {
        close();
        socketbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

socketbuf::~socketbuf() {
    set_owner(nullptr);
    static_cast<void>(do_close());
}

void socketbuf::swap(socketbuf& other) noexcept {
    basic_bufferedbuf::swap(other);
    file_.swap(other.file_);
    peer_.swap(other.peer_);
    std::swap(read_timeout_, other.read_timeout_);
    std::swap(write_timeout_, other.write_timeout_);
    std::swap(half_, other.half_);
}

void socketbuf::require_open_for_writing(const char* operation) const {
    if (!writable()) {
        throw error(operation, is_open() ? errc::not_writable : errc::closed, peer_);
    }
}

// Requires: nothing is pending.
void socketbuf::stop_writing() {
    if (writing()) {
        set_position(position());
    }
    set_open(readable(), false);
}

void socketbuf::shutdown_write() {
    require_open_for_writing("shutdown");
    std::error_code code = flush_pending();
    if (!code) {
        code = os::shutdown_write(file_.share());
    }
    if (code) {
        record(code, "shutdown");
        throw latest("shutdown");
    }
    stop_writing();
}

std::unique_ptr<socketbuf> socketbuf::split() {
    require_open_for_writing("split");
    std::error_code code = flush_pending();
    os::owned_handle copy;
    if (!code) {
        copy = os::owned_handle(os::duplicate(file_.share(), code));
    }
    if (code) {
        record(code, "split");
        throw latest("split");
    }
    auto half = std::make_unique<socketbuf>(copy.get(), ios::out, ownership::owned, peer_);
    copy.release();
    half->write_timeout_ = write_timeout_;
    half->half_ = true;
    stop_writing();
    return half;
}

auto socketbuf::device_read(char* target, std::size_t count, off_type /*position*/) -> transfer {
    return os::receive(file_.share(), target, count, read_timeout_);
}

auto socketbuf::device_write(const char* source, std::size_t count, off_type /*position*/)
    -> transfer {
    return os::send(file_.share(), source, count, write_timeout_);
}

auto socketbuf::device_available(off_type position) -> off_type {
    return file_.available(position);
}

std::error_code socketbuf::do_close() noexcept {
    if (!is_open()) {
        return {};
    }
    std::error_code code = flush_pending();
    if (half_) {
        const std::error_code told = os::shutdown_write(file_.share());
        // Where the peer has closed its side too, there is nobody to be told.
        if (!code && told != std::errc::not_connected) {
            code = told;
        }
    }
    const std::error_code closed = file_.close();
    set_position(0);
    set_unread({});
    return code ? code : closed;
}

int socketbuf::do_native_handle(std::error_code& code) {
    code = flush_pending();
    return code ? -1 : file_.share();
}

// -- the stream -------------------------------------------------------------------------------

socket_stream::socket_stream(std::unique_ptr<socketbuf> buffer) : stream(std::move(buffer)) {}

socketbuf& socket_stream::require_socket(const char* operation) const {
    auto* const device = dynamic_cast<socketbuf*>(rdbuf());
    if (device == nullptr || !device->is_open()) {
        throw error(operation, errc::closed);
    }
    return *device;
}

void socket_stream::set_timeout(socketbuf::timeout_type limit) {
    socketbuf& device = require_socket("set_timeout");
    device.set_read_timeout(limit);
    device.set_write_timeout(limit);
}

void socket_stream::shutdown_write() {
    require_socket("shutdown").shutdown_write();
}

std::string socket_stream::peer() const {
    return require_socket("peer").peer();
}

pipe_streams socket_stream::split() {
    stream writer(require_socket("split").split());
    return {stream(detach()), std::move(writer)};
}

// -- connections ------------------------------------------------------------------------------

socket_stream connect(const std::string& host, unsigned short port,
                      const connect_options& options) {
    const std::string name = name_of(host, port);
    return translated("connect", name, [&] {
        connector attempt(options.timeout);
        std::error_code code = std::make_error_code(std::errc::address_not_available);
        for (const tcp::endpoint& address : addresses_of(host, port)) {
            code = attempt.connect(address);
            if (!code) {
                return connected(attempt, name, options.timeout);
            }
        }
        throw error("connect", code, name);
    });
}

socket_stream connect(const std::filesystem::path& path, const connect_options& options) {
    const std::string name = path.string();
    return translated("connect", name, [&] {
        connector attempt(options.timeout);
        if (const std::error_code code = attempt.connect(endpoint_of(name))) {
            throw error("connect", code, name);
        }
        return connected(attempt, name, options.timeout);
    });
}

listener::listener(const std::string& host, unsigned short port) : name_(name_of(host, port)) {
    bound made = translated("listen", name_, [&] { return listen_at(host, port); });
    port_ = made.port;
    name_ = name_of(host, port_);
    handle_ = made.handle.release();
}

// Nothing can fail once there is a socket of that name.
listener::listener(const std::filesystem::path& path) : name_(path.string()), path_(path) {
    handle_ = translated("listen", name_, [&] { return listen_at(path); }).release();
}

listener::listener(listener&& other) noexcept
    : handle_(std::exchange(other.handle_, os::no_handle)),
      name_(std::move(other.name_)),
      path_(std::move(other.path_)),
      port_(std::exchange(other.port_, 0)) {
    other.path_.clear();
}

listener& listener::operator=(listener&& other) noexcept {
    listener taken(std::move(other));
    std::swap(handle_, taken.handle_);
    name_.swap(taken.name_);
    path_.swap(taken.path_);
    std::swap(port_, taken.port_);
    return *this;
}

listener::~listener() {
    close();
}

void listener::close() noexcept {
    if (handle_ == os::no_handle) {
        return;
    }
    os::close(std::exchange(handle_, os::no_handle));
    if (!path_.empty()) {
        std::error_code ignored;  // somebody may have removed it
        std::filesystem::remove(path_, ignored);
    }
}

socket_stream listener::accept(socketbuf::timeout_type limit) {
    std::error_code code = errc::closed;
    os::address peer;
    os::owned_handle made;
    if (handle_ != os::no_handle) {
        made = os::owned_handle(os::accept(handle_, limit, peer, code));
    }
    if (code) {
        throw error("accept", code, name_);
    }
    auto buffer = std::make_unique<socketbuf>(made.get(), ios::in | ios::out, ownership::owned,
                                              name_of(peer, name_));
    made.release();
    return socket_stream(std::move(buffer));
}

}  // namespace sluice
