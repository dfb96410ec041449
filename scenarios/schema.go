package scenarios

import (
	"encoding/json"
	"maps"
)

// shape is a piece of JSON Schema.
type shape map[string]any

func ref(name string) shape { return shape{"$ref": "#/$defs/" + name} }

const durationPattern = `^\+?(0|([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`

// definitions are the types of single values. Their patterns say what is well written; ranges and references are `check`'s.
var definitions = shape{
	"name":              shape{"type": []string{"string", "number", "boolean"}},
	"duration":          shape{"description": "a Go duration: 250ms, 1.5s, 3m, 2h", "anyOf": []shape{{"type": "string", "pattern": durationPattern}, {"const": 0}}},
	"positive_duration": shape{"description": "a Go duration above 0: 250ms, 1.5s, 3m, 2h", "type": "string", "allOf": []shape{{"pattern": durationPattern}, {"pattern": "[1-9]"}}},
	"share":             shape{"description": "5% or 0.05", "anyOf": []shape{{"type": "string", "pattern": `^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+) *%?$`}, {"type": "number", "minimum": 0, "maximum": 1}}},
	"rate":              shape{"description": "5/s, 300/m, 2000/h", "type": "string", "pattern": `^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+) */ *[smh]$`},
	"price":             shape{"description": "US$ per million tokens", "anyOf": []shape{{"type": "string", "pattern": `^\$?\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)$`}, {"type": "number", "minimum": 0, "maximum": 1_000_000}}},
	"share_or_step":     shape{"description": "5% or 0.05; of a crash, the number of a step", "anyOf": []shape{ref("share"), whole(1, maxSteps)}},
	"quantiles": shape{"description": "one duration, a quantile table, or an exponential distribution", "anyOf": []shape{ref("duration"), {
		"type": "object", "minProperties": 1, "additionalProperties": false,
		"patternProperties": shape{`^p[0-9]{1,2}(\.[0-9]{1,6})?$`: orNull(ref("duration")), "^max$": orNull(ref("duration")), "^x-": shape{}},
	}, {
		"type": "object", "required": []string{"exponential"}, "additionalProperties": false,
		"properties":        shape{"exponential": shape{"description": "the mean", "anyOf": []shape{ref("duration"), {"type": "null"}}}},
		"patternProperties": shape{"^x-": shape{}},
	}}},
}

// countTable is a quantile table of whole numbers.
func countTable(low, high int64) shape {
	n := orNull(whole(low, high))
	return shape{
		"type": "object", "minProperties": 1, "additionalProperties": false,
		"patternProperties": shape{`^p[0-9]{1,2}(\.[0-9]{1,6})?$`: n, "^max$": n, "^x-": shape{}},
	}
}

// orNull allows null too: in an entry that extends another it switches off.
func orNull(s shape) shape { return shape{"anyOf": []shape{s, {"type": "null"}}} }

// shape is the section as JSON Schema.
func (s *section[T]) shape() shape { return s.object(false) }

// object is the section as JSON Schema; extends: it may begin from another entry, and then nothing is required.
func (s *section[T]) object(extends bool) shape {
	properties, required := shape{}, []string{}
	for _, f := range s.fields {
		if f.later != "" {
			continue
		}
		p := orNull(f.shape)
		p["description"] = f.text()
		properties[f.key] = p
		if f.need {
			required = append(required, f.key)
		}
	}
	out := shape{"type": "object", "description": s.doc, "properties": properties, "patternProperties": shape{"^x-": shape{}, "^<<$": shape{}}, "additionalProperties": false}
	if extends {
		properties["extends"] = shape{"type": "string", "description": "the entry to begin from; maps are merged key by key, null switches off"}
		if len(required) > 0 {
			out["anyOf"] = []shape{{"required": []string{"extends"}}, {"required": required}}
		}
	} else if len(required) > 0 && s.strict {
		out["required"] = required
	}
	if len(s.either) > 0 {
		var no []shape
		for _, keys := range s.either {
			for i, a := range keys {
				for _, b := range keys[i+1:] {
					no = append(no, shape{"required": []string{a, b}})
				}
			}
		}
		out["not"] = shape{"anyOf": no}
	}
	return out
}

// entries is a map of such sections by name.
func (s *section[T]) entries() shape {
	return shape{"type": "object", "patternProperties": shape{"^x-": shape{}}, "additionalProperties": s.object(true)}
}

// text is what an editor shows beside the key.
func (f field[T]) text() string {
	out := f.doc
	if f.def != "" {
		out += " (default: " + f.def + ")"
	}
	return out
}

// faultShape says for each kind which settings it has.
func faultShape() shape {
	s := section[settings]{name: "fault", doc: "something that goes wrong with a target", fields: settingFields(), strict: true}
	out := s.object(false)
	properties := out["properties"].(shape)
	var kinds []shape
	for _, k := range faultKinds {
		if k.later != "" {
			continue
		}
		known := shape{}
		for _, key := range append(append([]string(nil), commonKeys...), k.settings...) {
			known[key] = true
		}
		then := shape{"properties": known, "patternProperties": shape{"^x-": shape{}, "^<<$": shape{}}, "additionalProperties": false, "description": k.doc}
		kinds = append(kinds, shape{"if": shape{"properties": shape{"kind": shape{"const": k.name}}, "required": []string{"kind"}}, "then": then})
	}
	var names []string
	for _, k := range faultKinds {
		if k.later == "" {
			names = append(names, k.name)
		}
	}
	properties["kind"] = shape{"enum": names, "description": "what happens"}
	out["allOf"] = kinds
	return out
}

// Schema is the JSON Schema of scenario files, for editors. What it accepts is well formed; references, ranges across
// keys and gates are checked by [Load] alone.
func Schema() []byte {
	l := &loader{}
	l.builtin = builtin()
	l.open()
	top := fileSection(l)
	top.strict = true
	out := top.object(false)
	out["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	out["title"] = "agentchaos scenario file"
	defs := shape{"step": stepSection(l, 0).shape()}
	maps.Copy(defs, definitions)
	out["$defs"] = defs
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		panic(err) // maps, lists and words only
	}
	return append(b, '\n')
}
