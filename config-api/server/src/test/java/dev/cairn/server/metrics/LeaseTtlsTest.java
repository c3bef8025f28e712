package dev.cairn.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** As a client of Prometheus in Go writes it. */
class LeaseTtlsTest {
    @Test
    void eachTimeCountsInTheFirstBucketThatHoldsItAndInAllLargerOnes() {
        LeaseTtls ttls = new LeaseTtls();
        for (long seconds : new long[] {1, 2, 3, 4, 1 << 20, (1 << 20) + 1, 1 << 23, (1 << 23) + 1}) {
            ttls.granted(seconds);
        }
        assertThat(ttls.text().lines())
                .contains(
                        "# TYPE etcd_debugging_lease_ttl_total histogram",
                        "etcd_debugging_lease_ttl_total_bucket{le=\"1\"} 1",
                        "etcd_debugging_lease_ttl_total_bucket{le=\"2\"} 2",
                        "etcd_debugging_lease_ttl_total_bucket{le=\"4\"} 4",
                        "etcd_debugging_lease_ttl_total_bucket{le=\"524288\"} 4",
                        "etcd_debugging_lease_ttl_total_bucket{le=\"1.048576e+06\"} 5",
                        "etcd_debugging_lease_ttl_total_bucket{le=\"2.097152e+06\"} 6",
                        "etcd_debugging_lease_ttl_total_bucket{le=\"8.388608e+06\"} 7",
                        "etcd_debugging_lease_ttl_total_bucket{le=\"+Inf\"} 8",
                        "etcd_debugging_lease_ttl_total_sum 18874380",
                        "etcd_debugging_lease_ttl_total_count 8")
                .hasSize(2 + 25 + 2);
    }
}
