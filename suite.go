package agentchaos

import _ "embed"

// Suite is the built-in scenario file: what runs when no file is given.
//
//go:embed scenarios.yaml
var Suite []byte
