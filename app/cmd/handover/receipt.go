package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/docker/go-units"

	"handover/app/internal/desk"
	"handover/app/internal/problem"
	"handover/app/internal/session"
	"handover/backend/commandline"
	"handover/backend/receipt"
)

type receiptCommands struct {
	Get    receiptGet    `cmd:"" help:"Get the signed receipt of a delivery."`
	Verify receiptVerify `cmd:"" help:"Verify a receipt, and compare files with it."`
}

type receiptGet struct {
	ID     string `arg:"" help:"The order."`
	Number int    `arg:"" name:"n" help:"The number of the delivery."`
	To     string `placeholder:"FILE" help:"Write it to this file. Default: standard output."`
}

// Run gets the receipt.
func (c *receiptGet) Run(ctx context.Context, g *grammar, streams commandline.Streams) error {
	return g.with(streams, func(d *desk.Desk) error {
		file, err := d.Orders.Receipt(ctx, c.ID, c.Number)
		if err != nil {
			return err
		}
		if c.To == "" {
			_, err = streams.Out.Write(file)
			return err
		}
		if err := os.WriteFile(c.To, file, 0o600); err != nil {
			return err
		}
		_, err = fmt.Fprintf(streams.Out, "the receipt is in %s\n", c.To)
		return err
	})
}

type receiptVerify struct {
	File   string `arg:"" help:"The receipt; - for standard input."`
	Key    string `placeholder:"BASE64|FILE" xor:"trust" help:"The server's key, or a file with it."`
	Server string `placeholder:"URL" xor:"trust" help:"Ask this server for its key."`
	Files  string `placeholder:"DIR" help:"Compare the files in this folder with the receipt."`
}

// Run verifies the receipt, and the files of --files.
func (c *receiptVerify) Run(ctx context.Context, streams commandline.Streams) error {
	trusted, err := c.trusted(ctx)
	if err != nil {
		return err
	}
	file, err := readReceipt(c.File, streams.In)
	if err != nil {
		return fmt.Errorf("read the receipt: %w", err)
	}
	r, key, err := receipt.Verify(file, trusted)
	if err != nil {
		return err
	}
	if err := printReceipt(streams.Out, r, c.trust(trusted)); err != nil {
		return err
	}
	if trusted == nil {
		fmt.Fprintf(streams.Err, "note: whether the key in the receipt is the server's, only the server can tell: ask it with --server URL, or compare %s\n", receipt.EncodeKey(key))
	}
	if c.Files == "" {
		return nil
	}
	return compareFiles(ctx, streams.Out, r, c.Files)
}

// trusted returns the key that must have signed the receipt; nil for any key.
func (c *receiptVerify) trusted(ctx context.Context) (ed25519.PublicKey, error) {
	switch {
	case c.Server != "":
		told, err := session.ServerKey(ctx, c.Server)
		if e := problem.Explain(err); e != nil {
			return nil, e
		}
		return receipt.ParseKey([]byte(told.Key))
	case c.Key == "":
		return nil, nil
	}
	key, err := receipt.ParseKey([]byte(c.Key))
	if err == nil {
		return key, nil
	}
	text, readErr := os.ReadFile(c.Key)
	if readErr != nil {
		return nil, &commandline.UsageError{Err: fmt.Errorf("--key: %w, nor a file that can be read: %w", err, readErr)}
	}
	if key, err = receipt.ParseKey(text); err != nil {
		return nil, fmt.Errorf("%s: %w", c.Key, err)
	}
	return key, nil
}

// trust describes what the signature proves.
func (c *receiptVerify) trust(trusted ed25519.PublicKey) string {
	switch {
	case c.Server != "":
		return "signed with the key of " + c.Server
	case trusted != nil:
		return "signed with the key that you gave"
	default:
		return "not altered since it was signed with the key in it"
	}
}

func readReceipt(path string, in io.Reader) ([]byte, error) {
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	file, err := io.ReadAll(io.LimitReader(in, receipt.MaxSize+1))
	if err != nil {
		return nil, err
	}
	if len(file) > receipt.MaxSize {
		return nil, errors.New("it is larger than a receipt can be")
	}
	return file, nil
}

func printReceipt(w io.Writer, r receipt.Receipt, trust string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, line := range [][2]string{
		{"signature", trust}, {"key", r.KeyID}, {"server", r.Server},
		{"order", r.Order}, {"title", r.Title}, {"delivery", fmt.Sprint(r.Number)}, {"delivered", local(r.DeliveredAt)},
		{"seller", r.Seller}, {"buyer", r.Buyer}, {"description", "SHA-256 " + r.DescriptionSHA256},
	} {
		fmt.Fprintf(table, "%s\t%s\n", line[0], plain(line[1]))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, f := range r.Files {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", plain(f.Path), units.HumanSize(float64(f.Size)), plain(f.SHA256))
	}
	for _, l := range r.Links {
		fmt.Fprintf(table, "  %s\t%s\n", plain(l.URL), plain(l.Label))
	}
	return table.Flush()
}

// plain replaces control characters, so that text from others cannot control the
// terminal.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
