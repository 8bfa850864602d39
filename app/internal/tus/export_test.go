package tus

import "context"

// The parsers of what a server sends, for the fuzz tests.
var (
	ParseOffset     = parseOffset
	ParseReprDigest = parseReprDigest
	ResolveLocation = resolveLocation
	EncodeMetadata  = encodeMetadata
	Message         = message
	RetryAfter      = retryAfter
)

// ReadSize is the size of an upload's buffer.
const ReadSize = readSize

// UploadClosed uploads from a file that has been closed, as if its disk failed
// as soon as it was open.
func UploadClosed(ctx context.Context, c *Client, src Source) error {
	t, err := c.begin(src, Events{})
	if err != nil {
		return err
	}
	t.src.close()
	return t.run(ctx)
}
