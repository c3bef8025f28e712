package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a replica knows when it starts: everything its log holds that can still matter.
 *
 * @param head the last committed block; the state the shell calls {@link ExecutionId#HEAD_AT_START} is the one after it
 * @param history the RFC 6962 tree over all headers before {@code head}
 * @param committed the certificate by which {@code head} was committed: its own or a descendant's
 * @param recentlyCommitted hashes of committed blocks by height, from the stable checkpoint to {@code head}
 * @param bodies blocks above {@code head}, in no particular order
 * @param votes this replica's own votes above the stable checkpoint
 * @param slots what this replica proposed as primary above the stable checkpoint, in the order of the log
 * @param evidence proofs of other replicas' misconduct
 * @param snapshot the last one that was installed; heights below its anchor may be unknown
 * @param stateLost the shell has not the state after {@code head} and cannot make it: nothing is executed, read or
 *     voted for until it was replaced by a copy from the others
 */
public record Recovery(
        Block head,
        MerkleFrontier history,
        Optional<QuorumCertificate> committed,
        Map<Height, Digest> recentlyCommitted,
        List<Block> bodies,
        List<Vote> votes,
        Map<Ballot, Signature> slots,
        Optional<QuorumCertificate> prepared,
        Optional<Message.ViewChange> sentViewChange,
        Optional<Message.NewView> acceptedNewView,
        Optional<QuorumCertificate> stableCheckpoint,
        List<Evidence> evidence,
        Optional<LogRecord.SnapshotInstalled> snapshot,
        boolean stateLost) {
    public Recovery {
        recentlyCommitted = Collections.unmodifiableMap(new TreeMap<>(recentlyCommitted));
        bodies = List.copyOf(bodies);
        votes = List.copyOf(votes);
        evidence = List.copyOf(evidence);
        slots = Collections.unmodifiableMap(new LinkedHashMap<>(slots));
    }

    /** A replica that has never run. */
    public static Recovery fresh(Genesis genesis) {
        Block block = genesis.block();
        return new Recovery(
                block,
                MerkleFrontier.EMPTY,
                Optional.empty(),
                Map.of(Height.GENESIS, block.digest()),
                List.of(),
                List.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                false);
    }

    /** The same log, but the state after its head is gone. */
    public Recovery withoutState() {
        return new Recovery(
                head,
                history,
                committed,
                recentlyCommitted,
                bodies,
                votes,
                slots,
                prepared,
                sentViewChange,
                acceptedNewView,
                stableCheckpoint,
                evidence,
                snapshot,
                true);
    }

    /** The view this replica was last in or on its way to. */
    public View view() {
        View entered = acceptedNewView.map(Message.NewView::view).orElse(View.ZERO);
        View target = sentViewChange.map(Message.ViewChange::target).orElse(View.ZERO);
        return target.isAfter(entered) ? target : entered;
    }
}
