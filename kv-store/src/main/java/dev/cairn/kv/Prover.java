package dev.cairn.kv;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.proof.InvalidProofException;
import dev.cairn.kv.proof.KeyPart;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.proof.ReceiptProof;
import dev.cairn.kv.proof.Refusal;
import dev.cairn.kv.proof.Selection;
import dev.cairn.kv.proof.TreeCodec;
import dev.cairn.kv.store.EarlierVersions;
import dev.cairn.kv.store.KvStore;
import dev.cairn.kv.store.VersionGoneException;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.StateRoots;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes one of the proofs that {@link dev.cairn.kv.proof.Verifier} checks. */
final class Prover {
    private final KvState state;
    private final KvStore store;
    private final Limits limits;
    private final long maxBytes;
    private long keys;

    /** Of the proof so far, at least. */
    private long bytes;

    /** Of the answer, that come before the leaf that was shown last. */
    private long entriesBefore;

    /** The keys on which the answer depends, as far as they were shown. */
    private final List<Bytes> needed = new ArrayList<>();

    /** @param maxBytes of the encoded proof */
    Prover(KvState state, KvStore store, Limits limits, int maxBytes) {
        this.state = state;
        this.store = store;
        this.limits = limits;
        this.maxBytes = Math.min(maxBytes, limits.bytesMoved());
    }

    /** Whether the answer may depend on versions that only the disk has. */
    static boolean readsHistory(Question.OfState question) {
        return switch (question) {
            case Question.Get get -> get.revision() != 0;
            case Question.Range range -> range.revision() != 0;
            case Question.Count _ -> false;
            case Question.Changes _ -> true;
        };
    }

    Proof prove(Question.OfState question) {
        try {
            Selection selection = selection(question, state.roots());
            return bounded(TreeCodec.PROOF.encode(state.tree().select(selection, (leaf, isNeeded, entries) -> {
                entriesBefore = entries;
                if (isNeeded) {
                    needed.add(leaf.head().key());
                }
                return part(leaf, selection, isNeeded, entries);
            })));
        } catch (InvalidProofException e) {
            return new Proof.Failed(
                    e.reason() == Refusal.FUTURE_REVISION ? KvError.FUTURE_REVISION : KvError.COMPACTED);
        } catch (VersionGoneException _) {
            return new Proof.Failed(KvError.COMPACTED);
        } catch (OverCapException _) {
            return tooLarge(entriesBefore, needed.size() - 1);
        }
    }

    private Proof bounded(Bytes proof) {
        if (proof.size() <= maxBytes) {
            return new Proof.Made(proof);
        }
        // What is shown beside the keys is spread unevenly, so a little less than would fit on average.
        long over = proof.size() + proof.size() / 8L;
        return tooLarge(entriesBefore * maxBytes / over, (int) (needed.size() * maxBytes / over));
    }

    private Proof tooLarge(long entries, int keysThatFit) {
        boolean isPart = keysThatFit > 0;
        return new Proof.TooLarge(entries, isPart ? Optional.of(needed.get(keysThatFit)) : Optional.empty());
    }

    private static Selection selection(Question.OfState question, StateRoots roots) throws InvalidProofException {
        return switch (question) {
            case Question.Get get -> Selection.of(get, roots);
            case Question.Range range -> Selection.of(range, roots);
            case Question.Count count -> Selection.of(count);
            case Question.Changes changes -> Selection.of(changes, roots);
        };
    }

    private KeyPart part(Leaf leaf, Selection selection, boolean isNeeded, long entries) {
        if (!isNeeded) {
            return newestAlone(leaf, false);
        }
        return switch (selection) {
            case Selection.Current current -> newestAlone(leaf, !current.keysOnly());
            case Selection.Past past -> {
                boolean values = past.givesValues(entries);
                yield leaf.maxModRevision() <= past.revision()
                        ? newestAlone(leaf, values)
                        : window(leaf, past.revision(), past.revision(), values);
            }
            case Selection.Changed changed ->
                window(leaf, changed.after(), changed.through(), changed.previousValues());
        };
    }

    private KeyPart newestAlone(Leaf leaf, boolean withValue) {
        return new KeyPart(
                leaf.head().treeKey(),
                leaf.history(),
                List.of(charged(form(leaf.head(), withValue))),
                Optional.empty(),
                leaf.history());
    }

    /** {@code previousValue}: whether the version before the window comes with its value. */
    private KeyPart window(Leaf leaf, long after, long through, boolean previousValue) {
        EarlierVersions.Range earlier = store.window(leaf, state.compactRevision(), after, through);
        List<KeyVersion> versions = new ArrayList<>(earlier.versions());
        KeyVersion newest = leaf.head();
        boolean reachesNewest = earlier.behind().isEmpty()
                && (versions.isEmpty() || versions.getLast().modRevision() <= through);
        if (reachesNewest) {
            versions.add(newest);
        }
        versions.replaceAll(version -> {
            boolean isWithin = version.modRevision() > after && version.modRevision() <= through;
            boolean isBefore = version.modRevision() <= after;
            return charged(form(version, isWithin || (isBefore && previousValue)));
        });
        Optional<KeyPart.LeftOut> later = reachesNewest
                ? Optional.empty()
                : Optional.of(
                        new KeyPart.LeftOut(earlier.behind(), newest.digest(), newest.modRevision(), newest.isLive()));
        return new KeyPart(newest.treeKey(), earlier.before(), versions, later, leaf.history());
    }

    private KeyVersion form(KeyVersion version, boolean withValue) {
        if (!withValue || !version.isLive()) {
            return version.withoutValue();
        }
        return version.withValue(store.value(version).orElseThrow(() -> new VersionGoneException(version.treeKey())));
    }

    private KeyVersion charged(KeyVersion version) {
        keys++;
        bytes += version.treeKey().size()
                + version.value().resident().map(value -> value.size()).orElse(0);
        if (keys > limits.keysVisited() || bytes > maxBytes) {
            throw new OverCapException();
        }
        return version;
    }

    /** See {@link KvStateMachine#receipt}. */
    Proof receipt(Block block, int index, boolean values) {
        try {
            ReceiptProof proof = ReceiptProof.of(
                    block.header().chainId(),
                    block.requests(),
                    state.results(),
                    index,
                    version -> charged(form(version, values)));
            return bounded(proof.encode());
        } catch (VersionGoneException _) {
            return new Proof.Failed(KvError.COMPACTED);
        } catch (OverCapException _) {
            return tooLarge(0, 0);
        }
    }

    /** Unwinds a walk that has become too costly. */
    private static final class OverCapException extends RuntimeException {
        private static final long serialVersionUID = 1;
    }
}
