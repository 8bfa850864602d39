package transfer

import (
	"math"
	"time"
)

// Progress is how far the uploads of a group are.
type Progress struct {
	Sent map[string]int64 // bytes by name, of the uploads in the queue
	Rate float64          // bytes a second of the whole group; 0 for unknown
	// Paused is set when nothing of the group can run before it is resumed.
	Paused bool
}

// Progress returns how far the uploads of the group are; of all for "".
func (q *Queue) Progress(group string) Progress {
	q.mu.Lock()
	defer q.mu.Unlock()
	p := Progress{Sent: map[string]int64{}}
	held := 0
	for item, j := range q.jobs {
		if item.Group != group {
			continue
		}
		p.Sent[item.Name] = j.sent.Load()
		if q.holds(item) {
			held++
		}
	}
	p.Paused = held > 0 && held == len(p.Sent)
	if m := q.meters[group]; m != nil {
		p.Rate = m.rate(time.Now())
	}
	return p
}

func (q *Queue) progress(j *job, bytes int64) {
	before := j.sent.Swap(bytes)
	// The first report of a resumed upload is what the server had already.
	if before <= 0 || bytes <= before {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	for _, group := range [...]string{j.item.Group, ""} {
		m := q.meters[group]
		if m == nil {
			m = &meter{}
			q.meters[group] = m
		}
		m.add(now, bytes-before)
	}
	j.meter.add(now, bytes-before)
	q.history.add(now, bytes-before)
}

const (
	// slice is the length of one measurement.
	slice = 500 * time.Millisecond
	// memory is how fast old measurements fade.
	memory = 4 * time.Second
	// quiet is when a rate is no longer known.
	quiet = 5 * time.Second
)

// meter measures a rate, smoothed over the last seconds.
type meter struct {
	start    time.Time // of the slice being measured
	last     time.Time // when bytes last moved
	bytes    int64     // moved in the slice
	smoothed float64
}

func (m *meter) add(now time.Time, bytes int64) {
	if now.Sub(m.last) > quiet {
		*m = meter{start: now, last: now} // nobody knows how long these took
		return
	}
	m.last = now
	m.bytes += bytes
	elapsed := now.Sub(m.start)
	if elapsed < slice {
		return
	}
	current := float64(m.bytes) / elapsed.Seconds()
	if m.smoothed == 0 {
		m.smoothed = current
	} else {
		fade := math.Exp(-elapsed.Seconds() / memory.Seconds())
		m.smoothed = fade*m.smoothed + (1-fade)*current
	}
	m.start, m.bytes = now, 0
}

func (m *meter) rate(now time.Time) float64 {
	if now.Sub(m.last) > quiet {
		return 0
	}
	return m.smoothed
}
