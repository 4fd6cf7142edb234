#include "options.hpp"

#include "launch_error.hpp"

#include <string_view>

namespace sluice::mount {

const char* const usage =
    R"(usage: sluice-mount [OPTION]... PREFIX=FIXTURE... [--] PROGRAM [ARGUMENT]...

Copies each FIXTURE (a directory, a file, or a tar, zip or cpio archive) into RAM, and runs PROGRAM,
which finds the copy at the path PREFIX, whether there is something at that path or not. Nothing of
what it does there reaches the disk. When it has ended, the copy is removed.

  --read-only      let the program change nothing of what is mounted (EROFS), unless by another
                   name of what it has open, as /proc/self/fd/3
  --save PREFIX=DIRECTORY
                   afterwards, copy what is at PREFIX to DIRECTORY, which must not be there yet
  --keep           do not remove the copy, and say where it is
  --in DIRECTORY   copy to there, rather than to /dev/shm
  --help           show this, and end
  --version        show the version, and end

An archive is told by its name (.tar .tgz .tar.gz .zip .cpio ...), and is mounted as the file that it
is where PREFIX ends in the same way. "PREFIX/=FIXTURE" unpacks it always.

The status is PROGRAM's own, or 128 and the number of the signal that ended it; 2 for a wrong command
line, 125 where the fixtures cannot be mounted, 126 where PROGRAM cannot be run with them, as when it
is statically linked, 127 where it is not found.
)";

namespace {

launch_error wrong(const std::string& what) {
    return {status_usage, what + "\nTry: sluice-mount --help"};
}

pair_of_paths read_pair(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
        throw wrong("'" + text + "' is not of the form PREFIX=PATH");
    }
    return {text.substr(0, equals), text.substr(equals + 1)};
}

// Of "--name VALUE" and "--name=VALUE": takes the value, and the argument that it is in.
bool take_value(std::string_view name, char**& argument, std::string& value) {
    const std::string_view text = *argument;
    if (text == name) {
        if (argument[1] == nullptr) {
            throw wrong(std::string(name) + " needs a value");
        }
        value = *++argument;
        return true;
    }
    if (text.starts_with(name) && text.substr(name.size()).starts_with('=')) {
        value = text.substr(name.size() + 1);
        return true;
    }
    return false;
}

void take_option(char**& argument, options& result) {
    const std::string_view text = *argument;
    std::string value;
    if (text == "--read-only") {
        result.read_only = true;
    } else if (text == "--keep") {
        result.keep = true;
    } else if (text == "--help") {
        result.help = true;
    } else if (text == "--version") {
        result.version = true;
    } else if (take_value("--in", argument, value)) {
        result.folder = value;
    } else if (take_value("--save", argument, value)) {
        result.saves.push_back(read_pair(value));
    } else {
        throw wrong("unknown option '" + std::string(text) + "'");
    }
}

}  // namespace

options read_options(int count, char** arguments) {
    options result;
    char** argument = count > 0 ? arguments + 1 : arguments;
    for (; *argument != nullptr; ++argument) {
        const std::string_view text = *argument;
        if (text == "--") {
            ++argument;
            break;
        }
        if (text.starts_with('-')) {
            take_option(argument, result);
        } else if (text.find('=') != std::string_view::npos) {
            result.fixtures.push_back(read_pair(*argument));
        } else {
            break;
        }
    }
    result.program = argument;
    if (result.help || result.version) {
        return result;
    }
    if (result.fixtures.empty()) {
        throw wrong("nothing to mount");
    }
    if (*argument == nullptr) {
        throw wrong("no program to run");
    }
    return result;
}

}  // namespace sluice::mount
