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
	// boltFile is the database of a server without PostgreSQL.
	boltFile = "handover.db"
	// postgresFile marks a folder whose orders are in PostgreSQL. A server locks it
	// while the folder is open. It is empty unless the orders were moved from
	// boltFile: see mark.
	postgresFile = "handover.postgres"
)

// CheckDatabase validates the address of a database; "" is valid. Its error does not
// repeat the address.
func CheckDatabase(address string) error {
	if address == "" {
		return nil
	}
	return postgres.CheckAddress(address)
}

// openStore opens the configured store. db is the open store. unlock releases the lock
// on the folder.
func openStore(c Config) (r store.Records, db io.Closer, unlock func() error, err error) {
	file, marker := filepath.Join(c.Dir, boltFile), filepath.Join(c.Dir, postgresFile)
	if c.Database == "" {
		if exists(marker) {
			return r, nil, nil, errors.New("the orders of this data folder are in PostgreSQL; give its address with --database or HANDOVER_DATABASE")
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
	if exists(file) {
		if moved, err := readMark(marker); err != nil || moved == nil {
			return r, nil, nil, errors.Join(fmt.Errorf("this data folder has orders of its own in %s, which a server with a --database would not find; move them with handover-server migrate, or use another folder", boltFile), err)
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

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// lockFile creates the file if needed, and locks it until it is closed. It returns
// ErrInUse when another program has locked it.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	locked, err := tryLock(f)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock the data folder: %w", err), f.Close())
	}
	if !locked {
		return nil, errors.Join(fmt.Errorf("lock the data folder: %w", ErrInUse), f.Close())
	}
	return f, nil
}

const (
	// secretSetting is the name of the secret's fingerprint among the settings.
	secretSetting = "secret"
	// identitySetting is the name of the database's unique ID among the settings.
	identitySetting = "identity"
)

// settings are values that all servers on one database share.
type settings interface {
	// Agree returns the stored value of a name, or stores value if there is
	// none.
	Agree(ctx context.Context, name, value string) (string, error)
	// Whole returns an error while a migration into the database is in progress,
	// and, for the ID of a migration, when another migration filled it.
	Whole(ctx context.Context, id string) error
}

// locks are held by at most one server on a database.
type locks interface {
	Lock(ctx context.Context, name string, asked func()) (check func(context.Context) error, release func(), err error)
}

// agreeOnSecret refuses a secret that differs from that of the database's orders,
// because their review links would stop working. The database stores a fingerprint,
// which does not reveal the secret.
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
	// With another database the folder's files would have no records.
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

// identity returns the ID of the records that content belongs to. Files in the folder
// of boltFile need none.
func (s *Server) identity(ctx context.Context) (string, error) {
	if db, shared := s.db.(settings); shared {
		return identityOf(ctx, db)
	}
	if s.config.Storage != "" {
		return s.secret.Fingerprint(), nil
	}
	return "", nil
}

// identityOf returns the unique ID of the database.
func identityOf(ctx context.Context, db settings) (string, error) {
	id, err := db.Agree(ctx, identitySetting, rand.Text())
	if err != nil {
		return "", fmt.Errorf("ask which database this is: %w", err)
	}
	return id, nil
}

// missesRecords returns an error for a folder with files, here or in a storage, but
// without their records: a new server would remove the files as abandoned.
func missesRecords(dir, file string) error {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, err := os.Lstat(filepath.Join(dir, storageFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	default:
		return fmt.Errorf("%s names the storage of this data folder's files, but %s is gone, which has their records; put it back, or begin with an empty folder and another storage", storageFile, boltFile)
	}
	files, err := os.ReadDir(filepath.Join(dir, uploadsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if len(files) > 0 {
		return fmt.Errorf("this data folder has files in %s, but %s is gone, which has their records; put it back, restore a backup into an empty folder, or move the files away", uploadsDir, boltFile)
	}
	return nil
}
