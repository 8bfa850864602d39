package httpapi

import (
	"net/http"
	"strings"

	"handover/backend/order"
)

// methods are those that a route may have.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
}

// noRoute answers what no route does: 405 when there is one at this path for
// another method, else 404.
func (s *Server) noRoute(w http.ResponseWriter, r *http.Request) {
	if allowed := s.methodsAt(r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		writeProblem(w, newProblem(http.StatusMethodNotAllowed, "method_not_allowed", "this method is not possible here"))
		return
	}
	writeProblem(w, newProblem(http.StatusNotFound, string(order.NotFound), "there is no such route"))
}

// methodsAt asks the multiplexer, whose own answer the route for everything
// below /api/ hides.
func (s *Server) methodsAt(r *http.Request) []string {
	var found []string
	for _, method := range methods {
		asked := *r
		asked.Method = method
		if _, pattern := s.mux.Handler(&asked); strings.Contains(pattern, " ") {
			found = append(found, method)
		}
	}
	return found
}
