#include <sluice/device/atomic.hpp>
#include <sluice/device/file.hpp>
#include <sluice/open.hpp>

#include "filter/compressed_coder.hpp"
#include "os/os.hpp"

#include <algorithm>
#include <ios>
#include <memory>
#include <span>
#include <utility>

namespace sluice {
namespace {

[[noreturn]] void refuse(const std::string& path, std::string_view what) {
    throw error("open", errc::bad_mode, path, -1, what);
}

struct parsed_mode {
    std::ios_base::openmode mode = std::ios_base::binary;
    bool text = true;
    bool appends = false;
};

parsed_mode parse(std::string_view mode, const std::string& path) {
    using ios = std::ios_base;
    const auto count = [&](char c) { return std::count(mode.begin(), mode.end(), c); };
    const std::string quoted = '\'' + std::string(mode) + '\'';
    for (const char c : mode) {
        if (std::string_view("rwaxbt+").find(c) == std::string_view::npos || count(c) > 1) {
            refuse(path, "invalid mode " + quoted);
        }
    }
    if (count('t') + count('b') > 1) {
        refuse(path, "text and binary mode at once in " + quoted);
    }
    if (count('r') + count('w') + count('a') + count('x') != 1) {
        refuse(path, "exactly one of r, w, a and x is needed, not " + quoted);
    }
    parsed_mode parsed;
    const bool reads = count('r') == 1 || count('+') == 1;
    const bool writes = count('r') == 0 || count('+') == 1;
    parsed.mode |= (reads ? ios::in : ios::openmode{}) | (writes ? ios::out : ios::openmode{});
    if (count('w') + count('x') == 1) {
        parsed.mode |= ios::trunc;
    }
    if (count('x') == 1) {
        parsed.mode |= noreplace;
    }
    if (count('a') == 1) {
        parsed.mode |= ios::app;
        parsed.appends = true;
    }
    parsed.text = count('b') == 0;
    return parsed;
}

// What Python's open() refuses, and what it finds out too late.
void check(const parsed_mode& mode, const open_options& options, const std::string& path) {
    if (mode.text) {
        if (options.buffering == 0) {
            refuse(path, "text cannot be unbuffered");
        }
        if (options.encoding && !is_encoding(*options.encoding)) {
            refuse(path, "unknown encoding " + *options.encoding);
        }
        return;
    }
    for (const auto& [given, name] :
         {std::pair(options.encoding.has_value(), "an encoding"),
          std::pair(options.errors.has_value(), "an errors argument"),
          std::pair(options.newline.has_value(), "a newline argument")}) {
        if (given) {
            refuse(path, "binary mode does not take " + std::string(name));
        }
    }
}

void check_compression(const parsed_mode& mode, const open_options& options,
                       const std::string& path) {
    if (options.compression == compression::none) {
        return;
    }
    const bool writes = has(mode.mode, std::ios_base::out);
    if (writes && has(mode.mode, std::ios_base::in)) {
        refuse(path, "a compressed file is read or written, not both");
    }
    if (!writes) {
        return;
    }
    const compression format =
        options.compression == compression::infer ? detail::named(path) : options.compression;
    if (!detail::has_compression && format != compression::none) {
        throw error("open", errc::unsupported, path, -1, "built without compression");
    }
    if (mode.appends && !detail::concatenates(format)) {
        refuse(path, "nothing can be appended to " + std::string(detail::name_of(format)));
    }
    const std::string fault = detail::level_fault(format, options.compression_level);
    if (!fault.empty()) {
        refuse(path, fault);
    }
}

void check_atomic(const parsed_mode& mode, const open_options& options, const std::string& path) {
    if (!options.atomic) {
        if (options.durable) {
            refuse(path, "durable without atomic");
        }
        return;
    }
    if (mode.appends || !empties(mode.mode)) {
        refuse(path, "atomic needs w or x");
    }
    if (options.opener) {
        refuse(path, "atomic does not take an opener");
    }
}

template <class Buf>
void set_size(Buf& buffer, const open_options& options) {
    if (options.buffering == 0 || options.buffering > 1) {
        buffer.pubsetbuf(nullptr, options.buffering);
    }
}

std::unique_ptr<filebuf> sized(const open_options& options) {
    auto file = std::make_unique<filebuf>();
    if (options.compression == compression::none) {
        set_size(*file, options);
    }
    return file;
}

// Whether nothing need stand between: the file begins as no compressed one does, or its name does
// not end so. A pipe is not waited for, and what cannot be read is left to the reader.
bool is_plain(filebuf& file, const parsed_mode& mode, const open_options& options) {
    const bool writes = has(mode.mode, std::ios_base::out);
    if (options.compression != compression::infer || writes) {
        return writes && options.compression == compression::infer &&
               detail::named(file.path()) == compression::none;
    }
    if (options.max_size != open_options().max_size || !file.seekable()) {
        return false;
    }
    try {
        const std::span<const char> front = file.peek(detail::recognized_size);
        return detail::recognize({front.data(), front.size()}).value_or(compression::none) ==
               compression::none;
    } catch (const error&) {
        file.clear_reason();
        return false;
    }
}

// What the bytes are read from, or written to.
std::unique_ptr<buf> content_of(std::unique_ptr<filebuf> file, const parsed_mode& mode,
                                const open_options& options) {
    if (options.compression == compression::none || is_plain(*file, mode, options)) {
        if (options.compression != compression::none) {
            set_size(*file, options);
        }
        return file;
    }
    auto content = std::make_unique<compressedbuf>(
        std::move(file),
        compression_options{options.compression, options.compression_level, options.max_size},
        mode.mode);
    set_size(*content, options);
    return content;
}

// A file's name, and who opens it; null: the system.
struct named_file {
    const std::filesystem::path& path;
    file_opener* files;
};

// Not by file.open(), which would ask anew who opens files: that may be another one by now.
void open_by(const named_file& name, filebuf& file, std::ios_base::openmode mode) {
    const std::string& path = name.path.native();
    std::error_code code;
    detail::file_handle opened;
    if (name.files != nullptr) {
        opened = name.files->open_file(path, mode, code);
    } else {
        code = opened.open(path.c_str(), mode);
    }
    if (file.adopt(std::move(opened), path, mode, code) == nullptr) {
        throw file.reason();
    }
}

bool is_directory(const named_file& name) {
    if (name.files != nullptr) {
        return name.files->names_directory(name.path.native());
    }
    std::error_code ignored;
    return std::filesystem::is_directory(name.path, ignored);
}

std::unique_ptr<filebuf> open_atomic(const std::filesystem::path& path, const parsed_mode& mode,
                                     const open_options& options) {
    auto file = std::make_unique<atomic_filebuf>();
    if (options.compression == compression::none) {
        set_size(*file, options);
    }
    if (file->open(path, {.durable = options.durable}, mode.mode) == nullptr) {
        throw file->reason();
    }
    return file;
}

std::unique_ptr<filebuf> open_file(const named_file& name, const parsed_mode& mode,
                                   const open_options& options) {
    const std::filesystem::path& path = name.path;
    if (!options.closefd) {
        refuse(path.native(), "closefd = false needs a descriptor");
    }
    if (detail::has_nul(path.native())) {
        refuse(path.native(), "a NUL in the path");
    }
    if (is_directory(name)) {
        throw error("open", std::make_error_code(std::errc::is_a_directory), path.native());
    }
    if (options.atomic && name.files == nullptr) {
        return open_atomic(path, mode, options);
    }
    auto file = sized(options);
    if (options.atomic) {
        throw error("open", errc::unsupported, path.native(), -1, "atomic");
    }
    if (options.opener) {
        const int descriptor = options.opener(path, os::open_flags(mode.mode));
        if (descriptor < 0) {
            refuse(path.native(), "the opener returned " + std::to_string(descriptor));
        }
        if (file->attach(descriptor, mode.mode, ownership::owned) == nullptr) {
            throw file->reason();
        }
    } else {
        open_by(name, *file, mode.mode);
    }
    return file;
}

std::unique_ptr<filebuf> open_file(int descriptor, const parsed_mode& mode,
                                   const open_options& options) {
    if (descriptor < 0) {
        refuse({}, "a negative descriptor");
    }
    if (options.atomic) {
        refuse({}, "atomic needs a path");
    }
    auto file = sized(options);
    const ownership owner = options.closefd ? ownership::owned : ownership::borrowed;
    if (file->attach(descriptor, mode.mode, owner) == nullptr) {
        throw file->reason();
    }
    return file;
}

std::string name_of(const named_file& name) {
    return name.path.native();
}
std::string name_of(int /*descriptor*/) {
    return {};
}

text_options text_of(const open_options& options, bool terminal) {
    return {
        .encoding = options.encoding.value_or("utf-8"),
        .errors = options.errors.value_or(encoding_errors::strict),
        .newline = options.newline.value_or(newline::universal),
        .line_buffering = options.buffering == 1 || (options.buffering < 0 && terminal),
    };
}

template <class CharT, class Name>
basic_stream<CharT> open_stream(const Name& name, std::string_view mode,
                                const open_options& options) {
    const parsed_mode parsed = parse(mode, name_of(name));
    if (!std::is_same_v<CharT, char> && !parsed.text) {
        refuse(name_of(name), "wide characters are text");
    }
    check(parsed, options, name_of(name));
    check_compression(parsed, options, name_of(name));
    check_atomic(parsed, options, name_of(name));
    std::unique_ptr<filebuf> file = open_file(name, parsed, options);
    if (parsed.appends && file->seekable() &&
        file->pubseekoff(0, std::ios_base::end) == std::streampos(-1)) {
        throw file->latest("open");
    }
    const bool terminal = parsed.text && file->is_terminal();
    std::unique_ptr<buf> content = content_of(std::move(file), parsed, options);
    if constexpr (std::is_same_v<CharT, char>) {
        if (!parsed.text) {
            return stream(std::move(content));
        }
    }
    return basic_text_io<CharT>(std::move(content), text_of(options, terminal));
}

// The file of a stream that open() has made; null for any other stack, whose layers may destroy
// what lies below when they close.
template <class CharT>
atomic_filebuf* atomic_file_of(std::basic_streambuf<CharT>* top) {
    if constexpr (std::is_same_v<CharT, char>) {
        if (auto* const packed = dynamic_cast<compressedbuf*>(top)) {
            return dynamic_cast<atomic_filebuf*>(packed->below());
        }
        if (auto* const file = dynamic_cast<atomic_filebuf*>(top)) {
            return file;
        }
    }
    auto* const text = dynamic_cast<basic_textbuf<CharT>*>(top);
    return text != nullptr ? atomic_file_of(text->below()) : nullptr;
}

// Closes the layers first: what they still have to write must be in the file before it is named.
template <class CharT>
void commit_stream(basic_stream<CharT>& whole) {
    auto* const file = atomic_file_of(whole.rdbuf());
    if (file == nullptr) {
        throw error("commit", errc::unsupported);
    }
    if (whole.fail()) {
        const error why = error_of(whole);
        const std::string path = file->path();
        file->discard();
        throw error("commit", why ? why.code() : std::make_error_code(std::errc::io_error), path,
                    why.position(), why ? why.detail() : "failbit is set");
    }
    file->arm();
    try {
        whole.close();
    } catch (...) {
        file->discard();
        throw;
    }
    file->publish();
}

}  // namespace

void commit(stream& whole) {
    commit_stream(whole);
}

void commit(wstream& whole) {
    commit_stream(whole);
}

stream open(const std::filesystem::path& path, std::string_view mode, const open_options& options) {
    return open_stream<char>(named_file{path, detail::injected()}, mode, options);
}

stream open(file_opener& files, const std::filesystem::path& path, std::string_view mode,
            const open_options& options) {
    return open_stream<char>(named_file{path, &files}, mode, options);
}

stream open(int descriptor, std::string_view mode, const open_options& options) {
    return open_stream<char>(descriptor, mode, options);
}

wstream wopen(const std::filesystem::path& path, std::string_view mode,
              const open_options& options) {
    return open_stream<wchar_t>(named_file{path, detail::injected()}, mode, options);
}

wstream wopen(file_opener& files, const std::filesystem::path& path, std::string_view mode,
              const open_options& options) {
    return open_stream<wchar_t>(named_file{path, &files}, mode, options);
}

wstream wopen(int descriptor, std::string_view mode, const open_options& options) {
    return open_stream<wchar_t>(descriptor, mode, options);
}

}  // namespace sluice
