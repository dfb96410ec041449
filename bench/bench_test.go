package bench

import (
	"context"
	"testing"

	"github.com/agentchaos/agentchaos"
)

var (
	good = &agentchaos.Response{Content: agentchaos.Content{Text: `{"answer":"yes","confidence":0.9}`}}
	busy = &agentchaos.Error{Kind: agentchaos.Overloaded, Status: 529}
)

// failing is a leaf that fails the first n attempts of each call, and costs nothing. The request says which attempt it is
// only to ours, so it counts for itself.
func failing(n int) (leaf agentchaos.Call, again func()) {
	made := 0
	return func(context.Context, *agentchaos.Request) (*agentchaos.Response, error) {
		if made++; made <= n {
			return nil, busy
		}
		return good, nil
	}, func() { made = 0 }
}

// calls makes b.N calls as a server does: below a context that can end.
func calls(b *testing.B, peer Peer, n int) {
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	leaf, again := failing(n)
	call := peer(leaf)
	var req agentchaos.Request
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		again()
		if _, err := call(ctx, &req); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFirstTry(b *testing.B) {
	for _, p := range Peers {
		b.Run(p.Name, func(b *testing.B) { calls(b, p.Make, 0) })
	}
}

func BenchmarkSecondTry(b *testing.B) {
	for _, p := range Peers {
		b.Run(p.Name, func(b *testing.B) { calls(b, p.Make, 1) })
	}
}
