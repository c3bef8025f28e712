package dev.cairn.protocol.model;

/**
 * Who signed a request. In this version the clients are the replicas in their role as gateways, so a client's number
 * is its replica's index; principals with keys of their own follow with signed changes.
 */
public record ClientId(int number) implements Comparable<ClientId> {
    @Override
    public int compareTo(ClientId other) {
        return Integer.compare(number, other.number);
    }
}
