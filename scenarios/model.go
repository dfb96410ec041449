package scenarios

import (
	"path"
	"time"

	"github.com/agentchaos/agentchaos"
	"github.com/agentchaos/agentchaos/faults"
)

// maxCount bounds limits and token counts; it keeps integer arithmetic on token buckets far from overflow.
const maxCount = 1_000_000_000

func modelSection() *section[faults.Model] {
	type m = faults.Model
	return &section[m]{name: "model", doc: "a simulated model when it is healthy", fields: []field[m]{
		quantilesField("first_token", "from the request to the first token", "0s", func(t *m) *agentchaos.Quantiles { return &t.FirstToken }),
		quantilesField("per_token", "from token to token; one draw holds for a whole answer", "0s", func(t *m) *agentchaos.Quantiles { return &t.PerToken }),
		sectionField("limits", "none", limitsSection, func(t *m) *faults.Limits { return &t.Limits }),
		sectionField("capacity", "unlimited", capacitySection, func(t *m) *faults.Capacity { return &t.Capacity }),
		sectionField("price", "free", priceSection, func(t *m) *faults.Price { return &t.Price }),
		numberField("quality", "weight of an answer from this model", "1", 0, 1, func(t *m) *float64 { t.Quality = new(float64); return t.Quality }),
		wordField("dialect", "how it speaks over HTTP", "by provider: anthropic, else openai", []string{"openai", "anthropic"}, func(t *m, i int) {
			t.Dialect = [...]agentchaos.Dialect{agentchaos.OpenAI, agentchaos.Anthropic}[i]
		}),
	}}
}

var limitsSection = &section[faults.Limits]{name: "limit", doc: "token buckets, refilled continuously, each holding a minute's worth", check: func(d *decoder, v at, t *faults.Limits) {
	if t.Burst > 0 && t.RequestsPerMinute == 0 {
		d.fail(v.keyNode("burst"), v.path, `"burst" belongs to requests_per_minute, which is not there`, "")
	}
}, fields: []field[faults.Limits]{
	wholeField("requests_per_minute", "requests", "no limit", 1, maxCount, func(t *faults.Limits) *int64 { return &t.RequestsPerMinute }),
	wholeField("input_tokens_per_minute", "tokens read", "no limit", 1, maxCount, func(t *faults.Limits) *int64 { return &t.InputTokensPerMinute }),
	wholeField("output_tokens_per_minute", "tokens written", "no limit", 1, maxCount, func(t *faults.Limits) *int64 { return &t.OutputTokensPerMinute }),
	wholeField("burst", "requests that the bucket holds", "a minute's worth", 1, maxCount, func(t *faults.Limits) *int64 { return &t.Burst }),
}}

var capacitySection = &section[faults.Capacity]{name: "capacity", doc: "what it can do at once, and what load does to it; above concurrency requests wait, then they are refused as overloaded", check: func(d *decoder, v at, t *faults.Capacity) {
	if t.Concurrency == 0 && t.Queue > 0 {
		d.fail(v.keyNode("queue"), v.path, "a queue without concurrency is never waited in", "give concurrency, or leave queue out")
	}
}, fields: []field[faults.Capacity]{
	wholeField("concurrency", "requests served at once", "no limit", 1, 1_000_000, func(t *faults.Capacity) *int { return &t.Concurrency }),
	wholeField("queue", "requests that may wait", "0", 0, 1_000_000, func(t *faults.Capacity) *int { return &t.Queue }),
	wordField("abandoned", "what becomes of a request whose client has gone", "run: it goes on for nobody", []string{"run", "cancel"}, func(t *faults.Capacity, i int) {
		t.Abandoned = [...]faults.Abandoned{faults.Run, faults.Cancel}[i]
	}),
	positiveDurationField("slowdown", "how much later the first token comes for each request at work when a request's own work begins, itself included", "none", "", func(t *faults.Capacity) *time.Duration { return &t.Slowdown }),
}}

func priceField(key, doc string, to func(*faults.Price) *int64) field[faults.Price] {
	return field[faults.Price]{key: key, doc: doc, def: "0", shape: ref("price"), read: func(d *decoder, v at, t *faults.Price) {
		if x, ok := d.price(v); ok {
			*to(t) = x
		}
	}}
}

var priceSection = &section[faults.Price]{name: "price", doc: "US$ per million tokens", fields: []field[faults.Price]{
	priceField("input", "tokens read", func(t *faults.Price) *int64 { return &t.Input }),
	priceField("output", "tokens written", func(t *faults.Price) *int64 { return &t.Output }),
}}

// matchModel is the entry that describes a model: its own, else the longest glob that matches it; "" for none.
func (l *loader) matchModel(name string) string {
	if l.models.raw(name, false) != nil {
		return name
	}
	best := ""
	for _, glob := range l.models.names() {
		if ok, err := path.Match(glob, name); err == nil && ok && len(glob) > len(best) {
			best = glob
		}
	}
	return best
}

// allModels is every model that can be named, decoded.
func (l *loader) allModels() map[string]faults.Model {
	out := map[string]faults.Model{}
	for _, name := range l.models.names() {
		if m := l.models.use(&l.decoder, name); m != nil {
			out[name] = *m
		}
	}
	return out
}
