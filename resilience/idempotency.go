package resilience

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/agentchaos/agentchaos"
)

// Idempotency makes write tools safe to repeat: every write carries a key by which a tool's server knows it again, and its
// result is logged in the [Store] and taken from there when the step comes again after a crash. A write whose answer was
// lost is then retried under its key, which settles whether it was done. Reads need no key.
type Idempotency struct {
	Key func(run string, req *agentchaos.Request) agentchaos.Key // nil: [KeyOf]
}

// KeyOf is the key of a write: a hash (SHA-256, cut to 128 bits) of the run, the task, the step, the tool and its
// canonical arguments. Nothing else: the number of the attempt, or the id a model gave its tool call, change when somebody
// asks again.
func KeyOf(run string, req *agentchaos.Request) (k agentchaos.Key) {
	var room [256]byte
	b := named(room[:0], run)
	b = binary.BigEndian.AppendUint32(b, req.ID.Task)
	b = binary.BigEndian.AppendUint16(b, req.ID.Step)
	b = named(b, req.Target)
	b = append(b, Canonical(req.Arguments)...)
	sum := sha256.Sum256(b)
	copy(k[:], sum[:])
	return k
}

// named appends a name so that nothing in it can be taken for what follows.
func named(b []byte, name string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(name))), name...)
}

// Canonical is a JSON document in one spelling of its own: keys sorted, no white space, numbers as they were written. What
// is not JSON is left as it is, and what has characters that are none (half a surrogate pair), of which two that differ
// would come out the same.
func Canonical(arguments string) string {
	if arguments == "" {
		return ""
	}
	d := json.NewDecoder(strings.NewReader(arguments))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return arguments
	}
	if _, err := d.Token(); err != io.EOF {
		return arguments
	}
	out, err := json.Marshal(v)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return arguments
	}
	return string(out)
}

// resultLog is the idempotency policy at work.
type resultLog struct {
	env   *agentchaos.Env
	store Store
	run   string
	key   func(string, *agentchaos.Request) agentchaos.Key

	mu   sync.Mutex
	free [][]byte // room for results
}

func newResultLog(s *Idempotency, env *agentchaos.Env, store Store, run string) *resultLog {
	l := &resultLog{env: env, store: store, run: run, key: s.Key}
	if l.key == nil {
		l.key = KeyOf
	}
	return l
}

func (l *resultLog) around(next agentchaos.Call) agentchaos.Call {
	return func(ctx context.Context, req *agentchaos.Request) (*agentchaos.Response, error) {
		if req.Use != agentchaos.UseWrite {
			return next(ctx, req)
		}
		old := req.Key
		req.Key = l.key(l.run, req)
		resp, err := l.once(ctx, req, next)
		req.Key = old
		return resp, err
	}
}

// once takes the logged result, or asks and logs. A log that fails does not stop the write: its key still protects it.
func (l *resultLog) once(ctx context.Context, req *agentchaos.Request, next agentchaos.Call) (*agentchaos.Response, error) {
	var logged []byte
	endless := context.WithoutCancel(ctx)
	_ = persist(ctx, l.env, req.ID, logPart, func() (err error) {
		logged, err = l.store.Result(endless, req.Key)
		return err
	})
	if logged != nil {
		resp, err := openResult(logged)
		switch {
		case err == nil:
			tell(l.env, agentchaos.Change{What: agentchaos.Replayed, ID: req.ID, Target: req.Target})
			return resp, nil
		case isVersion(err): // it was done: what it gave is for the program that did it to say
			return nil, &agentchaos.Error{Kind: agentchaos.StoreCorrupt, Target: req.Target, Err: err}
		}
		tell(l.env, agentchaos.Change{What: agentchaos.StoreFailed, ID: req.ID, Target: logPart, Kind: agentchaos.KindOf(err)})
	}
	resp, err := next(ctx, req)
	if err == nil {
		b := sealResult(l.room(), resp)
		_ = persist(ctx, l.env, req.ID, logPart, func() error { return l.store.Record(endless, req.ID.Task, req.Key, b) })
		l.put(b)
	}
	return resp, err
}

func (l *resultLog) room() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.free)
	if n == 0 {
		return nil
	}
	b := l.free[n-1]
	l.free = l.free[:n-1]
	return b[:0]
}

func (l *resultLog) put(b []byte) {
	l.mu.Lock()
	l.free = append(l.free, b)
	l.mu.Unlock()
}
