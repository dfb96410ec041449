package wire

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
)

var (
	errNoModel    = errors.New("you must provide a model parameter")
	errTexts      = errors.New("'input' must have between 1 and 2048 items")
	errNumbers    = fmt.Errorf("'input' is too long: its texts times 'dimensions' must not be more than %d", mostNumbers)
	errDimensions = errors.New("'dimensions' must be between 1 and 4096")
)

// answer writes the list of vectors: as numbers, or as the bytes of 32-bit floats in base64, which the SDKs ask for. It does so one
// by one, for a request of 8 KB can ask for 100 MB of them.
func (q *embeddingsRequest) answer(w io.Writer) {
	b, tokens := []byte(`{"object":"list","data":[`), 0
	for i, text := range q.Input {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendInt(append(b, `{"object":"embedding","index":`...), i)
		b = append(b, `,"embedding":`...)
		b = append(appendVector(b, vector(text, q.Dimensions), q.EncodingFormat == "base64"), '}')
		tokens += tokensIn(len(text))
		if _, err := w.Write(b); err != nil {
			return // the client has gone
		}
		b = b[:0]
	}
	b = appendString(append(b, `],"model":`...), q.Model)
	b = appendInt(append(b, `,"usage":{"prompt_tokens":`...), tokens)
	b = appendInt(append(b, `,"total_tokens":`...), tokens)
	_, _ = w.Write(append(b, "}}"...))
}

func appendVector(b []byte, v []float32, packed bool) []byte {
	if packed {
		raw := make([]byte, 0, 4*len(v))
		for _, x := range v {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
		}
		return append(base64.StdEncoding.AppendEncode(append(b, '"'), raw), '"')
	}
	b = append(b, '[')
	for i, x := range v {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, float64(x), 'g', -1, 32)
	}
	return append(b, ']')
}

func encoded(v any) *problem {
	b, err := json.Marshal(v)
	if err != nil {
		return complaint(Chat, http.StatusInternalServerError, "api_error", err.Error())
	}
	return said(http.StatusOK, b)
}
