// Package scenarios reads scenario files into typed values.
//
// [Load] parses a file, resolves what it refers to (its own entries, the built-in ones, `extends`, aliases, --set) and
// decodes it strictly: an unknown key, a missing reference or a wrong unit is a [Problem] that points at the place, and
// all problems are reported at once. What comes out is what a Go caller would have written by hand: settings of packages
// faults and resilience, gates of package report.
//
// Every section of a file is described by one table (key, meaning, type, default, reader). The decoder, the JSON Schema
// ([Schema]), the suggestions in error messages and the texts of [List] are all made from it, so they cannot disagree.
//
// The YAML library stays behind yaml.go; everything else works on the small tree of node.go.
package scenarios
