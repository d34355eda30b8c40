//! The log of a test.

use std::io::{Result, Write};
use std::sync::{Arc, Mutex};
use tracing::{Level, Subscriber};

/// What was written into a log.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Writes lines of this level and above into it.
    pub fn subscriber(&self, level: Level) -> impl Subscriber + Send + Sync + use<> {
        let log = self.clone();
        tracing_subscriber::fmt().with_max_level(level).with_ansi(false).with_writer(move || log.clone()).finish()
    }

    /// The lines until now.
    pub fn lines(&self) -> Vec<String> {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap().lines().map(str::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}
