//! The keys that sign access tokens, from the first to the retired ones.
//!
//! Each signs for [`DAYS`]. The next one is published [`AHEAD`] before it signs, so that every process and whoever keeps our JWKS knows it
//! by then; the one before is retired, and its private half destroyed, once nothing that it signed can be good any more.

use super::App;
use crate::auth::{ACCESS_SECONDS, Issuer, Key, PublicKey};
use crate::domain::error::{Error, Result};
use crate::domain::seal::Keyring;
use crate::store::signing_keys::{self, NewKey, StoredKey};
use crate::store::{Pool, begin};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

pub use crate::store::signing_keys::Listed;

/// How often each process looks after the keys, and reads them again.
pub const EVERY: Duration = Duration::from_mins(1);
/// How long a key signs.
const DAYS: i32 = 30;
/// How long a key is published before it signs.
const AHEAD: Duration = Duration::from_hours(1);
/// How long the key before verifies after the next one has begun to sign: as long as a token is good, and five minutes for processes that
/// have not read the keys again yet and for clocks that differ.
const OVERLAP: Duration = Duration::from_secs(ACCESS_SECONDS + 300);
/// Made-up key ids must not cost a query each.
const UNKNOWN_EVERY: Duration = Duration::from_secs(2);

/// Looks after the keys until the process ends.
pub(super) async fn look_after(app: Arc<App>, every: Duration) {
    loop {
        tokio::select! {
            () = app.shutdown.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
        if let Err(error) = tend(&app).await {
            tracing::warn!(%error, ?error, "the signing keys could not be looked after; it is tried again");
        }
    }
}

/// Makes the next key when it is time, retires what is over, and reads the keys again. Of many processes, one does it.
pub async fn tend(app: &App) -> Result<()> {
    let mut tx = begin(&app.pool).await?;
    if signing_keys::try_lock(&mut tx).await? {
        if signing_keys::is_due(&mut tx, DAYS).await? {
            let made = signing_keys::insert(&mut tx, &new(&app.keyring), AHEAD.as_secs_f64()).await?;
            tracing::info!(key = made.id, signs_from = %made.signs_from, "the next signing key is published");
        }
        for key in signing_keys::retire(&mut tx, OVERLAP.as_secs_f64()).await? {
            tracing::info!(key, "a signing key was retired");
        }
    }
    tx.commit().await?;
    let known = app.issuer(None).await?;
    app.issuer(Some(&known)).await.map(drop)
}

/// What an operator asks for, apart from the regular rotation. Gives the new key.
pub async fn rotate(pool: &Pool, keyring: &Keyring, how: Rotation) -> Result<StoredKey> {
    let mut tx = begin(pool).await?;
    signing_keys::lock(&mut tx).await?;
    let made = match how {
        Rotation::InOrder => signing_keys::insert(&mut tx, &new(keyring), AHEAD.as_secs_f64()).await?,
        Rotation::Now => {
            let made = signing_keys::insert(&mut tx, &new(keyring), 0.0).await?;
            signing_keys::retire_all_but(&mut tx, &made.id).await?;
            made
        }
    };
    tx.commit().await?;
    Ok(made)
}

/// How keys are rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// The next key is published, signs in an hour, and no access token ends before its time.
    InOrder,
    /// The next key signs at once, and all others are retired: what they have signed is refused.
    Now,
}

/// All keys that there ever were, the newest first.
pub async fn list(pool: &Pool) -> Result<Vec<Listed>> {
    Ok(signing_keys::history(&mut *begin(pool).await?).await?)
}

/// The public halves of the keys by which access tokens can be verified.
pub async fn published(app: &App) -> Result<Vec<PublicKey>> {
    Ok(app.issuer(None).await?.published().to_vec())
}

fn new(keyring: &Keyring) -> NewKey {
    let key = Key::generate();
    NewKey { sealed_private_key: keyring.seal(&context(&key.id), &key.private), id: key.id, public_key: key.public }
}

impl App {
    /// The issuer that knows the key of a token, as far as there is one.
    pub(super) async fn issuer_for(&self, token: &str) -> Result<Arc<Issuer>> {
        let known = self.issuer(None).await?;
        if known.knows_key_of(token) || !self.may_reload_keys() { Ok(known) } else { self.issuer(Some(&known)).await }
    }

    fn may_reload_keys(&self) -> bool {
        let mut last = self.keys_reloaded.lock().unwrap_or_else(PoisonError::into_inner);
        let may = last.is_none_or(|last| last.elapsed() >= UNKNOWN_EVERY);
        if may {
            *last = Some(Instant::now());
        }
        may
    }

    /// The issuer, read from the database at first use and when `stale` is what is known; the first key is made then.
    pub(super) async fn issuer(&self, stale: Option<&Arc<Issuer>>) -> Result<Arc<Issuer>> {
        let known = |issuer: &Option<Arc<Issuer>>| issuer.clone().filter(|i| stale.is_none_or(|stale| !Arc::ptr_eq(i, stale)));
        if let Some(issuer) = known(&*self.issuer.read().await) {
            return Ok(issuer);
        }
        let mut slot = self.issuer.write().await;
        if let Some(issuer) = known(&slot) {
            return Ok(issuer);
        }
        let mut tx = begin(&self.pool).await?;
        let mut stored = signing_keys::list(&mut tx).await?;
        if stored.is_empty() {
            signing_keys::lock(&mut tx).await?;
            stored = signing_keys::list(&mut tx).await?;
        }
        if stored.is_empty() {
            stored.push(signing_keys::insert(&mut tx, &new(&self.keyring), 0.0).await?);
        }
        tx.commit().await?;
        let open = |key: StoredKey| {
            let private = self.keyring.open(&context(&key.id), &key.sealed_private_key).map_err(Error::internal)?;
            Ok(Key { id: key.id, public: key.public_key, private, signs_from: u64::try_from(key.signs_from.timestamp()).unwrap_or_default() })
        };
        let keys = stored.into_iter().map(open).collect::<Result<Vec<_>>>()?;
        let issuer = Arc::new(Issuer::new(self.issuer_name(), &keys)?);
        *slot = Some(issuer.clone());
        Ok(issuer)
    }
}

fn context(key: &str) -> String {
    format!("signing_key/{key}")
}
