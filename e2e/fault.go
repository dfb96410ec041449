package e2e

import (
	"net/http"

	"github.com/agentchaos/agentchaos"
)

// Fault is what is wrong with a provider. The zero value is a healthy one.
type Fault struct {
	agentchaos.Effect
	Header http.Header     // on every error response, beside what Effect makes
	Finish agentchaos.Kind // what the model says is nothing, for this reason
	Once   bool            // only the first attempt is hit
}

func refusal(k agentchaos.Kind) Fault {
	return Fault{Effect: agentchaos.Effect{End: agentchaos.Ending{Form: agentchaos.Refuse, Kind: k, By: 1}}}
}

// event is an error in a stream, after so much of the answer in thousandths.
func event(k agentchaos.Kind, at int64) agentchaos.Effect {
	return agentchaos.Effect{End: agentchaos.Ending{Form: agentchaos.Event, Kind: k, At: at, By: 1}}
}
