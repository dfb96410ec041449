package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"syscall"

	"github.com/openai/openai-go/v3"
	openaistream "github.com/openai/openai-go/v3/packages/ssestream"
)

// vendorError is an error body of either vendor.
type vendorError struct {
	Error struct {
		Message, Type, Code string
		Details             struct {
			Code string `json:"error_code"`
		}
	}
}

func (v *vendorError) read(raw string) { _ = json.Unmarshal([]byte(raw), v) }

// sentinels are the errors that one matches with errors.Is, the most telling first.
var sentinels = []struct {
	name string
	err  error
}{
	{"context.DeadlineExceeded", context.DeadlineExceeded},
	{"context.Canceled", context.Canceled},
	{"syscall.ECONNRESET", syscall.ECONNRESET},
	{"io.ErrUnexpectedEOF", io.ErrUnexpectedEOF},
	{"io.EOF", io.EOF},
}

// describe says what a program can match in the error of a Go SDK.
func describe(err error) *Problem {
	var stream *openaistream.StreamError
	var api *openai.Error
	var wrong *misread
	switch {
	case errors.As(err, &wrong):
		return &Problem{Class: "panic", Via: "use", Message: wrong.what}
	case errors.As(err, &api):
		return &Problem{Class: "*openai.Error", Status: api.StatusCode, Type: api.Type, Code: api.Code, Message: api.Message, Request: api.Response.Header.Get("X-Request-Id")}
	case errors.As(err, &stream):
		var body vendorError
		body.read(string(stream.Event.Data))
		return &Problem{Class: "*ssestream.StreamError", Type: body.Error.Type, Code: body.Error.Code, Message: body.Error.Message}
	}
	if p := (anthropicV1{}).describe(err); p != nil {
		return p
	}
	if p := (anthropicV2{}).describe(err); p != nil {
		return p
	}
	return plainError(err)
}

// plainError is an error of no SDK's: a sentinel, a type, or only words.
func plainError(err error) *Problem {
	p := &Problem{Message: err.Error()}
	var u *url.Error
	if errors.As(err, &u) {
		p.Extends = []string{"*url.Error"}
	}
	for _, s := range sentinels {
		if errors.Is(err, s.err) {
			p.Class = s.name
			return p
		}
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		p.Class = "*json.SyntaxError"
		return p
	}
	p.Class = innermost(err)
	return p
}

// innermost is the type of the deepest cause, if it has one that means something.
func innermost(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			break
		}
		err = next
	}
	name := fmt.Sprintf("%T", err)
	if strings.HasPrefix(name, "*errors.") || strings.HasPrefix(name, "*fmt.") {
		return "error"
	}
	return name
}
