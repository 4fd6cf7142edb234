#include <sluice/device/process.hpp>

#include "device/pipe_end.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <system_error>

namespace sluice {
namespace {

using ios = std::ios_base;

void require(bool valid, const std::string& program) {
    if (!valid) {
        throw error("spawn", std::make_error_code(std::errc::invalid_argument), program);
    }
}

// Strings as the system takes them.
class string_array {
public:
    explicit string_array(std::vector<std::string> strings) : strings_(std::move(strings)) {
        for (std::string& text : strings_) {
            pointers_.push_back(text.data());
        }
        pointers_.push_back(nullptr);
    }
    string_array(const string_array&) = delete;
    string_array& operator=(const string_array&) = delete;
    ~string_array() = default;

    [[nodiscard]] char* const* data() const noexcept { return pointers_.data(); }

private:
    std::vector<std::string> strings_;
    std::vector<char*> pointers_;
};

std::vector<std::string> assignments(const environment_map& variables, const std::string& program) {
    std::vector<std::string> result;
    for (const auto& [name, value] : variables) {
        const bool named = !name.empty() && name.find('=') == std::string::npos;
        require(named && !detail::has_nul(name) && !detail::has_nul(value), program);
        result.push_back(name);
        result.back().append("=").append(value);
    }
    return result;
}

os::owned_handle opened(const char* path, ios::openmode mode) {
    std::error_code code;
    os::owned_handle file(os::open(path, mode, code));
    if (code) {
        throw error("open", code, path);
    }
    return file;
}

// One of the child's streams while it is being started.
struct connection {
    os::owned_handle kept;             // open until the child has its copy
    os::handle given = os::no_handle;  // what the child gets; none: it inherits
    os::owned_handle ours;             // the other end of a pipe

    void give(os::owned_handle file) {
        kept = std::move(file);
        given = kept.get();
    }
};

// In the place of a stream to the child where the channel is no pipe: closed, and says why.
class no_pipe final : public buf {
public:
    no_pipe() noexcept { set_closed(); }

protected:
    int_type underflow() override { fail_read(errc::closed); }
    int_type overflow(int_type /*c*/) override { return fail(errc::closed, "write"); }
    [[nodiscard]] std::string detail_of(const std::error_code& /*code*/) const override {
        return "not a pipe: pass channel::pipe";
    }
};

// What a path in an error should name.
std::string missing(const std::string& program, const std::filesystem::path& directory) {
    std::error_code ignored;
    const bool gone = !directory.empty() && !std::filesystem::is_directory(directory, ignored);
    return gone ? directory.string() : program;
}

std::string drained(stream& from) {
    std::string all;
    if (!from.readable()) {
        return all;
    }
    // read() keeps a failure after a part for the next call.
    for (std::string part = from.read(); !part.empty(); part = from.read()) {
        all += part;
    }
    return all;
}

void close_quietly(stream& file) noexcept {
    try {
        file.close();
    } catch (const std::exception&) {
        // the buffer has recorded why
    }
}

// Or a child that waits for more would not end, and who reads from it would not either.
struct closed_at_end {
    stream& file;
    explicit closed_at_end(stream& to_close) noexcept : file(to_close) {}
    closed_at_end(const closed_at_end&) = delete;
    closed_at_end& operator=(const closed_at_end&) = delete;
    ~closed_at_end() { close_quietly(file); }
};

// How much of its input a child reads is its own affair.
void feed(stream& to, std::string_view input) {
    try {
        if (!input.empty()) {
            to.write(input);
        }
        to.close();
    } catch (const error& failure) {
        if (failure.code() != std::errc::broken_pipe) {
            throw;
        }
        close_quietly(to);
    }
}

using channel_end = std::variant<channel::place, std::filesystem::path, int>;

bool leads_to(const channel_end& where, channel::place place) {
    const auto* const found = std::get_if<channel::place>(&where);
    return found != nullptr && *found == place;
}

// Before anything is opened: opening a channel's file empties it.
void require_file(const channel_end& where) {
    if (const auto* const path = std::get_if<std::filesystem::path>(&where)) {
        if (const std::error_code code = detail::check_path(path->native())) {
            throw error("open", code, path->native());
        }
    }
}

}  // namespace

channel::channel(std::ios& file) {
    auto* const device = dynamic_cast<buf*>(file.rdbuf());
    if (device == nullptr) {
        throw error("spawn", errc::unsupported);
    }
    where_ = device->native_handle();
}

environment_map environment() {
    environment_map result;
    for (char** entry = os::environment(); entry != nullptr && *entry != nullptr; ++entry) {
        const std::string text = *entry;
        const std::size_t sign = text.find('=');
        if (sign != std::string::npos && sign != 0) {
            result.emplace(text.substr(0, sign), text.substr(sign + 1));
        }
    }
    return result;
}

struct process::state {
    state() = default;
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state();

    static connection connect(const channel& to, int number);
    void start(const std::vector<std::string>& arguments, const process_options& options);

