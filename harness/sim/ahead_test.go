package sim

import (
	"cmp"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

type woken struct {
	at   time.Duration
	task uint32
}

// crowd lets many tasks, more than a processor is asked to fetch ahead for, sleep on contexts of theirs a few times.
func crowd(t *testing.T, w *World, tasks uint32) (seen, want []woken) {
	draw := func(task uint32, n int) time.Duration {
		x := (uint64(task)*0x9e3779b97f4a7c15 + uint64(n)) * 0xbf58476d1ce4e5b9
		return time.Duration(x >> 50) // so few values that many wake at the same instant
	}
	for task := uint32(1); task <= tasks; task++ {
		at := time.Duration(0)
		w.GoAt(0, task, func() {
			for n := range 5 {
				ctx, cancel := w.WithTimeout(w.Background(), time.Hour)
				require.NoError(t, w.Sleep(ctx, draw(task, n)))
				cancel()
				seen = append(seen, woken{w.Now(), task})
			}
		})
		for n := range 5 {
			at += draw(task, n)
			want = append(want, woken{at, task})
		}
	}
	require.NoError(t, w.Run())
	slices.SortStableFunc(want, func(a, b woken) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.task, b.task)) })
	return seen, want
}

func TestCrowdWakesInOrder(t *testing.T) {
	w := New()
	defer w.Close()
	for range 2 { // the second time on coroutines and contexts that have been used
		seen, want := crowd(t, w, 4*manyWaiting)
		require.Equal(t, want, seen)
		w.Reset()
	}
}

// What is fetched is where things are, else the whole of it would be for nothing.
func TestFetchedIsWhereThingsAre(t *testing.T) {
	w := New()
	defer w.Close()
	sleep := func() {
		require.NoError(t, w.Sleep(w.Background(), time.Second))
	}
	w.GoAt(0, 1, sleep) // its coroutine's stack grows to what the next needs
	require.NoError(t, w.Run())
	var mine, on uintptr
	w.GoAt(w.Now(), 2, func() {
		var here byte
		ctx, cancel := w.WithTimeout(w.Background(), time.Hour)
		defer cancel()
		mine, on = uintptr(unsafe.Pointer(&here)), uintptr(unsafe.Pointer(ctx.(*virtual)))
		_ = w.Sleep(ctx, time.Second)
	})
	w.GoAt(w.Now()+1, 3, func() {
		f := w.coroutines[0].fetched
		require.Less(t, f.low, mine)
		require.Less(t, mine, f.high+lineBytes)
		require.Less(t, f.high-f.low, uintptr(maxFetch))
		require.Equal(t, on, f.on)
		require.Equal(t, uintptr(unsafe.Pointer(w.root)), f.above)
	})
	require.NoError(t, w.Run())
}

func TestFetchOfAnyAddressIsHarmless(t *testing.T) {
	for _, at := range []uintptr{0, 1, 4096, ^uintptr(0) / 2, ^uintptr(0) - 1<<20} {
		prefetch(at, at+10*lineBytes)
		prefetch(at+1, at)
	}
}
