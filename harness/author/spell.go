package author

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agentchaos/agentchaos"
)

// A pattern is read once, and compiled if something has to match it.
type pattern struct {
	source string
	tree   *syntax.Regexp
	run    *regexp.Regexp // nil: not yet compiled
	cost   int            // instructions, about
	err    error
}

var unicodeEscape = regexp.MustCompile(`\\u([0-9a-fA-F]{4})`)

// pattern reads a pattern as Go does, which knows no lookaround and no back reference.
func (w *writer) pattern(source string) (*pattern, error) {
	p, ok := w.read[source]
	if !ok {
		p = newPattern(source)
		w.spend(p.cost / 16)
		w.read[source] = p
	}
	return p, p.err
}

func newPattern(source string) *pattern {
	p := &pattern{source: source}
	if len(source) > maxPattern {
		p.err = errors.New("it is too long")
		return p
	}
	p.tree, p.err = syntax.Parse(source, syntax.Perl)
	if p.err != nil {
		p.source = unicodeEscape.ReplaceAllString(source, `\x{$1}`)
		tree, err := syntax.Parse(p.source, syntax.Perl)
		if err != nil {
			return p
		}
		p.tree, p.err = tree, nil
	}
	if p.cost = instructions(p.tree); p.cost > maxProgram {
		p.err = errors.New("it repeats too much")
		return p
	}
	return p
}

func instructions(re *syntax.Regexp) int {
	n := 1 + len(re.Rune)/2
	for _, sub := range re.Sub {
		n += instructions(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return min(n, huge)
}

// matches is whether a string matches; what cannot be read is given the benefit of the doubt.
func (w *writer) matches(source, v string) bool {
	p, err := w.pattern(source)
	if err != nil {
		return true
	}
	if !w.spend(1 + p.cost*(len(v)+1)/64) {
		return false
	}
	if p.run == nil {
		if p.run, p.err = regexp.Compile(p.source); p.err != nil {
			return true
		}
	}
	return p.run.MatchString(v)
}

// spell writes a string that matches a pattern, as long as asked: repetitions are made longer or shorter until it is.
func (w *writer) spell(source string, low, high int, s spot) (string, error) {
	p, err := w.pattern(source)
	if err != nil {
		return "", s.where.fail(ErrPattern, "%v", err)
	}
	v := ""
	extra, least, limit := 2+s.draw("extra", 4), 0, max(low, 8)
	for least <= limit {
		sp := speller{extra: extra}
		sp.write(p.tree, s.seed.Derive("spell"))
		v = sp.b.String()
		w.spend(1 + len(v)/16)
		switch n := utf8.RuneCountInString(v); {
		case n < low:
			least = extra + 1
		case n > high:
			limit = extra - 1
		default:
			return v, w.broken
		}
		extra = (least + limit) / 2
	}
	if n := utf8.RuneCountInString(v); n < low {
		v += strings.Repeat("x", low-n) // an open end may allow it
	}
	return v, w.broken
}

// A speller writes one text. Luck comes from the place in the pattern, so that a longer text has the same beginning.
type speller struct {
	b     strings.Builder
	extra int // repetitions beyond the fewest
}

func (sp *speller) write(re *syntax.Regexp, luck agentchaos.Seed) {
	below := func(i int) agentchaos.Seed { return agentchaos.Seed(luck.Nth(uint64(i + 1))) }
	if sp.b.Len() > maxInstance {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			sp.b.WriteRune(r)
		}
	case syntax.OpCharClass:
		sp.b.WriteRune(letter(re.Rune, luck))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		sp.b.WriteRune(letter([]rune{'a', 'z'}, luck))
	case syntax.OpCapture, syntax.OpConcat:
		for i, sub := range re.Sub {
			sp.write(sub, below(i))
		}
	case syntax.OpAlternate:
		i := int(luck.Nth(0) % uint64(len(re.Sub)))
		sp.write(re.Sub[i], below(i))
	case syntax.OpStar:
		sp.repeat(re.Sub[0], 0, -1, below)
	case syntax.OpPlus:
		sp.repeat(re.Sub[0], 1, -1, below)
	case syntax.OpQuest:
		sp.repeat(re.Sub[0], 0, 1, below)
	case syntax.OpRepeat:
		sp.repeat(re.Sub[0], re.Min, re.Max, below)
	}
}

func (sp *speller) repeat(re *syntax.Regexp, low, high int, below func(int) agentchaos.Seed) {
	n := low + sp.extra
	if high >= 0 {
		n = min(n, high)
	}
	for i := range n {
		before := sp.b.Len()
		sp.write(re, below(i))
		if sp.b.Len() == before { // more of nothing is nothing
			return
		}
	}
}

const readable = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_-. "

// letter is one of a class, given as ranges: one that can be read, if there is one.
func letter(ranges []rune, luck agentchaos.Seed) rune {
	in := func(r rune) bool {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= r && r <= ranges[i+1] {
				return true
			}
		}
		return false
	}
	first, rest := readable[:36], readable[36:]
	for _, alphabet := range []string{first, rest} {
		var some []rune
		for _, r := range alphabet {
			if in(r) {
				some = append(some, r)
			}
		}
		if len(some) > 0 {
			return some[luck.Nth(0)%uint64(len(some))]
		}
	}
	if len(ranges) == 0 {
		return 'x'
	}
	pair := int(luck.Nth(0)%uint64(len(ranges)/2)) * 2
	r := ranges[pair] + rune(luck.Nth(1)%uint64(ranges[pair+1]-ranges[pair]+1))
	if !unicode.IsPrint(r) {
		r = ranges[pair]
	}
	return r
}
