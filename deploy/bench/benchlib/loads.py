"""The rows of the comparison, and the tools that measure them."""

import base64
import json
import os
import re
import subprocess
import tempfile
import time
import urllib.request
from dataclasses import dataclass, field

from benchlib import processes

CAIRN_BENCH = "cairn bench"
ETCD_BENCHMARK = "etcd benchmark"

VALUE_BYTES = 256
KEY_SPACE = 10_000
KEY_BYTES = 32
FIRST_KEY = "bench/" + "0" * (KEY_BYTES - len("bench/"))
WATCHERS = 100
WATCHED_WRITES_PER_SECOND = 100

FAILOVER_RATE = 200
# So many that a free one is left for each new write while those before it wait for their timeout of a second.
FAILOVER_CLIENTS = 2 * FAILOVER_RATE


class LoadFailed(Exception):
    """A tool gave no figures; the text says why."""


@dataclass(frozen=True)
class Row:
    """One line of the table: a load, and the tool that makes it."""

    tool: str
    load: str
    in_flight: int
    options: tuple = ()

    @property
    def key(self):
        return f"{self.tool}/{self.load}/{self.in_flight}"


@dataclass
class Figures:
    """What one run of one row came to; latencies in milliseconds."""

    per_second: float
    p50: float
    p99: float
    errors: int = 0
    operations: int = 0
    foreign_share: float = 0.0
    cluster_cpu_micros: float = 0.0  # per operation, over all nodes
    extra: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Lengths:
    """How long things take."""

    settle_seconds: int  # of mixed load after a start, before anything is measured
    warmup_seconds: int  # of the row's own load, before each measurement
    measured_seconds: int
    etcd_benchmark_operations: dict  # by operations in flight
    failover_seconds: int


FULL = Lengths(10, 3, 10, {1: 2_000, 100: 30_000, 1000: 60_000}, 20)
QUICK = Lengths(3, 1, 3, {1: 500, 100: 5_000, 1000: 10_000}, 12)


def rows(quick):
    flights = (1, 100) if quick else (1, 100, 1000)
    found = []
    for flight in flights:
        found.append(Row(CAIRN_BENCH, "put", flight))
    for flight in flights:
        found.append(Row(CAIRN_BENCH, "get, linearizable", flight))
    for flight in flights:
        found.append(Row(CAIRN_BENCH, "get, serializable", flight, ("--serializable",)))
    found.append(Row(CAIRN_BENCH, "mixed, 10 % puts", 100, ("--put-ratio", "0.1")))
    found.append(Row(CAIRN_BENCH, f"watch, {WATCHERS} watchers", WATCHED_WRITES_PER_SECOND))
    for flight in flights:
        found.append(Row(ETCD_BENCHMARK, "put", flight))
    for flight in flights:
        found.append(Row(ETCD_BENCHMARK, "range, linearizable", flight, ("--consistency=l",)))
    for flight in flights:
        found.append(Row(ETCD_BENCHMARK, "range, serializable", flight, ("--consistency=s",)))
    return found


