"""Where a mutant runs: a mutant of what removes, renames or kills does so to what it should not.

A box of bubblewrap's, as a user who owns nothing: the whole disk can be read only, /tmp is empty
and its own, and so are the processes and the network. All of it ends with the program.
"""

import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import time

MEMORY = 8 << 30  # of a process's own; what 32 bits cannot count takes some
TEMPORARY = 1 << 30  # of /tmp
NOBODY = "65534"


def command_in(readable, replaced=()):
    """What runs the command that follows; in pairs, `replaced` is what it sees in place of what."""
    # Not by bubblewrap's own user: to the owner of /dev/null, that of the box is as good as the
    # system's.
    change = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs"]
    return [*(change if os.geteuid() == 0 else []),
            "bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL",
            "--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/tmp",
            "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
            "--size", str(TEMPORARY), "--tmpfs", "/tmp",
            "--ro-bind", str(readable), str(readable),
            *(word for old, new in replaced for word in ("--ro-bind", str(new), str(old))),
            "--chdir", "/tmp"]


def limit(seconds):
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))


class Boxed:
    """A program that runs, `seconds` of the processor at most.

    What only waits is given three times as long by the clock, and ten times where it does a little
    all the while, for the machine may be busy with others.
    """

    # What it prints stays in the box but for the end, however much it is.
    TAIL = '"$@" >/tmp/output 2>&1; code=$?; tail -c %d /tmp/output; exit $code'

    def __init__(self, command, readable, seconds, replaced=(), most=4096):
        self.last = time.monotonic() + 3 * seconds
        self.at_most = time.monotonic() + 10 * seconds
        self.ticks = None
        self.process = subprocess.Popen(
            [*command_in(readable, replaced), "sh", "-c", self.TAIL % most, "sh", *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/",
            start_new_session=True, preexec_fn=lambda: limit(seconds))

    def poll(self):
        """None while it runs, then why it failed: empty where it did not."""
        code = self.process.poll()
        if code is None:
            if time.monotonic() < self.last:
                return None
            if time.monotonic() < self.at_most and self.goes_on():  # it is the machine that is late
                self.last += 10
                return None
            self.end()
            return "time"
        said = self.process.stdout.read().decode(errors="replace")
        self.end()
        if code == 0:
            return ""
        cases = re.findall(r"^TEST CASE: +(.*)$", said, re.MULTILINE)
        return cases[-1] if cases else f"ended with {code}: {said.strip()[-200:]}"

    def goes_on(self):
        """Whether its processes have had a twentieth of a second of the processor since the last
        call, or this is the first."""
        children = {}
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                number, rest = stat.read_text().split(" ", 1)
            except OSError:
                continue  # it has just ended
            fields = rest.rsplit(")", 1)[1].split()
            children.setdefault(int(fields[1]), []).append((int(number), sum(map(int, fields[11:15]))))
        those = [(self.process.pid, 0)]
        for number, _ in those:
            those += children.get(number, [])
        ticks, before = sum(used for _, used in those), self.ticks
        self.ticks = ticks
        return before is None or ticks - before >= os.sysconf("SC_CLK_TCK") / 20

    def end(self):
        """With it ends what it has started: all the processes of the box."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process.stdout.close()


def check(readable):
    """Ends the run where the box is open."""
    tries = f"""
        touch {readable}/out-of-the-box && echo OPEN: writes
        touch /out-of-the-box && echo OPEN: writes to the root
        chmod 755 / && echo OPEN: changes the root
        chmod 666 /dev/null && echo OPEN: changes a device
        kill -0 {os.getpid()} && echo OPEN: sees processes
        [ "$(id -u)" = 0 ] && echo OPEN: is root
        touch /tmp/inside && echo CLOSED
    """
    boxed = Boxed(["sh", "-c", tries], readable, 60)
    said = boxed.process.communicate()[0].decode()
    if "OPEN" in said or "CLOSED" not in said:
        sys.exit(f"bubblewrap does not hold:\n{said}")
