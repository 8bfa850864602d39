package backend

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"handover/backend/internal/store"
	"handover/backend/internal/store/bolt"
	"handover/backend/internal/store/postgres"
)

const (
	// boltFile is the database of a server that has none elsewhere.
	boltFile = "handover.db"
	// postgresFile marks a folder whose orders lie in PostgreSQL. It is locked
	// while a server has the folder open, and holds nothing unless they were
	// carried there from boltFile: see mark.
	postgresFile = "handover.postgres"
)

// CheckDatabase returns what is wrong with the address of a database, without
// repeating any of it. None is no error.
func CheckDatabase(address string) error {
	if address == "" {
		return nil
	}
	return postgres.CheckAddress(address)
}

// openStore opens the store that the configuration names. db is the open store.
// unlock lets others open the folder.
func openStore(c Config) (r store.Records, db io.Closer, unlock func() error, err error) {
	file, marker := filepath.Join(c.Dir, boltFile), filepath.Join(c.Dir, postgresFile)
	if c.Database == "" {
		if _, err := os.Lstat(marker); err == nil {
			return r, nil, nil, errors.New("the orders of this data folder lie in PostgreSQL; say where with --database or HANDOVER_DATABASE")
		}
		if err := missesRecords(c.Dir, file); err != nil {
			return r, nil, nil, err
		}
		s, err := bolt.Open(file)
		if err != nil {
			return r, nil, nil, err
		}
		return s.Records, s, func() error { return nil }, nil
	}
	if _, err := os.Lstat(file); err == nil {
		if moved, err := readMark(marker); err != nil || moved == nil {
			return r, nil, nil, errors.Join(fmt.Errorf("this data folder has orders of its own in %s, which a server with a database elsewhere would not see; carry them over with handover-server migrate, or give it another folder", boltFile), err)
		}
	}
	lock, err := lockFile(marker)
	if err != nil {
		return r, nil, nil, err
	}
	s, err := postgres.Open(context.Background(), c.Database, c.Log)
	if err != nil {
		return r, nil, nil, errors.Join(err, lock.Close())
	}
	return s.Records, s, lock.Close, nil
}

// lockFile makes the file if need be, and locks it until it is closed. It
// returns ErrInUse when another program has it locked.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	locked, err := tryLock(f)
	if err == nil && !locked {
		err = ErrInUse
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the data folder: %w", err), f.Close())
	}
	return f, nil
}

const (
	// secretSetting is the name of the secret's fingerprint among the settings.
	secretSetting = "secret"
	// identitySetting is the name of what tells one database from any other.
	identitySetting = "identity"
)

// settings are what the servers on one database have to agree on.
type settings interface {
	// Agree returns the value of a name: what is stored, or value when nothing
	// was.
	Agree(ctx context.Context, name, value string) (string, error)
	// Whole returns an error while the records of another server are on their way
	// into the database, and, with the ID of a migration, when it was not that one
	// that filled it.
	Whole(ctx context.Context, id string) error
}

// locks are what one server at a time may hold of those on one database.
type locks interface {
	Lock(ctx context.Context, name string, asked func()) (check func(context.Context) error, release func(), err error)
}

// agreeOnSecret refuses a secret other than the one that the database's orders
// were placed with: nobody's review link would open any more. The database gets a
// fingerprint of it, which tells nothing.
func (s *Server) agreeOnSecret(ctx context.Context) error {
	db, shared := s.db.(settings)
	if !shared {
		return nil
	}
	mine := s.secret.Fingerprint()
	agreed, err := db.Agree(ctx, secretSetting, mine)
	if err != nil {
		return fmt.Errorf("compare the server's secret: %w", err)
	}
	if agreed != mine {
		return fmt.Errorf("%s is not the one that this database was first used with; copy it from a server that uses the database, or from a backup", filepath.Join(s.config.Dir, secretFile))
	}
	// With another database the folder's files would belong to nothing.
	moved, err := readMark(filepath.Join(s.config.Dir, postgresFile))
	if err != nil {
		return err
	}
	id := ""
	if moved != nil {
		id = moved.ID
	}
	return db.Whole(ctx, id)
}

// identity names the records that content belongs to. Files beside boltFile need
// no name.
func (s *Server) identity(ctx context.Context) (string, error) {
	if db, shared := s.db.(settings); shared {
		return identityOf(ctx, db)
	}
	if s.config.Storage != "" {
		return s.secret.Fingerprint(), nil
	}
	return "", nil
}

// identityOf is what tells the database from any other.
func identityOf(ctx context.Context, db settings) (string, error) {
	id, err := db.Agree(ctx, identitySetting, rand.Text())
	if err != nil {
		return "", fmt.Errorf("ask which database this is: %w", err)
	}
	return id, nil
}

// missesRecords returns an error for a folder that has files, here or in a
// storage elsewhere, but no records of them: a new server would remove them as
// nobody's.
func missesRecords(dir, file string) error {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := os.Lstat(filepath.Join(dir, storageFile)); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fmt.Errorf("%s names where this data folder's files lie, but %s is gone, without which they are nobody's; put it back, or begin with an empty folder and another storage", storageFile, boltFile)
		}
		return err
	}
	files, err := os.ReadDir(filepath.Join(dir, uploadsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && len(files) > 0 {
		err = fmt.Errorf("this data folder has files in %s, but %s is gone, without which they are nobody's; put it back, restore a backup into an empty folder, or take the files away", uploadsDir, boltFile)
	}
	return err
}
