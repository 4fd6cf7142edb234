// SQLite: databases that are opened by path, of which RAM has one in memory_file.

#include <sluice/bridge/memory_file.hpp>

#include "devices.hpp"
#include <support/limits.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <istream>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

/// SQLite takes a path apart to be sure of the place of its journal, and refuses symbolic links;
/// the system's path to RAM is one. While this lives, SQLite opens what it is told to open.
class followed_links {
public:
    followed_links() {
        set("lstat", reinterpret_cast<sqlite3_syscall_ptr>(&::stat));
        set("open",
            reinterpret_cast<sqlite3_syscall_ptr>(+[](const char* path, int flags, int mode) {
                return ::open(path, flags & ~O_NOFOLLOW, mode);
            }));
    }
    followed_links(const followed_links&) = delete;
    followed_links& operator=(const followed_links&) = delete;
    ~followed_links() { set(nullptr, nullptr); }

private:
    static void set(const char* name, sqlite3_syscall_ptr call) {
        sqlite3_vfs* const system = sqlite3_vfs_find(nullptr);
        system->xSetSystemCall(system, name, call);
    }
};

struct closes_database {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};
using database = std::unique_ptr<sqlite3, closes_database>;

database open(const std::string& path, int flags = SQLITE_OPEN_READWRITE) {
    sqlite3* opened = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &opened, flags, nullptr);
    database owned(opened);
    if (result != SQLITE_OK) {
        throw std::runtime_error(sqlite3_errmsg(opened));
    }
    return owned;
}

int execute(const database& on, const char* statements) {
    return sqlite3_exec(on.get(), statements, nullptr, nullptr, nullptr);
}

// No journal beside the file: a path into RAM has no place for one.
constexpr const char* fill = "pragma journal_mode = memory;"
                             "create table fruit(id integer primary key, name text);"
                             "with recursive n(i) as (select 1 union all select i + 1 from n "
                             "where i < 1000) "
                             "insert into fruit select i, 'fruit ' || i from n";
constexpr const char* change = "pragma journal_mode = memory;"
                               "update fruit set name = name || ' and more of it'";

/// As what is asked for says it.
std::string answer(const database& from, const char* query) {
    std::string found;
    sqlite3_exec(
        from.get(), query,
        [](void* user, int count, char** values, char** /*names*/) {
            for (int i = 0; i < count; ++i) {
                *static_cast<std::string*>(user) += values[i];
            }
            return 0;
        },
        &found, nullptr);
    return found;
}

bool is_sample(const database& found) {
    return answer(found, "pragma integrity_check") == "ok" &&
           answer(found, "select count(*) || max(name) from fruit") == "1000fruit 999";
}

/// What SQLite leaves on disk.
std::string sample() {
    const support::temporary_file file;
    REQUIRE(execute(open(file.path()), fill) == SQLITE_OK);
    return file.content();
}

}  // namespace

TEST_CASE("SQLite writes to RAM what it writes to disk, and reads it") {
    const followed_links scope;
    sluice::memory_file file;
    REQUIRE(execute(open(file.path()), fill) == SQLITE_OK);
    CHECK((file.view() == sample()));
    CHECK(is_sample(open(file.path(), SQLITE_OPEN_READONLY)));
}

TEST_CASE("SQLite opens what lies on any device, by way of RAM") {
    const followed_links scope;
    const std::string content = sample();
    for (const auto& device : integration::devices<char>()) {
        CAPTURE(device->name());
        device->write([&](std::ostream& out) { out << content; });
        device->read([&](std::istream& in) {
            sluice::memory_file file(in);
            CHECK(is_sample(open(file.path(), SQLITE_OPEN_READONLY)));
            REQUIRE(execute(open(file.path()), change) == SQLITE_OK);
            CHECK(answer(open(file.path()), "select name from fruit where id = 7") ==
                  "fruit 7 and more of it");
        });
    }
}

TEST_CASE("SQLite is told that a sealed database cannot be written") {
    const followed_links scope;
    const std::string content = sample();
    sluice::memory_file file(content);
    file.seal();
    const database sealed = open(file.path());
    CHECK(is_sample(sealed));
    CHECK(execute(sealed, change) == SQLITE_IOERR);
    CHECK((file.view() == content));
}

TEST_CASE("SQLite is told that RAM is full, and takes back what it did") {
    const followed_links scope;
    const std::string content = sample();
    sluice::memory_file file(content);
    {
        const database full = open(file.path());
        const support::file_size_limit limit(content.size());
        CHECK(execute(full, change) == SQLITE_IOERR);  // a limit is no full disk
    }
    CHECK(is_sample(open(file.path())));
}
