package e2e

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheDriversOfBothAnthropicVersionsAreTheSame(t *testing.T) {
	v2, err := os.ReadFile("anthropic_v2.go")
	require.NoError(t, err)
	v1, err := os.ReadFile("anthropic_v1.go")
	require.NoError(t, err)
	want := strings.NewReplacer("anthropic-sdk-go/v2", "anthropic-sdk-go", "anthropicV2", "anthropicV1", "anthropic-sdk-go v2", "anthropic-sdk-go v1", `"v2"`, `"v1"`).Replace(string(v2))
	require.Equal(t, want, string(v1), "run go generate in e2e")
}
