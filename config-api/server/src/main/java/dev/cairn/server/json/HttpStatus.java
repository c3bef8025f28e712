package dev.cairn.server.json;

import io.grpc.Status;

/** HTTP's word for how a call ended, as etcd's gateway says it. */
record HttpStatus(int code, String reason) {
    static HttpStatus of(Status status) {
        return switch (status.getCode()) {
            case OK -> new HttpStatus(200, "OK");
            case CANCELLED -> new HttpStatus(499, "Client Closed Request");
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> new HttpStatus(400, "Bad Request");
            case UNAUTHENTICATED -> new HttpStatus(401, "Unauthorized");
            case PERMISSION_DENIED -> new HttpStatus(403, "Forbidden");
            case NOT_FOUND -> new HttpStatus(404, "Not Found");
            case ALREADY_EXISTS, ABORTED -> new HttpStatus(409, "Conflict");
            case RESOURCE_EXHAUSTED -> new HttpStatus(429, "Too Many Requests");
            case UNKNOWN, INTERNAL, DATA_LOSS -> new HttpStatus(500, "Internal Server Error");
            case UNIMPLEMENTED -> new HttpStatus(501, "Not Implemented");
            case UNAVAILABLE -> new HttpStatus(503, "Service Unavailable");
            case DEADLINE_EXCEEDED -> new HttpStatus(504, "Gateway Timeout");
        };
    }
}
