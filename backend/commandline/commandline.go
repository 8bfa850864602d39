// Package commandline has the common parts of Handover's command lines: exit
// statuses, errors, and input of passwords and files.
package commandline

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"golang.org/x/term"
)

// Exit statuses for failures.
const (
	Refused = 1 // the command failed or was refused
	Misused = 2 // a wrong flag, command or value
)

// UsageError is an error in the arguments. Its exit status is Misused.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }
func (e *UsageError) Unwrap() error { return e.Err }

// Streams are the program's input and outputs.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// System returns the streams of the process.
func System() Streams { return Streams{os.Stdin, os.Stdout, os.Stderr} }

// Main parses the arguments into the grammar, a pointer to a struct for kong, runs
// the chosen command and returns the exit status. Commands can take a context, which
// ends at an interrupt, and the Streams. code returns the code of an error for
// --json; the grammar's JSON reports whether that flag is set.
//
// A flag is read from the environment only if its env tag names a variable. Only
// settings have one: addresses, folders, limits and secrets. An action or a
// confirmation is for one call, and a variable would apply to all calls.
func Main(name, about, version string, grammar interface{ JSON() bool }, args []string, streams Streams, code func(error) string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exited, status := false, 0
	parser, err := kong.New(grammar, kong.Name(name), kong.Description(about), kong.Vars{"version": name + " " + version},
		kong.Writers(streams.Out, streams.Err), kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(func(s int) { exited, status = true, s }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(streams, grammar))
	if err != nil {
		panic(err) // the grammar is wrong; every start would fail
	}
	parsed, err := parser.Parse(args)
	if exited { // --help or --version
		return status
	}
	if err != nil {
		fmt.Fprintf(streams.Err, "error: %v\nSee %s --help.\n", err, name)
		return Misused
	}
	if err := parsed.Run(); err != nil {
		report(streams.Err, err, grammar.JSON(), code)
		var usage *UsageError
		if errors.As(err, &usage) {
			return Misused
		}
		return Refused
	}
	return 0
}

func report(w io.Writer, err error, asJSON bool, code func(error) string) {
	if !asJSON {
		fmt.Fprintf(w, "error: %v\n", err)
		return
	}
	type problem struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	json.NewEncoder(w).Encode(map[string]problem{"error": {code(err), err.Error()}})
}

// PrintJSON writes v as indented JSON.
func PrintJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// Password reads a password: the first line of the file, or of the standard input
// for "-". For "" it asks on the terminal, or reads the standard input without one.
func Password(file string, s Streams) (string, error) {
	return AskPassword("Password: ", file, s)
}

// AskPassword is [Password] with another prompt.
func AskPassword(prompt, file string, s Streams) (string, error) {
	if file != "" && file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return "", err
		}
		defer f.Close()
		return firstLine(f)
	}
	if in, ok := s.In.(*os.File); ok && file == "" && term.IsTerminal(int(in.Fd())) {
		fmt.Fprint(s.Err, prompt)
		secret, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(s.Err)
		return string(secret), err
	}
	return firstLine(s.In)
}

func firstLine(r io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", errors.New("there is no password in the input")
	}
	return line, nil
}
