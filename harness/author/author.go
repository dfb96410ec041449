// Package author writes what simulated models say over HTTP: what a scenario's rules have them say, else what it makes up from the
// request. They call an agent's tools with arguments that fit, answer in the structure that was asked for, and come to an end.
package author

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/agentchaos/agentchaos"
)

// What may be wrong with a schema. Match with errors.Is; errors.As with *Error tells where.
var (
	ErrSchema  = errors.New("this is no JSON schema")
	ErrRef     = errors.New("a reference leads nowhere")
	ErrPattern = errors.New("a pattern cannot be read")
	ErrUnfit   = errors.New("nothing found that fits")
	ErrLimit   = errors.New("it takes more than is allowed")
)

// An Error says what is wrong with a schema, and where in it.
type Error struct {
	Kind    error  // one of the Err values
	Pointer string // RFC 6901; "": the whole schema
	Why     string
}

// Error names place, kind and reason.
func (e *Error) Error() string {
	return fmt.Sprintf("schema at %q: %v: %s", clip(e.Pointer), e.Kind, clip(e.Why))
}

// Unwrap is the kind.
func (e *Error) Unwrap() error { return e.Kind }

func clip(s string) string {
	if len(s) > 200 {
		return s[:100] + " … " + s[len(s)-100:]
	}
	return s
}

// What a schema may cost, however hostile it is.
const (
	maxSchema   = 1 << 20       // bytes of the schema
	maxInstance = 64 << 10      // bytes of the instance
	maxDepth    = 64            // levels of the instance; of the schema's text, four times that
	maxWork     = 1 << 18       // comparisons and the like, up to a microsecond each
	maxTries    = 32            // attempts at one value, each with other choices
	leanDepth   = 5             // from here on only what is required, by the shortest way
	leanSize    = 8 << 10       // and beyond so many bytes
	leanWork    = 1 << 16       // and so much work
	maxPattern  = 2 << 10       // bytes of a pattern
	maxProgram  = 20 << 10      // instructions of a pattern, about
	maxNumber   = 400           // digits and exponent of a number
	maxNest     = 16 * maxDepth // schemas within schemas while a value is looked at
)

// Instance writes a JSON value that fits the schema: the same bytes for the same schema and seed. It reads the drafts 2020-12
// (assumed where there is no $schema) and 07, and of their elder kin what tools still say (definitions, tuples in items,
// nullable, exclusiveMinimum: true).
//
// Required properties are there, and each optional one half of the time; keys stand in the schema's order. An example or a
// default is taken where it fits, but no default that says nothing (null, "", [], {}). A string that nothing describes is
// worded after its property's name. A recursive schema ends by its shortest way. The empty schema is {} at the root.
//
// What is returned has been checked against the schema, but for these, which are only generated towards or ignored:
// unevaluatedProperties and unevaluatedItems, $id below the root, $dynamicRef to another place than "#", $vocabulary, the
// content keywords, formats not listed in formats.go, and patterns Go cannot read next to a format, an enum or an example.
// It fails with an *Error, and does so for some schemas that could be met with more patience.
func Instance(schema json.RawMessage, seed agentchaos.Seed) (json.RawMessage, error) {
	root, err := parse(schema)
	if err != nil {
		return nil, err
	}
	w := newWriter(root)
	v, err := w.value([]*place{w.root}, spot{where: w.root, seed: seed})
	if err != nil {
		return nil, err
	}
	out, err := encode(v)
	if err == nil && len(out) > maxInstance {
		err = w.root.fail(ErrLimit, "the instance has %d bytes, of %d", len(out), maxInstance)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}
