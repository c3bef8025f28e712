"""What the measurement ran on, and who else was running there."""

import os
import platform
import resource
import statistics
import subprocess
import tempfile
import time

from benchlib import processes


def describe(folder, java):
    """Facts about the machine, in the order in which they are shown."""
    facts = {
        "cores": str(os.cpu_count()),
        "CPU": cpu_model(),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "file system of the data": file_system(folder),
        "fdatasync of 4 KiB, median": f"{sync_millis(folder):.2f} ms",
    }
    if java:
        facts["JDK"] = java_version(java)
    return facts


def cpu_model():
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith("model name"):
                    return line.split(":", 1)[1].strip()
    except FileNotFoundError:
        pass
    return platform.machine()


def file_system(folder):
    """Type of the file system that holds the folder."""
    folder = os.path.realpath(folder)
    best, kind = "", "unknown"
    with open("/proc/mounts", encoding="utf-8", errors="replace") as mounts:
        for line in mounts:
            _, point, found, *_ = line.split()
            if (folder + "/").startswith(point.rstrip("/") + "/") and len(point) >= len(best):
                best, kind = point, found
    return kind


def sync_millis(folder, attempts=100):
    """How long the disk takes to make 4 KiB durable: both systems wait for this before they answer a write."""
    block = os.urandom(4096)
    took = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(attempts):
            start = time.monotonic()
            os.write(file.fileno(), block)
            os.fdatasync(file.fileno())
            took.append((time.monotonic() - start) * 1000)
    return statistics.median(took)


def java_version(java):
    try:
        answer = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=20, check=True)
        return (answer.stderr or answer.stdout).splitlines()[1].strip()
    except (OSError, subprocess.SubprocessError, IndexError):
        return "unknown"


class ClusterMeter:
    """CPU time of a cluster from a moment on."""

    def __init__(self, pids):
        self.pids = pids
        self.restart()

    def restart(self):
        self.start = time.monotonic()
        self.used = processes.cpu_seconds(self.pids)

    def cores_used(self):
        """How many cores the cluster kept busy on average."""
        return (processes.cpu_seconds(self.pids) - self.used) / max(time.monotonic() - self.start, 0.001)


class ForeignMeter:
    """The share of the machine (0 to 1) taken by what is neither the cluster nor this program and its tools.

    Tools count once they have ended, so read it between runs only. Time stolen by a hypervisor counts as foreign.
    """

    def __init__(self, pids):
        self.pids = pids
        self.start = time.monotonic()
        self.used = self.foreign_seconds()

    def foreign_seconds(self):
        return machine_busy_seconds() - processes.cpu_seconds(self.pids) - own_seconds()

    def share(self):
        elapsed = max(time.monotonic() - self.start, 0.001)
        return max(0.0, (self.foreign_seconds() - self.used) / elapsed / (os.cpu_count() or 1))


def machine_busy_seconds():
    with open("/proc/stat", encoding="ascii") as stat:
        user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / processes.CLOCK_TICKS


def own_seconds():
    """CPU time of this program and of the tools that it has run to their end."""
    total = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        total += usage.ru_utime + usage.ru_stime
    return total


def await_quiet(pids, seconds, say):
    """Waits, so long at most, until others leave nine tenths of the machine alone for two seconds."""
    end = time.monotonic() + seconds
    told = False
    while time.monotonic() < end:
        meter = ForeignMeter(pids)
        time.sleep(2)
        if meter.share() < 0.1:
            return
        if not told:
            say("waiting for other programs to leave the machine alone")
            told = True
