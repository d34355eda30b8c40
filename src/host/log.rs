//! What an app writes to its outputs, and what happens to its process: a file that is rotated, and the last lines in memory.

use chrono::{SecondsFormat, Utc};
use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// A file is full at this size.
const SIZE: u64 = 10 << 20;
/// How many full files are kept beside the present one.
const KEPT: usize = 4;
/// A longer line is cut into several.
const LINE: usize = 16 * 1024;
/// How many last lines a failure is explained with.
const TAIL: usize = 40;

/// The log of one environment.
#[derive(Debug, Clone)]
pub struct AppLog(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    folder: PathBuf,
    /// `None` after the disk refused it; tried again with the next line.
    file: Option<(File, u64)>,
    /// Whether the last line was refused, and the operator was told so.
    refused: bool,
}

impl AppLog {
    /// Writes `app.log` in this folder.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = Some(append(folder)?);
        Ok(Self(Arc::new(Mutex::new(Inner { folder: folder.to_owned(), file, refused: false }))))
    }

    /// An event of the process, in the form of the app's own lines.
    pub fn event(&self, level: &str, message: &str) {
        let time = Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true);
        let line = serde_json::json!({ "time": time, "level": level, "source": "slipform", "message": message });
        self.line(line.to_string().as_bytes());
    }

    fn line(&self, line: &[u8]) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let result = inner.write(line);
        let before = std::mem::replace(&mut inner.refused, result.is_err());
        if let Err(error) = result {
            inner.file = None;
            // Once, and not with each line: the operator's own log may stand on the same disk.
            if !before {
                tracing::warn!(folder = %inner.folder.display(), %error, "an app's log cannot be written; lines are lost until it can");
            }
        }
    }

    /// Copies lines of an output until it ends.
    pub async fn follow(self, mut output: impl AsyncRead + Unpin, tail: Tail) {
        let mut buffer = Vec::with_capacity(4096);
        loop {
            let ended = !matches!(output.read_buf(&mut buffer).await, Ok(1..));
            let mut from = 0;
            while let Some(end) = buffer[from..].iter().position(|byte| *byte == b'\n') {
                self.app_line(&buffer[from..from + end], &tail);
                from += end + 1;
            }
            buffer.drain(..from);
            if buffer.len() >= LINE || ended && !buffer.is_empty() {
                self.app_line(&buffer, &tail);
                buffer.clear();
            }
            if ended {
                return;
            }
        }
    }

    fn app_line(&self, line: &[u8], tail: &Tail) {
        for part in line.chunks(LINE) {
            self.line(part);
            tail.push(part);
        }
    }
}

impl Inner {
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.file.as_ref().is_some_and(|(_, size)| *size + line.len() as u64 >= SIZE) {
            self.file = None;
            self.rotate()?;
        }
        let (file, size) = match &mut self.file {
            Some(open) => open,
            closed => closed.insert(append(&self.folder)?),
        };
        let mut whole = Vec::with_capacity(line.len() + 1);
        whole.extend_from_slice(line);
        whole.push(b'\n');
        if let Err(error) = file.write_all(&whole) {
            // A full disk takes the beginning of a line; the next one would go on behind it.
            let _ = file.set_len(*size);
            return Err(error);
        }
        *size += whole.len() as u64;
        Ok(())
    }

    fn rotate(&self) -> io::Result<()> {
        let name = |number: usize| self.folder.join(format!("app.log.{number}"));
        for number in (1..KEPT).rev() {
            match fs::rename(name(number), name(number + 1)) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        fs::rename(self.folder.join("app.log"), name(1))
    }
}

fn append(folder: &Path) -> io::Result<(File, u64)> {
    let file = OpenOptions::new().create(true).append(true).open(folder.join("app.log"))?;
    let size = file.metadata()?.len();
    Ok((file, size))
}

/// The last lines of one process.
#[derive(Debug, Clone, Default)]
pub struct Tail(Arc<Mutex<VecDeque<String>>>);

impl Tail {
    fn push(&self, line: &[u8]) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == TAIL {
            lines.pop_front();
        }
        let mut text = String::from_utf8_lossy(line).replace('\0', "\u{fffd}");
        if let Some((cut, _)) = text.char_indices().nth(500) {
            text.truncate(cut);
            text.push('…');
        }
        lines.push_back(text);
    }

    /// All of them.
    pub fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_log_is_rotated_and_never_grows_beyond_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let log = AppLog::open(folder.path()).unwrap();
        let line = vec![b'x'; LINE - 1];
        for _ in 0..SIZE * 6 / line.len() as u64 {
            log.line(&line);
        }
        let sizes: Vec<u64> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).collect();
        assert_eq!(sizes.len(), KEPT + 1);
        assert!(sizes.iter().all(|size| *size <= SIZE), "{sizes:?}");
    }

    #[tokio::test]
    async fn lines_arrive_whole_also_the_last_without_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let log = AppLog::open(folder.path()).unwrap();
        let tail = Tail::default();
        log.follow(&b"one\ntwo\nthree"[..], tail.clone()).await;
        assert_eq!(tail.text(), "one\ntwo\nthree");
        assert_eq!(std::fs::read_to_string(folder.path().join("app.log")).unwrap(), "one\ntwo\nthree\n");
    }
}
