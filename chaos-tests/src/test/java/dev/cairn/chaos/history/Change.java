package dev.cairn.chaos.history;

import java.util.Optional;

/** One event of a watch. Without {@code now}, the key was deleted. */
public record Change(long revision, String key, Optional<Entry> now, Optional<Entry> previous) {}
