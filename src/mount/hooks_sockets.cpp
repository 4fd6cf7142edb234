// The functions that take the address of a local socket, which is a path.

#include "hook.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>

namespace sluice::mount {
namespace {

constexpr socklen_t before_path = offsetof(sockaddr_un, sun_path);

// A path of an address; none, where it has none in the file system.
struct socket_path {
    std::array<char, sizeof(sockaddr_un::sun_path) + 1> text{};

    socket_path(const sockaddr* address, socklen_t size) noexcept {
        if (address != nullptr && size > before_path && address->sa_family == AF_UNIX) {
            const std::size_t most = std::min<std::size_t>(size - before_path, text.size() - 1);
            std::memcpy(text.data(), reinterpret_cast<const char*>(address) + before_path, most);
        }
    }
};

template <class Call>
[[gnu::noinline]] int call_with_place(const char* name, effect does, Call call) noexcept(false) {
    translated_path there;
    if (const int error = there.translate(AT_FDCWD, name, true, does)) {
        return failure<int>(error);
    }
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    const std::size_t size = std::strlen(there.get());
    if (size >= sizeof(address.sun_path)) {
        return failure<int>(ENAMETOOLONG);
    }
    std::memcpy(address.sun_path, there.get(), size);
    return call(reinterpret_cast<const sockaddr*>(&address),
                before_path + static_cast<socklen_t>(size) + 1);
}

// `call` is called with the address it is to take.
template <class Call>
int call_with_address(const sockaddr* address, socklen_t size, effect does, Call call) {
    if (mounts().empty()) {
        return call(address, size);
    }
    const socket_path name(address, size);
    return may_concern(AT_FDCWD, name.text.data()) ? call_with_place(name.text.data(), does, call)
                                                   : call(address, size);
}

// What the kernel says where a socket is bound, in the program's words.
int named(int result, sockaddr* address, socklen_t* size, socklen_t room) noexcept {
    if (result != 0 || mounts().empty() || room <= before_path || *size <= before_path ||
        *size > room || address->sa_family != AF_UNIX) {
        return result;
    }
    char* const text = reinterpret_cast<char*>(address) + before_path;
    const std::size_t capacity = room - before_path;
    const std::size_t length = strnlen(text, *size - before_path);
    if (mounts().holding({text, length}) != nullptr) {
        const std::size_t known = name_of_place(mounts(), text, length, capacity);
        if (known < capacity) {
            text[known] = '\0';
        }
        *size = before_path + static_cast<socklen_t>(known) + 1;
    }
    return result;
}

}  // namespace

SLUICE_DEFINE(int, bind, (int socket, const sockaddr* address, socklen_t size)) {
    return call_with_address(address, size, effect::writes, [=](const sockaddr* to, socklen_t n) {
        return original_bind.get()(socket, to, n);
    });
}

SLUICE_DEFINE(int, connect, (int socket, const sockaddr* address, socklen_t size)) {
    return call_with_address(address, size, effect::none, [=](const sockaddr* to, socklen_t n) {
        return original_connect.get()(socket, to, n);
    });
}

SLUICE_DEFINE(int, getsockname, (int socket, sockaddr* address, socklen_t* size)) {
    const socklen_t room = size == nullptr ? 0 : *size;
    return named(original_getsockname.get()(socket, address, size), address, size, room);
}

SLUICE_DEFINE(int, getpeername, (int socket, sockaddr* address, socklen_t* size)) {
    const socklen_t room = size == nullptr ? 0 : *size;
    return named(original_getpeername.get()(socket, address, size), address, size, room);
}

}  // namespace sluice::mount
