package faults

import "github.com/agentchaos/agentchaos"

// The kinds that strike the agent's own store. They strike its operations: what is kept, and what is read.
var (
	_ = storage("store_full", agentchaos.StoreFull, "the agent's store has no room: nothing more is kept; target store")
	_ = storage("store_locked", agentchaos.StoreLocked, "the agent's store is held by somebody else: nothing is kept or read; target store")
	_ = storage("store_read_only", agentchaos.StoreReadOnly, "the agent's store can only be read; target store")
	_ = storage("store_torn", agentchaos.StoreCorrupt, "what is kept is torn in the middle, and nobody says so; target store")
)

func storage(name string, of agentchaos.Kind, doc string) Info {
	return kind(Info{Kind: name, Doc: doc, Make: func(Given) Fault { return Storage{Name: name, Of: of} }})
}

// Storage is a failure of the agent's store. Its operations are numbered by task, over all lives, as steps.
type Storage struct {
	Name string          // of the kind of fault
	Of   agentchaos.Kind // store_full, store_locked, store_read_only; store_corrupt: what is kept is torn
}

// Kind is the name of the kind of fault.
func (f Storage) Kind() string { return f.Name }

// Start makes every operation of the store fail so: only the target store is one.
func (f Storage) Start(_ agentchaos.Seed, target string) Injector {
	if target != StoreTarget {
		return nil
	}
	return ends(agentchaos.Ending{Form: agentchaos.NoStore, Kind: f.Of})
}

// strikesAt: what is only read has room, may be read, and is torn already.
func (f Storage) strikesAt(req *agentchaos.Request) bool {
	return f.Of == agentchaos.StoreLocked || req.Use == agentchaos.UseWrite
}

// Describe is what it does, for reports.
func (f Storage) Describe(subject func(string) string) string {
	what := map[agentchaos.Kind]string{
		agentchaos.StoreFull: " find no room", agentchaos.StoreLocked: " find it locked",
		agentchaos.StoreReadOnly: " find it read-only", agentchaos.StoreCorrupt: " leave it torn",
	}
	return subject("operations") + what[f.Of]
}
