package dev.cairn.kv.proof;

/** Why a proof was not accepted. Whoever sent it is faulty, or answered another question, or for another header. */
public enum Refusal {
    MALFORMED("the bytes are no proof of this kind"),
    WRONG_ROOT("the proof leads to another root than the header's"),
    CONTRADICTION("the proof contradicts itself"),
    INCOMPLETE("the proof hides what may belong to the answer"),
    SURPLUS("the proof shows what the question does not need"),
    COMPACTED("the header's state does not tell what was before its compact revision"),
    FUTURE_REVISION("the header's state is older than the revision asked for");

    private final String sentence;

    Refusal(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }
}