class Tools:
    """Runs load tools, one at a time, each bounded in time and ended with this program."""

    def __init__(self, cairn, benchmark, lengths):
        self.cairn = cairn
        self.benchmark = benchmark
        self.lengths = lengths
        self.java = None  # the JVM that ran our own tool, once it has

    def has(self, tool):
        return bool(self.cairn if tool == CAIRN_BENCH else self.benchmark)

    def settle(self, endpoints):
        """Load after a start that nobody looks at: it fills the key space and compiles what a JVM has to compile."""
        if self.cairn:
            self.bench("mixed", endpoints, ["--clients", "100", "--warmup", "0", "--put-ratio", "0.5",
                                            "--duration", f"{self.lengths.settle_seconds}s"])  # fmt: skip
        elif self.benchmark:
            self.etcd_benchmark(Row(ETCD_BENCHMARK, "put", 100), endpoints, KEY_SPACE)
            put_by_gateway(endpoints[0], FIRST_KEY)

    def run(self, row, endpoints, measurement_begins):
        """Figures of a row; calls `measurement_begins` when its warm-up is over."""
        if row.tool == ETCD_BENCHMARK:
            operations = self.lengths.etcd_benchmark_operations[row.in_flight]
            self.etcd_benchmark(row, endpoints, max(100, operations // 5))  # the warm-up
            measurement_begins()
            return self.etcd_benchmark(row, endpoints, operations)
        lengths = ["--warmup", f"{self.lengths.warmup_seconds}s", "--duration", f"{self.lengths.measured_seconds}s"]
        workload = re.match("[a-z]+", row.load).group()
        if workload == "watch":
            options = ["--watchers", str(WATCHERS), "--rate", str(row.in_flight)]
        else:
            options = ["--clients", str(row.in_flight)]
        options += lengths + list(row.options)
        return self.figures(workload, self.bench(workload, endpoints, options, (1, measurement_begins)))

    def bench(self, workload, endpoints, options, at_second=None):
        """Runs our own tool; `at_second` is (second, call), the call made when so much of the measurement is over."""
        argv = [
            self.cairn, "bench", workload, "--endpoints", ",".join(endpoints), "--json",
            "--value-size", str(VALUE_BYTES), "--key-space", str(KEY_SPACE), "--key-size", str(KEY_BYTES), *options,
        ]  # fmt: skip
        output = self.execute(argv, at_second)
        try:
            return json.loads(output.splitlines()[-1])
        except (ValueError, IndexError):
            raise LoadFailed(f"cairn bench {workload} gave no figures: {output.strip()[-500:]}") from None

    @staticmethod
    def figures(workload, result):
        latencies = result.get({"watch": "watch", "get": "get"}.get(workload, "put"), {})
        extra = {}
        if workload == "watch" and latencies:
            extra = {name: latencies[name] for name in ("lost", "duplicates", "outOfOrder", "deliveriesPerSecond")}
            latencies = latencies["delivery"]
        elif workload == "mixed":
            extra = {name: result.get("get", {}).get(name) for name in ("p50Micros", "p99Micros")}
        if not latencies:
            raise LoadFailed(f"nothing succeeded: {result.get('errors')}")
        return Figures(
            per_second=extra.get("deliveriesPerSecond", result["successes"] / result["elapsedMicros"] * 1e6),
            p50=latencies["p50Micros"] / 1000,
            p99=latencies["p99Micros"] / 1000,
            errors=result["errorCount"] + sum(extra.get(fault, 0) for fault in ("lost", "duplicates", "outOfOrder")),
            operations=result["successes"],
            extra=extra,
        )

    def etcd_benchmark(self, row, endpoints, operations):
        workload, *options = ("put",) if row.load == "put" else ("range", FIRST_KEY)
        if workload == "put":
            options = [f"--val-size={VALUE_BYTES}", f"--key-size={KEY_BYTES}", f"--key-space-size={KEY_SPACE}"]
        argv = [
            self.benchmark, workload, *options, *row.options, f"--total={operations}", f"--clients={row.in_flight}",
            f"--conns={min(row.in_flight, len(endpoints))}", "--precise", "--endpoints=" + ",".join(endpoints),
        ]  # fmt: skip
        return parse_benchmark(self.execute(argv, None), operations)

    def failover(self, cluster):
        """A paced writer, and the leader killed under it. Returns the longest time without a successful write, in ms."""
        seconds = self.lengths.failover_seconds
        result = self.bench(
            "put", cluster.endpoints(),
            ["--rate", str(FAILOVER_RATE), "--clients", str(FAILOVER_CLIENTS), "--timeout", "1s", "--warmup", "3s",
             "--duration", f"{seconds}s", "--max-errors", "1000000"],
            at_second=(seconds // 4, cluster.kill_leader),
        )  # fmt: skip
        gap = result.get("longestWriteGap")
        if not gap:
            raise LoadFailed("the writer reported no gap")
        if gap["startMicros"] + gap["lengthMicros"] > result["elapsedMicros"] - 100_000:
            raise LoadFailed(f"no write succeeded again within {gap['lengthMicros'] / 1000:.0f} ms")
        return gap["lengthMicros"] / 1000

    def execute(self, argv, at_second):
        """Output of a tool, which is killed when it takes far longer than it should."""
        patience = 120 + 6 * (self.lengths.warmup_seconds + self.lengths.measured_seconds)
        with tempfile.TemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True)
            try:
                end = time.monotonic() + patience
                while process.poll() is None:
                    self.java = self.java or java_of(process.pid)
                    if at_second and reached(err.name, at_second[0]):
                        at_second[1]()
                        at_second = None
                    if time.monotonic() > end:
                        raise LoadFailed(f"{os.path.basename(argv[0])} did not end within {patience} s")
                    time.sleep(0.05)
            finally:
                processes.stop(process, seconds=5)
            out.seek(0)
            output = out.read().decode("utf-8", "replace")
            if at_second:
                raise LoadFailed("the run ended before its time came: " + processes.last_lines(err.name))
            # Exit code 1 of our own tool means errors, and its figures count them; a signal means no figures at all.
            if process.returncode < 0 or not output.strip():
                raise LoadFailed(f"exit code {process.returncode}: {processes.last_lines(err.name)}")
            return output


def put_by_gateway(endpoint, key):
    """Writes the key that etcd's tool then reads, where our own tool is not there to fill the key space."""
    pair = {"key": base64.b64encode(key.encode()).decode(), "value": base64.b64encode(os.urandom(VALUE_BYTES)).decode()}
    request = urllib.request.Request(f"http://{endpoint}/v3/kv/put", data=json.dumps(pair).encode(), method="POST")
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except OSError as problem:
        raise LoadFailed(f"cannot write the key to read: {problem}") from problem


def reached(progress_path, second):
    """Whether the progress lines of our tool tell of this second of the measurement."""
    with open(progress_path, encoding="utf-8", errors="replace") as lines:
        return any(re.match(rf"measured +{second} s", line) for line in lines)


def java_of(pid):
    """The program file of the process, if it is a JVM."""
    try:
        program = os.readlink(f"/proc/{pid}/exe")
        return program if os.path.basename(program) == "java" else None
    except OSError:
        return None


def parse_benchmark(output, operations):
    def number(pattern):
        found = re.search(pattern, output)
        if not found:
            raise LoadFailed(f"etcd's benchmark gave no figures: {output.strip()[-500:]}")
        return float(found.group(1))

    errors = sum(int(count) for count in re.findall(r"^\s+\[(\d+)\]\t", output, re.MULTILINE))
    return Figures(
        per_second=number(r"Requests/sec:\s+([\d.eE+]+)"),
        p50=1000 * number(r"50\S* in ([\d.eE+-]+)"),
        p99=1000 * number(r"99\S* in ([\d.eE+-]+)"),
        errors=errors,
        operations=operations - errors,
    )
