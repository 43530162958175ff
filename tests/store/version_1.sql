-- A database as version 1 of the schema left it; see sqlite_schema_test.ts.
PRAGMA application_id = 1398361684;
PRAGMA user_version = 1;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  provider TEXT NOT NULL,
  name TEXT NOT NULL,
  ok_at INTEGER,
  state_at INTEGER,
  state TEXT
) STRICT;
INSERT INTO accounts VALUES(1,'acme/work','acme','work',1773129780000,1773129780000,'{"account":"acme/work","at":1773129780000,"plan":null,"quotas":{"five-hour":{"reading":{"quota":"five-hour","label":"Five hours","unit":"requests","used":60,"limit":100,"remaining":null,"window":{"kind":"fixed","seconds":18000},"resetsAt":1773147600000},"at":1773129780000,"cycle":{"quota":"acme/work/five-hour","startedAt":1773129600000,"endedAt":null,"resetsAt":1773147600000,"peak":60,"consumed":20.5,"limit":100,"count":4,"lastAt":1773129780000,"whole":false,"endedBy":[]},"open":[{"step":300000,"start":1773129600000,"firstAt":1773129600000,"lastAt":1773129780000,"count":4,"first":5,"last":60,"low":5,"high":60,"leftLow":null,"leftHigh":null,"leftSum":0,"leftCount":0,"shareLast":0.6,"shareLow":0.05,"shareHigh":0.6,"limit":100,"consumed":20.5,"resets":0},{"step":3600000,"start":1773129600000,"firstAt":1773129600000,"lastAt":1773129780000,"count":4,"first":5,"last":60,"low":5,"high":60,"leftLow":null,"leftHigh":null,"leftSum":0,"leftCount":0,"shareLast":0.6,"shareLow":0.05,"shareHigh":0.6,"limit":100,"consumed":20.5,"resets":0},{"step":86400000,"start":1773100800000,"firstAt":1773129600000,"lastAt":1773129780000,"count":4,"first":5,"last":60,"low":5,"high":60,"leftLow":null,"leftHigh":null,"leftSum":0,"leftCount":0,"shareLast":0.6,"shareLow":0.05,"shareHigh":0.6,"limit":100,"consumed":20.5,"resets":0}],"recent":[{"from":1773129600000,"to":1773129780000,"consumed":20.5}]}}}');
CREATE TABLE quotas (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  label TEXT NOT NULL,
  unit TEXT NOT NULL,
  window_kind TEXT NOT NULL,
  window_seconds REAL,
  UNIQUE (account_id, name)
) STRICT;
INSERT INTO quotas VALUES(1,1,'five-hour','Five hours','requests','fixed',18000.0);
CREATE TABLE readings (
  quota_id INTEGER NOT NULL REFERENCES quotas(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  used REAL,
  quota_limit REAL,
  remaining REAL,
  resets_at INTEGER,
  consumed REAL NOT NULL,
  is_reset INTEGER NOT NULL,
  PRIMARY KEY (quota_id, at)
) STRICT, WITHOUT ROWID;
INSERT INTO readings VALUES(1,1773129600000,5.0,100.0,NULL,1773147600000,0.0,0);
INSERT INTO readings VALUES(1,1773129660000,25.499999999999999999,100.0,NULL,1773147600000,20.499999999999999999,0);
INSERT INTO readings VALUES(1,1773129720000,NULL,100.0,NULL,1773147600000,0.0,0);
INSERT INTO readings VALUES(1,1773129780000,60.0,100.0,NULL,1773147600000,0.0,0);
CREATE TABLE cycles (
  quota_id INTEGER NOT NULL REFERENCES quotas(id) ON DELETE CASCADE,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  resets_at INTEGER,
  peak REAL,
  consumed REAL NOT NULL,
  quota_limit REAL,
  readings INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  is_whole INTEGER NOT NULL,
  ended_by TEXT NOT NULL,
  PRIMARY KEY (quota_id, started_at)
) STRICT, WITHOUT ROWID;
INSERT INTO cycles VALUES(1,1773129600000,NULL,1773147600000,60.0,20.499999999999999999,100.0,4,1773129780000,0,'');
CREATE TABLE outcomes (
  account_id INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  duration_ms REAL NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT,
  hint TEXT,
  retry_at INTEGER,
  failures INTEGER NOT NULL,
  next_at INTEGER,
  next_reason TEXT NOT NULL,
  credential TEXT,
  answer TEXT,
  PRIMARY KEY (account_id, at)
) STRICT, WITHOUT ROWID;
INSERT INTO outcomes VALUES(1,1773129600000,120.0,'ok',NULL,NULL,NULL,0,1773129660000,'interval','c0ffee',NULL);
INSERT INTO outcomes VALUES(1,1773129660000,120.0,'ok',NULL,NULL,NULL,0,1773129720000,'interval','c0ffee',NULL);
INSERT INTO outcomes VALUES(1,1773129720000,120.0,'ok',NULL,NULL,NULL,0,1773129780000,'interval','c0ffee',NULL);
INSERT INTO outcomes VALUES(1,1773129780000,120.0,'ok',NULL,NULL,NULL,0,1773129840000,'interval','c0ffee',NULL);
INSERT INTO outcomes VALUES(1,1773130200000,120.0,'unavailable',NULL,'The vendor does not answer',NULL,1,1773130260000,'interval','c0ffee',NULL);
CREATE TABLE five_minutes (
  quota_id INTEGER NOT NULL REFERENCES quotas(id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  readings INTEGER NOT NULL,
  first REAL,
  last REAL,
  low REAL,
  high REAL,
  left_low REAL,
  left_high REAL,
  left_sum REAL NOT NULL,
  left_count INTEGER NOT NULL,
  share_last REAL,
  share_low REAL,
  share_high REAL,
  quota_limit REAL,
  consumed REAL NOT NULL,
  resets INTEGER NOT NULL,
  PRIMARY KEY (quota_id, start)
) STRICT, WITHOUT ROWID;
INSERT INTO five_minutes VALUES(1,1773129600000,1773129600000,1773129780000,4,5.0,60.0,5.0,60.0,NULL,NULL,0.0,0,0.59999999999999997779,0.050000000000000002775,0.59999999999999997779,100.0,20.499999999999999999,0);
CREATE TABLE hours (
  quota_id INTEGER NOT NULL REFERENCES quotas(id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  readings INTEGER NOT NULL,
  first REAL,
  last REAL,
  low REAL,
  high REAL,
  left_low REAL,
  left_high REAL,
  left_sum REAL NOT NULL,
  left_count INTEGER NOT NULL,
  share_last REAL,
  share_low REAL,
  share_high REAL,
  quota_limit REAL,
  consumed REAL NOT NULL,
  resets INTEGER NOT NULL,
  PRIMARY KEY (quota_id, start)
) STRICT, WITHOUT ROWID;
INSERT INTO hours VALUES(1,1773129600000,1773129600000,1773129780000,4,5.0,60.0,5.0,60.0,NULL,NULL,0.0,0,0.59999999999999997779,0.050000000000000002775,0.59999999999999997779,100.0,20.499999999999999999,0);
CREATE TABLE days (
  quota_id INTEGER NOT NULL REFERENCES quotas(id) ON DELETE CASCADE,
  start INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  readings INTEGER NOT NULL,
  first REAL,
  last REAL,
  low REAL,
  high REAL,
  left_low REAL,
  left_high REAL,
  left_sum REAL NOT NULL,
  left_count INTEGER NOT NULL,
  share_last REAL,
  share_low REAL,
  share_high REAL,
  quota_limit REAL,
  consumed REAL NOT NULL,
  resets INTEGER NOT NULL,
  PRIMARY KEY (quota_id, start)
) STRICT, WITHOUT ROWID;
INSERT INTO days VALUES(1,1773100800000,1773129600000,1773129780000,4,5.0,60.0,5.0,60.0,NULL,NULL,0.0,0,0.59999999999999997779,0.050000000000000002775,0.59999999999999997779,100.0,20.499999999999999999,0);
CREATE TABLE settings (
  id TEXT NOT NULL PRIMARY KEY,
  doc TEXT NOT NULL,
  expires_at INTEGER,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO settings VALUES('theme','{"dark":true}',NULL,1773129600000);
CREATE TABLE account_settings (
  id TEXT NOT NULL PRIMARY KEY,
  doc TEXT NOT NULL,
  expires_at INTEGER,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE users (
  id TEXT NOT NULL PRIMARY KEY,
  doc TEXT NOT NULL,
  expires_at INTEGER,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE logins (
  id TEXT NOT NULL PRIMARY KEY,
  doc TEXT NOT NULL,
  expires_at INTEGER,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO logins VALUES('digest','{"user":"me"}',1773216000000,1773129600000);
CREATE TABLE keys (
  id TEXT NOT NULL PRIMARY KEY,
  doc TEXT NOT NULL,
  expires_at INTEGER,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE alerts (
  id TEXT NOT NULL PRIMARY KEY,
  doc TEXT NOT NULL,
  expires_at INTEGER,
  updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX settings_expires_at ON settings(expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX account_settings_expires_at ON account_settings(expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX users_expires_at ON users(expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX logins_expires_at ON logins(expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX keys_expires_at ON keys(expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX alerts_expires_at ON alerts(expires_at) WHERE expires_at IS NOT NULL;
CREATE VIEW usage_snapshots AS
SELECT
  r.at * 1000 + r.quota_id AS id,
  strftime('%Y-%m-%d %H:%M:%S', r.at / 1000, 'unixepoch') AS collected_at,
  iif(r.quota_limit = CAST(r.quota_limit AS INTEGER), CAST(r.quota_limit AS INTEGER), r.quota_limit) AS subscription_limit,
  iif(r.used = CAST(r.used AS INTEGER), CAST(r.used AS INTEGER), r.used) AS requests_used,
  iif(r.remaining = CAST(r.remaining AS INTEGER), CAST(r.remaining AS INTEGER), r.remaining) AS leftover,
  strftime('%Y-%m-%d %H:%M:%S', r.resets_at / 1000, 'unixepoch') AS renews_at,
  a.provider AS provider,
  a.name AS account,
  q.name AS quota,
  q.unit AS unit
FROM readings r
JOIN quotas q ON q.id = r.quota_id
JOIN accounts a ON a.id = q.account_id;
CREATE VIEW daily_usage AS
SELECT
  strftime('%Y-%m-%d', d.start / 1000, 'unixepoch') AS day,
  iif(round(d.consumed, 6) = CAST(round(d.consumed, 6) AS INTEGER), CAST(round(d.consumed, 6) AS INTEGER), round(d.consumed, 6)) AS requests_consumed,
  iif(d.left_low = CAST(d.left_low AS INTEGER), CAST(d.left_low AS INTEGER), d.left_low) AS min_leftover,
  iif(d.left_high = CAST(d.left_high AS INTEGER), CAST(d.left_high AS INTEGER), d.left_high) AS max_leftover,
  round(d.left_sum / nullif(d.left_count, 0), 6) AS avg_leftover,
  d.readings AS snapshots,
  iif(round(d.high - d.low, 6) = CAST(round(d.high - d.low, 6) AS INTEGER), CAST(round(d.high - d.low, 6) AS INTEGER), round(d.high - d.low, 6)) AS naive_max_minus_min,
  a.provider AS provider,
  a.name AS account,
  q.name AS quota,
  q.unit AS unit
FROM days d
JOIN quotas q ON q.id = d.quota_id
JOIN accounts a ON a.id = q.account_id
ORDER BY d.start DESC, a.key, q.id;
CREATE VIEW weekly_usage AS
SELECT
  strftime('%Y-W%W', d.start / 1000, 'unixepoch') AS week,
  iif(round(sum(d.consumed), 6) = CAST(round(sum(d.consumed), 6) AS INTEGER), CAST(round(sum(d.consumed), 6) AS INTEGER), round(sum(d.consumed), 6)) AS requests_consumed,
  iif(min(d.left_low) = CAST(min(d.left_low) AS INTEGER), CAST(min(d.left_low) AS INTEGER), min(d.left_low)) AS min_leftover,
  iif(max(d.left_high) = CAST(max(d.left_high) AS INTEGER), CAST(max(d.left_high) AS INTEGER), max(d.left_high)) AS max_leftover,
  round(sum(d.left_sum) / nullif(sum(d.left_count), 0), 6) AS avg_leftover,
  sum(d.readings) AS snapshots,
  iif(round(max(d.high) - min(d.low), 6) = CAST(round(max(d.high) - min(d.low), 6) AS INTEGER), CAST(round(max(d.high) - min(d.low), 6) AS INTEGER), round(max(d.high) - min(d.low), 6)) AS naive_max_minus_min,
  a.provider AS provider,
  a.name AS account,
  q.name AS quota,
  q.unit AS unit
FROM days d
JOIN quotas q ON q.id = d.quota_id
JOIN accounts a ON a.id = q.account_id
GROUP BY week, q.id
ORDER BY week DESC, a.key, q.id;
COMMIT;
