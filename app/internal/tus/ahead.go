package tus

// ahead reads a stretch of a source in a goroutine of its own, so that reading
// and hashing go on while the connection is busy with what was read before. It
// owns the source until stop, and never has more than the source's buffers.
type ahead struct {
	full chan stretch
	free chan []byte
	quit chan struct{}
	done chan struct{}
	last []byte // what next returned, until it is asked again
}

// stretch is what one read brought.
type stretch struct {
	bytes []byte
	err   error
}

// buffers is how many an upload has: one that is being sent, one that is ready
// and one that is being filled.
const buffers = 3

// readAhead begins to read what lies from off to end, which must be beyond off.
func (s *source) readAhead(off, end int64) *ahead {
	a := &ahead{
		full: make(chan stretch, buffers), free: make(chan []byte, buffers),
		quit: make(chan struct{}), done: make(chan struct{}),
	}
	for i := range s.bufs {
		if s.bufs[i] == nil {
			s.bufs[i] = make([]byte, min(readSize, max(s.want.Size, 1)))
		}
		a.free <- s.bufs[i]
		if end-off <= int64(len(s.bufs[0]))*int64(i+1) {
			break // the rest would stay empty
		}
	}
	go a.fill(s, off, end)
	return a
}

func (a *ahead) fill(s *source, off, end int64) {
	defer close(a.done)
	for off < end {
		var buf []byte
		select {
		case buf = <-a.free:
		case <-a.quit:
			return
		}
		p, err := s.read(buf, off, end)
		a.full <- stretch{p, err} // has room for all there are
		if err != nil {
			return
		}
		off += int64(len(p))
	}
}

// next returns the next bytes, which stay valid until it is called again. It
// must not be asked for more than the stretch has.
func (a *ahead) next() ([]byte, error) {
	if a.last != nil {
		a.free <- a.last[:cap(a.last)]
	}
	got := <-a.full
	a.last = got.bytes
	return got.bytes, got.err
}

// stop ends the reading and waits for it.
func (a *ahead) stop() {
	close(a.quit)
	<-a.done
}
