package middleware

import (
	"net/http"
	"strings"

	"handover/backend/internal/httpapi/problem"
	"handover/backend/order"
)

// methods are those that a route may have.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
}

// NoRoute answers requests that match no route: 405 when the path has a route
// for another method, else 404.
func NoRoute(routes *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if allowed := methodsAt(routes, r); len(allowed) > 0 {
			w.Header().Set("Allow", strings.Join(allowed, ", "))
			problem.Write(w, problem.New(http.StatusMethodNotAllowed, "method_not_allowed", "this method is not possible here"))
			return
		}
		problem.Write(w, errNoRoute)
	}
}

var errNoRoute = problem.New(http.StatusNotFound, string(order.NotFound), "there is no such route")

// methodsAt asks the multiplexer for each method. Its own answer of 405 never
// comes, because a route matches everything below /api/.
func methodsAt(routes *http.ServeMux, r *http.Request) []string {
	var found []string
	for _, method := range methods {
		asked := *r
		asked.Method = method
		if _, pattern := routes.Handler(&asked); strings.Contains(pattern, " ") {
			found = append(found, method)
		}
	}
	return found
}
