package scenarios
import "github.com/agentchaos/agentchaos/faults"
func mk(t *settings) faults.Fault {return faults.Any{K:t.kind}}
var makeRefusal, makeRateLimit, makeTimeout, makeSlow, makeStall, makeTruncated, makeStreamError, makeReset, makeMalformed, makeLength, makeToolError = mk,mk,mk,mk,mk,mk,mk,mk,mk,mk,mk
