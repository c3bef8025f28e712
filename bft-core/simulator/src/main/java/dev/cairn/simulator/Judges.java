package dev.cairn.simulator;

/** Which invariants watch over a world. */
public enum Judges {
    ALL,
    /**
     * Only those that judge what clients and operators see: agreement, order, validity, what was answered, reads, memory,
     * progress. The rules of the protocol, its proof and its disk are left out, so it shows whether breaking them matters.
     */
    OF_BEHAVIOUR,
    /** None: what {@link Clients} make of their answers is the judgement. */
    NONE
}
