package sim

import (
	"fmt"
	"testing"
	"time"
)

func BenchmarkSleep(b *testing.B) {
	for _, sleepers := range []int{1, 2, 100, 1000, 10000} {
		b.Run(fmt.Sprint(sleepers), func(b *testing.B) {
			b.ReportAllocs()
			w := New()
			defer w.Close()
			for i := range sleepers {
				w.GoAt(0, uint32(i+1), func() {
					x := uint64(i)
					for range b.N/sleepers + 1 {
						x = x*6364136223846793005 + 1442695040888963407
						_ = w.Sleep(w.Background(), time.Duration(x>>34))
					}
				})
			}
			if err := w.Run(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.Elapsed())/float64(w.Events()), "ns/event")
		})
	}
}

// Tasks of 100 contexts: they are reused when a task ends.
func BenchmarkWithTimeoutAndCancel(b *testing.B) {
	b.ReportAllocs()
	w := New()
	defer w.Close()
	task := func() {
		for range 100 {
			_, cancel := w.WithTimeout(w.Background(), time.Second)
			cancel()
		}
	}
	for range b.N/100 + 1 {
		w.Go(task)
		_ = w.Run()
	}
}

func BenchmarkWithTimeoutInOneEndlessTask(b *testing.B) {
	b.ReportAllocs()
	w := New()
	defer w.Close()
	w.Go(func() {
		for range b.N {
			_, cancel := w.WithTimeout(w.Background(), time.Second)
			cancel()
		}
	})
	_ = w.Run()
}

func BenchmarkGo(b *testing.B) {
	b.ReportAllocs()
	w := New()
	defer w.Close()
	nothing := func() {}
	w.Go(func() {
		for range b.N {
			w.Go(nothing)
			_ = w.Sleep(w.Background(), 1)
		}
	})
	_ = w.Run()
}

func BenchmarkGoAt(b *testing.B) {
	b.ReportAllocs()
	w := New()
	defer w.Close()
	nothing := func() {}
	w.Go(func() {
		for i := range b.N {
			w.GoAt(w.Now(), uint32(i), nothing)
			_ = w.Sleep(w.Background(), 1)
		}
	})
	_ = w.Run()
}

func BenchmarkKillAndCollect(b *testing.B) {
	b.ReportAllocs()
	w := New()
	defer w.Close()
	body := func() { _ = w.Sleep(w.Background(), time.Hour) }
	for i := 0; i < b.N; i += 1000 {
		for n := range uint32(1000) {
			g := w.GoAt(0, n+1, body)
			w.GoAt(1, 0, func() { w.Kill(g) })
		}
		_ = w.Run()
		w.Reset()
	}
}
