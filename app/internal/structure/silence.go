package structure

import (
	"errors"
	"math"
)

// check detects zeros that replace the second half of a sound. Silence is zeros, too, and
// the second half of a recording may be silent, but a sound fades out before silence.
func (s pcm) check(p *probe) error {
	if s.to <= s.from || s.to > p.size {
		return nil
	}
	err := p.solid(s.from, s.to)
	if !errors.Is(err, errZeros) {
		return err
	}
	// The sound ends between low and high.
	const look = 4096
	low, high := s.from, s.from+(s.to-s.from)/2
	for high-low > look {
		middle := low + (high-low)/2
		raw, err := p.upTo(middle, int(min(look, s.to-middle)))
		if err != nil {
			return err
		}
		if allZeros(raw) {
			high = middle
		} else {
			low = middle
		}
	}
	raw, err := p.upTo(low, int(min(2*look, s.to-low)))
	if err != nil {
		return err
	}
	for len(raw) > 0 && raw[len(raw)-1] == 0 {
		raw = raw[:len(raw)-1]
	}
	if s.from < low || len(raw) > 0 {
		return s.endsLoud(p, low+int64(len(raw)))
	}
	return nil // silent from the first sample on: intended
}

// loud is the level of an audible sample relative to the loudest one: -54 dB.
const loud = 1.0 / 512

// endsLoud returns errZeros if the last samples before the offset are audible.
func (s pcm) endsLoud(p *probe, end int64) error {
	if s.bytes < 2 || s.bytes > 4 || s.float && s.bytes != 4 {
		return errZeros // in these formats 0 is not silence
	}
	end += (int64(s.bytes) - (end-s.from)%int64(s.bytes)) % int64(s.bytes)
	const samples = 16
	from := max(s.from, end-int64(samples*s.bytes))
	raw, err := p.at(from, int(min(end, p.size)-from))
	if err != nil {
		return err
	}
	for ; len(raw) >= s.bytes; raw = raw[s.bytes:] {
		if math.Abs(s.sample(raw[:s.bytes])) >= loud {
			return errZeros
		}
	}
	return nil
}

// sample returns a sample; the loudest is 1.
func (s pcm) sample(raw []byte) float64 {
	word := make([]byte, 4)
	if s.order == big {
		copy(word, raw)
	} else {
		copy(word[4-len(raw):], raw)
	}
	n := s.order.Uint32(word)
	if s.float {
		return float64(math.Float32frombits(n))
	}
	return float64(int32(n)) / (1 << 31)
}
