package upload

import (
	"hash"
	"sync"
)

// hasherDepth is how many buffers one upload has in flight: while one is
// hashed, others are filled and written. A slow client needs one or two.
const hasherDepth = 4

// hasher hashes what is written in a goroutine of its own, because hashing
// takes about as long as all the rest of receiving.
type hasher struct {
	hash    hash.Hash
	pool    *sync.Pool
	work    chan filled
	free    chan *[]byte
	made    int // buffers that are ours
	pending sync.WaitGroup
	ended   chan struct{}
}

type filled struct {
	buffer *[]byte
	n      int
}

func newHasher(h hash.Hash, pool *sync.Pool) *hasher {
	p := &hasher{
		hash: h, pool: pool, work: make(chan filled, hasherDepth), free: make(chan *[]byte, hasherDepth), ended: make(chan struct{}),
	}
	go p.run() // until stop
	return p
}

func (p *hasher) run() {
	defer close(p.ended)
	for c := range p.work {
		p.hash.Write((*c.buffer)[:c.n])
		p.free <- c.buffer
		p.pending.Done()
	}
}

// buffer returns one to fill, which is given back to add.
func (p *hasher) buffer() *[]byte {
	if p.made < hasherDepth {
		select {
		case b := <-p.free:
			return b
		default:
			p.made++
			return p.pool.Get().(*[]byte)
		}
	}
	return <-p.free
}

// add hashes the first n bytes of the buffer after all that came before.
func (p *hasher) add(b *[]byte, n int) {
	p.pending.Add(1)
	p.work <- filled{b, n}
}

// wait returns when all that was added is hashed.
func (p *hasher) wait() { p.pending.Wait() }

// stop ends the goroutine after all that was added is hashed.
func (p *hasher) stop() {
	close(p.work)
	<-p.ended
	for range p.made {
		p.pool.Put(<-p.free)
	}
}
