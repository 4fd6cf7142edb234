"""What Python's library does with paths, on a directory that is mounted: python.py DIRECTORY"""

import glob
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

root = sys.argv[1]
os.chdir(os.path.dirname(root))

with open(root + "/text") as file:
    assert file.read() == "some text"
    assert os.readlink(f"/proc/self/fd/{file.fileno()}") == root + "/text"
assert sorted(os.listdir(root)) == [
    "absolute", "circle", "dangling", "folder", "our-script", "outside", "relative", "text",
    "to_folder", "upward"]
assert [place for place, _, _ in os.walk(root)] == [root, root + "/folder", root + "/folder/deep"]
with os.scandir(root) as entries:
    assert sorted(e.name for e in entries if e.is_dir(follow_symlinks=False)) == ["folder"]
assert glob.glob(root + "/f*/*/f") == [root + "/folder/deep/f"]
assert os.stat(root + "/text").st_size == 9
assert os.path.exists(root + "/absolute") and not os.path.exists(root + "/none")
assert os.path.islink(root + "/relative") and os.path.isfile(root + "/relative")
assert os.path.realpath(root + "/to_folder/inner") == root + "/folder/inner"
assert pathlib.Path(root, "to_folder").resolve() == pathlib.Path(root, "folder")
assert os.path.samefile(root, os.path.basename(root)), "relative to the directory above"

# Written, and read back.
with open(root + "/new", "w") as file:
    file.write("new")
pathlib.Path(root, "new").write_text(pathlib.Path(root, "new").read_text() + "er")
assert open(root + "/new").read() == "newer"
os.makedirs(root + "/a/b/c", exist_ok=True)
os.makedirs(root, exist_ok=True)
os.replace(root + "/new", root + "/a/b/c/moved")
shutil.copytree(root + "/a", root + "/d", symlinks=True)
assert shutil.copy2(root + "/d/b/c/moved", root + "/copied") == root + "/copied"
shutil.rmtree(root + "/a")
assert open(root + "/d/b/c/moved").read() == "newer" and not os.path.exists(root + "/a")
with tempfile.TemporaryDirectory(dir=root) as place:
    assert place.startswith(root + "/")
    with tempfile.NamedTemporaryFile(dir=place) as file:
        assert os.listdir(place) == [os.path.basename(file.name)]
assert os.path.dirname(place) == root and not os.path.exists(place)

# To the disk and back.
outside = tempfile.mkdtemp()
shutil.move(root + "/copied", outside)
assert open(outside + "/copied").read() == "newer"
shutil.move(outside + "/copied", root + "/back")
shutil.rmtree(outside)
# Children, one of which starts in it.
assert subprocess.check_output(["cat", root + "/back"]) == b"newer"
assert subprocess.check_output(["cat", "back"], cwd=root) == b"newer"
assert subprocess.check_output("pwd; cat < back", shell=True, cwd=root) == f"{root}\nnewer".encode()
assert os.getcwd() == os.path.dirname(root)
os.chdir(root + "/folder")
assert os.getcwd() == root + "/folder" and open("inner").read() == "inner"
assert open("../text").read() == "some text" and os.path.exists("../../sibling")

# By descriptor.
folder = os.open(root, os.O_RDONLY)
assert os.stat("absolute", dir_fd=folder).st_size == len("inner")
os.fchdir(folder)
assert os.getcwd() == root
os.close(folder)

with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
    server.bind(root + "/socket")
    server.listen()
    client.connect(root + "/socket")
    assert server.getsockname() == root + "/socket"
print("well")
