package sqlite

import (
	"errors"
	"fmt"

	"github.com/agentchaos/agentchaos"
)

// ailment is what a result code of SQLite means to an agent, and what helps.
type ailment struct {
	kind agentchaos.Kind
	mend string
}

// ailments are the result codes that say something about a store (sqlite.org/rescode.html). What is not here is
// unavailable.
var ailments = map[int]ailment{
	3:  {agentchaos.StoreReadOnly, "let this program write the file and its folder"},                                       // SQLITE_PERM
	5:  {agentchaos.StoreLocked, "another process is writing; Options.Wait is how long to wait for it"},                    // SQLITE_BUSY
	6:  {agentchaos.StoreLocked, "another connection is at it; try again"},                                                 // SQLITE_LOCKED
	8:  {agentchaos.StoreReadOnly, "let this program write the file and its folder, and open it without Options.ReadOnly"}, // SQLITE_READONLY
	11: {agentchaos.StoreCorrupt, "put it aside and take a copy, or `sqlite3 FILE .recover`"},                              // SQLITE_CORRUPT
	13: {agentchaos.StoreFull, "make room on its disk, raise Options.MaxSize, or Forget tasks that have ended"},            // SQLITE_FULL
	14: {agentchaos.StoreReadOnly, "make its folder, and let this program write there"},                                    // SQLITE_CANTOPEN
	15: {agentchaos.StoreLocked, "another process is opening it; try again"},                                               // SQLITE_PROTOCOL
	26: {agentchaos.StoreCorrupt, "it is not an SQLite database: give another file"},                                       // SQLITE_NOTADB
}

// failed is an error with its kind, the file it is about, and what helps.
func failed(path string, err error) error {
	if err == nil {
		return nil
	}
	var typed *agentchaos.Error
	if errors.As(err, &typed) {
		return &agentchaos.Error{Kind: typed.Kind, Err: fmt.Errorf("%s: %w", path, typed.Err)}
	}
	if a, ok := ailments[codeOf(err)]; ok {
		return &agentchaos.Error{Kind: a.kind, Err: fmt.Errorf("%s: %w; %s", path, err, a.mend)}
	}
	return fmt.Errorf("%s: %w", path, err)
}
