package sqlite_test

import (
	"testing"

	"github.com/agentchaos/agentchaos/resilience"
	"github.com/agentchaos/agentchaos/resilience/sqlite"
)

// What a checkpoint costs, and what of it is the fsync.
func BenchmarkSave(b *testing.B) {
	for name, o := range map[string]sqlite.Options{"durable": {}, "relaxed": {Relaxed: true}} {
		b.Run(name, func(b *testing.B) {
			s, err := sqlite.Open(b.TempDir()+"/runs.db", o)
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			c := resilience.Checkpoint{Done: resilience.Steps{1}}
			sealed := c.Seal(nil)
			for i := 0; b.Loop(); i++ {
				if err := s.Save(b.Context(), uint32(i%100), sealed); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
