use crate::domain::error::{Error, Result};
use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Argon2id, a few at a time: each hash takes 19 MiB and some ten milliseconds of one core, which would otherwise
/// let a flood of sign-ins stop everything else.
#[derive(Debug, Clone)]
pub struct Passwords {
    slots: Arc<Semaphore>,
    dummy: Arc<str>,
}

impl Passwords {
    /// At most `parallel` at once.
    pub fn new(parallel: usize) -> Result<Self> {
        let dummy = compute("a password that nobody has")?;
        Ok(Self { slots: Arc::new(Semaphore::new(parallel)), dummy: dummy.into() })
    }

    /// The PHC string to keep.
    pub async fn hash(&self, password: String) -> Result<String> {
        self.run(move || compute(&password)).await?
    }

    /// Whether the password is the one that was hashed. Without a hash (nobody has that e-mail address) it takes just as
    /// long and says no, so that the time of an answer does not tell who has an account.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        let dummy = self.dummy.clone();
        self.run(move || {
            let same = Argon2::default().verify_password(password.as_bytes(), hash.as_deref().unwrap_or(&dummy)).is_ok();
            same && hash.is_some()
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let slot = self.slots.clone().acquire_owned().await.map_err(Error::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let _slot = slot;
            work()
        });
        done.await.map_err(Error::internal)
    }
}

fn compute(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|error| Error::internal(error.to_string()))?;
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_somebody_who_exists_is_accepted() {
        let passwords = Passwords::new(2).unwrap();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("wrong horse".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("a password that nobody has".into(), None).await.unwrap());
    }
}
