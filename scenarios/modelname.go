package scenarios

import (
	"path"
	"strings"
)

// globs are the characters that make a name a pattern of path.Match.
const globs = `*?[\`

// modelNameShape is a key of models: a name or a glob, or one of the keys that are no names.
var modelNameShape = shape{"pattern": "^(x-.*|<<|.+/.+)$", "not": shape{"pattern": "^(tool|retrieval)/"}}

// misnamedModel reports whether a name cannot be a model's, and says why.
func misnamedModel(d *decoder, name at) bool {
	message, hint := modelNameProblem(name.text)
	if message != "" {
		d.fail(name.node, name.path, quote(name.text)+" "+message, hint)
	}
	return message != ""
}

// modelNameProblem is why a name cannot be a model's; "": it can. Models are provider/model, or a glob of that form, and
// never share a name with a tool.
func modelNameProblem(name string) (message, hint string) {
	provider, model, slash := strings.Cut(name, "/")
	_, err := path.Match(name, "")
	switch {
	case err != nil:
		return "is no glob", "a bracket is not closed"
	case !slash || provider == "" || model == "":
		return "is no name of a model", "models are called PROVIDER/MODEL, such as openai/gpt-4o"
	case provider == "tool" || provider == "retrieval":
		return "is the name of a tool, not of a model", "models are called PROVIDER/MODEL, and tools stand under tools"
	}
	return "", ""
}

// chainable are the names that a chain can hold: those of models, without the globs.
func chainable(names []string) []string {
	var out []string
	for _, n := range names {
		if message, _ := modelNameProblem(n); message == "" && !strings.ContainsAny(n, globs) {
			out = append(out, n)
		}
	}
	return out
}
