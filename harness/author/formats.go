package author

import "regexp"

// A format is a pattern to write by, and one to recognise by.
type format struct {
	write string
	known *regexp.Regexp
}

const (
	day    = `[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])`
	clock  = `([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])`
	someAt = `(0[89]|1[0-9]):[0-5][0-9]:[0-5][0-9]Z`
	someOn = `2026-0[1-9]-(0[1-9]|1[0-9])`
	label  = `[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?`
	byte4  = `(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])`
	path   = "[A-Za-z0-9._~!$&'()*+,;=:@/?-]*"
	site   = `https://example\.com/(docs|orders|status)`
)

// formats are recognised a little more strictly than their standards have it: a default may then go unused.
var formats = map[string]format{
	"date-time":             newFormat(someOn+`T`+someAt, day+`[Tt]`+clock),
	"date":                  newFormat(someOn, day),
	"time":                  newFormat(someAt, clock),
	"duration":              newFormat(`P[1-9]D|PT[1-9]H|PT[1-5]0M`, `P([0-9]+W|([0-9]+Y)?([0-9]+M)?[0-9]+D|([0-9]+D)?T([0-9]+H)?[0-9]+[HMS])`),
	"email":                 newFormat(`(ada|alan|grace)(\.(byron|turing|hopper))?@example\.(com|org)`, `[A-Za-z0-9_+-]{1,30}(\.[A-Za-z0-9_+-]{1,30})?@(`+label+`\.){0,3}`+label),
	"idn-email":             newFormat(`(ada|alan|grace)@example\.com`, `[^@]+@[^@]+`),
	"hostname":              newFormat(`(www|api|db)\.example\.(com|org)`, `(`+label+`\.){0,3}`+label),
	"idn-hostname":          newFormat(`(www|api|db)\.example\.(com|org)`, `(`+label+`\.){0,3}`+label),
	"ipv4":                  newFormat(`192\.0\.2\.[1-9][0-9]`, byte4+`(\.`+byte4+`){3}`),
	"ipv6":                  newFormat(`2001:db8::[1-9a-f][0-9a-f]`, `([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,3}|::1?`),
	"uri":                   newFormat(site, `[a-z][a-z0-9+.-]*:(//(`+label+`\.)*`+label+`(:[0-9]{1,4})?/)?`+path),
	"url":                   newFormat(site, `.*`),
	"iri":                   newFormat(site, `[a-z][a-z0-9+.-]*:(//(`+label+`\.)*`+label+`(:[0-9]{1,4})?/)?`+path),
	"uri-reference":         newFormat(`/(docs|orders|status)`, `/?([A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*|https?://(`+label+`\.)*`+label+`/`+path),
	"iri-reference":         newFormat(`/(docs|orders|status)`, `/?([A-Za-z0-9._~-]+/)*[A-Za-z0-9._~-]*|https?://(`+label+`\.)*`+label+`/`+path),
	"uri-template":          newFormat(`/orders/\{id\}`, `/?([A-Za-z0-9._~-]+/)*(\{[a-z]+\})?`),
	"uuid":                  newFormat(`[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}`, `[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`),
	"json-pointer":          newFormat(`/(orders|items)/[0-9]`, `(/([A-Za-z0-9_ .-]|~[01])*)*`),
	"relative-json-pointer": newFormat(`1/(orders|items)`, `[0-9](#|(/[A-Za-z0-9_]*)*)`),
	"regex":                 newFormat(`\^\[a-z\]\+\$`, `\^?([a-z0-9]|\[a-z\]|\\d)*[*+]?\$?`),
	"semver":                newFormat(`1\.[0-9]\.[0-9]`, `[1-9]\.[0-9]\.[0-9]`),
	"byte":                  newFormat(`(b3JkZXI|c3RhdHVz)=|dGV4`, `.*`),
	"base64":                newFormat(`aGVsbG8=|b3JkZXI=|c3RhdHVz`, `.*`),
}

func newFormat(write, known string) format {
	return format{write, regexp.MustCompile(`^(` + known + `)$`)}
}
