// Calls on a file system, drawn from a generator: what a file system is compared by with another.

#ifndef CONFORMANCE_FILESYSTEM_PLAYER_HPP
#define CONFORMANCE_FILESYSTEM_PLAYER_HPP

#include <sluice/error.hpp>
#include <sluice/fs/filesystem.hpp>
#include <sluice/mode.hpp>
#include <sluice/stream.hpp>

#include <conformance/filesystem_tree.hpp>

#include <array>
#include <cstddef>
#include <ios>
#include <string>
#include <utility>
#include <vector>

namespace conformance {

namespace fs = sluice::fs;

/// One call: what is done, and to what. Drawn once, and then done on both.
struct filesystem_step {
    unsigned what = 0;
    std::string first;
    std::string second;
    std::size_t slot = 0;
    std::size_t size = 0;
    unsigned choice = 0;
    bool flushes = false;
};

/// `block`: some sizes are near that, or a few times as large; most are small.
template <class Random>
class filesystem_steps {
public:
    explicit filesystem_steps(Random random, unsigned block = 65'536)
        : random_(std::move(random)), block_(block) {}

    filesystem_step next() {
        filesystem_step result;
        result.what = below(24);
        result.first = name();
        result.second = name();
        result.slot = below(4);
        result.size = size();
        result.choice = below(8);
        result.flushes = below(2) == 0;
        return result;
    }

private:
    unsigned below(unsigned end) { return static_cast<unsigned>(random_()) % end; }

    std::string name() {
        static const std::array<const char*, 12> names = {
            "a", "b", "d", "d/a", "d/e", "d/e/a", "d/b", "d/e/c", "e", "e/a", "a/", "e/../b"};
        return names[below(names.size())];
    }

    std::size_t size() {
        switch (below(12)) {
        case 0: return 0;
        case 1: return block_;
        case 2: return block_ - 6 + below(12);
        case 3: return below(3 * block_);
        default: return below(40);
        }
    }

    Random random_;
    unsigned block_;
};

/// A file system with four places for open streams. Each step tells what came of it.
template <class Kind>
class filesystem_player {
    using ios = std::ios_base;

public:
    std::string play(const filesystem_step& one) {
        try {
            return done(one);
        } catch (const sluice::error& failure) {
            return failure.operation() + " error " + std::to_string(failure.code().value());
        }
    }

    std::string finish() {
        for (sluice::stream& each : open_) {
            each = sluice::stream();
        }
        return tree_of(kind_.files, kind_.root());
    }

private:
    std::string at(const std::string& name) { return kind_.root() + '/' + name; }

    static std::string content(const filesystem_step& one) {
        std::string turn;
        for (std::size_t i = 0; i < 26; ++i) {
            turn += static_cast<char>('a' + (i * 7 + one.choice + one.size) % 26);
        }
        std::string result;
        while (result.size() < one.size) {
            result.append(turn, 0, one.size - result.size());
        }
        return result;
    }

    static std::string state(sluice::stream& stream) {
        std::string result = stream.good() ? "good" : stream.bad() ? "bad" : "fail or end";
        if (const sluice::error failure = sluice::error_of(stream)) {
            result += ' ' + std::to_string(failure.code().value());
        }
        stream.clear();
        return result;
    }

    std::string done(const filesystem_step& one) {
        fs::filesystem& files = kind_.files;
        const std::string first = at(one.first);
        switch (one.what) {
        case 0: files.write_bytes(first, content(one)); return {};
        case 1: return files.read_bytes(first);
        case 2: files.rename(first, at(one.second)); return {};
        case 3: return std::to_string(files.remove(first));
        case 4: return std::to_string(files.create_directory(first));
        case 5: files.create_symlink(one.second, first); return {};
        case 6: return std::to_string(files.copy_file(first, at(one.second), copying(one)));
        case 7: files.copy(first, at(one.second), copying(one)); return {};
        case 8:  // of a link to itself and a slash, libstdc++ says that it is no directory
            return one.choice == 0 && !first.ends_with('/')
                       ? std::to_string(files.remove_all(first))
                       : std::string();
        case 9: files.resize_file(first, one.size); return {};
        case 10: return names(files.list(first));
        case 11: return told(files.info(first)) + told(files.symlink_info(first));
        case 12: return std::to_string(files.create_directories(first));
        case 13: return std::to_string(files.equivalent(first, at(one.second)));
        case 14:
        case 15: return opened(one);
        default: return streamed(one, open_[one.slot]);
        }
    }

    std::string opened(const filesystem_step& one) {
        static const std::array<ios::openmode, 8> modes = {ios::in,
                                                           ios::out,
                                                           ios::app,
                                                           ios::in | ios::out,
                                                           ios::in | ios::app,
                                                           ios::in | ios::out | ios::trunc,
                                                           ios::in | ios::ate,
                                                           ios::out | sluice::noreplace};
        open_[one.slot] = kind_.files.open(at(one.first), modes[one.choice]);
        if (kind_.files.is_directory(at(one.first))) {
            open_[one.slot].close();  // whose size is each file system's own
            return "directory";
        }
        return std::to_string(open_[one.slot].tell());
    }

    std::string streamed(const filesystem_step& one, sluice::stream& stream) {
        if (stream.rdbuf() == nullptr || stream.closed()) {
            return {};
        }
        const auto position = static_cast<std::streamoff>(one.size);
        switch (one.what) {
        case 16:
        case 17: {
            const std::string bytes = content(one);
            stream.std::ostream::write(bytes.data(), position);
            if (one.flushes) {
                stream.std::ostream::flush();
            }
            return state(stream);
        }
        case 18:
        case 19: {
            std::string bytes(one.size, '?');
            stream.std::istream::read(bytes.data(), position);
            return std::to_string(stream.gcount()) + bytes + state(stream);
        }
        case 20: return std::to_string(stream.seek(position));
        case 21: stream.truncate(position); return {};
        case 22: return std::to_string(stream.tell());
        default:
            if (one.choice == 0) {
                stream.close();
            }
            return {};
        }
    }

    static fs::copy_options copying(const filesystem_step& one) {
        using fs::copy_options;
        static const std::array<copy_options, 4> ways = {
            copy_options::none, copy_options::overwrite_existing,
            copy_options::recursive | copy_options::skip_existing,
            copy_options::recursive | copy_options::copy_symlinks |
                copy_options::overwrite_existing};
        return ways[one.choice % ways.size()];
    }

    static std::string names(const std::vector<fs::directory_entry>& entries) {
        std::string result;
        for (const fs::directory_entry& entry : entries) {
            result += entry.path.filename().native() + ' ' + std::to_string(entry.file_size) + ' ';
        }
        return result;
    }

    static std::string told(const fs::file_info& info) {
        return std::to_string(static_cast<int>(info.type)) + ' ' + std::to_string(info.size) + ' ';
    }

    Kind kind_;
    std::array<sluice::stream, 4> open_;
};

}  // namespace conformance

#endif  // CONFORMANCE_FILESYSTEM_PLAYER_HPP
