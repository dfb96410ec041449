package scenarios

import _ "embed"

//go:embed init.yaml
var initFile []byte

// Init is a small commented scenario file to begin with. It passes `check` without a warning.
func Init() []byte { return append([]byte(nil), initFile...) }
