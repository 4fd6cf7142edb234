// Repeats executions of a target, without libFuzzer:
//
//     PROGRAM FILE|DIRECTORY…        those of the files, and of all files in the directories
//     PROGRAM … --random COUNT       and then as many of bytes drawn at random, always the same
//     PROGRAM --dies-within COUNT    whether one of as many, drawn at random, finds something wrong

#include "fuzz.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
    if (std::filesystem::is_regular_file(path)) {
        return {path};
    }
    std::vector<std::filesystem::path> result;
    for (const auto& entry : std::filesystem::directory_iterator(path)) {
        result.push_back(entry.path());
    }
    if (result.empty()) {
        throw std::runtime_error("nothing is in " + path.native());  // which must not pass
    }
    std::sort(result.begin(), result.end());
    return result;
}

// Returns: what was found wrong; empty, where nothing was.
std::string found_in(std::string_view bytes) {
    try {
        fuzz::target(fuzz::choices(bytes));
        return {};
    } catch (const std::exception& wrong) {
        return wrong.what();
    }
}

class random_bytes {
public:
    std::string next() {
        std::string result(random_() % most, '\0');
        for (char& byte : result) {
            byte = static_cast<char>(random_());
        }
        return result;
    }

private:
    static constexpr std::size_t most = 200;
    std::mt19937 random_{20240229};
};

// Returns: the number, from 1 on, of the execution that found something wrong, whose bytes are
// `bytes` then; 0: none did.
std::size_t executions_until_found(std::size_t count, std::string& bytes, std::string& what) {
    random_bytes random;
    for (std::size_t i = 1; i <= count; ++i) {
        bytes = random.next();
        what = found_in(bytes);
        if (!what.empty()) {
            return i;
        }
    }
    return 0;
}

// Returns: the file that holds them now, in the working directory.
std::string kept(std::string_view bytes, const std::string& name) {
    std::ofstream(name, std::ios::binary) << bytes;
    return name;
}

int replay(const std::filesystem::path& path, std::size_t& done) {
    for (const std::filesystem::path& file : files_of(path)) {
        ++done;
        if (const std::string what = found_in(content_of(file)); !what.empty()) {
            std::cerr << file.native() << ": " << what << '\n';
            return 1;
        }
    }
    return 0;
}

int run(const std::filesystem::path& program, const std::vector<std::string>& arguments) {
    std::size_t done = 0;
    std::string bytes;
    std::string what;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (arguments[i] == "--random" || arguments[i] == "--dies-within") {
            const bool dies = arguments[i] == "--dies-within";
            const std::size_t count = std::stoul(arguments.at(++i));
            const std::size_t found = executions_until_found(count, bytes, what);
            if (found != 0) {
                std::cout << "after " << found << " executions: " << what << '\n';
            }
            if ((found != 0) != dies) {
                std::cerr << (dies
                                  ? "it survived\n"
                                  : "the bytes are in " +
                                        kept(bytes, program.filename().native() + "-found") + '\n');
                return 1;
            }
            done += found != 0 ? found : count;
        } else if (replay(arguments[i], done) != 0) {
            return 1;
        }
    }
    std::cout << done << " executions\n";
    return done == 0 ? 1 : 0;
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(words[0], {words + 1, words + count});
    } catch (const std::exception& failed) {
        std::cerr << failed.what() << '\n';
        return 2;
    }
}
