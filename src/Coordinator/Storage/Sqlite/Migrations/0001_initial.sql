-- Ids are 16 bytes, big-endian version-7 UUIDs, so that they sort by time. Times are microseconds since 1970 UTC. Money is 10^-9 units.
-- States and verdicts carry the numbers of JobState and Verdict; verdict 0 stands for "none yet".

CREATE TABLE pools (
    name  TEXT NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tenants (
    name       TEXT NOT NULL PRIMARY KEY,
    queued     INTEGER NOT NULL DEFAULT 0 CHECK (queued >= 0),
    max_queued INTEGER,
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agents (
    id                TEXT NOT NULL PRIMARY KEY,
    pool              TEXT NOT NULL,
    epoch             INTEGER NOT NULL,
    live              INTEGER NOT NULL CHECK (live IN (0, 1)),
    lease_until       INTEGER NOT NULL,
    capacity_cpu      INTEGER NOT NULL,
    capacity_memory   INTEGER NOT NULL,
    capacity_attempts INTEGER NOT NULL,
    reserved_cpu      INTEGER NOT NULL DEFAULT 0,
    reserved_memory   INTEGER NOT NULL DEFAULT 0,
    reserved_attempts INTEGER NOT NULL DEFAULT 0,
    labels            TEXT NOT NULL,
    kernel            TEXT NOT NULL,
    cgroup_mode       TEXT NOT NULL,
    version           TEXT NOT NULL,
    registered_at     INTEGER NOT NULL,
    -- I2, as a backstop: the placing update guards it in its WHERE, and reaching this aborts the write.
    CHECK (reserved_cpu BETWEEN 0 AND capacity_cpu),
    CHECK (reserved_memory BETWEEN 0 AND capacity_memory),
    CHECK (reserved_attempts BETWEEN 0 AND capacity_attempts)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
    id               BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    tenant           TEXT NOT NULL,
    pool             TEXT NOT NULL,
    priority         INTEGER NOT NULL,
    cpu_milli        INTEGER NOT NULL CHECK (cpu_milli > 0),
    memory_bytes     INTEGER NOT NULL CHECK (memory_bytes > 0),
    max_attempts     INTEGER NOT NULL CHECK (max_attempts > 0),
    step_count       INTEGER NOT NULL,
    labels           TEXT NOT NULL,
    submitted_at     INTEGER NOT NULL,
    version          INTEGER NOT NULL,
    state            INTEGER NOT NULL CHECK (state BETWEEN 1 AND 4),
    attempt          INTEGER NOT NULL CHECK (attempt BETWEEN 0 AND max_attempts),
    agent            TEXT,
    cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
    verdict          INTEGER NOT NULL DEFAULT 0,
    ended_at         INTEGER,
    charge_nano      INTEGER CHECK (charge_nano >= 0),
    CHECK ((state = 4) = (verdict <> 0)),
    CHECK ((state = 4) = (ended_at IS NOT NULL)),
    CHECK ((state = 4) = (charge_nano IS NOT NULL)),
    CHECK (state NOT IN (2, 3) OR (attempt > 0 AND agent IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_open ON jobs (pool, id) WHERE state < 4;
CREATE INDEX jobs_of_tenant ON jobs (tenant, id);

-- I4: what has ended stays ended.
CREATE TRIGGER jobs_ended_is_final BEFORE UPDATE ON jobs WHEN old.state = 4
BEGIN SELECT RAISE(ABORT, 'the job has ended'); END;

-- Apart from jobs, because those rows are rewritten at each change of state and this never is.
CREATE TABLE job_specs (
    job_id BLOB NOT NULL PRIMARY KEY,
    spec   BLOB NOT NULL
) STRICT;

CREATE TABLE attempts (
    job_id        BLOB NOT NULL,
    number        INTEGER NOT NULL CHECK (number > 0),
    agent         TEXT NOT NULL,
    agent_epoch   INTEGER NOT NULL,
    pool_epoch    INTEGER NOT NULL,
    placed_at     INTEGER NOT NULL,
    started_at    INTEGER,
    started_steps TEXT,
    ended_at      INTEGER,
    verdict       INTEGER NOT NULL DEFAULT 0,
    -- 1: the agent reported it; 0: the coordinator gave it up.
    reported      INTEGER NOT NULL DEFAULT 0 CHECK (reported IN (0, 1)),
    sequence      INTEGER,
    detail        TEXT,
    steps         BLOB,
    PRIMARY KEY (job_id, number),
    CHECK ((verdict <> 0) = (ended_at IS NOT NULL))
) STRICT;
-- I1: at most one attempt of a job is unfenced.
CREATE UNIQUE INDEX attempts_open ON attempts (job_id) WHERE verdict = 0;
CREATE INDEX attempts_of_agent ON attempts (agent) WHERE verdict = 0;

-- The ledger: append-only. I3: one row for each step of each attempt that started.
CREATE TABLE usage (
    id                    INTEGER PRIMARY KEY,
    job_id                BLOB NOT NULL,
    attempt               INTEGER NOT NULL,
    step                  INTEGER NOT NULL,
    tenant                TEXT NOT NULL,
    agent                 TEXT NOT NULL,
    agent_epoch           INTEGER NOT NULL,
    sequence              INTEGER,
    verdict               INTEGER NOT NULL CHECK (verdict BETWEEN 1 AND 13),
    attempt_verdict       INTEGER NOT NULL CHECK (attempt_verdict BETWEEN 1 AND 13),
    billable              INTEGER NOT NULL CHECK (billable = (verdict NOT IN (12, 13) AND attempt_verdict NOT IN (12, 13))),
    recorded_at           INTEGER NOT NULL,
    started_at            INTEGER NOT NULL,
    wall_ns               INTEGER NOT NULL CHECK (wall_ns >= 0),
    cpu_ns                INTEGER NOT NULL CHECK (cpu_ns >= 0),
    cpu_user_ns           INTEGER,
    cpu_system_ns         INTEGER,
    throttled_periods     INTEGER,
    throttled_ns          INTEGER,
    memory_peak_bytes     INTEGER,
    memory_baseline_bytes INTEGER,
    pids_peak             INTEGER,
    io_read_bytes         INTEGER,
    io_write_bytes        INTEGER,
    output_bytes          INTEGER NOT NULL,
    reserved_cpu_milli    INTEGER NOT NULL,
    reserved_memory_bytes INTEGER NOT NULL,
    queue_wait_ns         INTEGER NOT NULL,
    overhead_cpu_ns       INTEGER NOT NULL,
    kernel                TEXT,
    image                 TEXT NOT NULL,
    UNIQUE (job_id, attempt, step)
) STRICT;
CREATE TRIGGER usage_is_never_changed BEFORE UPDATE ON usage BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER usage_is_never_deleted BEFORE DELETE ON usage BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- What a job was billed: once, when it ended.
CREATE TABLE charges (
    job_id     BLOB NOT NULL PRIMARY KEY,
    tenant     TEXT NOT NULL,
    attempt    INTEGER NOT NULL,
    rate_card  TEXT NOT NULL,
    ended_at   INTEGER NOT NULL,
    total_nano INTEGER NOT NULL CHECK (total_nano >= 0)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER charges_are_never_changed BEFORE UPDATE ON charges BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER charges_are_never_deleted BEFORE DELETE ON charges BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

CREATE TABLE rate_cards (
    id              TEXT NOT NULL PRIMARY KEY,
    effective_from  INTEGER NOT NULL,
    per_cpu_second  INTEGER NOT NULL,
    per_gib_second  INTEGER NOT NULL,
    per_job         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Reports of attempts that were fenced: evidence, unbilled.
CREATE TABLE late_reports (
    job_id      BLOB NOT NULL,
    attempt     INTEGER NOT NULL,
    agent       TEXT NOT NULL,
    sequence    INTEGER NOT NULL,
    verdict     INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    steps       BLOB NOT NULL,
    PRIMARY KEY (job_id, attempt, agent, sequence)
) STRICT;

-- The outbox: an event leaves only because its change is committed. Its number is the version of the job that it made.
CREATE TABLE events (
    job_id  BLOB NOT NULL,
    no      INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    agent   TEXT,
    verdict INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, no)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
    tenant       TEXT NOT NULL,
    key          TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    jobs         BLOB NOT NULL,
    submitted_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    PRIMARY KEY (tenant, key)
) STRICT;
CREATE INDEX idempotency_expiry ON idempotency (expires_at);

CREATE TABLE api_keys (
    hash       BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    name       TEXT NOT NULL,
    tenant     TEXT,
    role       INTEGER NOT NULL CHECK (role BETWEEN 1 AND 3),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE blobs (
    digest    BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    bytes     INTEGER NOT NULL CHECK (bytes >= 0),
    stored_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Knowing a digest is not a permission.
CREATE TABLE blob_grants (
    tenant     TEXT NOT NULL,
    digest     BLOB NOT NULL,
    granted_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, digest)
) STRICT, WITHOUT ROWID;
