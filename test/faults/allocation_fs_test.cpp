// File systems, what opens files on them, and the standard's names for both.

#include <sluice/drop_in.hpp>
#include <sluice/fs/disk.hpp>
#include <sluice/fs/held.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/overlay.hpp>
#include <sluice/fs/passing.hpp>
#include <sluice/fs/read_only.hpp>
#include <sluice/fs/rooted.hpp>
#include <sluice/fs/scoped.hpp>
#include <sluice/fs/tree.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <faults/allocation.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace fs = sluice::fs;
using faults::picture;
using faults::sample;
using faults::sweep;
using faults::whole_or_not;
using ios = std::ios_base;

namespace {

/// A tree with something of each kind in it.
void fill(fs::filesystem& files, const fs::path& root) {
    files.create_directory(root / "directory");
    files.create_directory(root / "directory/with a name that is longer than any short string");
    files.write_bytes(root / "directory/file of a name that has no room in the string itself",
                      "old");
    files.write_bytes(root / "file", sample);
    files.create_symlink("file", root / "link");
    files.create_directory(root / "empty");
    const fs::file_time_type long_ago{};
    for (const auto& entry : files.recursive_list(root)) {
        if (!entry.is_symlink()) {
            files.last_write_time(entry.path, long_ago);
        }
    }
}

/// All of a tree, but for the times of directories and links.
std::string all_of(fs::filesystem& files, const fs::path& root) {
    std::string all;
    for (const auto& entry : files.recursive_list(root)) {
        all +=
            entry.path.lexically_relative(root).native() + ' ' +
            std::to_string(static_cast<int>(entry.type)) + ' ' +
            std::to_string(static_cast<unsigned>(files.symlink_status(entry.path).permissions())) +
            ' ';
        if (entry.is_regular_file()) {
            all += (entry.last_write_time == fs::file_time_type{} ? "old " : "new ") +
                   files.read_bytes(entry.path);
        } else if (entry.is_symlink()) {
            all += files.read_symlink(entry.path).native();
        }
        all += '\n';
    }
    return all;
}

/// A file system, where in it the test may work, and what was told.
class place {
public:
    place() = default;
    place(const place&) = delete;
    place& operator=(const place&) = delete;
    virtual ~place() = default;
    virtual fs::filesystem& files() = 0;
    [[nodiscard]] virtual fs::path root() const { return "/"; }
    [[nodiscard]] virtual picture look() { return picture(all_of(files(), root()) + result); }
    [[nodiscard]] fs::path operator/(const char* name) const { return root() / name; }

