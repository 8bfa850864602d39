package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"handover/app/internal/desk"
	"handover/backend"
	"handover/backend/api"
	"handover/backend/commandline"
	"handover/backend/order"
)

// demoReview is short enough to watch an order complete automatically.
const demoReview = 4 * time.Second

type demoCommand struct{}

// Run shows all steps and fails at the first step with a wrong result.
func (*demoCommand) Run(ctx context.Context, streams commandline.Streams) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	dir, err := os.MkdirTemp("", "handover-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	demo := demo{dir: dir, out: streams.Out}
	defer demo.close()
	for _, step := range []struct {
		what string
		do   func(context.Context) (string, error)
	}{
		{"a server starts on this computer", demo.start},
		{"the seller signs in and sees an order", demo.signIn},
		{"work is attached to the draft", demo.attach},
		{"the work is delivered", demo.deliver},
		{"the buyer downloads it, byte for byte", demo.download},
		{"the buyer asks for changes", demo.changes},
		{"the revised work is delivered", demo.revise},
		{"the buyer says nothing: the order completes by itself", demo.complete},
		{"everything stored is verified", demo.check},
	} {
		detail, err := step.do(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
		fmt.Fprintf(streams.Out, "✓ %s\n    %s\n", step.what, detail)
	}
	fmt.Fprintln(streams.Out, "The whole way works on this computer.")
	return nil
}

// demo is the state that the steps share.
type demo struct {
	dir    string
	out    io.Writer
	server *backend.Server
	desk   *desk.Desk
	buyer  *api.Client
	order  api.PlacedOrder
	files  map[string]string // path in the delivery -> SHA-256
}

func (d *demo) start(context.Context) (string, error) {
	policy := order.DefaultPolicy()
	policy.ReviewPeriod = demoReview
	var err error
	d.server, err = backend.StartLocal(backend.Config{
		Dir: filepath.Join(d.dir, "server"), Policy: policy,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		return "", err
	}
	return d.server.URL() + ", a review lasts " + demoReview.String() + " here", nil
}

func (d *demo) close() {
	if d.desk != nil {
		d.desk.Close()
	}
	if d.server != nil {
		d.server.Close(context.Background())
	}
}

func (d *demo) signIn(ctx context.Context) (string, error) {
	seller := api.NewUser{Email: "eva@example.org", Name: "Eva Editor", Password: rand.Text()}
	if _, err := d.server.AddUser(ctx, seller); err != nil {
		return "", err
	}
	var err error
	d.order, err = d.server.AddOrder(ctx, seller.Email, api.NewOrder{
		Title: "Wedding film", Buyer: order.Contact{Name: "Bea Buyer", Email: "bea@example.org"},
		DueAt: time.Now().Add(48 * time.Hour), Price: &api.Price{Amount: "480.00", Currency: "EUR"},
	})
	if err != nil {
		return "", err
	}
	token := d.order.ReviewURL[strings.LastIndex(d.order.ReviewURL, "/")+1:]
	if d.buyer, err = api.NewClient(d.server.URL(), token, nil); err != nil {
		return "", err
	}
	d.desk, err = desk.Open(desk.Options{
		Home: filepath.Join(d.dir, "home"), Parallel: parallel, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		return "", err
	}
	if err := d.desk.Session.SignIn(ctx, d.server.URL(), seller.Email, seller.Password, false); err != nil {
		return "", err
	}
	list, err := d.desk.Orders.All(ctx)
	if err != nil {
		return "", err
	}
	if len(list.Orders) != 1 || list.Orders[0].Status != order.Active {
		return "", fmt.Errorf("there are %d orders", len(list.Orders))
	}
	return fmt.Sprintf("%s for %s, %s", list.Orders[0].Title, list.Orders[0].Buyer.Name, next(list.Orders[0])), nil
}

func (d *demo) attach(ctx context.Context) (string, error) {
	d.files = map[string]string{}
	folder := filepath.Join(d.dir, "Film für Bea")
	for name, size := range map[string]int64{"Film.mov": 64 << 20, "Fotos/Größe 1.jpg": 300_000, "Musik.txt": 120} {
		sum, err := writeRandom(filepath.Join(folder, filepath.FromSlash(name)), size)
		if err != nil {
			return "", err
		}
		d.files["Film für Bea/"+name] = sum
	}
	dr, refused, err := d.desk.Attach(ctx, d.order.ID, []string{folder})
	if err != nil {
		return "", err
	}
	if len(refused) > 0 || len(dr.Files) != len(d.files) {
		return "", fmt.Errorf("%d files attached, %d refused", len(dr.Files), len(refused))
	}
	return fmt.Sprintf("a folder with %d files, 67 MB", len(dr.Files)), nil
}

// writeRandom creates a file of random bytes and returns their SHA-256.
func writeRandom(path string, size int64) (string, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	_, err = io.CopyN(io.MultiWriter(f, sum), rand.Reader, size)
	return hex.EncodeToString(sum.Sum(nil)), errors.Join(err, f.Close())
}

func (d *demo) deliver(ctx context.Context) (string, error) {
	return d.handOver(ctx, 1, "The film in 4K, the photos, and the titles of the music.")
}

func (d *demo) revise(ctx context.Context) (string, error) {
	sum, err := writeRandom(filepath.Join(d.dir, "Film 2.mov"), 32<<20)
	if err != nil {
		return "", err
	}
	d.files = map[string]string{"Film 2.mov": sum}
	if _, _, err := d.desk.Attach(ctx, d.order.ID, []string{filepath.Join(d.dir, "Film 2.mov")}); err != nil {
		return "", err
	}
	return d.handOver(ctx, 2, "The music is softer now.")
}

func (d *demo) handOver(ctx context.Context, number int, description string) (string, error) {
	if _, err := d.desk.Describe(d.order.ID, description); err != nil {
		return "", err
	}
	o, err := d.desk.Delivery.Deliver(ctx, d.order.ID, false)
	if err != nil {
		return "", err
	}
	if o.Status != order.Delivered || len(o.Deliveries) != number {
		return "", fmt.Errorf("the order is %s with %d deliveries", o.Status, len(o.Deliveries))
	}
	for _, f := range o.Deliveries[number-1].Files {
		if d.files[f.Path] != f.SHA256 {
			return "", fmt.Errorf("%s has the SHA-256 %s on the server, %s here", f.Path, f.SHA256, d.files[f.Path])
		}
	}
	return fmt.Sprintf("delivery %d, %s", number, next(o)), nil
}

func (d *demo) download(ctx context.Context) (string, error) {
	o, err := d.buyer.Order(ctx, d.order.ID)
	if err != nil {
		return "", err
	}
	for _, f := range o.Deliveries[0].Files {
		sum := sha256.New()
		if err := d.buyer.Download(ctx, o.ID, 1, f.ID, sum); err != nil {
			return "", err
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != d.files[f.Path] {
			return "", fmt.Errorf("%s arrived with the SHA-256 %s, sent was %s", f.Path, got, d.files[f.Path])
		}
	}
	return fmt.Sprintf("%d files, each with the SHA-256 of the seller's", len(o.Deliveries[0].Files)), nil
}

func (d *demo) changes(ctx context.Context) (string, error) {
	o, err := d.buyer.Review(d.order.ID).RequestChanges(ctx, api.Changes{Message: "Lovely! Could the music be softer?"})
	if err != nil {
		return "", err
	}
	if o.Status != order.InRevision || o.ReviewEndsAt != nil {
		return "", fmt.Errorf("the order is %s", o.Status)
	}
	return "“" + o.ChangeRequest.Message + "”", nil
}

// complete waits for the event, as a window would.
func (d *demo) complete(ctx context.Context) (string, error) {
	before, err := d.buyer.Order(ctx, d.order.ID)
	if err != nil {
		return "", err
	}
	ctx, stop := context.WithTimeout(ctx, demoReview+10*time.Second)
	defer stop()
	// The stream begins with the earlier events, so no event is missed.
	err = d.buyer.Events(ctx, "0", func(string) {}, func(_ string, e order.Event) {
		if e.Type == order.OrderCompleted {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		return "", fmt.Errorf("no completion was told: %w", err)
	}
	o, err := d.server.Order(context.WithoutCancel(ctx), d.order.ID)
	if err != nil {
		return "", err
	}
	if o.Status != order.Completed || o.CompletedBy != order.ByReviewPeriod || !o.CompletedAt.Equal(*before.ReviewEndsAt) {
		return "", fmt.Errorf("the order is %s by %q at %s", o.Status, o.CompletedBy, o.CompletedAt)
	}
	return "at its deadline; the payment clears on " + local(o.ClearsAt), nil
}

func (d *demo) check(ctx context.Context) (string, error) {
	report, err := d.server.Check(ctx)
	if err != nil {
		return "", err
	}
	if len(report.Problems) > 0 || report.Deliveries != 2 {
		return "", fmt.Errorf("%s: %s", report, strings.Join(report.Problems, "; "))
	}
	return report.String(), nil
}
