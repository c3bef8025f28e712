package dev.cairn.protocol;

/**
 * Every deadline of the protocol in one table, counted in ticks (10 ms in production) where not said otherwise. They
 * decide only when a replica loses patience, never what is safe.
 *
 * @param statusTicks beat of STATUS, which is also the heartbeat
 * @param relayTicks a gateway's request not committed after this goes to all replicas
 * @param requestTicks a relayed request not committed after this, while nothing commits, is ground for SUSPECT
 * @param censorTicks a request that waits this long is ground for SUSPECT even while others commit
 * @param silenceTicks a primary not heard from for this long is suspected
 * @param newViewTicks first patience for a new view, from q VIEW-CHANGEs to its first commit; doubles with each failure
 * @param newViewCapTicks where the doubling ends
 * @param fetchTicks a fetch not answered after this goes to another replica
 * @param chunkTicks a chunk not here after this is asked of another replica too
 * @param transferTicks a transfer that stored nothing for this long is given up, for another offer; so is one to which
 *     fewer than f+1 peers gave something in this time, which doubles with each such offer of the same peer
 * @param pinTicks a state that a peer fetched from is kept at least this much longer
 * @param paceBlocks a primary is judged slow by the median over so many blocks
 * @param timeTicks while the state waits for time, a block comes at least so often
 * @param officeTicks a primary hands over no sooner than this after it came into office
 * @param farCheckpoints behind by so many checkpoints, a replica fetches a state instead of the blocks in between, which
 *     it then never has; where blocks are gone it does so in any case
 */
public record Timeouts(
        int statusTicks,
        int relayTicks,
        int requestTicks,
        int censorTicks,
        int silenceTicks,
        int newViewTicks,
        int newViewCapTicks,
        int fetchTicks,
        int chunkTicks,
        int transferTicks,
        int pinTicks,
        int paceBlocks,
        int timeTicks,
        int officeTicks,
        int farCheckpoints) {
    public static final int TICK_MILLIS = 10;

    /** No distance is too far: for replicas that keep every block. */
    public static final int NEVER_FAR = Integer.MAX_VALUE;

    public static final Timeouts DEFAULT =
            new Timeouts(10, 15, 30, 500, 100, 100, 3000, 20, 200, 3000, 3000, 256, 100, 50, NEVER_FAR);

    /** The same deadlines for a replica that would rather have the newest state soon than every block. */
    public Timeouts withFarCheckpoints(int checkpoints) {
        return new Timeouts(
                statusTicks,
                relayTicks,
                requestTicks,
                censorTicks,
                silenceTicks,
                newViewTicks,
                newViewCapTicks,
                fetchTicks,
                chunkTicks,
                transferTicks,
                pinTicks,
                paceBlocks,
                timeTicks,
                officeTicks,
                checkpoints);
    }
}
