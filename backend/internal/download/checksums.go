package download

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
	"sync"

	"handover/backend/order"
)

// mostChecksums bounds the cache to some 10 MB.
const mostChecksums = 100_000

// Checksums returns the CRC-32 of files. Records of an earlier version lack it; for
// these it reads the content once. The zero value is ready to use. It is safe for
// concurrent use.
type Checksums struct {
	mu   sync.Mutex
	read map[string]uint32 // by the ID of the file
}

// of returns the CRC-32 of a file.
func (c *Checksums) of(ctx context.Context, f order.File, open func(string) (io.ReadSeekCloser, error)) (uint32, error) {
	if sum, err := strconv.ParseUint(f.CRC32, 16, 32); err == nil {
		return uint32(sum), nil
	}
	c.mu.Lock()
	sum, ok := c.read[f.ID]
	c.mu.Unlock()
	if ok {
		return sum, nil
	}
	sum, err := readCRC(ctx, f, open)
	if err != nil {
		return 0, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.read == nil || len(c.read) >= mostChecksums {
		c.read = map[string]uint32{}
	}
	c.read[f.ID] = sum
	return sum, nil
}

func readCRC(ctx context.Context, f order.File, open func(string) (io.ReadSeekCloser, error)) (uint32, error) {
	content, err := open(f.ID)
	if err != nil {
		return 0, fmt.Errorf("file %s: %w", f.ID, err)
	}
	defer content.Close() // read only
	h := crc32.NewIEEE()
	buf := make([]byte, 256<<10)
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n, err := content.Read(buf)
		h.Write(buf[:n])
		if ignoreEOF(err) != nil {
			return 0, fmt.Errorf("file %s: %w", f.ID, err)
		}
		if err != nil {
			return h.Sum32(), nil
		}
	}
}

func crcOf(text string) uint32 { return crc32.ChecksumIEEE([]byte(text)) }
