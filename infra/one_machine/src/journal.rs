//! Keeps what is queued on disk, so that a message once accepted survives the process being killed.
//!
//! The embedded queues live in memory. Every message is written here before its sender hears "accepted" and removed
//! when its consumer is done; at start, what is left is queued again. A message may then be handed out
//! twice, as with SQS itself; consumers are idempotent.

use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A queued message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The queue's name.
    pub queue: String,
    /// The engine's id of the message.
    pub message_id: String,
    /// The text.
    pub body: String,
    /// Whose it is, and in a FIFO queue what it must stay in order with.
    pub group: Option<String>,
}

/// The journal. Cheap to clone.
#[derive(Clone)]
pub struct Journal(Arc<Mutex<Connection>>);

const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS message (
        place INTEGER PRIMARY KEY AUTOINCREMENT,
        queue TEXT NOT NULL,
        message_id TEXT NOT NULL UNIQUE,
        body TEXT NOT NULL,
        message_group TEXT
    );
    CREATE TABLE IF NOT EXISTS note (name TEXT PRIMARY KEY, value TEXT NOT NULL);
";

impl Journal {
    /// Opens the journal in a file.
    pub fn in_file(path: &Path) -> rusqlite::Result<Self> {
        Self::around(Connection::open(path)?)
    }

    /// A journal that forgets everything at the end.
    pub fn in_memory() -> rusqlite::Result<Self> {
        Self::around(Connection::open_in_memory()?)
    }

    fn around(connection: Connection) -> rusqlite::Result<Self> {
        connection.execute_batch(SCHEMA)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Does something with the file while nobody else can.
    pub(crate) fn with<T>(
        &self,
        call: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        call(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes messages down, all or none.
    pub fn add(&self, entries: &[Entry]) -> rusqlite::Result<()> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            for e in entries {
                transaction.execute(
                    "INSERT OR IGNORE INTO message (queue, message_id, body, message_group) VALUES (?, ?, ?, ?)",
                    params![e.queue, e.message_id, e.body, e.group],
                )?;
            }
            transaction.commit()
        })
    }

    /// Forgets messages that are done.
    pub fn remove(&self, message_ids: &[String]) -> rusqlite::Result<()> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            for id in message_ids {
                transaction.execute("DELETE FROM message WHERE message_id = ?", params![id])?;
            }
            transaction.commit()
        })
    }

    /// Everything not done yet, in the order it was queued.
    pub fn pending(&self) -> rusqlite::Result<Vec<Entry>> {
        self.with(|connection| {
            let sql = "SELECT queue, message_id, body, message_group FROM message ORDER BY place";
            let mut statement = connection.prepare(sql)?;
            let entries = statement.query_map([], |row| {
                Ok(Entry {
                    queue: row.get(0)?,
                    message_id: row.get(1)?,
                    body: row.get(2)?,
                    group: row.get(3)?,
                })
            })?;
            entries.collect()
        })
    }

    /// How many messages are not done yet.
    pub fn pending_count(&self) -> rusqlite::Result<u64> {
        self.with(|connection| connection.query_row("SELECT count(*) FROM message", [], |row| row.get(0)))
    }

    /// Remembers a small text by name, such as how far the stream has been read.
    pub fn set_note(&self, name: &str, value: &str) -> rusqlite::Result<()> {
        self.with(|connection| {
            let sql = "INSERT INTO note (name, value) VALUES (?, ?)
                       ON CONFLICT (name) DO UPDATE SET value = excluded.value";
            connection.execute(sql, params![name, value]).map(|_| ())
        })
    }

    /// A remembered text.
    pub fn note(&self, name: &str) -> rusqlite::Result<Option<String>> {
        self.with(|connection| {
            let mut statement = connection.prepare("SELECT value FROM note WHERE name = ?")?;
            let mut rows = statement.query(params![name])?;
            rows.next()?.map(|row| row.get(0)).transpose()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_done_is_still_there() {
        let journal = Journal::in_memory().unwrap();
        let entry = |id: &str| Entry {
            queue: "orders".into(),
            message_id: id.into(),
            body: "{}".into(),
            group: None,
        };
        journal.add(&[entry("a"), entry("b"), entry("a")]).unwrap();
        journal.remove(&["a".to_owned()]).unwrap();
        assert_eq!(journal.pending().unwrap(), [entry("b")]);
        journal.remove(&["never there".to_owned()]).unwrap();
        assert_eq!(journal.pending_count().unwrap(), 1);
        journal.set_note("stream", "1").unwrap();
        journal.set_note("stream", "2").unwrap();
        assert_eq!(journal.note("stream").unwrap().as_deref(), Some("2"));
    }
}