    std::string result;
};

/// Of `Files`, which the arguments make.
template <class Files>
class place_of : public place {
public:
    template <class... Arguments>
    explicit place_of(Arguments&&... arguments) : files_(std::forward<Arguments>(arguments)...) {
        fill(files_, "/");
    }
    fs::filesystem& files() override { return files_; }

private:
    Files files_;
};

class disk_place : public place {
public:
    disk_place() { fill(files_, root()); }
    fs::filesystem& files() override { return files_; }
    [[nodiscard]] fs::path root() const override { return (directory_ / "").parent_path(); }

private:
    support::temporary_directory directory_;
    fs::disk files_;
};

class rooted_disk_place : public place {
public:
    rooted_disk_place() { fill(files_, "/"); }
    fs::filesystem& files() override { return files_; }

private:
    support::temporary_directory directory_;
    fs::rooted files_{std::make_unique<fs::disk>(), (directory_ / "").parent_path()};
};

class rooted_memory_place : public place {
public:
    rooted_memory_place() { fill(files_, "/"); }
    fs::filesystem& files() override { return files_; }

private:
    static std::unique_ptr<fs::memory> with_root() {
        auto memory = std::make_unique<fs::memory>();
        memory->create_directories("/a/root/that/lies/deep");
        return memory;
    }
    fs::rooted files_{with_root(), "/a/root/that/lies/deep"};
};

/// With the tree below, so that what changes is copied up.
class overlay_place : public place {
public:
    overlay_place() {
        fill(below_, "/");
        before_ = all_of(below_, "/");
    }
    fs::filesystem& files() override { return files_; }
    [[nodiscard]] picture look() override {
        picture seen = place::look();
        seen.mode = all_of(below_, "/") == before_ ? "" : "changed below";
        return seen;
    }

private:
    fs::memory below_;
    std::string before_;
    fs::overlay files_{below_, std::make_unique<fs::memory>()};
};

class read_only_place : public place {
public:
    read_only_place() { fill(memory_, "/"); }
    fs::filesystem& files() override { return files_; }

private:
    fs::memory memory_;
    fs::read_only files_{memory_};
};

/// Of any place, so that the calls compile once.
using place_sweep = sweep<std::unique_ptr<place> (*)(), picture (*)(const std::unique_ptr<place>&)>;

template <class Place>
place_sweep sweep_of() {
    return {[]() -> std::unique_ptr<place> { return std::make_unique<Place>(); },
            [](const std::unique_ptr<place>& object) { return object->look(); }};
}

const char* const long_name = "directory/file of a name that has no room in the string itself";

/// The calls that change nothing.
void fail_looking(const place_sweep& fail) {
    fail([](auto& s) { s->result = std::to_string(s->files().info(*s / long_name).size); });
    fail([](auto& s) { s->result = std::to_string(s->files().symlink_info(*s / "link").size); });
    fail([](auto& s) { s->result = s->files().exists(*s / long_name) ? "there" : "not"; });
    fail([](auto& s) { s->result = s->files().exists(*s / "directory/no") ? "there" : "not"; });
    fail([](auto& s) { s->result = s->files().is_regular_file(*s / "link") ? "file" : "not"; });
    fail([](auto& s) { s->result = s->files().is_directory(*s / "link/") ? "dir" : "not"; });
    fail([](auto& s) { s->result = s->files().is_symlink(*s / "link") ? "link" : "not"; });
    fail([](auto& s) { s->result = s->files().is_empty(*s / "directory") ? "empty" : "not"; });
    fail([](auto& s) {
        s->result = s->files().equivalent(*s / "directory/../file", *s / "link") ? "same" : "not";
    });
    fail([](auto& s) { s->result = std::to_string(s->files().file_size(*s / "link")); });
    fail([](auto& s) {
        s->result = s->files().last_write_time(*s / "link") == fs::file_time_type{} ? "old" : "new";
    });
    fail([](auto& s) { s->result = std::to_string(s->files().list(*s / "directory").size()); });
    fail([](auto& s) { s->result = s->files().recursive_list(s->root()).back().path.filename(); });
    fail([](auto& s) { s->result = s->files().read_symlink(*s / "link"); });
    fail([](auto& s) { s->result = s->files().read_bytes(*s / "link"); });
    fail([](auto& s) { s->result = s->files().current_path(); });
    fail([](auto& s) {
        std::error_code code;
        if (s->files().file_size(*s / "no such file", code) != std::uintmax_t(-1) || !code) {
            throw sluice::error();
        }
        s->result = code == std::errc::no_such_file_or_directory ? "none" : code.message();
    });
    fail([](auto& s) { s->result = s->files().open(*s / long_name).read(); });
    fail([](auto& s) {
        sluice::stream in = sluice::open(s->files(), *s / "link", "r");
        s->result = in.readline() + in.readline();
    });
    fail([](auto& s) {
        std::string said;
        try {
            static_cast<void>(s->files().open(*s / "directory/no such file of this name"));
        } catch (const sluice::error& why) {
            if (why.code() != std::errc::no_such_file_or_directory) {
                throw;
            }
            said = "none";
        }
        s->result = said;
    });
}

/// The calls that change something, all at once or not at all.
void fail_changing(const place_sweep& fail) {
    fail([](auto& s) { s->files().create_directory(*s / "directory/new, of a longer name"); });
    fail([](auto& s) {
        s->files().create_symlink("../the file that it leads to is not there", *s / "empty/link");
    });
    fail([](auto& s) { s->files().rename(*s / long_name, *s / "empty/moved to another place"); });
    fail([](auto& s) { s->files().rename(*s / "file", *s / long_name); });
    fail([](auto& s) { s->files().rename(*s / "link", *s / "another link of another name"); });
    fail([](auto& s) { s->files().remove(*s / long_name); });
    fail([](auto& s) { s->files().remove(*s / "empty"); });
    fail([](auto& s) { s->files().remove(*s / "link"); });
    fail(
        [](auto& s) {
            s->files().last_write_time(*s / long_name, fs::file_time_type::clock::now());
        },
        {.leaves = whole_or_not});
    fail([](auto& s) { s->files().permissions(*s / long_name, fs::perms(0600)); });
    fail([](auto& s) {
        s->files().permissions(*s / "file", fs::perms(0100), fs::perm_options::add);
    });
    fail([](auto& s) { s->files().resize_file(*s / long_name, 100'000); });
    fail([](auto& s) { s->files().resize_file(*s / long_name, 1); });
}

/// Whether each line of `left` stands in one of the two.
bool in_part(const picture& before, const picture& left, const picture& after) {
    for (std::size_t begin = 0; begin < left.content.size();) {
        const std::size_t end = left.content.find('\n', begin) + 1;
        const std::string line = left.content.substr(begin, end - begin);
        if (before.content.find(line) == std::string::npos &&
            after.content.find(line) == std::string::npos) {
            MESSAGE("neither before nor after: ", line);
            return false;
        }
        begin = end;
    }
    return left.mode == before.mode;
}

/// The calls that do one thing after another.
void fail_in_steps(const place_sweep& fail) {
    fail([](auto& s) { s->files().create_directories(*s / "directory/a/b/c of a longer name"); },
         {.leaves = in_part, .resumes = true});
    fail([](auto& s) { s->files().remove_all(*s / "directory"); },
         {.leaves = in_part, .resumes = true});
    // A file that is written is there from the start, and its content comes.
    const faults::leaving being_written = [](const picture& before, const picture& left,
                                             const picture& after) {
        return left.mode == before.mode && left.content.size() <= after.content.size() + 10 &&
               left.content.size() + 100 >= before.content.size();
    };
    fail(
        [](auto& s) {
            s->files().write_bytes(*s / "directory/new file of longer name", "content");
        },
        {.leaves = being_written, .resumes = true});
    fail([](auto& s) { s->files().write_bytes(*s / long_name, "content"); },
         {.leaves = being_written, .resumes = true});
    fail(
        [](auto& s) {
            s->files().copy_file(*s / long_name, *s / "empty/the copy of the file",
                                 fs::copy_options::overwrite_existing);
        },
        {.leaves = being_written, .resumes = true});
    fail(
        [](auto& s) {
            s->files().copy(*s / "directory", *s / "empty/the copy of the directory",
                            fs::copy_options::recursive | fs::copy_options::overwrite_existing);
        },
        {.leaves = [](const picture&, const picture&, const picture&) { return true; },
         .resumes = true});
    fail(
        [](auto& s) {
            sluice::stream out = s->files().open(*s / long_name, ios::app);
            out.write("more");
            out.close();
            s->result = "";
        },
        {.leaves = [](const picture& before, const picture& left, const picture& after) {
            // What had been written is written, once.
            return left.content.size() <= after.content.size() && left.mode == before.mode;
        }});
}

/// A directory with all that is in it has another name.
void fail_moving_directories(const place_sweep& fail) {
    fail([](auto& s) { s->files().rename(*s / "directory", *s / "empty"); });
    fail([](auto& s) {
        s->files().rename(*s / "directory", *s / "empty/below it, with a longer name");
    });
}

}  // namespace

TEST_SUITE_BEGIN("allocation");

TEST_CASE("a file system in memory") {
    const place_sweep fail = sweep_of<place_of<fs::memory>>();
    fail_looking(fail);
    fail_changing(fail);
    fail_in_steps(fail);
    fail_moving_directories(fail);
    fail([](auto&) { const fs::memory another({.capacity = 1000}); });
}

TEST_CASE("a file system on the disk") {
    const place_sweep fail = sweep_of<disk_place>();
    fail_looking(fail);
    fail_changing(fail);
    fail_in_steps(fail);
    fail_moving_directories(fail);
}

TEST_CASE("a file system that passes on") {
    struct passing : fs::passing_filesystem {
        passing() : passing_filesystem(std::make_unique<fs::memory>()) {}
    };
    const place_sweep fail = sweep_of<place_of<passing>>();
    fail_looking(fail);
    fail_changing(fail);
    fail_in_steps(fail);
    fail_moving_directories(fail);
}

TEST_CASE("a directory of the disk as a file system") {
    const place_sweep fail = sweep_of<rooted_disk_place>();
    fail_looking(fail);
    fail_changing(fail);
    fail_in_steps(fail);
    fail_moving_directories(fail);
    fail([](auto&) {
        const fs::rooted another(std::make_unique<fs::disk>(),
                                 std::filesystem::temp_directory_path());
    });
}

TEST_CASE("a directory of memory as a file system") {
    const place_sweep fail = sweep_of<rooted_memory_place>();
    fail_looking(fail);
    fail_changing(fail);
    fail_in_steps(fail);
    fail_moving_directories(fail);
}

TEST_CASE("a file system over another") {
    const place_sweep fail = sweep_of<overlay_place>();
    fail_looking(fail);
    fail_changing(fail);
    fail_in_steps(fail);
    fail_moving_directories(fail);
    fail([](auto& s) { const fs::overlay another(s->files(), std::make_unique<fs::memory>()); });
}

TEST_CASE("a file system to be read") {
    const place_sweep fail = sweep_of<read_only_place>();
    fail_looking(fail);
    const auto refused = [](auto call) {
        return [call](auto& s) {
            std::error_code code;
            call(s, code);
            if (code != std::errc::read_only_file_system) {
                throw sluice::error("refuse", code);
            }
            s->result = "refused";
        };
    };
    fail(refused([](auto& s, auto& code) { s->files().remove(*s / long_name, code); }));
    fail(refused([](auto& s, auto& code) {
        s->files().rename(*s / long_name, *s / "empty/another name", code);
    }));
    fail(refused([](auto& s, auto& code) { s->files().create_directory(*s / "new one", code); }));
    fail(refused([](auto& s, auto& code) { s->files().write_bytes(*s / long_name, "x", code); }));
    fail(refused([](auto& s, auto& code) {
        s->files().permissions(*s / long_name, fs::perms(0600), code);
    }));
}

TEST_CASE("a tree from one file system into another") {
    struct two {
        two() { fill(from, "/"); }
        fs::memory from;
        fs::memory to;
        std::string result;
    };
    const sweep fail{
        [] { return std::make_unique<two>(); },
        [](const auto& object) -> picture {
            return {all_of(object->to, "/"), -1, std::to_string(all_of(object->from, "/").size())};
        }};
    // What was written before stays.
    const auto a_part = [](const picture& before, const picture& left, const picture&) {
        return left.mode == before.mode;
    };
    fail([](auto& s) { fs::copy_tree(s->from, "/", s->to, "/the target"); },
         {.leaves = a_part, .resumes = true});
    fail(
        [](auto& s) {
            s->to.create_directories("/the target/directory/that is too much");
            fs::copy_tree(s->from, "/", s->to, "/the target", {.mirror = true});
        },
        {.leaves = a_part, .resumes = true});
}

TEST_CASE("open on a file system that is injected") {
    struct injected : place_of<fs::memory> {};
    const place_sweep fail = sweep_of<injected>();
    fail([](auto& s) {
        const fs::scoped_filesystem use(s->files());
        sluice::ifstream in(long_name);
        std::string line;
        std::getline(in, line);
        faults::check(in);
        if (!in.is_open()) {
            throw sluice::error_of(in);
        }
        s->result = std::move(line);
    });
    fail([](auto& s) {
        const fs::scoped_filesystem use(s->files());
        s->result = sluice::open("file", "rb").read();
    });
    fail([](auto& s) {
        const fs::scoped_filesystem use(std::make_unique<fs::memory>());
        s->result = fs::scoped_filesystem::current() != &s->files() ? "another" : "";
    });
}

namespace {

namespace di = sluice::drop_in::filesystem;

/// Whether the file system is injected, or the standard's functions do it.
class drop_in_place : public place_of<fs::memory> {
public:
    drop_in_place() : use_(files()) {}

private:
    fs::scoped_filesystem use_;
};

/// std::filesystem_error is what is thrown there, and std::errc::not_enough_memory what is told
/// where nothing may be thrown.
template <class Call>
auto telling(Call call) {
    return [call](auto& s) {
        std::error_code code;
        call(s, code);
        if (code == std::errc::not_enough_memory) {
            throw std::bad_alloc();
        }
        if (code) {
            throw std::system_error(code);
        }
    };
}

template <class Call>
auto throwing(Call call) {
    return [call](auto& s) {
        try {
            call(s);
        } catch (const std::filesystem::filesystem_error& why) {
            if (why.code() != std::errc::not_enough_memory) {
                throw;
            }
            throw std::bad_alloc();
        }
    };
}

}  // namespace

TEST_CASE("the standard's functions on a file system that is injected") {
    const place_sweep fail = sweep_of<drop_in_place>();
    fail(telling([](auto& s, auto& code) {
        s->result = std::to_string(static_cast<int>(di::status(*s / long_name, code).type()));
    }));
    fail(telling([](auto& s, auto& code) {
        const auto seen = di::symlink_status(*s / "link", code).type();
        s->result = std::to_string(static_cast<int>(seen));
    }));
    fail(telling([](auto& s, auto& code) {
        s->result = di::exists(*s / long_name, code) ? "there" : "not";
    }));
    fail(telling([](auto& s, auto& code) {
        s->result = di::is_regular_file(*s / long_name, code) ? "file" : "not";
    }));
    fail(telling([](auto& s, auto& code) {
        s->result = di::is_directory(*s / "directory", code) ? "directory" : "not";
    }));
    fail(telling([](auto& s, auto& code) {
        s->result = di::is_symlink(*s / "link", code) ? "link" : "not";
    }));
    fail(telling([](auto& s, auto& code) {
        s->result = di::is_other(*s / "link", code) ? "other" : "not";
    }));
    fail(telling([](auto& s, auto& code) {
        s->result = di::equivalent(*s / "file", *s / "link", code) ? "same" : "not";
    }));
    fail(telling([](auto& s, auto& code) {
        s->result = std::to_string(di::file_size(*s / long_name, code));
    }));
    fail(telling([](auto& s, auto& code) {
        s->result = std::to_string(di::hard_link_count(*s / long_name, code));
    }));
    fail(telling([](auto& s, auto& code) {
        s->result =
            di::last_write_time(*s / long_name, code) == fs::file_time_type{} ? "old" : "new";
    }));
    fail(telling([](auto& s, auto& code) {
        di::last_write_time(*s / long_name, fs::file_time_type::clock::now(), code);
    }));
    fail(telling(
        [](auto& s, auto& code) { di::permissions(*s / long_name, fs::perms(0600), code); }));
    fail(telling([](auto& s, auto& code) { di::create_directory(*s / "directory/new", code); }));
    fail(telling([](auto& s, auto& code) {
             di::create_directory(*s / "directory/new", *s / "empty", code);
         }),
         {.leaves = in_part});
    fail(telling([](auto& s, auto& code) {
        di::create_symlink("file of a longer name", *s / "empty/link", code);
    }));
    fail(telling([](auto& s, auto& code) {
        di::create_directory_symlink("file of a longer name", *s / "empty/link", code);
    }));
    fail(telling([](auto& s, auto& code) {
        di::copy_symlink(*s / "link", *s / "empty/another link", code);
    }));
    fail(telling([](auto& s, auto& code) { di::remove(*s / long_name, code); }));
    fail(telling(
        [](auto& s, auto& code) { di::rename(*s / long_name, *s / "empty/another name", code); }));
    fail(telling([](auto& s, auto& code) { di::resize_file(*s / long_name, 100'000, code); }));
    fail(telling(
        [](auto& s, auto& code) { s->result = di::is_empty(*s / "empty", code) ? "y" : "n"; }));
    fail(telling([](auto& s, auto& code) { s->result = di::read_symlink(*s / "link", code); }));
    fail(telling([](auto& s, auto& code) { s->result = di::current_path(code); }));
    fail(telling([](auto& s, auto& code) { s->result = di::absolute(long_name, code); }));
    fail(telling([](auto& s, auto& code) { s->result = di::canonical(*s / "link", code); }));
    fail(telling([](auto& s, auto& code) {
        s->result = di::weakly_canonical(*s / "directory/../not there", code);
    }));
    fail(telling(
        [](auto& s, auto& code) { s->result = di::relative(*s / long_name, *s / "empty", code); }));
    fail(telling([](auto& s, auto& code) {
        s->result = di::proximate(*s / long_name, *s / "empty", code);
    }));
    fail(telling([](auto& s, auto& code) {
             di::create_directories(*s / "directory/a/b of a longer name", code);
         }),
         {.leaves = in_part, .resumes = true});
    fail(telling([](auto& s, auto& code) { di::remove_all(*s / "directory", code); }),
         {.leaves = in_part, .resumes = true});
    fail(telling([](auto& s, auto& code) {
             di::copy_file(*s / long_name, *s / "empty/the copy of it",
                           fs::copy_options::overwrite_existing, code);
         }),
         {.leaves = [](const picture&, const picture&, const picture&) { return true; },
          .resumes = true});
    fail(throwing([](auto& s) { s->result = di::exists(*s / long_name) ? "there" : "not"; }));
    fail(throwing([](auto& s) { s->result = std::to_string(di::file_size(*s / long_name)); }));
    fail(throwing([](auto& s) { di::remove(*s / long_name); }));
    fail(throwing([](auto& s) { di::rename(*s / long_name, *s / "empty/another name"); }));
    fail(throwing([](auto& s) { di::create_directory(*s / "directory/new"); }));
    fail(throwing([](auto& s) {
        std::string all;
        for (const auto& entry : di::directory_iterator(s->root())) {
            all += entry.path().native();
        }
        s->result = std::move(all);
    }));
    fail(throwing([](auto& s) {
        std::string all;
        for (const auto& entry : di::recursive_directory_iterator(s->root())) {
            all += entry.path().native();
        }
        s->result = std::move(all);
    }));
    fail([](auto& s) {
        if (sluice::drop_in::rename(
                "/directory/file of a name that has no room in the string itself",
                "/empty/the new name of the file") != 0) {
            throw sluice::error("rename", std::error_code(errno, std::system_category()));
        }
        s->result = "renamed";
    });
    fail([](auto& s) {
        if (sluice::drop_in::remove(
                "/directory/file of a name that has no room in the string itself") != 0) {
            throw sluice::error("remove", std::error_code(errno, std::system_category()));
        }
        s->result = "removed";
    });
}

TEST_SUITE_END();
