package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/agentchaos/agentchaos"
)

// moment is when a process is killed: a time after it has written that many lines. It counts lines so that a slow machine
// does not have all its kills in the beginning.
type moment struct {
	lines int
	after time.Duration
}

// someMoment is anywhere in a life, from before its first line.
func someMoment(luck *rand.Rand) moment {
	m := moment{max(0, luck.IntN(66)-6), time.Duration(luck.Int64N(int64(3 * time.Millisecond)))}
	if m.lines == 0 {
		m.after *= 5
	}
	return m
}

// never lets a process live.
var never = moment{lines: -1}

// program is the agent, built once.
var program string

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "durable-agent")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(dir, "durable-agent")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// live runs the program until it ends, or until a moment comes and it is killed with SIGKILL. It gives what the process has
// said.
func live(t *testing.T, dir string, m moment, flags ...string) (lines []string, killed bool) {
	t.Helper()
	cmd := exec.Command(program, append([]string{"-dir", dir}, flags...)...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	due, read := make(chan struct{}), make(chan struct{})
	if m.lines == 0 {
		close(due)
	}
	go func() {
		defer close(read)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines = append(lines, s.Text())
			if len(lines) == m.lines {
				close(due)
			}
		}
	}()
	select {
	case <-due:
		_ = agentchaos.NewWall().Sleep(context.Background(), m.after)
		_ = cmd.Process.Signal(syscall.SIGKILL)
		<-read
	case <-read:
	}
	err = cmd.Wait()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		require.Equal(t, syscall.SIGKILL, status.Signal())
		return lines, true
	}
	require.NoError(t, err, "%s\n%s", strings.Join(lines, "\n"), complaint.String())
	return lines, false
}

// remains are copies of what a dead process has left, so that looking at them does not repair them.
func remains(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range []string{"agent.db", "agent.db-wal", "agent.db-journal", "world.db", "world.db-wal", "world.db-journal"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(to, name), b, 0o600))
	}
	return to
}
