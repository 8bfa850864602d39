package thumbnail

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
)

const (
	pngSignature = 8 // bytes before the first chunk
	pngChecksum  = 4 // bytes after each chunk
	// hasEXIF is the flag in a WebP's first chunk, VP8X.
	hasEXIF = 0x08
	// maxEXIF bounds how much of a chunk is read: the most that a JPEG can have.
	maxEXIF = 64 << 10
)

// pngOrientation reads the chunk eXIf, which comes before the image data (PNG,
// third edition). Browsers ignore a later chunk.
func pngOrientation(r io.Reader) (orientation, error) {
	chunks := bufio.NewReader(r)
	err := skip(chunks, pngSignature)
	for err == nil {
		var head [8]byte
		if _, err = io.ReadFull(chunks, head[:]); err != nil {
			break
		}
		size := int64(binary.BigEndian.Uint32(head[:4]))
		switch string(head[4:]) {
		case "IDAT":
			return 0, nil
		case "eXIf":
			return chunkOrientation(chunks, size)
		}
		err = skip(chunks, size+pngChecksum)
	}
	return 0, unlessEnd(err)
}

// webpOrientation reads the chunk EXIF, which comes after the image data (RFC
// 9649). A file without VP8X, or without the flag in it, is not read further.
func webpOrientation(r io.Reader) (orientation, error) {
	var start [12]byte // RIFF, the size of what follows it, WEBP
	if _, err := io.ReadFull(r, start[:]); err != nil {
		return 0, unlessEnd(err)
	}
	chunks := bufio.NewReader(io.LimitReader(r, int64(binary.LittleEndian.Uint32(start[4:8]))-4))
	first, err := chunks.Peek(9)
	if err != nil || string(first[:4]) != "VP8X" || first[8]&hasEXIF == 0 {
		return 0, unlessEnd(err)
	}
	for err == nil {
		var head [8]byte
		if _, err = io.ReadFull(chunks, head[:]); err != nil {
			break
		}
		size := int64(binary.LittleEndian.Uint32(head[4:]))
		if string(head[:4]) == "EXIF" {
			return chunkOrientation(chunks, size)
		}
		err = skip(chunks, size+size%2) // padded to even
	}
	return 0, unlessEnd(err)
}

func chunkOrientation(r io.Reader, size int64) (orientation, error) {
	exif, err := io.ReadAll(io.LimitReader(r, min(size, maxEXIF)))
	if err != nil {
		return 0, err
	}
	return exifOrientation(bytes.TrimPrefix(exif, []byte(exifStart))), nil
}

func skip(r io.Reader, n int64) error {
	_, err := io.CopyN(io.Discard, r, n)
	return err
}

// unlessEnd returns the error of reading, nil for the end of the file.
func unlessEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}
