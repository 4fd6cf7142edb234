// A reader of configuration files, as people write them: `key = value`, sections, comments, and
// other files included.

#ifndef CONFIG_READER_HPP
#define CONFIG_READER_HPP

#include <map>
#include <stdexcept>
#include <string>

class ConfigError : public std::runtime_error {
public:
    ConfigError(const std::string& file, int line, const std::string& what)
        : std::runtime_error(file + ":" + std::to_string(line) + ": " + what) {}
};

class Config {
public:
    void load(const std::string& path);

    bool has(const std::string& key) const { return m_values.count(key) != 0; }
    std::string get(const std::string& key, const std::string& fallback = "") const;
    int getInt(const std::string& key, int fallback = 0) const;
    std::size_t size() const { return m_values.size(); }

private:
    void loadFile(const std::string& path, int depth);
    void parseLine(const std::string& path, int number, std::string line, int depth);

    std::string m_section;
    std::map<std::string, std::string> m_values;
};

#endif
