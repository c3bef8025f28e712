"""Medians, ratios, and the text that shows them."""

import statistics

from benchlib import loads

DISTURBED_SHARE = 0.1
SYSTEMS = ("etcd", "Cairn")


def median(values):
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def medians(figures):
    """The median of each figure over the turns, or None where there was none."""
    if not figures:
        return None
    return loads.Figures(
        per_second=median([one.per_second for one in figures]),
        p50=median([one.p50 for one in figures]),
        p99=median([one.p99 for one in figures]),
        errors=sum(one.errors for one in figures),
        operations=sum(one.operations for one in figures),
        foreign_share=max(one.foreign_share for one in figures),
        cluster_cpu_micros=median([one.cluster_cpu_micros for one in figures]),
    )


def number(value):
    if value is None:
        return "–"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ratio(numerator, denominator):
    return f"{numerator / denominator:.2f}" if numerator and denominator else "–"


def table(head, lines):
    alignment = "|".join(["---"] + ["--:"] * (len(head) - 1))
    return "\n".join(["| " + " | ".join(head) + " |", f"|{alignment}|"] + ["| " + " | ".join(line) + " |" for line in lines])


def load_table(rows, results):
    head = ["load", "in flight", "etcd /s", "Cairn /s", "Cairn/etcd", "etcd p50 ms", "etcd p99 ms", "Cairn p50 ms",
            "Cairn p99 ms", "etcd CPU µs/op", "Cairn CPU µs/op"]  # fmt: skip
    lines = []
    for row in rows:
        etcd, cairn = (medians(results[system]["rows"].get(row.key, [])) for system in SYSTEMS)
        is_watch = row.load.startswith("watch")
        flight = f"{row.in_flight} writes/s" if is_watch else str(row.in_flight)
        lines.append([
            row.load, flight,
            rate(etcd), rate(cairn), ratio(cairn and cairn.per_second, etcd and etcd.per_second),
            *(number(one and getattr(one, name)) for one in (etcd, cairn) for name in ("p50", "p99")),
            *(number(one and one.cluster_cpu_micros) for one in (etcd, cairn)),
        ])  # fmt: skip
    return table(head, lines)


def rate(figures):
    """Operations in a second, with a mark where they cannot be trusted as they are."""
    if figures is None:
        return "–"
    marks = ("*" if figures.foreign_share > DISTURBED_SHARE else "") + ("†" if figures.errors else "")
    return number(figures.per_second) + marks


def memory_table(results):
    lines = []
    for moment in ("after the start", "after the loads"):
        etcd, cairn = (results[system]["memory"].get(moment, []) for system in SYSTEMS)
        lines.append([moment, *(memory(one) for one in (etcd, cairn)), ratio(median(cairn), median(etcd))])
    return table(["resident memory of a node, MiB", "etcd", "Cairn", "Cairn/etcd"], lines)


def memory(values):
    return f"{number(median(values))} (at most {number(max(values))})" if values else "–"


def failover_table(results):
    gaps = [results[system]["failover_millis"] for system in SYSTEMS]
    cells = [f"{number(median(one))} ({', '.join(number(gap) for gap in one)})" if one else "–" for one in gaps]
    head = ["longest time without a successful write, ms", "etcd", "Cairn", "Cairn/etcd"]
    return table(head, [["leader killed under a paced writer", *cells, ratio(median(gaps[1]), median(gaps[0]))]])


def markdown(facts, versions, turns, lengths, rows, results, failures):
    flights = sorted({row.in_flight for row in rows if row.tool == loads.ETCD_BENCHMARK})
    operations = ", ".join(f"{lengths.etcd_benchmark_operations[one]:,} at {one} in flight" for one in flights)
    parts = [
        "# Cairn beside etcd, on one machine",
        "\n".join(f"- {name}: {value}" for name, value in {"versions": ", ".join(versions), **facts}.items()),
        f"""\
Three nodes of etcd (heartbeat 100 ms, election timeout 1 s, its defaults) tolerate one crashed node; four replicas of
Cairn tolerate one that lies. All nodes of a system, and the load tool, share this machine. The systems run in turns, each
alone, {turns} turn(s) each, from an empty data folder; figures are medians over the turns. After each start a mixed load
runs for {lengths.settle_seconds} s and is not counted; each row is then warmed up by its own load.

Endpoints are dealt to the connections in turn, the leader's first, so a single operation in flight is the leader's in both
systems. Values have {loads.VALUE_BYTES} bytes, keys {loads.KEY_BYTES}; there are {loads.KEY_SPACE:,} keys. CPU is that of all nodes together, for one
operation. A rate with * was measured while other programs took more than a tenth of the machine; one with † had errors.""",
        f"## `cairn bench`: {lengths.warmup_seconds} s of warm-up, {lengths.measured_seconds} s measured",
        load_table([row for row in rows if row.tool == loads.CAIRN_BENCH], results),
        "For watches, the rate is events delivered in a second over all watchers, and the latency runs from the start of a"
        " put to its event.",
        f"## etcd's `benchmark`: {operations}; a fifth of that before as warm-up",
        load_table([row for row in rows if row.tool == loads.ETCD_BENCHMARK], results),
        "## Memory",
        memory_table(results),
        "## Failover",
        failover_table(results),
        f"{loads.FAILOVER_RATE} puts fall due in a second, each with a timeout of one second; after a failure a client goes"
        " on through the next endpoint. The leader is killed by SIGKILL; the time runs from the last write that succeeded"
        " before to the first one after.",
    ]
    if failures:
        parts.append("## What could not be measured\n\n" + "\n".join(f"- {failure}" for failure in failures))
    return "\n\n".join(parts) + "\n"
