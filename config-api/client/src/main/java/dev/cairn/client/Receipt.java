package dev.cairn.client;

import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.RequestId;

/**
 * That an operation was executed.
 *
 * @param block the header of the block that did
 * @param request the name under which it went through the log
 * @param outcome what came of it; versions come without their values
 */
public record Receipt(Header block, RequestId request, Outcome outcome) {}
