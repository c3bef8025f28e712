package dev.cairn.kv.proof;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.StateRoots;

/**
 * Which subtrees of a state tree a question needs opened, and which versions of the keys found there. Who makes a proof and
 * who checks it go by the same selection, so a question has one proof: one that shows less is incomplete, one that shows
 * more is refused as well.
 *
 * <p>A branch opens just the children that are {@linkplain #opens selected}; if none is, its left child, because where the
 * subtrees lie is known by a key below only. Such leaves are shown by their newest version's digest of the value.
 */
public sealed interface Selection {
    /** Tree keys. */
    KeySpan span();

    /**
     * Whether a subtree that holds, or may hold, keys of the span must be opened.
     *
     * @param isWithin whether it holds keys of the span only
     * @param entries how many entries of the answer come before it
     */
    boolean wants(Summary subtree, boolean isWithin, long entries);

    /** Whether a selected leaf is an entry of the answer, of those that a limit counts. */
    boolean isEntry(KeyPart part);

    /** Checks that of a selected leaf exactly the versions are given that the question needs. */
    void requireVersions(KeyPart part, long entries) throws InvalidProofException;

    /** Whether this child of an inner node must be opened; {@code key} is any key below that node. */
    default boolean opens(Bytes key, int critBit, int side, Summary child, long entries) {
        SubtreePlace place = SubtreePlace.of(key, critBit, side, span());
        return place != SubtreePlace.OUTSIDE && wants(child, place == SubtreePlace.WITHIN, entries);
    }

    /** Whether the answer depends on this leaf. */
    default boolean needs(Bytes treeKey, Summary leaf, long entries) {
        return span().contains(treeKey) && wants(leaf, true, entries);
    }

    /** Keys that live now; how many live in subtrees beyond the limit is told by what binds them. */
    record Current(KeySpan span, long limit, boolean keysOnly) implements Selection {
        @Override
        public boolean wants(Summary subtree, boolean isWithin, long entries) {
            return subtree.liveCount() > 0 && (!isWithin || entries < limit);
        }

        @Override
        public boolean isEntry(KeyPart part) {
            return true;
        }

        @Override
        public void requireVersions(KeyPart part, long entries) throws InvalidProofException {
            KeyVersion newest = part.requireNewestAlone();
            KeyPart.requireValue(newest, !keysOnly);
        }
    }

    /** Keys that lived at a revision. Beyond the limit one more is shown, if there is one. */
    record Past(KeySpan span, long limit, long revision, boolean keysOnly) implements Selection {
        @Override
        public boolean wants(Summary subtree, boolean isWithin, long entries) {
            return entries <= limit;
        }

        @Override
        public boolean isEntry(KeyPart part) {
            KeyVersion first = part.versions().getFirst();
            return first.isLive() && first.modRevision() <= revision;
        }

        @Override
        public void requireVersions(KeyPart part, long entries) throws InvalidProofException {
            Window window = Window.of(part, revision, revision);
            if (window.before().isPresent()) {
                KeyPart.requireValue(window.before().get(), givesValues(entries));
            }
        }

        /** Of the key that only shows that there is more, the value is not given. */
        public boolean givesValues(long entries) {
            return !keysOnly && entries < limit;
        }
    }

    /** Changes after a revision, through another. */
    record Changed(KeySpan span, long after, long through, boolean previousValues) implements Selection {
        @Override
        public boolean wants(Summary subtree, boolean isWithin, long entries) {
            return subtree.maxModRevision() > after;
        }

        @Override
        public boolean isEntry(KeyPart part) {
            return true;
        }

        @Override
        public void requireVersions(KeyPart part, long entries) throws InvalidProofException {
            Window window = Window.of(part, after, through);
            if (window.before().isPresent()) {
                KeyPart.requireValue(window.before().get(), previousValues);
            }
            for (KeyVersion change : window.within()) {
                KeyPart.requireValue(change, true);
            }
        }
    }

    /** For a state with these roots; refuses revisions of which it tells nothing. */
    static Selection of(Question.Get question, StateRoots roots) throws InvalidProofException {
        return keys(question.space().treeSpan(KeySpan.single(question.key())), 1, question.revision(), false, roots);
    }

    /** As {@link #of(Question.Get, StateRoots)}. */
    static Selection of(Question.Range question, StateRoots roots) throws InvalidProofException {
        long limit = question.limit() == 0 ? Long.MAX_VALUE : question.limit();
        return keys(question.space().treeSpan(question.span()), limit, question.revision(), question.keysOnly(), roots);
    }

    static Current of(Question.Count question) {
        return new Current(Space.CLIENTS.treeSpan(question.span()), 0, true);
    }

    /** As {@link #of(Question.Get, StateRoots)}. */
    static Changed of(Question.Changes question, StateRoots roots) throws InvalidProofException {
        long through = question.through() == 0 ? roots.lastRevision() : question.through();
        requireKnown(question.after(), roots);
        requireKnown(through, roots);
        return new Changed(
                question.space().treeSpan(question.span()), question.after(), through, question.previousValues());
    }

    private static Selection keys(KeySpan keys, long limit, long revision, boolean keysOnly, StateRoots roots)
            throws InvalidProofException {
        if (revision == 0) {
            return new Current(keys, limit, keysOnly);
        }
        requireKnown(revision, roots);
        return new Past(keys, limit, revision, keysOnly);
    }

    /** Of revisions below the compact one some versions are gone, and of deleted keys every trace. */
    private static void requireKnown(long revision, StateRoots roots) throws InvalidProofException {
        if (revision > roots.lastRevision()) {
            throw new InvalidProofException(
                    Refusal.FUTURE_REVISION, "revision " + revision + " is after " + roots.lastRevision());
        }
        if (revision < roots.compactRevision()) {
            throw new InvalidProofException(
                    Refusal.COMPACTED, "revision " + revision + " is below " + roots.compactRevision());
        }
    }
}
