package desk

import (
	"context"
	"io"

	"handover/app/internal/problem"
	"handover/backend/api"
)

// Earnings returns where the seller's money stands, as the server knows it now.
func (m *Mirror) Earnings(ctx context.Context) (api.Earnings, error) {
	client, _, err := m.session.Server()
	if err != nil {
		return api.Earnings{}, err
	}
	e, err := client.Earnings(ctx)
	m.session.NoteAnswer(err)
	return e, err
}

// EarningsCSV writes the seller's ledger to w as CSV.
func (m *Mirror) EarningsCSV(ctx context.Context, w io.Writer) error {
	client, _, err := m.session.Server()
	if err != nil {
		return err
	}
	err = client.EarningsCSV(ctx, w)
	m.session.NoteAnswer(err)
	return err
}

// Receipt returns the signed receipt of a delivery, byte for byte.
func (m *Mirror) Receipt(ctx context.Context, id string, delivery int) ([]byte, error) {
	client, _, err := m.session.Server()
	if err != nil {
		return nil, err
	}
	file, err := client.Receipt(ctx, id, delivery)
	m.session.NoteAnswer(err)
	return file, err
}

// ServerKey asks a server for the key that it signs receipts with; nobody has
// to be signed in. Over a connection that others can change the answer on, the
// key would prove nothing: it is refused with problem.CodeInsecure.
func ServerKey(ctx context.Context, server string) (api.ServerKey, error) {
	server = withScheme(server)
	transport := newTransport()
	defer transport.CloseIdleConnections()
	client, err := api.NewClient(server, "", transport)
	if err != nil {
		return api.ServerKey{}, err
	}
	if exposed(server) {
		return api.ServerKey{}, &problem.Error{Code: problem.CodeInsecure, Message: "the connection to " + server + " is not encrypted: others could put another key in its place"}
	}
	return client.ServerKey(ctx)
}
