package orders

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

// MaxImport is the server's limit for a file of orders, in bytes.
const MaxImport = 10 << 20

// ReadImport reads a file of orders of at most MaxImport bytes.
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

// ImportOnce is Import with the file's digest as its key: for the same file, it
// returns the orders that the first call placed. before is set if the list had
// them already.
func (m *Mirror) ImportOnce(ctx context.Context, file []byte, timezone string) (result api.Imported, before bool, err error) {
	sum := sha256.Sum256(append([]byte(timezone+"\n"), file...))
	listed := m.list.IDs()
	result, err = m.Import(ctx, api.Import{File: file, Timezone: timezone, Key: "file-" + hex.EncodeToString(sum[:])})
	return result, len(result.Orders) > 0 && listed[result.Orders[0].ID], err
}
