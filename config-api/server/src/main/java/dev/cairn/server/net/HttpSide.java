package dev.cairn.server.net;

import java.util.Map;

/**
 * What a port serves of HTTP.
 *
 * @param everyReply fields that stand in the header of every answer
 */
public record HttpSide(HttpService service, Map<String, String> everyReply, HttpLoad load) {}
