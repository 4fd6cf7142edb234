#include "config_reader.hpp"

#include <cstdlib>
#include <fstream>

using sluice::ifstream;  // the one line
using std::string;

namespace {

const int maxDepth = 8;

string trim(const string& s) {
    const string::size_type first = s.find_first_not_of(" \t\r");
    if (first == string::npos) {
        return "";
    }
    return s.substr(first, s.find_last_not_of(" \t\r") - first + 1);
}

// The path of an included file is relative to the file that includes it.
string besides(const string& path, const string& other) {
    if (!other.empty() && other[0] == '/') {
        return other;
    }
    const string::size_type slash = path.rfind('/');
    return slash == string::npos ? other : path.substr(0, slash + 1) + other;
}

}  // namespace

void Config::load(const string& path) {
    m_section.clear();
    m_values.clear();
    loadFile(path, 0);
}

void Config::loadFile(const string& path, int depth) {
    if (depth > maxDepth) {
        throw ConfigError(path, 0, "too many files included");
    }
    ifstream in(path.c_str());
    if (!in) {
        throw ConfigError(path, 0, "cannot open");
    }
    string line;
    int number = 0;
    while (getline(in, line)) {
        ++number;
        while (!line.empty() && line[line.size() - 1] == '\\') {
            string next;
            line.erase(line.size() - 1);
            if (!getline(in, next)) {
                break;
            }
            ++number;
            line += next;
        }
        parseLine(path, number, line, depth);
    }
    if (in.bad()) {
        throw ConfigError(path, number, "read error");
    }
}

void Config::parseLine(const string& path, int number, string line, int depth) {
    line = trim(line.substr(0, line.find('#')));
    if (line.empty()) {
        return;
    }
    if (line.compare(0, 8, "include ") == 0) {
        loadFile(besides(path, trim(line.substr(8))), depth + 1);
    } else if (line[0] == '[') {
        if (line[line.size() - 1] != ']') {
            throw ConfigError(path, number, "']' expected");
        }
        m_section = trim(line.substr(1, line.size() - 2));
    } else {
        const string::size_type equals = line.find('=');
        if (equals == string::npos) {
            throw ConfigError(path, number, "'=' expected");
        }
        const string key = trim(line.substr(0, equals));
        m_values[m_section.empty() ? key : m_section + "." + key] = trim(line.substr(equals + 1));
    }
}

string Config::get(const string& key, const string& fallback) const {
    const std::map<string, string>::const_iterator found = m_values.find(key);
    return found == m_values.end() ? fallback : found->second;
}

int Config::getInt(const string& key, int fallback) const {
    return has(key) ? std::atoi(get(key).c_str()) : fallback;
}
