package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Backup describes the content of a backup.
type Backup struct {
	Files int   `json:"files"`
	Bytes int64 `json:"bytes"`
}

// trailer carries the answer of a command whose body is a file. It proves that the
// body is complete.
const trailer = "Handover-Answer"

func stream(w http.ResponseWriter, r *http.Request, f func(context.Context, io.Writer) (Backup, error)) {
	w.Header().Set("Trailer", trailer)
	w.Header().Set("Content-Type", "application/x-tar")
	out, err := f(r.Context(), w)
	raw, _ := json.Marshal(answerOf(out, err)) // plain values: never fails
	w.Header().Set(trailer, string(raw))
}

// Backup implements [Operator].
func (c *Client) Backup(ctx context.Context, w io.Writer) (Backup, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://server/backup", http.NoBody)
	if err != nil {
		return Backup{}, err
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return Backup{}, fmt.Errorf("reach the server: %w", err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(w, resp.Body); err != nil {
		return Backup{}, fmt.Errorf("copy the backup: %w", err)
	}
	last := resp.Trailer.Get(trailer)
	if last == "" {
		return Backup{}, errors.New("the server did not finish the backup")
	}
	return readAnswer[Backup](strings.NewReader(last))
}
