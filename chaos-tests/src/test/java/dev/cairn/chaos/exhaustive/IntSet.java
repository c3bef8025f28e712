package dev.cairn.chaos.exhaustive;

import java.util.Arrays;

/** A few ints in the order in which they came; cleared without being given back. */
final class IntSet {
    private int[] values = new int[64];
    private int[] table = new int[256];
    private int size;

    /** False if it was there. */
    boolean add(int value) {
        int at = find(value);
        if (table[at] != 0) {
            return false;
        }
        if (size == values.length) {
            values = Arrays.copyOf(values, 2 * size);
            table = new int[4 * values.length];
            for (int i = 0; i < size; i++) {
                table[find(values[i])] = i + 1;
            }
            at = find(value);
        }
        values[size++] = value;
        table[at] = size;
        return true;
    }

    private int find(int value) {
        int at = ((value * 0x9e3779b1) >>> 8) & (table.length - 1);
        while (table[at] != 0 && values[table[at] - 1] != value) {
            at = (at + 1) & (table.length - 1);
        }
        return at;
    }

    int get(int i) {
        return values[i];
    }

    int size() {
        return size;
    }

    void clear() {
        Arrays.fill(table, 0);
        size = 0;
    }
}
