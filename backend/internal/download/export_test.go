package download

import "handover/backend/order"

// InOrder returns paths as a zip has them.
func InOrder(paths []string, arranged bool) []string {
	files := make([]order.File, len(paths))
	for i, p := range paths {
		files[i].Path = p
	}
	sorted := make([]string, len(paths))
	for at, i := range listed(files, arranged) {
		sorted[at] = paths[i]
	}
	return sorted
}
