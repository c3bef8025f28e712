package dev.cairn.kv.guard;

/** What decides on a key. */
public sealed interface Ruling {
    /** Gateways may write it without signatures; in a signed change the author's alone is enough. */
    record Open() implements Ruling {}

    record Guarded(Guard guard) implements Ruling {}

    /** Neither a guard nor an open prefix decides, and there is no guard of last resort: nobody can write it. */
    record Closed() implements Ruling {}
}
