package dev.cairn.chaos.exhaustive;

import java.util.Arrays;

/** Non-negative longs to ints, open addressing: millions of entries without an object each. */
final class LongIntMap {
    static final int ABSENT = -1;

    private long[] keys = new long[1 << 12];
    private int[] values = new int[1 << 12];
    private int size;

    LongIntMap() {
        Arrays.fill(keys, -1);
    }

    int size() {
        return size;
    }

    int get(long key) {
        int at = find(key);
        return keys[at] == key ? values[at] : ABSENT;
    }

    /** Keeps what is there; false if the key was there. */
    boolean putIfAbsent(long key, int value) {
        int at = find(key);
        if (keys[at] == key) {
            return false;
        }
        keys[at] = key;
        values[at] = value;
        size++;
        if (size > keys.length / 8 * 5) {
            grow();
        }
        return true;
    }

    private int find(long key) {
        long hash = key * 0x9e3779b97f4a7c15L;
        int at = (int) (hash >>> 32) & (keys.length - 1);
        while (keys[at] != key && keys[at] != -1) {
            at = (at + 1) & (keys.length - 1);
        }
        return at;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldValues = values;
        keys = new long[oldKeys.length * 2];
        values = new int[oldKeys.length * 2];
        Arrays.fill(keys, -1);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != -1) {
                int at = find(oldKeys[i]);
                keys[at] = oldKeys[i];
                values[at] = oldValues[i];
            }
        }
    }
}
