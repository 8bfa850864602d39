package leftout

import (
	"path"
	"strings"

	"handover/backend/order"
)

// Symlink judges a symbolic link at a path within the delivery. It returns the
// target as a delivery states it, or why the link stays out.
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

// IsSystem reports whether a name is what systems leave behind.
func IsSystem(name string, dir bool) bool {
	return system.find((&Rules{}).In("", func() []string { return nil }, nil), Fold(name), dir) != nil
}
