package serve

import (
	"net/http"
	"strconv"

	"github.com/agentchaos/agentchaos/harness/wire"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics is the page /metrics: the counter, as Prometheus reads it. Nothing of it is global.
func (s *Server) metrics() http.Handler {
	registry := prometheus.NewPedanticRegistry()
	registry.MustRegister(&collector{s.counts, newDescriptions()})
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorLog: s.connectionLog()})
}

// descriptions are what the metrics are called and mean.
type descriptions struct {
	received, requests, refused, unread, aside, broken *prometheus.Desc
	inFlight, open                                     *prometheus.Desc
	duration, first, tokens                            *prometheus.Desc
	faults, retries, early, hopeless                   *prometheus.Desc
}

func newDescriptions() descriptions {
	d := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("agentchaos_"+name, help, labels, nil)
	}
	return descriptions{
		received: d("received_total", "Requests that have come. Each that is not in flight is in one of requests, refused, unread, aside and broken."),
		requests: d("requests_total", "Requests that the providers have seen, by how they ended: ok, left (the client did not wait), or the kind of failure.", "target", "format", "streamed", "outcome", "status"),
		refused:  d("refused_requests_total", "Requests that could not be understood.", "status"),
		unread:   d("unread_requests_total", "Requests whose client went, or was too slow, before they had come."),
		aside:    d("aside_requests_total", "Requests for lists of models, embeddings, counts of tokens, and this server's own pages."),
		broken:   d("broken_requests_total", "Requests that a defect of agentchaos has ended."),
		inFlight: d("requests_in_flight", "Requests that are being answered."),
		open:     d("connections_open", "Connections that are open."),
		duration: d("request_duration_seconds", "From the request to the end of its answer, in the scenario's time.", "target", "format", "streamed"),
		first:    d("first_token_seconds", "From the request to the first token of its stream, in the scenario's time.", "target", "format", "streamed"),
		tokens:   d("tokens_total", "Tokens that would have been paid for.", "target", "format", "streamed", "direction"),
		faults:   d("faults_fired_total", "Answers that a fault has decided or slowed.", "fault"),
		retries:  d("retries_total", "Requests that ask again what has failed: sdk (an SDK's own retry), outer (a loop around it), named (by the X-Agentchaos-Id header).", "sort"),
		early:    d("early_retries_total", "Retries before a Retry-After had run out."),
		hopeless: d("hopeless_retries_total", "Retries after a failure that does not pass."),
	}
}

// collector shows one moment of the counter.
type collector struct {
	counter *counter
	descriptions
}

// Describe names no metric: the pedantic registry then checks what it gets instead.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect gives them all.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	var all []prometheus.Metric
	c.counter.mu.Lock()
	all = c.shapes(c.requests(c.plain(all)))
	c.counter.mu.Unlock()
	for _, m := range all {
		out <- m
	}
}

func count(d *prometheus.Desc, n int, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
}

func (c *collector) plain(all []prometheus.Metric) []prometheus.Metric {
	n := &c.counter.counts
	all = append(all,
		count(c.received, n.Received), count(c.unread, n.Unread), count(c.aside, n.Aside), count(c.broken, n.Broken), count(c.early, n.Early), count(c.hopeless, n.Hopeless),
		prometheus.MustNewConstMetric(c.inFlight, prometheus.GaugeValue, float64(n.InFlight)),
		prometheus.MustNewConstMetric(c.open, prometheus.GaugeValue, float64(c.counter.open)))
	for status, times := range n.Refused {
		all = append(all, count(c.refused, times, strconv.Itoa(status)))
	}
	for sort := wire.SDK; sort <= wire.Named; sort++ {
		all = append(all, count(c.retries, n.Retries[sort], sort.String()))
	}
	for _, f := range n.Faults {
		all = append(all, count(c.faults, f.Times, f.Fault))
	}
	return all
}

func (c *collector) requests(all []prometheus.Metric) []prometheus.Metric {
	for k, n := range c.counter.series {
		labels := append(k.labels(), k.outcome, strconv.Itoa(k.status))
		all = append(all, count(c.descriptions.requests, n, labels...))
	}
	return all
}

func (c *collector) shapes(all []prometheus.Metric) []prometheus.Metric {
	for k, s := range c.counter.shapes {
		if k.streamed {
			all = append(all, s.first.metric(c.first, k))
		}
		all = append(all, s.duration.metric(c.duration, k),
			count(c.tokens, s.input, append(k.labels(), "input")...), count(c.tokens, s.output, append(k.labels(), "output")...))
	}
	return all
}

func (k *shapeKey) labels() []string {
	return []string{k.target, k.format.String(), strconv.FormatBool(k.streamed)}
}

func (h *histogram) metric(d *prometheus.Desc, k shapeKey) prometheus.Metric {
	buckets, n := map[float64]uint64{}, uint64(0)
	for i, edge := range edges {
		n += h.counts[i]
		buckets[edge] = n
	}
	return prometheus.MustNewConstHistogram(d, n+h.counts[len(edges)], h.sum, buckets, k.labels()...)
}
