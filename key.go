package agentchaos

import "encoding/hex"

// A Key names one side effect, so that whoever is asked for it twice does it once: an idempotency key. The same effect
// has the same key across retries, hedges, re-asks and restarts; the zero Key is none. draft-ietf-httpapi-idempotency-key-header;
// Stripe, "Idempotent requests".
type Key [16]byte

// String is the key as it stands in a header: 32 hexadecimal digits; "" for none.
func (k Key) String() string {
	if k == (Key{}) {
		return ""
	}
	return hex.EncodeToString(k[:])
}
