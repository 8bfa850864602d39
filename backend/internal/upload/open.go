package upload

import (
	"context"
	"errors"
	"fmt"
	"time"

	"handover/backend/internal/upload/admission"
	"handover/backend/internal/upload/bucket"
	"handover/backend/internal/upload/bundle"
	"handover/backend/internal/upload/catalog"
	"handover/backend/internal/upload/concat"
	"handover/backend/internal/upload/folder"
	"handover/backend/internal/upload/janitor"
	"handover/backend/internal/upload/lock"
	"handover/backend/internal/upload/receive"
	"handover/backend/internal/upload/recovery"
)

// Open prepares the store and returns the service. It cuts off unacknowledged bytes,
// removes leftovers of uploads that were never created, and records complete uploads
// in the ledger. Open logs the errors of the ledger. The client's next request tries
// again.
func Open(c Config) (*Service, error) {
	s, err := open(c)
	if err != nil {
		return nil, fmt.Errorf("open uploads: %w", err)
	}
	return s, nil
}

func open(c Config) (*Service, error) {
	if c.MaxFileSize <= 0 {
		return nil, errors.New("there is no limit on the size of a file")
	}
	c.setDefaults()
	s := &Service{Config: c}
	s.locks = lock.New(lock.Config{Grace: c.LockGrace, Timeout: c.LockTimeout, Shared: c.Lock, Running: &s.running})
	s.closing, s.close = context.WithCancel(context.Background())
	if err := s.openStore(); err != nil {
		return nil, err
	}
	s.wire()
	if err := s.begin(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (c *Config) setDefaults() {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.AbandonedAfter == 0 {
		c.AbandonedAfter = DefaultAbandonedAfter
	}
	if c.AssemblyPatience == 0 {
		c.AssemblyPatience = 10 * time.Second
	}
	if c.LockGrace == 0 {
		c.LockGrace = 500 * time.Millisecond
	}
}

// openStore opens the bucket or the folder.
func (s *Service) openStore() error {
	if s.Bucket != nil {
		b, err := bucket.Open(bucket.Config{Location: *s.Bucket, Dir: s.Dir, Now: s.Now, Log: s.Log})
		if err != nil {
			return err
		}
		s.infos, s.reader, s.writer, s.upkeep = b, b, b, b
		return nil
	}
	d, err := folder.Open(folder.Config{Dir: s.Dir, Reserve: s.Reserve, Now: s.Now, Log: s.Log})
	if err != nil {
		return err
	}
	s.infos, s.reader, s.writer, s.upkeep = d, d, d, d
	return nil
}

// wire puts the parts of the service together.
func (s *Service) wire() {
	s.catalog = catalog.New(catalog.Config{
		Infos: s.infos, Upkeep: s.upkeep, Ledger: s.Ledger, Locks: s.locks, Now: s.Now, Log: s.Log,
	})
	s.admission = admission.New(admission.Config{
		Gate: s.Gate, Ledger: s.Ledger, Open: s.catalog.Open, Space: s.upkeep.Space, Quota: s.Quota, Reserve: s.Reserve,
	})
	s.receiver = receive.New(receive.Config{
		Catalog: s.catalog, Reader: s.reader, Writer: s.writer, Ledger: s.Ledger, Closing: s.closing, Now: s.Now, Log: s.Log,
	})
	s.assembler = concat.New(concat.Config{
		Catalog: s.catalog, Receiver: s.receiver, Admission: s.admission, Locks: s.locks, Reader: s.reader, Writer: s.writer,
		MaxFileSize: s.MaxFileSize, Patience: s.AssemblyPatience, Now: s.Now, Closing: s.closing, Running: &s.running,
	})
	s.bundles = bundle.New(bundle.Config{
		Receiver: s.receiver, Admission: s.admission, Writer: s.writer, MaxFileSize: s.MaxFileSize, Now: s.Now,
	})
	s.Janitor = janitor.New(janitor.Config{
		Catalog: s.catalog, Receiver: s.receiver, Assembler: s.assembler, Locks: s.locks, Upkeep: s.upkeep,
		AbandonedAfter: s.AbandonedAfter, Now: s.Now, Log: s.Log,
	})
}

// begin prepares the stored uploads for requests.
func (s *Service) begin() (err error) {
	if s.tus, err = s.newHandler(); err != nil {
		return err
	}
	if err := s.claim(); err != nil {
		return err
	}
	return recovery.Recovery{
		Catalog: s.catalog, Receiver: s.receiver, Assembler: s.assembler, Locks: s.locks, Infos: s.infos, Upkeep: s.upkeep, Log: s.Log,
	}.Run(context.Background())
}

// claim makes this service's owner the owner of the content, and refuses the content
// of another owner: without its records, the recovery would remove it.
func (s *Service) claim() error {
	if s.Owner == "" {
		return nil
	}
	owner, err := s.upkeep.Owner(s.Owner)
	if err != nil {
		return fmt.Errorf("find the owner of the files: %w", err)
	}
	if owner != s.Owner {
		return fmt.Errorf("the files belong to the orders in another database, and this server would remove them; name that database, or, if this one has their orders, remove %q beside the files", "owner")
	}
	return nil
}
