package e2e

// The two major versions of anthropic-sdk-go differ where this package does not look: one file is made from the other, and a
// test sees to it that it stays so.
//go:generate sh -c "sed -e s,anthropic-sdk-go/v2,anthropic-sdk-go, -e s/anthropicV2/anthropicV1/g -e s/anthropic-sdk-go\\ v2/anthropic-sdk-go\\ v1/g -e s/\"v2\"/\"v1\"/ anthropic_v2.go > anthropic_v1.go"
