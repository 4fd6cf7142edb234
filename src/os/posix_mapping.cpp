#include "file_mapping.hpp"
#include "posix_call.hpp"
#include "posix_calls.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <limits>
#include <new>

namespace sluice::os {

// An entry is free while `begin` is 0. `version` is odd while the rest changes: the handler, which
// may run in another thread at any time, passes over an entry that changed while it was read.
// The entry of the mapping it looks for never does, as nobody unmaps what is being used.
struct watched_mapping {
    std::atomic<unsigned> version{0};
    std::atomic<std::uintptr_t> begin{0};
    std::atomic<std::uintptr_t> end{0};
    std::atomic<std::size_t> lead{0};    // how far the content is from `begin`
    std::atomic<std::int64_t> place{0};  // of `begin` in the file
    std::atomic<int> file{no_handle};
    std::atomic<int> protection{0};
    std::atomic<std::size_t> lost{file_mapping::nothing};
};

namespace {

static_assert(std::atomic<std::uintptr_t>::is_always_lock_free &&
                  std::atomic<std::int64_t>::is_always_lock_free,
              "a signal handler may use no other atomics");

// Never freed, for the handler may be reading it.
struct watch_list {
    std::array<watched_mapping, 64> entries;
    std::atomic<watch_list*> next{nullptr};
};

watch_list first_list;
struct sigaction handler_before;

std::size_t page_size() noexcept {
    static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    return size;
}

// -- in the handler: only calls that a signal handler may make ----------------------------------

struct found_mapping {
    watched_mapping* entry = nullptr;
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
};

found_mapping find(std::uintptr_t address) noexcept {
    for (watch_list* list = &first_list; list != nullptr; list = list->next.load()) {
        for (watched_mapping& entry : list->entries) {
            const unsigned version = entry.version.load();
            const found_mapping found{&entry, entry.begin.load(), entry.end.load()};
            if (version % 2 == 0 && found.begin <= address && address < found.end &&
                entry.version.load() == version) {
                return found;
            }
        }
    }
    return {};
}

void lower_to(std::atomic<std::size_t>& least, std::size_t value) noexcept {
    std::size_t known = least.load();
    while (value < known && !least.compare_exchange_weak(known, value)) {
    }
}

// Puts zeros in the place of the page at `pointer`, and of all behind it where the file ends before
// that. False: it is in none of our mappings.
bool replace_lost(void* pointer) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(pointer);
    const found_mapping found = find(address);
    if (found.entry == nullptr) {
        return false;
    }
    watched_mapping& entry = *found.entry;
    const auto page = static_cast<std::uintptr_t>(::getpagesize());
    const std::uintptr_t from = address / page * page;
    std::uintptr_t to = from + page;
    struct stat status = {};
    const auto place = entry.place.load() + static_cast<std::int64_t>(from - found.begin);
    if (::fstat(entry.file.load(), &status) == 0 && status.st_size <= place) {
        to = found.end;  // else the disk failed, and here only
    }
    void* const zeros =
        ::mmap(static_cast<char*>(pointer) - (address - from), to - from, entry.protection.load(),
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
    if (zeros == MAP_FAILED) {
        return false;
    }
    const std::size_t index = from - found.begin;
    const std::size_t lead = entry.lead.load();
    lower_to(entry.lost, index < lead ? 0 : index - lead);
    return true;
}

// As if ours had never been there.
void forward(int number, siginfo_t* details, void* context) noexcept {
    const bool sent = details->si_code <= 0;  // by a process, where a handler may return
    if ((handler_before.sa_flags & SA_SIGINFO) != 0) {
        handler_before.sa_sigaction(number, details, context);
    } else if (handler_before.sa_handler == SIG_IGN && sent) {
        return;
    } else if (handler_before.sa_handler == SIG_DFL || handler_before.sa_handler == SIG_IGN) {
        // The system's own: the faulting instruction runs again, and ends the process where it is.
        struct sigaction standard = {};
        standard.sa_handler = SIG_DFL;
        ::sigaction(number, &standard, nullptr);
        if (sent) {
            ::raise(number);
        }
    } else {
        handler_before.sa_handler(number);
    }
}

void on_bus_error(int number, siginfo_t* details, void* context) noexcept {
    const int error = errno;
    const bool fault = details->si_code > 0;
    const bool ours = fault && replace_lost(details->si_addr);
    errno = error;
    if (!ours) {
        forward(number, details, context);
    }
}

// -- outside ------------------------------------------------------------------------------------

std::error_code install_handler() noexcept {
    // Once: a handler that a program installs later may be chained to this one.
    static const std::error_code result = []() noexcept -> std::error_code {
        if (calls.sigaction(SIGBUS, nullptr, &handler_before) != 0) {
            return last_error();
        }
        struct sigaction ours = {};
        ours.sa_sigaction = on_bus_error;
        ours.sa_flags = SA_SIGINFO | SA_ONSTACK | (handler_before.sa_flags & SA_RESTART);
        ours.sa_mask = handler_before.sa_mask;
        return calls.sigaction(SIGBUS, &ours, nullptr) != 0 ? last_error() : std::error_code();
    }();
    return result;
}

// An entry for this caller alone, its version odd; null: there is no memory.
watched_mapping* claim() noexcept {
    for (watch_list* list = &first_list;;) {
        for (watched_mapping& entry : list->entries) {
            unsigned version = entry.version.load();
            if (version % 2 == 0 && entry.begin.load() == 0 &&
                entry.version.compare_exchange_strong(version, version + 1)) {
                return &entry;
            }
        }
        if (list->next.load() == nullptr) {
            auto* const more = new (std::nothrow) watch_list;
            if (more == nullptr) {
                return nullptr;
            }
            watch_list* none = nullptr;
            if (!list->next.compare_exchange_strong(none, more)) {
                delete more;  // another thread was first
            }
        }
        list = list->next.load();
    }
}

void release(watched_mapping& entry) noexcept {
    entry.begin = 0;
    entry.end = 0;
    ++entry.version;
}

handle checked(int file, std::error_code& code) noexcept {
    if (file < 0) {
        code = last_error();
        return no_handle;
    }
    const status found = status_of(file, code);
    if (!code && !found.regular) {
        code = {found.directory ? EISDIR : ENODEV, std::system_category()};
    }
    if (code) {
        close(file);
        return no_handle;
    }
    return file;
}

}  // namespace

handle open_to_map(const char* path, map_kind kind, std::error_code& code) noexcept {
    // Not waiting for the other end of a FIFO.
    const int flags =
        (kind == map_kind::shared ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    return checked(retried([&] { return calls.open(path, flags, 0); }), code);
}

handle duplicate_to_map(handle file, std::error_code& code) noexcept {
    return checked(calls.duplicate(file), code);
}

std::unique_ptr<file_mapping> file_mapping::make(handle file, std::int64_t position,
                                                 std::size_t size, map_kind kind,
                                                 std::error_code& code) noexcept {
    code = install_handler();
    if (code) {
        return nullptr;
    }
    const std::size_t lead = static_cast<std::size_t>(position) % page_size();
    const std::int64_t place = position - static_cast<std::int64_t>(lead);
    if (size > std::numeric_limits<std::size_t>::max() - lead) {
        code = std::make_error_code(std::errc::not_enough_memory);
        return nullptr;
    }
    const int protection = PROT_READ | (kind == map_kind::read_only ? 0 : PROT_WRITE);
    const int flags = kind == map_kind::copy_on_write ? MAP_PRIVATE : MAP_SHARED;
    void* const pages = calls.map_file(lead + size, protection, flags, file, place);
    if (pages == MAP_FAILED) {
        code = last_error();
        return nullptr;
    }
    watched_mapping* const entry = claim();
    std::unique_ptr<file_mapping> result;
    if (entry != nullptr) {
        result.reset(new (std::nothrow)
                         file_mapping(static_cast<char*>(pages), lead, size, *entry));
    }
    if (!result) {
        if (entry != nullptr) {
            release(*entry);
        }
        calls.munmap(pages, lead + size);
        code = std::make_error_code(std::errc::not_enough_memory);
        return nullptr;
    }
    entry->begin = reinterpret_cast<std::uintptr_t>(pages);
    entry->end = reinterpret_cast<std::uintptr_t>(pages) +
                 (lead + size + page_size() - 1) / page_size() * page_size();
    entry->lead = lead;
    entry->place = place;
    entry->file = file;
    entry->protection = protection;
    entry->lost = nothing;
    ++entry->version;
    return result;
}

file_mapping::file_mapping(char* pages, std::size_t lead, std::size_t size,
                           watched_mapping& entry) noexcept
    : pages_(pages), data_(pages + lead), size_(size), entry_(&entry), lost_(&entry.lost) {}

file_mapping::~file_mapping() {
    // First, or the handler would take for ours what others map at this place.
    ++entry_->version;
    release(*entry_);
    calls.munmap(pages_, static_cast<std::size_t>(data_ - pages_) + size_);
}

std::error_code file_mapping::sync() const noexcept {
    const std::size_t extent = static_cast<std::size_t>(data_ - pages_) + size_;
    return calls.msync(pages_, extent) != 0 ? last_error() : std::error_code();
}

std::size_t file_mapping::page_end(std::size_t index) const noexcept {
    const auto lead = static_cast<std::size_t>(data_ - pages_);
    const std::size_t end = (lead + index) / page_size() * page_size() + page_size() - lead;
    return std::min(end, size_);
}

}  // namespace sluice::os
