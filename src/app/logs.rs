//! What a live app writes: read from the files that `host` keeps, or where it runs elsewhere.

use super::{App, elsewhere, environments, standing};
use crate::auth::{Actor, Operation};
use crate::domain::error::{Error, Result};
use crate::domain::local::Places;
use crate::domain::{Lifecycle, TargetKind};
use futures::stream::{BoxStream, StreamExt as _};
use std::collections::VecDeque;
use std::io::{ErrorKind, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::sync::CancellationToken;

/// The file that is written; older ones have `.1`, `.2` … behind it.
const CURRENT: &str = "app.log";
/// How often a followed file is looked at.
const LOOK: Duration = Duration::from_millis(300);
/// Longer lines are cut by the host already.
const LONGEST: usize = 64 * 1024;
/// The most lines that can be asked for.
pub const MOST_LINES: u32 = 10_000;

/// The last `lines` lines of an environment's app, and with `follow` those that come.
pub async fn read(app: &Arc<App>, actor: &Actor, name: &str, environment: &str, lines: u32, follow: bool) -> Result<BoxStream<'static, String>> {
    actor.may(Operation::ShowAppLogs)?;
    if !(1..=MOST_LINES).contains(&lines) {
        return Err(Error::invalid("/query/lines", format!("The number of lines must be 1 to {MOST_LINES}.")));
    }
    let mut tx = app.tenant(actor).await?;
    let (record, place) = environments::find(&mut tx, name, environment).await?;
    drop(tx);
    let (last, tail) = match record.target {
        TargetKind::Local => {
            let going = [record.state, place.state].contains(&Lifecycle::Deleting);
            of_files(&app.settings.home, &place, going, lines as usize).await?
        }
        TargetKind::Aws => {
            let (last, tail) = elsewhere::Tail::start(app.elsewhere()?, place.id, lines as usize).await?;
            (last.into(), Tail::Elsewhere(tail))
        }
    };
    let before = futures::stream::iter(last);
    if !follow {
        return Ok(before.boxed());
    }
    let place = app.places.take(actor.organization, app.settings.streams)?;
    let shutdown = app.shutdown.clone();
    let coming = futures::stream::unfold((tail, shutdown, place), async |(mut tail, shutdown, place)| {
        let lines = tail.next(&shutdown).await?;
        Some((futures::stream::iter(lines), (tail, shutdown, place)))
    });
    Ok(before.chain(standing::while_allowed(app, actor, Operation::ShowAppLogs, coming.flatten())).boxed())
}

async fn of_files(home: &Path, place: &environments::Record, going: bool, wanted: usize) -> Result<(VecDeque<String>, Tail)> {
    let mut files = Files { folder: Places::new(home).logs(place.id), file: None, rest: Vec::new() };
    let last = match files.last(wanted).await {
        Ok(last) => last,
        // Nothing was live yet, or all of it is being removed.
        Err(error) if error.kind() == ErrorKind::NotFound && (place.live_release_id.is_none() || going) => VecDeque::new(),
        Err(error) => {
            return Err(Error::Unavailable {
                detail: "The logs of this app are on another machine. Ask the API of the machine whose `host` runs it.".into(),
                cause: Some(error.into()),
            });
        }
    };
    Ok((last, Tail::Files(files)))
}

/// Reads on, wherever the lines come from.
enum Tail {
    Files(Files),
    Elsewhere(elsewhere::Tail),
}

impl Tail {
    /// The lines that have come since; waits until there is one. `None`: the program ends, or the app is gone.
    async fn next(&mut self, shutdown: &CancellationToken) -> Option<Vec<String>> {
        match self {
            Self::Files(files) => files.next(shutdown).await,
            Self::Elsewhere(tail) => tail.next(shutdown).await,
        }
    }
}

/// Reads files that grow and are rotated.
struct Files {
    folder: PathBuf,
    file: Option<File>,
    /// The beginning of a line whose end has not come.
    rest: Vec<u8>,
}

impl Files {
    /// The last lines, from the older files too where the present one has too few. Afterwards the present file is read on
    /// from its end.
    async fn last(&mut self, wanted: usize) -> std::io::Result<VecDeque<String>> {
        let mut last = match File::open(self.folder.join(CURRENT)).await {
            Ok(mut file) => {
                let last = last_lines(&mut file, wanted).await?;
                self.file = Some(file);
                last
            }
            // It is being rotated just now.
            Err(error) if error.kind() == ErrorKind::NotFound && tokio::fs::try_exists(&self.folder).await? => VecDeque::new(),
            Err(error) => return Err(error),
        };
        for number in 1.. {
            if last.len() >= wanted {
                break;
            }
            let Ok(mut older) = File::open(self.folder.join(format!("{CURRENT}.{number}"))).await else { break };
            let lines = last_lines(&mut older, wanted - last.len()).await?;
            for line in lines.into_iter().rev() {
                last.push_front(line);
            }
        }
        Ok(last)
    }

