package uploads

import (
	"slices"

	"handover/app/internal/transfer"
)

// MoveToFront moves a file to the front of the queue.
func (u *Uploader) MoveToFront(id, path string) error {
	return u.apply(u.controls.Change(func(s *transfer.Settings) error {
		s.MoveToFront(transfer.Item{Group: id, Name: path})
		return nil
	}))
}

// MoveUp moves a waiting file one place up in the queue.
func (u *Uploader) MoveUp(id, path string) error {
	item := transfer.Item{Group: id, Name: path}
	var waiting []transfer.Item
	for _, s := range u.queue.List() {
		if s.State != transfer.Running {
			waiting = append(waiting, s.Item)
		}
	}
	at := slices.Index(waiting, item)
	if at <= 0 {
		return nil
	}
	waiting[at-1], waiting[at] = item, waiting[at-1]
	return u.apply(u.controls.Change(func(s *transfer.Settings) error {
		s.PutFirst(waiting[:at+1])
		return nil
	}))
}
