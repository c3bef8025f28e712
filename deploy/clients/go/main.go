// What programs do with etcd's own Go client, done with it: transactions as Kubernetes writes, lists in pages, watches
// that go on, leases, locks and elections. Ends with 1 at the first thing that is not as it is with etcd.
//
//	go run . HOST:PORT[,HOST:PORT]...
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/client/v3/concurrency"
	"go.uber.org/zap"
)

const patience = 30 * time.Second

type step struct {
	name string
	run  func(context.Context, *clientv3.Client) error
}

var steps = []step{
	{"create and update under a condition", conditionalWrites},
	{"a list in pages of one revision", pages},
	{"a watch from the past that goes on", watch},
	{"progress on request", progress},
	{"compaction ends a watch and a read", compaction},
	{"a lease takes its key along", lease},
	{"two sessions take turns at a lock", lock},
	{"a leader resigns and the next is elected", election},
	{"a transaction in memory", stm},
	{"status, members", status},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run . HOST:PORT[,HOST:PORT]...")
		os.Exit(2)
	}
	client, err := clientv3.New(clientv3.Config{
		Endpoints:   strings.Split(os.Args[1], ","),
		DialTimeout: patience,
		Logger:      zap.NewNop(),
	})
	if err != nil {
		fail("connecting", err)
	}
	defer client.Close()
	for _, step := range steps {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		if err := step.run(ctx, client); err != nil {
			fail(step.name, err)
		}
		cancel()
		fmt.Println("ok  Go client:", step.name)
	}
}

func fail(what string, err error) {
	fmt.Fprintf(os.Stderr, "FAILED Go client: %s: %v\n", what, err)
	os.Exit(1)
}

func want(condition bool, format string, args ...any) error {
	if condition {
		return nil
	}
	return fmt.Errorf(format, args...)
}

func conditionalWrites(ctx context.Context, c *clientv3.Client) error {
	const key = "go/object"
	if _, err := c.Delete(ctx, key); err != nil {
		return err
	}
	absent := clientv3.Compare(clientv3.ModRevision(key), "=", 0)
	created, err := c.Txn(ctx).If(absent).Then(clientv3.OpPut(key, "1")).Else(clientv3.OpGet(key)).Commit()
	if err != nil {
		return err
	}
	again, err := c.Txn(ctx).If(absent).Then(clientv3.OpPut(key, "2")).Else(clientv3.OpGet(key)).Commit()
	if err != nil {
		return err
	}
	found := again.Responses[0].GetResponseRange().Kvs
	return want(created.Succeeded && !again.Succeeded && len(found) == 1 &&
		found[0].ModRevision == created.Header.Revision, "created %v, then %v", created, again)
}

func pages(ctx context.Context, c *clientv3.Client) error {
	for i := range 25 {
		if _, err := c.Put(ctx, fmt.Sprintf("go/page/%02d", i), "v"); err != nil {
			return err
		}
	}
	end := clientv3.GetPrefixRangeEnd("go/page/")
	next, revision, seen := "go/page/", int64(0), 0
	for {
		page, err := c.Get(ctx, next, clientv3.WithRange(end), clientv3.WithLimit(10), clientv3.WithRev(revision))
		if err != nil {
			return err
		}
		if revision == 0 {
			revision = page.Header.Revision
			if _, err := c.Put(ctx, "go/page/99", "later"); err != nil {
				return err
			}
		}
		seen += len(page.Kvs)
		if !page.More {
			return want(seen == 25, "%d keys", seen)
		}
		next = string(page.Kvs[len(page.Kvs)-1].Key) + "\x00"
	}
}

func watch(ctx context.Context, c *clientv3.Client) error {
	first, err := c.Put(ctx, "go/watched", "1")
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(clientv3.WithRequireLeader(ctx))
	defer cancel()
	changes := c.Watch(ctx, "go/watched", clientv3.WithRev(first.Header.Revision), clientv3.WithPrevKV())
	for _, value := range []string{"1", "2", "3"} {
		if value != "1" {
			if _, err := c.Put(ctx, "go/watched", value); err != nil {
				return err
			}
		}
		response := <-changes
		if err := response.Err(); err != nil {
			return err
		}
		event := response.Events[0]
		if string(event.Kv.Value) != value || (value != "1" && event.PrevKv == nil) {
			return fmt.Errorf("wanted %s with what was before, got %v", value, event)
		}
	}
	return nil
}