    /// The lines that have come since; waits until there is one. `None`: the program ends, or the app is gone.
    async fn next(&mut self, shutdown: &CancellationToken) -> Option<Vec<String>> {
        loop {
            let lines = self.grown().await.ok()?;
            if !lines.is_empty() {
                return Some(lines);
            }
            shutdown.run_until_cancelled(tokio::time::sleep(LOOK)).await?;
        }
    }

    async fn grown(&mut self) -> std::io::Result<Vec<String>> {
        let path = self.folder.join(CURRENT);
        if self.file.is_none() {
            self.file = File::open(&path).await.ok();
        }
        let Some(file) = &mut self.file else { return Ok(Vec::new()) };
        let mut lines = Vec::new();
        read_lines(file, &mut self.rest, &mut lines).await?;
        // The file under this name is another one: what is left of the old one has just been read.
        if lines.is_empty() && !same(file, &path).await {
            read_lines(file, &mut self.rest, &mut lines).await?;
            self.file = None;
        }
        Ok(lines)
    }
}

async fn same(file: &File, path: &Path) -> bool {
    match (file.metadata().await, tokio::fs::metadata(path).await) {
        (Ok(open), Ok(named)) => (open.dev(), open.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

/// Lines up to the end of the file, at most about a megabyte at once.
async fn read_lines(file: &mut File, rest: &mut Vec<u8>, lines: &mut Vec<String>) -> std::io::Result<()> {
    (&mut *file).take(1 << 20).read_to_end(rest).await?;
    let mut from = 0;
    while let Some(end) = rest[from..].iter().position(|b| *b == b'\n') {
        lines.push(String::from_utf8_lossy(&rest[from..from + end]).into_owned());
        from += end + 1;
    }
    rest.drain(..from);
    if rest.len() > LONGEST {
        lines.push(String::from_utf8_lossy(rest).into_owned());
        rest.clear();
    }
    Ok(())
}

/// The last whole lines of a file, read from its end, which is where the file stands afterwards.
async fn last_lines(file: &mut File, wanted: usize) -> std::io::Result<VecDeque<String>> {
    const BLOCK: u64 = 64 * 1024;
    let size = file.seek(SeekFrom::End(0)).await?;
    let (mut start, mut bytes, mut ends) = (size, Vec::new(), 0);
    while start > 0 && ends <= wanted {
        let block = BLOCK.min(start);
        start -= block;
        file.seek(SeekFrom::Start(start)).await?;
        let mut part = vec![0; usize::try_from(block).unwrap_or_default()];
        file.read_exact(&mut part).await?;
        ends += part.split(|b| *b == b'\n').count() - 1;
        part.append(&mut bytes);
        bytes = part;
    }
    // A line that is being written comes when it is whole.
    let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |end| end + 1);
    let after = start + whole as u64;
    file.seek(SeekFrom::Start(after)).await?;
    let text = String::from_utf8_lossy(&bytes[..whole]);
    let skipped = text.lines().count().saturating_sub(wanted);
    Ok(text.lines().skip(skipped).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    #[tokio::test]
    async fn the_last_lines_come_from_all_files_and_new_ones_also_across_a_rotation() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let lines = |from: i32, to: i32| {
            (from..to).fold(String::new(), |mut text, i| {
                let _ = writeln!(text, "line {i} {}", "x".repeat(200));
                text
            })
        };
        std::fs::write(path("app.log.1"), lines(0, 1000)).unwrap();
        std::fs::write(path("app.log"), lines(1000, 1500) + "half").unwrap();
        let mut tail = Files { folder: folder.path().to_owned(), file: None, rest: Vec::new() };
        let last = tail.last(700).await.unwrap();
        assert_eq!(last.len(), 700);
        assert!(last[0].starts_with("line 800 ") && last[699].starts_with("line 1499 "));

        let shutdown = CancellationToken::new();
        std::fs::write(path("app.log"), lines(1000, 1500) + "half and whole\n").unwrap();
        assert_eq!(tail.next(&shutdown).await.unwrap(), ["half and whole"]);
        std::fs::rename(path("app.log"), path("app.log.1")).unwrap();
        // Whoever asks at this very moment gets what there is.
        let mut moment = Files { folder: folder.path().to_owned(), file: None, rest: Vec::new() };
        assert_eq!(moment.last(1).await.unwrap(), ["half and whole"]);
        std::fs::write(path("app.log"), "after\n").unwrap();
        assert_eq!(tail.next(&shutdown).await.unwrap(), ["after"]);
        assert_eq!(moment.next(&shutdown).await.unwrap(), ["after"]);
        shutdown.cancel();
        assert_eq!(tail.next(&shutdown).await, None);
    }
}
