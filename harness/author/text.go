package author

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// text writes a string after its format, its patterns, or its property's name.
func (w *writer) text(flat []*place, s spot, c *choices) (any, error) {
	low, high := least(flat, "minLength"), most(flat, "maxLength")
	if low > maxInstance {
		return nil, s.where.fail(ErrLimit, "minLength is %d", low)
	}
	var sources []string
	for _, p := range flat {
		for _, keyword := range []string{"format", "contentEncoding"} {
			name, _ := get[string](p.node, keyword)
			if f, ok := formats[name]; ok {
				sources = append(sources, f.write)
			}
		}
	}
	var unread error
	for _, p := range flat {
		if source, ok := get[string](p.node, "pattern"); ok {
			if _, err := w.pattern(source); err != nil {
				unread = p.in("pattern").fail(ErrPattern, "%v", err)
				continue
			}
			sources = append(sources, source)
		}
	}
	if len(sources) > 0 {
		return w.spell(sources[c.pick(len(sources), 0)], low, high, s)
	}
	if unread != nil {
		return nil, unread
	}
	v, err := w.spell(wording(s.name), 0, huge, s)
	if s.fresh {
		v += " " + strconv.Itoa(1+s.draw("fresh", 99))
	}
	return stretch(v, low, high), err
}

// stretch repeats or cuts a text to a length in code points.
func stretch(v string, low, high int) string {
	n := utf8.RuneCountInString(v)
	if n < low && v != "" {
		v = strings.Repeat(v+" ", low/(n+1)+1)
		high, n = min(high, low), low+1
	}
	if n <= high {
		return v
	}
	cut := []rune(v)[:high]
	if high > 0 && unicode.IsSpace(cut[high-1]) {
		cut[high-1] = '.'
	}
	return string(cut)
}

// words are what strings say, by the last word of their property's name that is known here.
var words = map[string]string{
	"answer": "It arrives on Tuesday\\.", "assignee": "ada|grace|alan", "explanation": "Because the order is late\\.", "observation": "likes tea|lives in Oslo|ordered a lamp",
	"output": "42", "result": "done", "step": "look up the order", "street": "[1-9][0-9] Harbour Street", "thought": "First I look up the order\\.",
	"address": "[1-9][0-9] Harbour Street", "author": "ada|grace|alan", "body": "Please look into this\\.", "branch": "main|develop|fix-login",
	"category": "billing|shipping|returns", "channel": "#support|#general|#incidents", "city": "Paris|Oslo|Lima|Kyoto|Toronto",
	"code": "[A-Z]{3}-[0-9]{2}", "command": "ls -la|git status|make test", "comment": "Looks good to me\\.", "content": "The order has shipped\\.",
	"country": "France|Norway|Peru|Japan|Canada", "currency": "EUR|USD|JPY", "customer": "Ada Lovelace|Alan Turing|Grace Hopper",
	"date": "2026-0[1-9]-(0[1-9]|1[0-9])", "description": "A short description", "directory": "/srv/data|/srv/reports", "dir": "/srv/data|/srv/reports",
	"email": "(ada|alan|grace)@example\\.com", "file": "report\\.md|notes\\.txt|orders\\.csv", "filename": "report\\.md|notes\\.txt|orders\\.csv",
	"filter": "status = open", "id": "[A-C]-1[0-9]{3}", "key": "alpha|beta|gamma|delta", "keyword": "refund|delivery|invoice", "label": "urgent|bug|question",
	"language": "en|fr|ja", "location": "Paris|Oslo|Lima|Kyoto|Toronto", "message": "Your order is on its way\\.", "model": "small|large",
	"name": "Ada Lovelace|Alan Turing|Grace Hopper", "note": "Call back tomorrow", "owner": "ada|grace|alan", "path": "/srv/data/(report|notes|orders)\\.(md|txt|csv)",
	"phone": "\\+33 1 23 45 6[0-9] [0-9]{2}", "product": "desk lamp|office chair|notebook", "prompt": "Summarise the open orders", "q": "order status|open invoices|delivery times",
	"query": "order status|open invoices|delivery times", "question": "Where is my order\\?|When does it arrive\\?", "reason": "The customer asked for it",
	"repo": "web-shop|billing|docs", "repository": "web-shop|billing|docs", "search": "order status|open invoices|delivery times",
	"sha": "[0-9a-f]{40}", "sql": "SELECT id, status FROM orders LIMIT 10", "status": "open|closed|pending", "subject": "Your order A-1[0-9]{3}",
	"summary": "Two orders are late", "symbol": "ACME|GLOBEX", "table": "orders|customers|invoices", "tag": "urgent|bug|question", "task": "check the open orders",
	"ticket": "T-[1-9][0-9]{2}", "time": "(0[89]|1[0-9]):[0-5][0-9]", "timezone": "Europe/Paris|America/Lima|Asia/Tokyo", "title": "Weekly report|Late orders|Release notes",
	"topic": "billing|shipping|returns", "unit": "celsius|kilometres", "uri": "https://example\\.com/(docs|orders|status)",
	"url": "https://example\\.com/(docs|orders|status)", "user": "ada|alan|grace", "username": "ada|alan|grace",
}

var (
	wordsIn  = regexp.MustCompile(`[A-Z]?[a-z]+|[A-Z]+`)
	oldDraft = regexp.MustCompile(`draft-0[3-7]`)
)

// wording is a pattern for a string under a name: cityName and shippingCities are both about cities.
func wording(name string) string {
	if len(name) > 100 {
		return "text"
	}
	parts := wordsIn.FindAllString(name, -1)
	named := false
	for i := len(parts) - 1; i >= 0; i-- {
		word := strings.ToLower(parts[i])
		if word == "name" { // says less than what it is the name of
			named = true
			continue
		}
		for _, form := range []string{word, strings.TrimSuffix(word, "s"), strings.TrimSuffix(word, "es"), strings.TrimSuffix(word, "ies") + "y"} {
			if source, ok := words[form]; ok {
				return source
			}
		}
	}
	if named {
		return words["name"]
	}
	return "text"
}
