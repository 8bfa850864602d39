package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"handover/backend"
	"handover/backend/api"
	"handover/backend/commandline"
)

// noticeFlags are the settings of e-mails and webhooks.
type noticeFlags struct {
	SMTP          string `env:"HANDOVER_SMTP" name:"smtp" placeholder:"URL" help:"Mail server: smtps://user:password@host, or smtp:// with STARTTLS."`
	SMTPUser      string `env:"HANDOVER_SMTP_USER" name:"smtp-user" placeholder:"USER" help:"User at the mail server, if not in its address."`
	SMTPPassword  string `env:"HANDOVER_SMTP_PASSWORD" name:"smtp-password" placeholder:"PASSWORD" help:"Password at the mail server, if not in its address. Set it in the environment."`
	MailFrom      string `env:"HANDOVER_MAIL_FROM" placeholder:"ADDRESS" help:"Sender of the e-mails, such as \"Handover <handover@example.org>\"."`
	Webhook       string `env:"HANDOVER_WEBHOOK" placeholder:"URL" help:"Where to send a webhook for every event of an order."`
	WebhookSecret string `env:"HANDOVER_WEBHOOK_SECRET" placeholder:"whsec_…" help:"Key that signs webhooks. Set it in the environment."`
}

// notices returns the settings, or a usage error.
func (f noticeFlags) notices() (backend.Notices, error) {
	n := backend.Notices{
		SMTP: f.SMTP, SMTPUser: f.SMTPUser, SMTPPassword: f.SMTPPassword, MailFrom: f.MailFrom,
		WebhookURL: f.Webhook, WebhookSecret: f.WebhookSecret,
	}
	err := n.Check()
	switch {
	case (f.SMTP == "") != (f.MailFrom == ""):
		err = errors.New("--smtp and --mail-from go together")
	case (f.Webhook == "") != (f.WebhookSecret == ""):
		err = errors.New("--webhook and --webhook-secret go together")
	}
	if err != nil {
		err = &commandline.UsageError{Err: err}
	}
	return n, err
}

type mailCommands struct {
	List   mailList   `cmd:"" help:"List the e-mails that are not sent yet."`
	Resend mailResend `cmd:"" help:"Send failed and waiting e-mails now."`
}

type webhookCommands struct {
	List   webhookList   `cmd:"" help:"List the webhooks that are not sent yet."`
	Resend webhookResend `cmd:"" help:"Send failed and waiting webhooks now."`
}

type (
	mailList      struct{ outboxList }
	mailResend    struct{ outboxResend }
	webhookList   struct{ outboxList }
	webhookResend struct{ outboxResend }
)

// Run lists the e-mails.
func (c *mailList) Run(ctx context.Context, streams commandline.Streams) error {
	return c.list(ctx, streams, backend.Mail)
}

// Run lists the webhooks.
func (c *webhookList) Run(ctx context.Context, streams commandline.Streams) error {
	return c.list(ctx, streams, backend.Webhook)
}

// Run sends e-mails again.
func (c *mailResend) Run(ctx context.Context, streams commandline.Streams) error {
	return c.resend(ctx, streams, backend.Mail)
}

// Run sends webhooks again.
func (c *webhookResend) Run(ctx context.Context, streams commandline.Streams) error {
	return c.resend(ctx, streams, backend.Webhook)
}

type outboxList struct {
	dataFlags
	Failed bool `help:"Only those that failed for good."`
	JSON   bool `help:"Answer in JSON."`
}

func (c *outboxList) list(ctx context.Context, streams commandline.Streams, channel string) error {
	return c.with(streams, func(op backend.Operator) error {
		entries, err := op.Outbox(ctx, channel, c.Failed)
		if err != nil {
			return err
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, entries)
		}
		if len(entries) == 0 {
			_, err := fmt.Fprintln(streams.Err, c.nothing(channel))
			return err
		}
		table := tabwriter.NewWriter(streams.Out, 0, 0, 2, ' ', 0)
		for _, e := range entries {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d attempts\t%s\n", e.ID, e.Order, e.Event, state(e), e.Attempts, e.LastError)
		}
		return table.Flush()
	})
}

// nothing is the message for an empty list.
func (c *outboxList) nothing(channel string) string {
	messages := "e-mails"
	if channel == backend.Webhook {
		messages = "webhooks"
	}
	if c.Failed {
		return "no " + messages + " have failed"
	}
	return "no " + messages + " are waiting"
}

func state(e api.OutboxEntry) string {
	switch {
	case e.Failed:
		return "failed"
	case e.NextAt != nil:
		return "next at " + e.NextAt.Format(time.RFC3339)
	default:
		return "waiting"
	}
}

type outboxResend struct {
	dataFlags
	ID   string `arg:"" optional:"" help:"ID of the message to send again, from list."`
	All  bool   `help:"Send all messages of the list."`
	JSON bool   `help:"Answer in JSON."`
}

func (c *outboxResend) resend(ctx context.Context, streams commandline.Streams, channel string) error {
	if (c.ID == "") != c.All {
		return &commandline.UsageError{Err: errors.New("say what to send again: an ID, or --all")}
	}
	return c.with(streams, func(op backend.Operator) error {
		n, err := op.Resend(ctx, channel, c.ID)
		if err != nil {
			return err
		}
		if c.JSON {
			return commandline.PrintJSON(streams.Out, map[string]int{"resent": n})
		}
		_, err = fmt.Fprintf(streams.Out, "sending %d now\n", n)
		return err
	})
}
