package leftout

import (
	"path"
	"strings"

	"handover/backend/order"
)

// Symlink judges a symbolic link at a path within the delivery. It returns the target for
// the delivery, or why the link is left out.
func Symlink(rel, target string) (string, Verdict) {
	plain := path.Clean(target)
	if strings.Contains(strings.TrimLeft(target, "./"), "../") {
		plain = target // cleaning would change its meaning
	}
	if err := order.CheckSymlink(order.Symlink{Path: rel, Target: plain}); err != nil {
		return "", Verdict{Link, strings.ToValidUTF8(target, "\uFFFD")}
	}
	return plain, Verdict{}
}

// IsSystem reports whether a name is that of a system file.
func IsSystem(name string, dir bool) bool {
	return system.find((&Rules{}).In("", func() []string { return nil }, nil), Fold(name), dir) != nil
}
