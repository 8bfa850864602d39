package foldersync

import (
	"context"
	"errors"
	"fmt"

	"handover/app/internal/draft"
	"handover/app/internal/problem"
	"handover/app/internal/transfer"
)

// Now fetches the orders, creates their folders and scans all of them. It fails if
// the server does not answer.
func (s *Sync) Now(ctx context.Context) error {
	w := s.current.Load()
	if w == nil {
		return errors.New("no work folder is watched")
	}
	if _, err := s.orders.Fetch(ctx); err != nil {
		return err
	}
	if err := w.setOrders(); err != nil {
		return err
	}
	return s.Rescan(ctx)
}

// Synced reports whether all files of drafts with a folder are verified. Once no
// other file is being sent, it fails with the first problem of a file or of the
// folder.
func (s *Sync) Synced() (done bool, err error) {
	ids, err := s.drafts.Drafts()
	if err != nil {
		return false, err
	}
	settings, err := s.uploads.Settings()
	if err != nil {
		return false, err
	}
	var fault error
	for _, id := range ids {
		dr, err := s.drafts.Draft(id)
		if err != nil {
			return false, err
		}
		if _, open := s.Snapshot(id); !open {
			continue
		}
		for _, f := range dr.Files {
			if f.State == draft.Verified {
				continue
			}
			if settings.Holds(transfer.Item{Group: id, Name: f.Path}) {
				f.Fault = draft.Fault{Code: problem.CodePaused, Message: "its upload is paused; resume it first"}
				f.State = draft.Problem
			}
			if f.Fault.Code == "" || f.State != draft.Problem && f.Fault.Code != problem.CodeUnreachable && f.Fault.Code != problem.CodeSignedOut {
				return false, nil
			}
			if fault == nil {
				fault = &problem.Error{Code: f.Fault.Code, Message: fmt.Sprintf("%s: %s", f.Path, f.Fault.Message)}
			}
		}
	}
	state, _ := s.State()
	if fault == nil && len(state.Problems) > 0 {
		p := state.Problems[0]
		fault = &problem.Error{Code: string(p.Code), Message: p.Message}
	}
	return true, fault
}
