package agentchaos

// A Seed names a stream of random numbers. Every draw is a pure function of the stream and of who draws, never of the
// order of drawing: two policies meet the same luck, adding a fault does not reshuffle the others, and shards agree.
type Seed uint64

// An ID names an attempt, whatever order attempts arrive in.
type ID struct {
	Task    uint32 // from 1 within a cell
	Step    uint16 // from 1 within a task
	Attempt uint8  // from 1 within a step and target, counted on over retries, re-asks and restarts
	Copy    uint8  // 1 for a hedge's copy
}

// key is injective: no two IDs share a draw.
func (id ID) key() uint64 {
	return uint64(id.Task)<<32 | uint64(id.Step)<<16 | uint64(id.Attempt)<<8 | uint64(id.Copy)
}

const golden = 0x9e3779b97f4a7c15 // 2^64 / the golden ratio: SplitMix64's increment

// mix is the finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014; variant 13 of Stafford).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Derive names a stream within the stream: FNV-1a of the name, mixed with the seed. For Start, not for every attempt.
func (s Seed) Derive(name string) Seed {
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 1099511628211
	}
	return Seed(mix(uint64(s)*golden ^ mix(h)))
}

// At is the stream's draw for an attempt, uniform over 64 bits. A second draw for the same attempt needs another stream.
func (s Seed) At(id ID) uint64 { return mix(uint64(s) + id.key()*golden) }

// Nth is the stream's n-th draw, for what has no attempt: arrivals, bursts.
func (s Seed) Nth(n uint64) uint64 { return mix(uint64(s) + n*golden) }
