"""The two systems under test, started and stopped in the same way."""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request

from benchlib import processes
from benchlib.processes import StartFailed

START_SECONDS = 90


class Cluster:
    """A cluster on loopback, with its data in a folder that goes with it. Use it in a `with`."""

    name = ""

    def __init__(self, folder, base_port, size, etcdctl):
        self.folder = folder
        self.ports = [base_port + 10 * node for node in range(size)]
        self.etcdctl = etcdctl
        self.started = []

    def __enter__(self):
        os.makedirs(self.folder)
        try:
            processes.wait_until_free(self.all_ports())
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.started:
            processes.stop(process)
        self.started = []
        shutil.rmtree(self.folder, ignore_errors=True)

    def all_ports(self):
        return self.ports

    def start(self):
        raise NotImplementedError

    def version(self):
        raise NotImplementedError

    def endpoints(self):
        """The leader's endpoint first: one client in flight then talks to it, in both systems alike."""
        leader = self.leader()
        order = list(range(len(self.ports)))
        if leader is not None:
            order = order[leader:] + order[:leader]
        return [f"127.0.0.1:{self.ports[node]}" for node in order]

    def family(self):
        """Ids of all processes of the cluster."""
        return [pid for process in self.started for pid in processes.family(process.pid)]

    def node_pids(self):
        """The process of each node, found by the port it listens on."""
        family = self.family()
        return [processes.listener(port, family) for port in self.ports]

    def leader(self):
        """The number of the leading node (etcd's leader, Cairn's primary), or None where nobody says."""
        for node, port in enumerate(self.ports):
            status = self.status(port)
            if status and status[0] and status[0] == status[1]:
                return node
        return None

    def status(self, port):
        """Member id of the node and of the leader it believes in, as texts: by the JSON gateway, else by etcdctl."""
        try:
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}/v3/maintenance/status", data=b"{}", method="POST"
            )
            with urllib.request.urlopen(request, timeout=3) as answer:
                return ids(json.load(answer))
        except (urllib.error.URLError, OSError, ValueError):
            pass
        if not self.etcdctl:
            return None
        try:
            argv = [self.etcdctl, "--endpoints", f"127.0.0.1:{port}", "endpoint", "status", "-w", "json"]
            environment = dict(os.environ, ETCDCTL_API="3")
            answer = subprocess.run(argv, capture_output=True, timeout=10, env=environment, check=True)
            return ids(json.loads(answer.stdout)[0]["Status"])
        except (subprocess.SubprocessError, OSError, ValueError, LookupError):
            return None

    def await_leader(self, seconds=START_SECONDS):
        end = time.monotonic() + seconds
        while self.leader() is None:
            for process in self.started:
                if process.poll() is not None:
                    raise StartFailed(f"{self.name} ended at its start: {self.said()}")
            if time.monotonic() > end:
                raise StartFailed(f"{self.name} has no leader after {seconds} s: {self.said()}")
            time.sleep(0.1)

    def said(self):
        texts = [processes.last_lines(os.path.join(self.folder, name)) for name in sorted(os.listdir(self.folder))
                 if name.endswith(".log")]
        return "\n".join(text for text in texts if text)

    def kill_leader(self):
        """kill -9, by id; returns the node's number. Raises StartFailed where that cannot be done."""
        leader = self.leader()
        if leader is None:
            raise StartFailed("no node says who leads")
        pids = self.node_pids()
        pid = pids[leader]
        if pid is None:
            raise StartFailed(f"no process listens on the port of node {leader}")
        if pids.count(pid) > 1:
            raise StartFailed("all nodes share one process")
        os.kill(pid, signal.SIGKILL)
        return leader


def ids(status):
    return str(status.get("header", {}).get("member_id", "")), str(status.get("leader", ""))


class Etcd(Cluster):
    """Three nodes with etcd's default settings: heartbeat 100 ms, election timeout 1000 ms, a synced log."""

    name = "etcd"

    def __init__(self, folder, base_port, etcd, etcdctl):
        super().__init__(folder, base_port, 3, etcdctl)
        self.etcd = etcd

    def all_ports(self):
        return self.ports + [port + 1 for port in self.ports]

    def start(self):
        peers = [f"http://127.0.0.1:{port + 1}" for port in self.ports]
        members = ",".join(f"n{node}={url}" for node, url in enumerate(peers))
        for node, port in enumerate(self.ports):
            client = f"http://127.0.0.1:{port}"
            argv = [
                self.etcd, "--name", f"n{node}", "--data-dir", os.path.join(self.folder, f"n{node}"),
                "--listen-client-urls", client, "--advertise-client-urls", client,
                "--listen-peer-urls", peers[node], "--initial-advertise-peer-urls", peers[node],
                "--initial-cluster", members, "--initial-cluster-state", "new", "--logger", "zap",
            ]  # fmt: skip
            self.started.append(processes.spawn(argv, os.path.join(self.folder, f"n{node}.log")))
        self.await_leader()

    def version(self):
        answer = subprocess.run([self.etcd, "--version"], capture_output=True, text=True, timeout=10, check=True)
        return answer.stdout.splitlines()[0].replace("etcd Version: ", "etcd ")


class Cairn(Cluster):
    """Four replicas, as `cairn dev` starts them."""

    name = "Cairn"

    def __init__(self, folder, base_port, cairn, etcdctl):
        super().__init__(folder, base_port, 4, etcdctl)
        self.cairn = cairn

    def all_ports(self):
        return [port + offset for port in self.ports for offset in range(3)]

    def start(self):
        argv = [
            self.cairn, "dev", "--dir", os.path.join(self.folder, "data"),
            "--replicas", str(len(self.ports)), "--base-port", str(self.ports[0]),
        ]  # fmt: skip
        log = os.path.join(self.folder, "dev.log")
        process = processes.spawn(argv, log)
        self.started.append(process)
        await_line(process, "ready", log)
        # Whoever leads is asked for before a run; that the cluster serves is what `ready` promises.

    def leader(self):
        """Asked of `cairn status`; where that does not know, in the way of etcd."""
        argv = [self.cairn, "status", "--json", "--endpoints", ",".join(map(str, self.ports))]
        try:
            answer = subprocess.run(argv, capture_output=True, timeout=30, check=False)
            primary = json.loads(answer.stdout).get("primary")
        except (subprocess.SubprocessError, OSError, ValueError):
            primary = None
        return super().leader() if primary is None else primary

    def version(self):
        """The commit that the launcher lies in, where it lies in a work tree."""
        folder = os.path.dirname(os.path.realpath(self.cairn))
        try:
            argv = ["git", "-C", folder, "describe", "--always", "--dirty"]
            answer = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=True)
            return "Cairn " + answer.stdout.strip()
        except (OSError, subprocess.SubprocessError):
            return "Cairn, version unknown"


def await_line(process, beginning, log):
    """Waits until the process has written a line with this beginning to its log."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        has_ended = process.poll() is not None
        with open(log, encoding="utf-8", errors="replace") as lines:
            if any(line.startswith(beginning) for line in lines):
                return
        if has_ended:
            break
        time.sleep(0.1)
    raise StartFailed(f"{process.args[0]} dev did not say that it is ready: {processes.last_lines(log, 20)}")
