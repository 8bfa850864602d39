package transfer

import (
	"math"
	"time"
)

// Progress is the progress of a group's uploads.
type Progress struct {
	Sent map[string]int64 // bytes sent by each upload in the queue, by name
	Rate float64          // bytes per second of the whole group; 0 if unknown
	// Paused is set when no upload of the group can run until it is resumed.
	Paused bool
}

// Progress returns the progress of the group's uploads; "" means all groups.
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
	// The first report of a resumed upload counts bytes that were sent before.
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
	// slice is the duration of one measurement.
	slice = 500 * time.Millisecond
	// memory is the time constant with which old measurements fade.
	memory = 4 * time.Second
	// quiet is the idle time after which the rate is unknown.
	quiet = 5 * time.Second
)

// meter measures a rate, smoothed over several seconds.
type meter struct {
	start    time.Time // of the current slice
	last     time.Time // when bytes were last sent
	bytes    int64     // sent in the current slice
	smoothed float64
}

func (m *meter) add(now time.Time, bytes int64) {
	if now.Sub(m.last) > quiet {
		*m = meter{start: now, last: now} // it is unknown how long these bytes took
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
