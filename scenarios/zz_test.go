package scenarios
import ("testing";"fmt";"os";"github.com/agentchaos/agentchaos")
func TestZ(t *testing.T){
 agentchaos.Suite=[]byte("version: 1\nmodels:\n  \"azure/*\": {}\n  anthropic/claude-sonnet-4: {}\npolicies:\n  bare: {models: [anthropic/claude-sonnet-4]}\n  reference: {models: [azure/x], retry: {attempts: 5, backoff: {initial: 1s}}, breaker: {failures: 5}}\nagents:\n  a: {arrivals: {rate: 5/s}, steps: [model: {input_tokens: 3}]}\nscenarios:\n  s: {agent: a, policies: [bare, reference], faults: [{target: primary, kind: stall, at: 40%, when: {from: 10s, until: 50s}}], gates: {reference: [completion_rate >= 95%]}}\n")
 b,_:=os.ReadFile("/tmp/t.yaml")
 s,err:=Load("t.yaml",b,Options{Set: []string{"policies.ours.retry.attempts=6","policies.reference.breaker=null"}})
 fmt.Println(err)
 if s!=nil{fmt.Printf("%v\n",s.Warnings)}
}
