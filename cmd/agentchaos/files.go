package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// writeFile writes a file whole or not at all: into a neighbour first, then renamed. Folders are made.
func writeFile(name string, write func(io.Writer) error) (err error) {
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o666 &^ umask()); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// writable finds out before a long run that a file could not be written after it.
func writable(name string) error {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return usagef("name a file in it", "-o %s is a directory", name)
	}
	dir := filepath.Dir(name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return usagef("", "-o %s: %v", name, err)
	}
	f, err := os.CreateTemp(dir, ".agentchaos.*")
	if err != nil {
		return usagef("", "-o %s: %v", name, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// builtInName is what the built-in suite is called where a file would be named.
const builtInName = "built-in suite"

// sourceLimit is more than any scenario file needs; what is larger is a mistake, and is not read to its end.
const sourceLimit = 4 << 20

// readSource reads a scenario file: "" is ./scenarios.yaml if it exists, else the built-in suite; "-" is standard input.
func readSource(name string, stdin io.Reader) (display string, src []byte, builtIn bool, err error) {
	if name == "-" {
		src, err = readAll("standard input", stdin)
		return "standard input", src, false, err
	}
	if name == "" {
		name = "scenarios.yaml"
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return builtInName, nil, true, nil
		}
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return name, nil, false, usagef(missing(name), "%s: no such file", name)
	case err != nil:
		return name, nil, false, usagef("", "%v", err)
	case info.IsDir():
		return name, nil, false, usagef("name the file: "+filepath.Join(name, "scenarios.yaml"), "%s is a directory", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return name, nil, false, usagef("", "%v", err)
	}
	defer f.Close()
	src, err = readAll(name, f)
	return name, src, false, err
}

func readAll(name string, r io.Reader) ([]byte, error) {
	src, err := io.ReadAll(io.LimitReader(r, sourceLimit+1))
	if err != nil {
		return nil, usagef("", "%s: %v", name, err)
	}
	if len(src) > sourceLimit {
		return nil, usagef("is it a scenario file?", "%s: larger than %d MB", name, sourceLimit>>20)
	}
	return src, nil
}

// missing is what may have been meant by a file that is not there.
func missing(name string) string {
	if suite, err := loadPlain(""); err == nil {
		for i := range suite.Scenarios {
			if suite.Scenarios[i].Name == name {
				return "that is a scenario: --scenario " + name
			}
		}
	}
	return "agentchaos init writes one to begin with; without a file the built-in suite runs"
}
