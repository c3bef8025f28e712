package dev.cairn.chaos.history;

/** A key's value with its revisions, as etcd gives them. */
public record Entry(String value, long createRevision, long modRevision, long version) {}
