package notify

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/docker/go-units"
	"github.com/wneessen/go-mail"

	"handover/backend/order"
)

// The bounds of the list of files in a letter. The order shows the rest.
const (
	maxFiles     = 10
	maxPathShown = 100
	// pictureTries is how many files are tried for a picture, and pictureTimeout
	// the time for all. After it the letter is sent without a picture.
	pictureTries   = 3
	pictureTimeout = 10 * time.Second
	// maxPicture bounds the picture in bytes. A thumbnail has some 5 kB.
	maxPicture = 64 << 10
)

// pictureID names the attached picture in the HTML of a letter.
const pictureID = "picture"

// shownFile is a file in the page of a letter.
type shownFile struct{ Name, Size string }

// filesOf returns the files of a delivery in the order of its page.
func filesOf(d order.Delivery) []order.File {
	files := slices.Clone(d.Files)
	if !d.Arranged {
		slices.SortFunc(files, func(a, b order.File) int { return strings.Compare(a.Path, b.Path) })
	}
	return files
}

// shownFiles returns the files that a letter lists, and a line about the rest.
func shownFiles(files []order.File, words phrases) (shown []shownFile, more string) {
	for _, f := range files[:min(len(files), maxFiles)] {
		shown = append(shown, shownFile{shorten(oneLine(f.Path), maxPathShown), words.size(f.Size)})
	}
	if left := len(files) - len(shown); left > 0 {
		more = fmt.Sprintf(words.moreFiles, left)
	}
	return shown, more
}

// size formats a number of bytes in the language, such as 1.2 GB.
func (p phrases) size(bytes int64) string {
	size := units.CustomSize("%.3g %s", float64(bytes), 1000, []string{"B", "kB", "MB", "GB", "TB"})
	return strings.Replace(size, ".", p.decimal, 1)
}

// filesText returns the list of files as plain text.
func (p page) filesText() string {
	var b strings.Builder
	for _, f := range p.Files {
		fmt.Fprintf(&b, "* %s (%s)\n", f.Name, f.Size)
	}
	if p.MoreFiles != "" {
		b.WriteString("* " + p.MoreFiles + "\n")
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	return b.String()
}

// addPicture adds a small picture of the first delivered file that has one. Without a
// picture the rest of the letter stays the same.
func (p *postOffice) addPicture(ctx context.Context, n *news) {
	if p.picture == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, pictureTimeout)
	defer cancel()
	tries := 0
	for _, f := range n.files {
		if !strings.HasPrefix(f.Type, "image/") {
			continue
		}
		if tries++; tries > pictureTries {
			return
		}
		picture, err := p.picture(ctx, f)
		if err != nil {
			p.log.Warn("sending a letter without its picture", "order", n.Order, "file", f.ID, "error", err)
			return
		}
		if len(picture) > 0 && len(picture) <= maxPicture {
			n.picture, n.pictured = picture, shorten(oneLine(f.Path), maxPathShown)
			return
		}
	}
}

// embed puts the letter's picture into the message.
func (l written) embed(msg *mail.Msg) error {
	if l.picture == nil {
		return nil
	}
	return msg.EmbedReader("picture.jpg", bytes.NewReader(l.picture),
		mail.WithFileContentID("<"+pictureID+">"), mail.WithFileContentType("image/jpeg"))
}
