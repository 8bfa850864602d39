// Command handover-server stores orders, receives uploads and serves the buyer's
// review page.
package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	_ "time/tzdata" // time zones by name, also on systems without them

	"github.com/alecthomas/kong"
	"github.com/docker/go-units"

	"handover/backend"
	"handover/backend/commandline"
	"handover/backend/order"
)

type grammar struct {
	Serve   serveCommand     `cmd:"" help:"Answer requests until stopped."`
	User    userCommands     `cmd:"" help:"Sellers' accounts."`
	Order   orderCommands    `cmd:"" help:"Orders."`
	Mail    mailCommands     `cmd:"" help:"E-mails that are not sent yet."`
	Webhook webhookCommands  `cmd:"" help:"Webhooks that are not sent yet."`
	Check   checkCommand     `cmd:"" help:"Verify all deliveries: records and files."`
	Backup  backupCommand    `cmd:"" help:"Write a backup of all data into one file, also while the server runs."`
	Restore restoreCommand   `cmd:"" help:"Verify a backup and make a data folder from it."`
	Migrate migrateCommand   `cmd:"" help:"Move all records of a data folder to PostgreSQL. Run it again after an interruption to continue."`
	Janitor janitorCommand   `cmd:"" help:"Remove abandoned uploads. A running server does this every hour."`
	OpenAPI openapiCommand   `cmd:"" name:"openapi" help:"Print the description of the HTTP interface (OpenAPI 3.1)."`
	Version kong.VersionFlag `help:"Print the version."`
}

// JSON reports whether the command was asked to answer in JSON.
func (g *grammar) JSON() bool {
	return g.Order.Add.JSON || g.Order.Import.JSON || g.User.Add.JSON || g.User.List.JSON || g.Janitor.JSON || g.Migrate.JSON ||
		g.User.Disable.JSON || g.User.Enable.JSON || g.User.Reset.JSON || g.Backup.JSON || g.Restore.JSON ||
		g.Mail.List.JSON || g.Mail.Resend.JSON || g.Webhook.List.JSON || g.Webhook.Resend.JSON
}

func main() { os.Exit(run(os.Args[1:], commandline.System())) }

func run(args []string, streams commandline.Streams) int {
	return commandline.Main("handover-server", "Handover's server: orders, uploads and the buyer's review page.\n\n"+
		"Every setting can also come from the environment: --review-period as HANDOVER_REVIEW_PERIOD.", backend.Version,
		&grammar{}, args, streams, code)
}

func code(err error) string {
	var refused *order.Error
	if errors.As(err, &refused) {
		return string(refused.Code)
	}
	if errors.Is(err, backend.ErrInUse) {
		return "busy"
	}
	return "internal"
}

// dataFlags say where the data is.
type dataFlags struct {
	Data     string `env:"HANDOVER_DATA" required:"" placeholder:"DIR" help:"Folder of all data, except records in a --database and files in a --storage."`
	Database string `env:"HANDOVER_DATABASE" placeholder:"postgres://…" help:"PostgreSQL database for the records. Several servers can share it. Set it in the environment if it has a password."`
	Storage  string `env:"HANDOVER_STORAGE" placeholder:"s3://…" help:"S3 bucket for the files, in place of the folder: s3://BUCKET/PREFIX?endpoint=URL&region=REGION. Several servers can share it. Its keys come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY) or AWS's own settings."`
}

// config returns the settings of the flags. A wrong address is a usage error, which
// does not repeat the address.
func (d dataFlags) config(log *slog.Logger) (backend.Config, error) {
	c := backend.Config{Dir: d.Data, Database: d.Database, Storage: d.Storage, StorageTemp: backend.DefaultStorageTemp, Policy: order.DefaultPolicy(), Log: log}
	return c, checkAddresses(d.Database, d.Storage)
}

func checkAddresses(database, storage string) error {
	if err := backend.CheckDatabase(database); err != nil {
		return &commandline.UsageError{Err: err}
	}
	if err := backend.CheckStorage(storage); err != nil {
		return &commandline.UsageError{Err: err}
	}
	return nil
}

// operator opens the data, or connects to the server that has it open.
func (d dataFlags) operator(streams commandline.Streams) (backend.Operator, func() error, error) {
	c, err := d.config(newLog(streams.Err, "text", "info"))
	if err != nil {
		return nil, nil, err
	}
	return backend.OpenOperator(c)
}

// with calls f with the operator of the data.
func (d dataFlags) with(streams commandline.Streams, f func(backend.Operator) error) error {
	if _, err := d.config(nil); err != nil {
		return err
	}
	if _, err := os.Stat(d.Data); err != nil {
		return fmt.Errorf("there is no data folder: %w", err)
	}
	op, closeOperator, err := d.operator(streams)
	if err != nil {
		return err
	}
	return errors.Join(f(op), closeOperator())
}

func newLog(w io.Writer, format, level string) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	var chosen slog.Level
	if chosen.UnmarshalText([]byte(level)) == nil {
		options.Level = chosen
	}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// size is a number of bytes, such as 5GB or 512MiB.
type size int64

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *size) UnmarshalText(text []byte) error {
	n, err := units.FromHumanSize(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a size such as 5GB: %w", text, err)
	}
	if n < 1 {
		return fmt.Errorf("%q is not a size such as 5GB: it is less than a byte", text)
	}
	*s = size(n)
	return nil
}
