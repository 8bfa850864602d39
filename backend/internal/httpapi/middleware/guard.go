package middleware

import (
	"net/http"

	"handover/backend/api"
	"handover/backend/internal/httpapi/problem"
)

// inertPolicy is the default policy: if a browser shows an answer as a page,
// nothing in it runs or loads. Pages set their own policy.
const inertPolicy = "default-src 'none'; frame-ancestors 'none'"

// Guard refuses actions that another site makes a buyer's browser send, and
// sets the headers that every answer has. Programs send no Origin and pass.
func Guard(version string, next http.Handler) http.Handler {
	crossSite := http.NewCrossOriginProtection()
	crossSite.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		problem.Write(w, problem.New(http.StatusForbidden, "cross_site", "requests from other sites are refused"))
	}))
	next = crossSite.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set(api.VersionHeader, version) // programs recognize our answers by it, and a proxy's by its absence
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", inertPolicy)
		next.ServeHTTP(w, r)
	})
}
