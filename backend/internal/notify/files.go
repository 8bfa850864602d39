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

// The bounds of what a letter says of files; the rest is seen in the order.
const (
	maxFiles     = 10
	maxPathShown = 100
	// pictureTries is how many files are looked at for a picture, and
	// pictureTimeout how long that may take: the letter goes out without one.
	pictureTries   = 3
	pictureTimeout = 10 * time.Second
	// maxPicture bounds the picture in bytes. A thumbnail has some 5 kB.
	maxPicture = 64 << 10
)

// pictureID is how the HTML of a letter names the picture that comes with it.
const pictureID = "picture"

// shownFile is a file in the page of a letter.
type shownFile struct{ Name, Size string }

// filesOf are the files of a delivery in the order in which its page lists them.
func filesOf(d order.Delivery) []order.File {
	files := slices.Clone(d.Files)
	if !d.Arranged {
		slices.SortFunc(files, func(a, b order.File) int { return strings.Compare(a.Path, b.Path) })
	}
	return files
}

// shownFiles are the files that a letter names, and a line about the rest.
func shownFiles(files []order.File, words phrases) (shown []shownFile, more string) {
	for _, f := range files[:min(len(files), maxFiles)] {
		shown = append(shown, shownFile{shorten(oneLine(f.Path), maxPathShown), words.size(f.Size)})
	}
	if left := len(files) - len(shown); left > 0 {
		more = fmt.Sprintf(words.moreFiles, left)
	}
	return shown, more
}

// size says a number of bytes as the language writes it, such as 1.2 GB.
func (p phrases) size(bytes int64) string {
	size := units.CustomSize("%.3g %s", float64(bytes), 1000, []string{"B", "kB", "MB", "GB", "TB"})
	return strings.Replace(size, ".", p.decimal, 1)
}

// filesText is the list of files without HTML.
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

// addPicture adds a small picture of the first delivered file that has one.
// Without one the letter is the same but for that.
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
			p.log.Warn("a letter goes out without a picture", "order", n.Order, "file", f.ID, "error", err)
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
