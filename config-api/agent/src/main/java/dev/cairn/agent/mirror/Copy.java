package dev.cairn.agent.mirror;

import dev.cairn.client.TrustedHead;
import java.time.Duration;

/**
 * What a mirror holds.
 *
 * @param head under which it was last proven
 * @param revision as of which it is
 * @param age every write that was acknowledged longer ago than this is in it
 */
public record Copy<T>(T value, TrustedHead head, long revision, Duration age) {}
