# The Debian packages that the scripts beside this file need; sourced by them.

build_packages="g++ cmake ninja-build libboost-iostreams-dev"
test_packages="$build_packages doctest-dev libbenchmark-dev nlohmann-json3-dev libisal-dev libssl-dev zlib1g-dev \
    bzip2 gzip python3 xz-utils zstd"
# The libraries and programs of test/integration, recipes and mount; the tests of one that is missing
# are skipped.
integration_packages="catch2 cpio libarchive-dev libboost-serialization-dev libcereal-dev libexpat1-dev libfmt-dev \
    libgtest-dev libjpeg-dev libjsoncpp-dev libpng-dev libprotobuf-dev libpugixml-dev libsndfile1-dev \
    libspdlog-dev libsqlite3-dev libtiff-dev libtomlplusplus-dev libyaml-cpp-dev rapidjson-dev sqlite3"
clang_packages="clang clang-tidy"
fuzz_packages="clang libclang-rt-14-dev"  # the sanitizers, and libFuzzer
# Those of portability.sh.
libcxx_packages="libc++-14-dev libc++abi-14-dev"
i386_packages="g++-12-multilib"
s390x_packages="g++-12-s390x-linux-gnu qemu-user"
# What only `test.sh --long` runs.
long_packages="e2fsprogs mount xfsprogs"

# need PACKAGE…: installs those that are missing. Where none is, it calls neither apt-get nor sudo,
# so that it works offline and for any user.
need() {
    # Not a Debian: CMake will say what it does not find.
    command -v dpkg-query >/dev/null || return 0

    missing=
    for package in "$@"; do
        # One word for each architecture it is known for; none at all for an unknown name.
        case " $(dpkg-query --show --showformat='${db:Status-Status} ' "$package" 2>/dev/null)" in
            *" installed "*) ;;
            *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0

    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null; then
        as_root=sudo
    else
        echo "These Debian packages are missing:$missing" >&2
        echo "Only root can install them: apt-get install$missing" >&2
        return 1
    fi

    echo "Installing:$missing" >&2
    # Unquoted: the lists are of words, and no sudo at all for root.
    $as_root apt-get update >&2 &&
        $as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install --yes --no-install-recommends $missing >&2 || {
        echo "These Debian packages are missing and could not be installed:$missing" >&2
        return 1
    }
}

# want PACKAGE…: need, for what can be done without.
want() {
    need "$@" || echo "The tests of what is missing are skipped." >&2
}
