"""Starting, looking at and ending processes. Everything is ended by the id of a process that was started here."""

import os
import signal
import socket
import subprocess
import time

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class StartFailed(Exception):
    """A process that should be serving is not; the text says what it said last."""


def spawn(argv, log_path):
    """Starts a process in a session of its own, so that Ctrl-C reaches it only through us."""
    with open(log_path, "ab") as log:
        return subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def family(pid):
    """A process that spawn() started, all that descend from it, and orphans among them (they keep its session)."""
    parents, found = {}, []
    for name in os.listdir("/proc"):
        fields = stat_fields(int(name)) if name.isdigit() else []
        if fields:
            parents.setdefault(int(fields[1]), []).append(int(name))
            if int(fields[3]) == pid:
                found.append(int(name))
    waiting = [pid, *found]
    members = []
    while waiting:
        one = waiting.pop(0)
        if one not in members:
            members.append(one)
            waiting.extend(parents.get(one, []))
    return members


def stat_fields(pid):
    """Fields of /proc/PID/stat after the name, the first being the state; empty when the process is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            return stat.read().rsplit(")", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def cpu_seconds(pids):
    """CPU time that the processes have used so far, in user and kernel mode."""
    ticks = 0
    for pid in pids:
        fields = stat_fields(pid)
        if fields:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / CLOCK_TICKS


def resident_mib(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return None


def is_running(pid):
    fields = stat_fields(pid)
    return bool(fields) and fields[0] != "Z"


def listener(port, pids):
    """Which of the processes listens on the TCP port, if one does."""
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(table, encoding="ascii") as lines:
                next(lines)
                for line in lines:
                    fields = line.split()
                    if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                        sockets.add(f"socket:[{fields[9]}]")
        except FileNotFoundError:
            continue
    for pid in pids:
        try:
            for descriptor in os.listdir(f"/proc/{pid}/fd"):
                try:
                    if os.readlink(f"/proc/{pid}/fd/{descriptor}") in sockets:
                        return pid
                except FileNotFoundError:
                    continue
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return None


def wait_until_free(ports, seconds=60):
    """A server that has just been stopped may hold its port for some seconds."""
    end = time.monotonic() + seconds
    for port in ports:
        while True:
            try:
                with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port))
                break
            except OSError:
                if time.monotonic() > end:
                    raise StartFailed(f"port {port} is taken; choose others (see --help)") from None
                time.sleep(0.2)


def stop(process, seconds=15):
    """Asks the process to end; what is left of its family after the time is killed."""
    members = family(process.pid)
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
    end = time.monotonic() + 5
    while any(is_running(pid) for pid in members if pid != process.pid) and time.monotonic() < end:
        time.sleep(0.05)
    for pid in family(process.pid):
        if is_running(pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    process.wait()


def last_lines(path, count=5):
    try:
        with open(path, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-count:]).strip()
    except FileNotFoundError:
        return ""
