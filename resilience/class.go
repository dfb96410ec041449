package resilience

import "github.com/agentchaos/agentchaos"

type class struct{ retry, fallBack, breaker bool }

// classes is the table of CONTRACT.md §2; WIRE.md §6 has the reasons. Of a malformed answer the variant decides whether it
// counts. What is not here does nothing: content_filter, invalid_request, length, cancelled, crash,
// and the failures of the agent's own store.
var classes = [agentchaos.Kinds]class{
	agentchaos.Overloaded:      {true, true, true},
	agentchaos.Unavailable:     {true, true, true},
	agentchaos.Timeout:         {true, true, true},
	agentchaos.Reset:           {true, true, true},
	agentchaos.Truncated:       {true, true, true},
	agentchaos.Malformed:       {true, true, false},
	agentchaos.RateLimit:       {true, true, false},
	agentchaos.Conflict:        {true, false, false},
	agentchaos.ToolError:       {true, false, true},
	agentchaos.Quota:           {false, true, false},
	agentchaos.Auth:            {false, true, false},
	agentchaos.NotFound:        {false, true, false},
	agentchaos.ContextLength:   {false, true, false},
	agentchaos.BreakerOpen:     {false, true, false},
	agentchaos.BulkheadFull:    {false, true, false},
	agentchaos.BudgetExhausted: {false, true, false},
}

// Class says what a failure of the kind calls for: a retry on the same target, going on to the next model of the chain,
// counting against the target's breaker. The variant matters for Malformed alone: what is not even the provider's format
// counts, what the model got wrong does not.
func Class(k agentchaos.Kind, v agentchaos.Variant) (retry, fallBack, breaker bool) {
	if int(k) >= agentchaos.Kinds {
		return false, false, false
	}
	c := classes[k]
	return c.retry, c.fallBack, c.breaker || k == agentchaos.Malformed && v.Protocol()
}

// variantOf is the variant of a malformed answer, else NoVariant.
func variantOf(err error) agentchaos.Variant {
	if e, ok := err.(*agentchaos.Error); ok {
		return e.Variant
	}
	return agentchaos.NoVariant
}
