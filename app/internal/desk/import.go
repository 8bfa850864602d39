package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"handover/app/internal/problem"
	"handover/backend/api"
)

// MaxImport is how many bytes of a file of orders are read; the server takes no
// more either.
const MaxImport = 10 << 20

// ReadImport reads a file of orders. What is no file, or too large to be one of
// orders, is refused before it is read.
func ReadImport(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return nil, &problem.Error{Code: problem.CodeFileMissing, Message: "the file is no longer there", Cause: err}
	case err != nil:
		return nil, &problem.Error{Code: problem.CodeFileUnreadable, Message: "the file cannot be read; check its permissions and its disk", Cause: err}
	case !info.Mode().IsRegular():
		return nil, &problem.Error{Code: problem.CodeFileUnreadable, Message: "this is no file; choose the CSV file itself"}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, &problem.Error{Code: problem.CodeFileUnreadable, Message: "the file cannot be read; check its permissions and its disk", Cause: err}
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, MaxImport+1))
	if err != nil {
		return nil, &problem.Error{Code: problem.CodeFileUnreadable, Message: "the file cannot be read; check its permissions and its disk", Cause: err}
	}
	if len(content) > MaxImport {
		return nil, &problem.Error{Code: problem.CodeImportTooLarge, Message: fmt.Sprintf("a file of orders has at most %d bytes", MaxImport)}
	}
	return content, nil
}

// ImportOnce places the orders of a CSV file as [Desk.ImportOrders] does, the
// same file only ever once: a second time it returns what the first one placed,
// and before is set when those orders were listed already.
func (m *Mirror) ImportOnce(ctx context.Context, file []byte, timezone string) (result api.Imported, before bool, err error) {
	sum := sha256.Sum256(append([]byte(timezone+"\n"), file...))
	listed := m.list.IDs()
	result, err = m.Import(ctx, api.Import{File: file, Timezone: timezone, Key: "file-" + hex.EncodeToString(sum[:])})
	return result, len(result.Orders) > 0 && listed[result.Orders[0].ID], err
}
