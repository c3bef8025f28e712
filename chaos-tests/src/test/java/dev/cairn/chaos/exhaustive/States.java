package dev.cairn.chaos.exhaustive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The states that a search has found, each once, in the order in which they were found, and the place of the state each was
 * found from. About 20 bytes a state: hundreds of millions fit.
 */
final class States {
    private static final int PAGE_BITS = 20;
    private static final int PAGE = 1 << PAGE_BITS;
    private static final int NONE = -1;

    private final List<long[]> found = new ArrayList<>();
    private final List<int[]> from = new ArrayList<>();
    private int size;

    /** Places by the hash of the state there; open addressing, at most three quarters full. */
    private int[] table = emptyTable(1 << 12);

    int size() {
        return size;
    }

    long state(int place) {
        return found.get(place >>> PAGE_BITS)[place & (PAGE - 1)];
    }

    /** The place of the state that the one at {@code place} was found from; negative for the first. */
    int from(int place) {
        return from.get(place >>> PAGE_BITS)[place & (PAGE - 1)];
    }

    /** False if it was there. */
    boolean add(long state, int foundFrom) {
        int slot = slotOf(state);
        if (table[slot] != NONE) {
            return false;
        }
        table[slot] = size;
        append(state, foundFrom);
        if (size > table.length / 4 * 3) {
            grow();
        }
        return true;
    }

    /** Keeps it at the end though it may be there already. */
    void append(long state, int foundFrom) {
        if ((size & (PAGE - 1)) == 0) {
            found.add(new long[PAGE]);
            from.add(new int[PAGE]);
        }
        found.getLast()[size & (PAGE - 1)] = state;
        from.getLast()[size & (PAGE - 1)] = foundFrom;
        size++;
    }

    private int slotOf(long state) {
        long mixed = state * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed ^ (mixed >>> 32)) & (table.length - 1);
        while (table[slot] != NONE && state(table[slot]) != state) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }

    private void grow() {
        table = emptyTable(table.length * 2);
        for (int place = 0; place < size; place++) {
            table[slotOf(state(place))] = place;
        }
    }

    private static int[] emptyTable(int length) {
        int[] empty = new int[length];
        Arrays.fill(empty, NONE);
        return empty;
    }
}