func progress(ctx context.Context, c *clientv3.Client) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	changes := c.Watch(ctx, "go/quiet", clientv3.WithCreatedNotify())
	if created := <-changes; !created.Created {
		return fmt.Errorf("not created: %v", created)
	}
	written, err := c.Put(ctx, "go/elsewhere", "1")
	if err != nil {
		return err
	}
	for {
		if err := c.RequestProgress(ctx); err != nil {
			return err
		}
		select {
		case told := <-changes:
			if told.IsProgressNotify() && told.Header.Revision >= written.Header.Revision {
				return nil
			}
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func compaction(ctx context.Context, c *clientv3.Client) error {
	old, err := c.Put(ctx, "go/old", "1")
	if err != nil {
		return err
	}
	newer, err := c.Put(ctx, "go/old", "2")
	if err != nil {
		return err
	}
	if _, err := c.Compact(ctx, newer.Header.Revision, clientv3.WithCompactPhysical()); err != nil {
		return err
	}
	if _, err := c.Get(ctx, "go/old", clientv3.WithRev(old.Header.Revision)); !errors.Is(err, rpctypes.ErrCompacted) {
		return fmt.Errorf("a read of the past: %v", err)
	}
	if _, err := c.Compact(ctx, 1<<40); !errors.Is(err, rpctypes.ErrFutureRev) {
		return fmt.Errorf("a compaction of the future: %v", err)
	}
	response := <-c.Watch(ctx, "go/old", clientv3.WithRev(old.Header.Revision))
	return want(errors.Is(response.Err(), rpctypes.ErrCompacted) && response.CompactRevision == newer.Header.Revision,
		"a watch of the past: %v", response)
}

func lease(ctx context.Context, c *clientv3.Client) error {
	granted, err := c.Grant(ctx, 60)
	if err != nil {
		return err
	}
	if _, err := c.Put(ctx, "go/leased", "1", clientv3.WithLease(granted.ID)); err != nil {
		return err
	}
	if _, err := c.KeepAliveOnce(ctx, granted.ID); err != nil {
		return err
	}
	left, err := c.TimeToLive(ctx, granted.ID, clientv3.WithAttachedKeys())
	if err != nil {
		return err
	}
	if left.GrantedTTL != 60 || len(left.Keys) != 1 {
		return fmt.Errorf("time to live: %v", left)
	}
	if _, err := c.Revoke(ctx, granted.ID); err != nil {
		return err
	}
	gone, err := c.Get(ctx, "go/leased", clientv3.WithCountOnly())
	if err != nil {
		return err
	}
	if _, err := c.Revoke(ctx, granted.ID); !errors.Is(err, rpctypes.ErrLeaseNotFound) {
		return fmt.Errorf("revoked again: %v", err)
	}
	return want(gone.Count == 0, "the key outlived its lease")
}

// sessions opens two, which end with the returned function.
func sessions(c *clientv3.Client) (one, two *concurrency.Session, end func(), err error) {
	if one, err = concurrency.NewSession(c); err != nil {
		return nil, nil, nil, err
	}
	if two, err = concurrency.NewSession(c); err != nil {
		one.Close()
		return nil, nil, nil, err
	}
	return one, two, func() { one.Close(); two.Close() }, nil
}

func lock(ctx context.Context, c *clientv3.Client) error {
	one, two, end, err := sessions(c)
	if err != nil {
		return err
	}
	defer end()
	first, second := concurrency.NewMutex(one, "go/lock"), concurrency.NewMutex(two, "go/lock")
	if err := first.Lock(ctx); err != nil {
		return err
	}
	if err := second.TryLock(ctx); !errors.Is(err, concurrency.ErrLocked) {
		return fmt.Errorf("the second got in: %v", err)
	}
	waiting := make(chan error, 1)
	go func() { waiting <- second.Lock(ctx) }()
	if err := first.Unlock(ctx); err != nil {
		return err
	}
	return <-waiting
}

func election(ctx context.Context, c *clientv3.Client) error {
	one, two, end, err := sessions(c)
	if err != nil {
		return err
	}
	defer end()
	first, second := concurrency.NewElection(one, "go/election"), concurrency.NewElection(two, "go/election")
	if err := first.Campaign(ctx, "one"); err != nil {
		return err
	}
	waiting := make(chan error, 1)
	go func() { waiting <- second.Campaign(ctx, "two") }()
	if err := first.Resign(ctx); err != nil {
		return err
	}
	if err := <-waiting; err != nil {
		return err
	}
	leader, err := second.Leader(ctx)
	if err != nil {
		return err
	}
	return want(string(leader.Kvs[0].Value) == "two", "the leader is %v", leader)
}

func stm(ctx context.Context, c *clientv3.Client) error {
	if _, err := c.Put(ctx, "go/counter", ""); err != nil {
		return err
	}
	for range 3 {
		if _, err := concurrency.NewSTM(c, func(s concurrency.STM) error {
			s.Put("go/counter", s.Get("go/counter")+"1")
			return nil
		}, concurrency.WithAbortContext(ctx)); err != nil {
			return err
		}
	}
	counted, err := c.Get(ctx, "go/counter")
	if err != nil {
		return err
	}
	return want(string(counted.Kvs[0].Value) == "111", "counted %v", counted)
}

func status(ctx context.Context, c *clientv3.Client) error {
	members, err := c.MemberList(ctx)
	if err != nil {
		return err
	}
	for _, endpoint := range c.Endpoints() {
		status, err := c.Status(ctx, endpoint)
		if err != nil {
			return err
		}
		if status.Leader == 0 || status.DbSize <= 0 || status.Header.MemberId == 0 {
			return fmt.Errorf("%s says of itself %v", endpoint, status)
		}
	}
	return want(len(members.Members) > 0 && len(members.Members[0].ClientURLs) > 0, "members: %v", members)
}
