// Package freeport finds a port for a program that needs its port in advance, or
// uses the same port again after a restart.
package freeport

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
)

// Only programs that name a port use this range: systems choose ports of
// connections and of listeners on port 0 from 32768 or 49152 up.
const first, last = 15_000, 32_000

// Address returns an address of this computer, 127.0.0.1 with a port that is not in
// use.
func Address() (string, error) {
	var failed error
	for range 100 {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(first+rand.IntN(last-first))))
		if err != nil {
			failed = err
			continue
		}
		return l.Addr().String(), l.Close()
	}
	return "", fmt.Errorf("find a free port: %w", failed)
}
