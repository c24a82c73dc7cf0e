package store

// migrations is append-only: what a release has shipped never changes. The
// number of the last one is the database's schema, and a database with a
// higher number is refused.
//
// While a new version is rolled out, nodes of the old one that are already
// running go on beside it on the new schema. So a migration only adds: a table,
// an index, a column that is null or has a default. What an old version reads
// or writes is dropped, renamed or made stricter one release after the last
// version that uses it; statements name their columns, never all of them.
//
// One text serves both engines. Types are BIGINT (times are microseconds since
// 1970, UTC, 0: never; validity is in seconds), BYTEA and TEXT only; ids are ours. {clustered} is
// SQLite's WITHOUT ROWID, for tables whose rows are short or come in the order
// of their ids, and nothing on PostgreSQL.
//
// A body is sealed, and null where it was erased. Whatever else stands here is
// an id, a state, a time, a number of ours, or a keyed hash.
var migrations = []string{`
CREATE TABLE meta (
	name   TEXT PRIMARY KEY,
	number BIGINT NOT NULL,
	value  BYTEA
) {clustered};

-- First answers, by hash of the event's dedupe key.
CREATE TABLE inbound (
	key  BYTEA PRIMARY KEY,
	at   BIGINT NOT NULL,
	body BYTEA
) {clustered};
CREATE INDEX inbound_at ON inbound (at);

CREATE TABLE conversation (
	id         BYTEA PRIMARY KEY,
	seq        BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	phone_hash BYTEA NOT NULL,
	stopped    BIGINT NOT NULL,
	body       BYTEA NOT NULL
);
CREATE UNIQUE INDEX conversation_phone ON conversation (phone_hash);
CREATE INDEX conversation_stopped ON conversation (phone_hash) WHERE stopped > 0;

-- fingers is a sum over the profile's rows in finger, so that these are
-- rewritten only where a name or a contact's phone has changed.
CREATE TABLE profile (
	id         BYTEA PRIMARY KEY,
	seq        BIGINT NOT NULL,
	head       BYTEA NOT NULL,
	at         BIGINT NOT NULL,
	phone_hash BYTEA,
	code_hash  BYTEA,
	fingers    BYTEA NOT NULL,
	body       BYTEA NOT NULL
);
CREATE UNIQUE INDEX profile_phone ON profile (phone_hash);
CREATE UNIQUE INDEX profile_code ON profile (code_hash);

-- What a profile is found by besides: its contacts' phones (kind 1) and the
-- words of its name (kind 2).
CREATE TABLE finger (
	hash    BYTEA NOT NULL,
	kind    BIGINT NOT NULL,
	profile BYTEA NOT NULL,
	PRIMARY KEY (hash, kind, profile)
) {clustered};
CREATE INDEX finger_profile ON finger (profile);

-- An erased alert keeps its times for counting. Its seq is negative, which no
-- Turn has seen.
CREATE TABLE alert (
	id        BYTEA PRIMARY KEY,
	seq       BIGINT NOT NULL,
	head      BYTEA NOT NULL,
	ref       BIGINT,
	profile   BYTEA,
	state     BIGINT NOT NULL,
	consulate TEXT NOT NULL,
	drill     BIGINT NOT NULL,
	at        BIGINT NOT NULL,
	ended     BIGINT NOT NULL,
	body      BYTEA
) {clustered};
CREATE INDEX alert_ref ON alert (ref) WHERE ref IS NOT NULL;
CREATE INDEX alert_profile ON alert (profile) WHERE profile IS NOT NULL;
CREATE INDEX alert_state ON alert (state, at);

CREATE TABLE recipient (
	alert      BYTEA NOT NULL,
	id         BYTEA NOT NULL,
	seq        BIGINT NOT NULL,
	kind       BIGINT NOT NULL,
	state      BIGINT NOT NULL,
	rung       BIGINT NOT NULL,
	next       BIGINT NOT NULL,
	phone_hash BYTEA,
	body       BYTEA NOT NULL,
	PRIMARY KEY (alert, id)
) {clustered};
CREATE INDEX recipient_phone ON recipient (phone_hash, alert) WHERE phone_hash IS NOT NULL;

-- ready is the time from which an attempt may be claimed: when it is due, or
-- when the lease of its claim ends; null where it is over.
CREATE TABLE attempt (
	id        BYTEA PRIMARY KEY,
	seq       BIGINT NOT NULL,
	alert     BYTEA,
	recipient BYTEA,
	channel   BIGINT NOT NULL,
	lane      BIGINT NOT NULL,
	state     BIGINT NOT NULL,
	ready     BIGINT,
	due       BIGINT NOT NULL,
	expires   BIGINT NOT NULL,
	validity  BIGINT NOT NULL,
	tries     BIGINT NOT NULL,
	lookups   BIGINT NOT NULL,
	fence     BIGINT NOT NULL,
	doubt     BIGINT NOT NULL,
	sender    TEXT NOT NULL,
	avoid     TEXT NOT NULL,
	sid       TEXT NOT NULL,
	rank      BIGINT NOT NULL,
	code      TEXT NOT NULL,
	sent      BIGINT NOT NULL,
	body      BYTEA NOT NULL
) {clustered};
CREATE INDEX attempt_alert ON attempt (alert) WHERE alert IS NOT NULL;
CREATE INDEX attempt_ready ON attempt (lane, ready) WHERE ready IS NOT NULL;

CREATE TABLE timer (
	id      BYTEA PRIMARY KEY,
	kind    TEXT NOT NULL,
	alert   BYTEA,
	profile BYTEA,
	due     BIGINT NOT NULL,
	ready   BIGINT NOT NULL,
	fence   BIGINT NOT NULL,
	doubt   BIGINT NOT NULL,
	body    BYTEA
) {clustered};
CREATE INDEX timer_ready ON timer (ready);
CREATE INDEX timer_alert ON timer (alert) WHERE alert IS NOT NULL;
CREATE INDEX timer_profile ON timer (profile) WHERE profile IS NOT NULL;

CREATE TABLE task (
	id      BYTEA PRIMARY KEY,
	seq     BIGINT NOT NULL,
	kind    TEXT NOT NULL,
	state   BIGINT NOT NULL,
	urgent  BIGINT NOT NULL,
	alert   BYTEA,
	profile BYTEA,
	at      BIGINT NOT NULL,
	body    BYTEA NOT NULL
) {clustered};
CREATE INDEX task_alert ON task (alert) WHERE alert IS NOT NULL;
CREATE INDEX task_profile ON task (profile) WHERE profile IS NOT NULL;
CREATE INDEX task_open ON task (at) WHERE state < 3;

CREATE TABLE desk (
	id        BYTEA PRIMARY KEY,
	seq       BIGINT NOT NULL,
	consulate TEXT NOT NULL,
	position  BIGINT NOT NULL,
	body      BYTEA NOT NULL
) {clustered};

-- Until when each sender's time is given away.
CREATE TABLE slot (
	sender TEXT PRIMARY KEY,
	free   BIGINT NOT NULL
) {clustered};

-- The audit chains: a row for each subject that a Turn changed. hash covers
-- the row before it and body_hash, not the body, which may be erased.
CREATE TABLE ledger (
	subject   BYTEA NOT NULL,
	seq       BIGINT NOT NULL,
	kind      TEXT NOT NULL,
	what      TEXT NOT NULL,
	at        BIGINT NOT NULL,
	body_hash BYTEA NOT NULL,
	hash      BYTEA NOT NULL,
	body      BYTEA,
	PRIMARY KEY (subject, seq)
) {clustered};

-- Always empty: a null that is written here stops a Turn.
CREATE TABLE guard (
	ok BIGINT NOT NULL
);
`, `
-- The contact centre: who works there, in which browsers they are signed in,
-- and tries at signing in, by keyed hash of what is tried.
CREATE TABLE agent (
	id        BYTEA PRIMARY KEY,
	seq       BIGINT NOT NULL,
	head      BYTEA NOT NULL,
	at        BIGINT NOT NULL,
	name_hash BYTEA NOT NULL,
	body      BYTEA NOT NULL
);
CREATE UNIQUE INDEX agent_name ON agent (name_hash);

CREATE TABLE session (
	key     BYTEA PRIMARY KEY,
	agent   BYTEA NOT NULL,
	stage   BIGINT NOT NULL,
	seen    BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	body    BYTEA NOT NULL
);
CREATE INDEX session_agent ON session (agent);
CREATE INDEX session_seen ON session (seen);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE login_try (
	key     BYTEA PRIMARY KEY,
	tries   BIGINT NOT NULL,
	until   BIGINT NOT NULL,
	at      BIGINT NOT NULL,
	refused BIGINT NOT NULL
) {clustered};

-- Calls that are put through to the contact centre.
CREATE TABLE ringing (
	id      BYTEA PRIMARY KEY,
	at      BIGINT NOT NULL,
	profile BYTEA,
	alert   BYTEA,
	body    BYTEA NOT NULL
);
CREATE INDEX ringing_at ON ringing (at);
CREATE INDEX ringing_profile ON ringing (profile) WHERE profile IS NOT NULL;

-- What agents did, over all of them, by time.
CREATE INDEX ledger_agents ON ledger (at) WHERE kind = 'agent';
`, `
-- Calls and USSD sessions, by keyed hash of the carrier's id.
CREATE TABLE keysession (
	id       BYTEA PRIMARY KEY,
	seq      BIGINT NOT NULL,
	at       BIGINT NOT NULL,
	key_hash BYTEA NOT NULL,
	body     BYTEA NOT NULL
);
CREATE UNIQUE INDEX keysession_key ON keysession (key_hash);
CREATE INDEX keysession_at ON keysession (at);
`, `
-- Senders that were found unable to text a country.
CREATE TABLE unreached (
	sender  TEXT NOT NULL,
	country TEXT NOT NULL,
	code    TEXT NOT NULL,
	until   BIGINT NOT NULL,
	PRIMARY KEY (sender, country)
) {clustered};

-- Segments that were sent, by day since 1970, UTC.
CREATE TABLE spent (
	day      BIGINT PRIMARY KEY,
	segments BIGINT NOT NULL
) {clustered};

-- How many new contacts a block of ten thousand numbers had on a day.
CREATE TABLE newcomer (
	block    BYTEA NOT NULL,
	day      BIGINT NOT NULL,
	contacts BIGINT NOT NULL,
	PRIMARY KEY (block, day)
) {clustered};
CREATE INDEX newcomer_day ON newcomer (day);

-- The inbound sides of carriers: when each was heard, the longest silence in
-- microseconds, when it was probed, and when a probe came back.
CREATE TABLE side (
	carrier TEXT PRIMARY KEY,
	heard   BIGINT NOT NULL,
	gap     BIGINT NOT NULL,
	probed  BIGINT NOT NULL,
	back    BIGINT NOT NULL
) {clustered};
`, `
-- Links for consulates' desks, by hash of what stands in them.
CREATE TABLE pass (
	key     BYTEA PRIMARY KEY,
	seq     BIGINT NOT NULL,
	alert   BYTEA NOT NULL,
	expires BIGINT NOT NULL,
	body    BYTEA NOT NULL
);
CREATE INDEX pass_alert ON pass (alert);
CREATE INDEX pass_expires ON pass (expires);
`, `
-- Many alerts for one place within minutes. ended is 0 while it is open.
CREATE TABLE incident (
	id        BYTEA PRIMARY KEY,
	seq       BIGINT NOT NULL,
	consulate TEXT NOT NULL,
	since     BIGINT NOT NULL,
	ended     BIGINT NOT NULL,
	body      BYTEA NOT NULL
) {clustered};
CREATE UNIQUE INDEX incident_open ON incident (consulate) WHERE ended = 0;
CREATE INDEX incident_ended ON incident (ended);

-- The consulate for the place, whatever the person consented to.
ALTER TABLE alert ADD COLUMN district TEXT NOT NULL DEFAULT '';
`, `
-- From when a carrier is to forget the words of a message; null: nothing is to
-- be done. sid is the carrier's name for what came in.
ALTER TABLE attempt ADD COLUMN redact BIGINT;
CREATE INDEX attempt_redact ON attempt (redact) WHERE redact IS NOT NULL;
ALTER TABLE inbound ADD COLUMN sid TEXT;
ALTER TABLE inbound ADD COLUMN redact BIGINT;
CREATE INDEX inbound_redact ON inbound (redact) WHERE redact IS NOT NULL;
`, `
-- When a person is next looked at for a sign of life, and the last one of that
-- one of them, the person and the contacts, who has given none for longest.
ALTER TABLE profile ADD COLUMN look BIGINT NOT NULL DEFAULT 0;
ALTER TABLE profile ADD COLUMN heard BIGINT NOT NULL DEFAULT 0;
CREATE INDEX profile_look ON profile (look);
`, `
-- For how long each key was in force; until is 0 while it is.
CREATE TABLE keyspan (
	name  BYTEA PRIMARY KEY,
	since BIGINT NOT NULL,
	until BIGINT NOT NULL
) {clustered};

-- The nodes that serve, and the names of the keys that each can reach.
CREATE TABLE holder (
	id    BYTEA PRIMARY KEY,
	seen  BIGINT NOT NULL,
	names BYTEA NOT NULL
) {clustered};

-- What a row's key is a hash of, sealed, so that a new lookup key can hash it.
-- Rows from before have none, and go by age.
UPDATE inbound SET body = NULL;
ALTER TABLE login_try ADD COLUMN body BYTEA;
ALTER TABLE newcomer ADD COLUMN body BYTEA;
`, `
-- The number of the seal that covers a row, and the seals, by number.
ALTER TABLE ledger ADD COLUMN seal BIGINT NOT NULL DEFAULT 0;
CREATE INDEX ledger_seal ON ledger (seal, subject, seq);
CREATE TABLE seal (
	id   BYTEA PRIMARY KEY,
	body BYTEA NOT NULL
) {clustered};
INSERT INTO meta (name, number) VALUES ('seal', 0), ('seal hour', 0);
`, `
-- 1 for a text that held a PIN: its carrier is asked first to forget it.
ALTER TABLE inbound ADD COLUMN secret BIGINT NOT NULL DEFAULT 0;
CREATE INDEX inbound_secret ON inbound (redact) WHERE redact IS NOT NULL AND secret = 1;
`, `
-- What agents have decided and can still undo is shown on every page.
CREATE INDEX timer_act ON timer (due) WHERE kind IN ('act', 'act-void');
`, `
-- Texts to contacts that are counted, by keyed hash of who got them. They outlast
-- the contact and the person.
CREATE TABLE texted (
	id         BYTEA PRIMARY KEY,
	at         BIGINT NOT NULL,
	kind       BIGINT NOT NULL,
	phone_hash BYTEA NOT NULL,
	body       BYTEA NOT NULL
) {clustered};
CREATE INDEX texted_phone ON texted (phone_hash, at);
`, `
-- How often an error code that the carrier's table lacks was met, by day since
-- 1970, UTC.
CREATE TABLE oddcode (
	code  TEXT NOT NULL,
	day   BIGINT NOT NULL,
	times BIGINT NOT NULL,
	PRIMARY KEY (code, day)
) {clustered};
`, `
-- A call that was put through: who sees to it changes, and it ends.
ALTER TABLE ringing ADD COLUMN seq BIGINT NOT NULL DEFAULT 1;
ALTER TABLE ringing ADD COLUMN ended BIGINT NOT NULL DEFAULT 0;
`, `
-- Calls that have not been made: few, beside the texts of a raid, and slow.
CREATE INDEX attempt_call ON attempt (due) WHERE channel = 2 AND ready IS NOT NULL;
`, `
-- One row: the sums of all rows that give rights (rights.go).
CREATE TABLE roll (
	id   BYTEA PRIMARY KEY,
	seq  BIGINT NOT NULL,
	body BYTEA NOT NULL
) {clustered};
`}

// inOrderSince is the migration, from 0, since which the names of the keys in
// force stand in their order.
const inOrderSince = 8

// rightsSince is the migration, from 0, since which what gives rights is listed.
const rightsSince = 16
