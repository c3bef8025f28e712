package dev.cairn.chaos.conformance;

/** Where Cairn is not as etcd: what was done last, and how each answered. */
record Difference(String step, String reference, String cairn) {
    @Override
    public String toString() {
        return step + "\n  etcd:  " + reference + "\n  Cairn: " + cairn;
    }
}
