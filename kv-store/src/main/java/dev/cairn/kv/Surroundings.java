package dev.cairn.kv;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;

/**
 * What execution leans on beside the state: none of it decides an outcome by itself but chain and limits, which are the same
 * everywhere.
 *
 * @param chain the chain id
 * @param history what the disk holds of the parent's state
 * @param persisted up to where the disk holds it
 * @param scrutiny of signed operations; it remembers
 */
record Surroundings(Digest chain, Limits limits, History history, Height persisted, Scrutiny scrutiny) {}
