package published_test

import (
	"fmt"
	"testing"
	"time"
)

var huangs = chapter{
	name: "huang",
	kind: others,
	source: `L. Huang et al.: Metastable Failures in the Wild, OSDI 2022, and github.com/lexiangh/Metastability, Retry_Metastability: MongoDB
whose CPU is cut from 2.0 for some seconds, clients with a time-out of 3 s and 4 resends at constant gaps. Its capacity is not
published and its README says to tune the rate: here it can do 2000/s, and the one rate of 750/s gives all four verdicts. Above 400/s,
2000 by 5 attempts, it is vulnerable.`,
	tell: tellHuang,
}

// huang is one of the four experiments; a CPU of c in place of 2.0 makes the work take 2.0/c times as long.
type huang struct {
	rate   float64
	cpu    float64
	cutFor time.Duration
}

func (x huang) yaml() string {
	const cutAt = 10 * time.Second
	return fmt.Sprintf(`
version: 1
seeds: 1
models:
  db/mongo: {first_token: 10ms, capacity: {concurrency: 20, queue: 1000000, abandoned: run}}
agents:
  client: {arrivals: {rate: %v/s, burstiness: 0}, steps: [model: {input_tokens: 1, output_tokens: 1}]}
policies:
  resends: {models: [db/mongo], timeout: {attempt: 3s}, retry: {attempts: 5}}
scenarios:
  cpu:
    agent: client
    duration: 90s
    faults: [{target: db/mongo, kind: slow, factor: %.3f, when: {from: %v, until: %v}}]
    policies: [resends]
`, x.rate, 2/x.cpu, cutAt, cutAt+x.cutFor)
}

func tellHuang(t *testing.T, b *board) {
	const rate = 750
	type experiment struct {
		huang
		fate string
	}
	for _, c := range few([]experiment{
		{huang{rate, 0.45, 10 * time.Second}, recovers},
		{huang{rate, 0.40, 10 * time.Second}, collapses},
		{huang{rate, 0.40, 9 * time.Second}, recovers},
		{huang{rate * 0.75, 0.40, 10 * time.Second}, recovers},
	}) {
		b.fate(fmt.Sprintf("CPU at %.2f for %v, %v requests/s", c.cpu, c.cutFor, c.rate), c.fate, playOne(t, c.yaml()))
	}
}