    std::string program;
    os::process_id id = -1;
    std::optional<exit_status> status;
    bool lost = false;  // it has ended, and nobody can tell how
    stream in;
    stream out;
    stream err;
};

process::state::~state() {
    // What the child writes first: nobody reads it any more, so a child that waits for a reader
    // ends, and so does a write of ours that waits for the child.
    for (stream* const file : {&out, &err, &in}) {
        close_quietly(*file);
    }
    std::error_code ignored;
    if (id >= 0 && !status && !lost) {
        static_cast<void>(os::wait(id, {}, ignored));
    }
}

connection process::state::connect(const channel& to, int number) {
    const ios::openmode mode = number == 0 ? ios::in : ios::out;
    connection result;
    if (const auto* const path = std::get_if<std::filesystem::path>(&to.where_)) {
        result.give(opened(path->c_str(), mode));
    } else if (const auto* const descriptor = std::get_if<int>(&to.where_)) {
        result.given = *descriptor;
    } else if (leads_to(to.where_, channel::null)) {
        result.give(opened("/dev/null", mode));
    } else if (leads_to(to.where_, channel::pipe)) {
        detail::pipe_handles ends = detail::new_pipe("spawn");
        result.give(std::move(number == 0 ? ends.reader : ends.writer));
        result.ours = std::move(number == 0 ? ends.writer : ends.reader);
    }
    return result;
}

void process::state::start(const std::vector<std::string>& arguments,
                           const process_options& options) {
    require(!arguments.empty() && std::none_of(arguments.begin(), arguments.end(), detail::has_nul),
            program);
    require(!detail::has_nul(options.directory.native()), options.directory.native());
    require(!leads_to(options.in.where_, channel::to_out) &&
                !leads_to(options.out.where_, channel::to_out),
            program);
    for (const channel* const to : {&options.in, &options.out, &options.err}) {
        require_file(to->where_);
    }
    const string_array argv(arguments);
    std::optional<string_array> envp;
    if (options.environment) {
        envp.emplace(assignments(*options.environment, program));
    }
    std::array<connection, 3> ends{connect(options.in, 0), connect(options.out, 1),
                                   connect(options.err, 2)};
    if (leads_to(options.err.where_, channel::to_out)) {
        constexpr os::handle standard_output = 1;
        ends[2].given = ends[1].given == os::no_handle ? standard_output : ends[1].given;
    }
    // The streams are made before the child, who must not be left alone by a lack of memory.
    const std::array<stream*, 3> streams{&in, &out, &err};
    for (std::size_t number = 0; number < ends.size(); ++number) {
        if (ends[number].ours.get() != os::no_handle) {
            *streams[number] =
                detail::stream_on(std::move(ends[number].ours), number == 0 ? ios::out : ios::in);
        } else {
            *streams[number] = stream(std::make_unique<no_pipe>());
        }
    }
    const os::program what{.name = program.c_str(),
                           .arguments = argv.data(),
                           .environment = envp ? envp->data() : nullptr,
                           .directory =
                               options.directory.empty() ? nullptr : options.directory.c_str(),
                           .standard = {ends[0].given, ends[1].given, ends[2].given}};
    std::error_code code;
    id = os::spawn(what, code);
    if (code) {
        throw error("spawn", code, missing(program, options.directory));
    }
}

process::process(const std::vector<std::string>& arguments, const process_options& options)
    : state_(std::make_unique<state>()) {
    state_->program = arguments.empty() ? std::string() : arguments.front();
    state_->start(arguments, options);
}

process::process(process&& other) noexcept = default;
process& process::operator=(process&& other) noexcept(false) {
    if (this != &other) {
        if (state_) {
            // In the destructor's order, and for its reason.
            close_quietly(state_->out);
            close_quietly(state_->err);
            state_->in.close();
        }
        state_ = std::move(other.state_);
    }
    return *this;
}
process::~process() = default;

stream& process::in() noexcept {
    return state_->in;
}
stream& process::out() noexcept {
    return state_->out;
}
stream& process::err() noexcept {
    return state_->err;
}
int process::id() const noexcept {
    return state_->id;
}

auto process::communicate(std::string_view input) -> output {
    std::future<std::string> out;
    std::future<std::string> err;
    const closed_at_end guard{in()};  // before the futures end, who wait for the readers
    out = std::async(std::launch::async, drained, std::ref(state_->out));
    err = std::async(std::launch::async, drained, std::ref(state_->err));
    feed(in(), input);
    output result{out.get(), err.get()};
    wait();
    return result;
}

exit_status process::wait() {
    return *wait_for(std::nullopt, true);
}

std::optional<exit_status> process::wait_for(std::optional<std::chrono::milliseconds> limit,
                                             bool closing) {
    if (closing) {
        close_quietly(in());
    }
    std::error_code code = std::make_error_code(std::errc::no_child_process);
    if (!state_->status && !state_->lost) {
        const os::ending end = os::wait(state_->id, limit, code);
        if (end.ended) {
            state_->status = exit_status(end.by_signal, end.value);
        }
    }
    if (!state_->status && code) {
        state_->lost = code == std::errc::no_child_process;  // else only the waiting failed
        throw error("wait", code, state_->program);
    }
    return state_->status;
}

void process::terminate() {
    send_signal(os::signal_to_terminate);
}

void process::kill() {
    send_signal(os::signal_to_kill);
}

// An id may be another process's as soon as its child has been taken leave of; so that comes first.
void process::send_signal(int number) {
    try {
        if (poll()) {
            return;
        }
    } catch (const error& failed) {
        if (state_->lost) {
            return;  // it has ended, though nobody can tell how
        }
        throw error("kill", failed.code(), state_->program);
    }
    if (const std::error_code code = os::send_signal(state_->id, number)) {
        throw error("kill", code, state_->program);
    }
}

}  // namespace sluice
