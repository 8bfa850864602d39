-- +goose Up

-- Every record is one document, exactly as it is encoded elsewhere; the other columns follow from it and are there to
-- find it by. Names of ours are compared byte by byte ("C"); what may come from outside as any bytes is bytea. Times are
-- nanoseconds since 1970, because timestamptz keeps microseconds only and deadlines are compared exactly.

CREATE TABLE settings (
  name  text COLLATE "C" PRIMARY KEY,
  value text NOT NULL
);

CREATE TABLE orders (
  id          text COLLATE "C" PRIMARY KEY,
  seller      text COLLATE "C" NOT NULL,
  status      text COLLATE "C" NOT NULL,
  due_at      bigint NOT NULL,
  deadline    bigint,                  -- when time acts next; null for never
  review_hash text COLLATE "C",        -- of the link that opens the order
  search      bytea NOT NULL,          -- what a search looks at, in lower case
  doc         json NOT NULL
);
-- A search reads this index alone, because a seller's orders lie scattered among all others'. Titles and names are so
-- short that an entry always fits.
CREATE INDEX orders_seller ON orders (seller, due_at, id) INCLUDE (status, search);
CREATE INDEX orders_status ON orders (seller, status, due_at, id);
CREATE INDEX orders_deadline ON orders (deadline, id) WHERE deadline IS NOT NULL;
CREATE INDEX orders_review ON orders (review_hash) WHERE review_hash IS NOT NULL;

-- What viewers' links open; not beside review_hash, so that no fault in one can make a viewer the buyer.
CREATE TABLE views (
  hash     text COLLATE "C" PRIMARY KEY,
  order_id text COLLATE "C" NOT NULL
);
CREATE INDEX views_order ON views (order_id);

CREATE TABLE order_counts (
  status text COLLATE "C" PRIMARY KEY,
  n      bigint NOT NULL
) WITH (fillfactor = 10);

CREATE TABLE idempotency (
  order_id text COLLATE "C" NOT NULL,
  key      bytea NOT NULL,
  request  bytea NOT NULL,
  PRIMARY KEY (order_id, key)
);

CREATE TABLE placements (
  seller  text COLLATE "C" NOT NULL,
  key     bytea NOT NULL,
  request bytea NOT NULL,
  orders  text[] NOT NULL,
  PRIMARY KEY (seller, key)
);

CREATE TABLE draft_notes (
  order_id text COLLATE "C" PRIMARY KEY,
  doc      json NOT NULL
);

CREATE TABLE comments (
  order_id text COLLATE "C" PRIMARY KEY,
  doc      json NOT NULL
);

-- Whoever appends to the log holds the lock on this one row until its transaction ends, see events.go.
CREATE TABLE event_lock (
  one boolean PRIMARY KEY CHECK (one)
);
INSERT INTO event_lock VALUES (true);

CREATE TABLE events (
  seq      bigint PRIMARY KEY,
  order_id text COLLATE "C" NOT NULL,
  seller   text COLLATE "C" NOT NULL,
  doc      json NOT NULL
);
CREATE INDEX events_order ON events (order_id, seq);
CREATE INDEX events_seller ON events (seller, seq);

CREATE TABLE ledger (
  seller text COLLATE "C" NOT NULL,
  seq    bigint NOT NULL,
  doc    json NOT NULL,
  PRIMARY KEY (seller, seq)
);

CREATE TABLE earnings (
  seller    text COLLATE "C" NOT NULL,
  month     text COLLATE "C" NOT NULL,
  currency  text COLLATE "C" NOT NULL,
  placed    bigint NOT NULL,
  cancelled bigint NOT NULL,
  completed bigint NOT NULL,
  cleared   bigint NOT NULL,
  PRIMARY KEY (seller, month, currency)
) WITH (fillfactor = 50);

CREATE TABLE accounts (
  id    text COLLATE "C" PRIMARY KEY,
  email text COLLATE "C" NOT NULL UNIQUE, -- in lower case
  doc   json NOT NULL
);

CREATE TABLE sessions (
  token_hash text COLLATE "C" PRIMARY KEY,
  account    text COLLATE "C" NOT NULL,
  used_at    bigint NOT NULL,
  doc        json NOT NULL
);
CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_used ON sessions (used_at);

CREATE TABLE uploads (
  id           text COLLATE "C" PRIMARY KEY,
  seller       text COLLATE "C" NOT NULL,
  sha256       text COLLATE "C" NOT NULL,
  size         bigint NOT NULL,
  delivered_in int NOT NULL,
  doc          json NOT NULL
);
CREATE INDEX uploads_content ON uploads (seller, sha256, id) INCLUDE (size);

CREATE TABLE outbox (
  channel  text COLLATE "C" NOT NULL,
  seq      bigint NOT NULL,
  receiver text COLLATE "C" NOT NULL,
  doc      json NOT NULL,
  PRIMARY KEY (channel, seq, receiver)
);

CREATE TABLE outbox_cursors (
  channel text COLLATE "C" PRIMARY KEY,
  seq     bigint NOT NULL
) WITH (fillfactor = 10);

-- What one server at a time does, and until when the others leave it to it.
CREATE TABLE leases (
  name       text COLLATE "C" PRIMARY KEY,
  holder     text NOT NULL,
  expires_at timestamptz NOT NULL
) WITH (fillfactor = 10);
