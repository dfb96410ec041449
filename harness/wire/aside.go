package wire

import (
	"encoding/json"
	"math"
	"net/http"
	"strings"

	"github.com/agentchaos/agentchaos"
)

// aside answers what agents ask besides: which models there are, how many tokens a prompt has, and vectors for texts. Nothing
// goes wrong here.
func (s *Server) aside(hr *http.Request, r route, body []byte) *problem {
	switch r.endpoint {
	case listModels:
		return s.models(hr, r)
	case oneModel:
		return s.model(hr, r)
	case countTokens:
		return s.count(hr, r, body)
	}
	return s.embed(hr, r, body)
}

// anthropicAsks reports whether a request that both vendors take is meant for Anthropic: its clients always name a version.
func anthropicAsks(hr *http.Request, r route) bool {
	return hr.Header.Get("Anthropic-Version") != "" || r.provider == "anthropic"
}

type openaiModel struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
}

type anthropicModel struct {
	Type        string `json:"type"`
	ID          string `json:"id"`
	DisplayName string `json:"display_name"`
	CreatedAt   string `json:"created_at"`
}

// known are the models that somebody asks for: those of the route's provider, without its name, or all.
func (s *Server) known(hr *http.Request, r route) (names, providers []string) {
	only := r.provider
	if only == "" && anthropicAsks(hr, r) {
		only = "anthropic"
	}
	for _, m := range s.Models {
		provider, model, _ := cut(m)
		switch {
		case strings.Contains(m, "*"):
		case only == "":
			names, providers = append(names, m), append(providers, provider)
		case provider == only:
			names, providers = append(names, model), append(providers, provider)
		}
	}
	return names, providers
}

func (s *Server) models(hr *http.Request, r route) *problem {
	names, providers := s.known(hr, r)
	if anthropicAsks(hr, r) {
		out := struct {
			Data    []anthropicModel `json:"data"`
			HasMore bool             `json:"has_more"`
			FirstID *string          `json:"first_id"`
			LastID  *string          `json:"last_id"`
		}{Data: []anthropicModel{}}
		for _, n := range names {
			out.Data = append(out.Data, s.anthropicModel(n))
		}
		if n := len(names); n > 0 {
			out.FirstID, out.LastID = &names[0], &names[n-1]
		}
		return encoded(out)
	}
	out := struct {
		Object string        `json:"object"`
		Data   []openaiModel `json:"data"`
	}{"list", []openaiModel{}}
	for i, n := range names {
		out.Data = append(out.Data, s.openaiModel(n, providers[i]))
	}
	return encoded(out)
}

func (s *Server) openaiModel(name, provider string) openaiModel {
	return openaiModel{name, "model", s.calendar(0).Unix(), provider}
}

func (s *Server) anthropicModel(name string) anthropicModel {
	return anthropicModel{"model", name, name, s.calendar(0).UTC().Format("2006-01-02T15:04:05Z")}
}

func (s *Server) model(hr *http.Request, r route) *problem {
	names, providers := s.known(hr, r)
	for i, n := range names {
		if n != r.model && n != providers[i]+"/"+r.model && !strings.HasSuffix(n, "/"+r.model) {
			continue
		}
		if anthropicAsks(hr, r) {
			return encoded(s.anthropicModel(r.model))
		}
		return encoded(s.openaiModel(r.model, providers[i]))
	}
	f := Chat
	if anthropicAsks(hr, r) {
		f = Messages
	}
	return s.refused(hr, complaint(f, http.StatusNotFound, "not_found_error", "The model `"+r.model+"` does not exist"))
}

func (s *Server) count(hr *http.Request, r route, body []byte) *problem {
	p := &Prompt{}
	err := readMessages(body, p)
	if err == nil && p.Model == "" {
		err = errNoModel
	}
	if err != nil {
		return s.refused(hr, complaint(Messages, http.StatusBadRequest, "invalid_request_error", explained(err).Error()))
	}
	return encoded(struct {
		InputTokens int `json:"input_tokens"`
	}{tokensIn(p.bytes())})
}

// dimensions of a vector where nobody says: text-embedding-3-small's.
const dimensions, mostDimensions, mostTexts = 1536, 4096, 2048

// mostNumbers of all vectors of a request: as many texts as there may be, of the usual dimensions.
const mostNumbers = mostTexts * dimensions

type embeddingsRequest struct {
	Model          string          `json:"model"`
	Input          embeddingsInput `json:"input"`
	Dimensions     int             `json:"dimensions"`
	EncodingFormat string          `json:"encoding_format"`
}

// embeddingsInput is a text or tokens, or a list of either; each is its JSON.
type embeddingsInput []string

// UnmarshalJSON keeps what is given as it is written: equal texts have equal vectors.
func (in *embeddingsInput) UnmarshalJSON(b []byte) error {
	var list []json.RawMessage
	if len(b) == 0 || b[0] != '[' || json.Unmarshal(b, &list) != nil || len(list) > 0 && list[0][0] >= '0' && list[0][0] <= '9' {
		*in = embeddingsInput{string(b)}
		return nil
	}
	for _, x := range list {
		*in = append(*in, string(x))
	}
	return nil
}

func (s *Server) embed(hr *http.Request, r route, body []byte) *problem {
	var q embeddingsRequest
	err := json.Unmarshal(body, &q)
	switch {
	case err != nil:
		err = explained(err)
	case q.Model == "":
		err = errNoModel
	case len(q.Input) == 0 || len(q.Input) > mostTexts:
		err = errTexts
	case q.Dimensions < 0 || q.Dimensions > mostDimensions:
		err = errDimensions
	}
	if err != nil {
		return s.refused(hr, complaint(Chat, http.StatusBadRequest, "invalid_request_error", err.Error()))
	}
	if q.Dimensions == 0 {
		q.Dimensions = dimensions
	}
	if len(q.Input)*q.Dimensions > mostNumbers {
		return s.refused(hr, complaint(Chat, http.StatusBadRequest, "invalid_request_error", errNumbers.Error()))
	}
	return &problem{status: http.StatusOK, header: http.Header{"Content-Type": jsonType}, write: q.answer}
}

// vector points somewhere on the unit sphere, by the text alone.
func vector(text string, n int) []float32 {
	v := make([]float32, n)
	luck, sum := agentchaos.Seed(0).Derive(text), 0.0
	for i := range v {
		x := float64(int64(luck.Nth(uint64(i)))) / (1 << 63)
		v[i] = float32(x)
		sum += float64(x * x)
	}
	norm := float32(math.Sqrt(sum))
	for i := range v {
		v[i] /= norm
	}
	return v
}
