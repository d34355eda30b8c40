//! Deterministic names and tags: whoever makes a thing again finds the one that is there.

use sha2::{Digest as _, Sha256};

/// Whose things these are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The installation: the name of the foundation's stack. Two installations in one account never meet.
    pub installation: String,
    /// The organization's id.
    pub organization: String,
    /// The app's id.
    pub app: String,
    /// The app's slug in its organization, for people who look at the console.
    pub app_slug: String,
    /// The environment's id.
    pub environment: String,
    /// `production`, or the preview's.
    pub environment_slug: String,
    /// Whether it is the app's production. All previews of an app share one set of functions.
    pub production: bool,
}

/// The five stages, in order. Each is a function of its own.
pub const STAGES: [&str; 5] = ["frontend", "backend", "bundle", "database", "publish"];

/// Letters and digits of a hash behind each name: 40 bits, so that slugs that were cut off or meet by chance stay apart.
const HASH: usize = 8;
/// The longest slug in a name. With two hashes it fits into the 32 characters of a target group.
const SLUG: usize = 10;

/// Names of the things of one environment, each within the limit of its service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    scope: Scope,
    app: String,
    set: String,
    environment: String,
}

impl Names {
    /// For a scope.
    pub fn new(scope: &Scope) -> Self {
        let slug: String = scope.app_slug.chars().take(SLUG).collect();
        let slug = slug.trim_matches('-').to_owned();
        let set = if scope.production { "production" } else { "previews" };
        let set = format!("slf-{slug}-{}", hash(&[&scope.installation, &scope.organization, &scope.app, set]));
        Self {
            app: format!("slf-{slug}-{}", hash(&[&scope.installation, &scope.organization, &scope.app])),
            environment: format!("{set}-{}", hash(&[&scope.environment])),
            set,
            scope: scope.clone(),
        }
    }

    /// What the names of the set's environments begin with, and those of no other app's, nor of the app's other set.
    pub fn set(&self) -> &str {
        &self.set
    }

    /// The function of a stage; one set for production, one for all previews. At most 64 characters.
    pub fn function(&self, stage: &str) -> String {
        format!("{}-{stage}", self.set)
    }

    /// The role of the set's functions. At most 64 characters.
    pub fn function_role(&self) -> String {
        format!("{}-functions", self.set)
    }

    /// The log group of the set's functions.
    pub fn function_logs(&self) -> String {
        format!("/slipform/{}/{}/builds", self.scope.installation, self.set)
    }

    /// The role that the app's server has. At most 64 characters.
    pub fn task_role(&self) -> String {
        format!("{}-server", self.environment)
    }

    /// The role with which ECS starts the app's server: reads its secrets, writes its log.
    pub fn execution_role(&self) -> String {
        format!("{}-start", self.environment)
    }

    /// The log group of the app's server.
    pub fn server_logs(&self) -> String {
        format!("/slipform/{}/{}/server", self.scope.installation, self.environment)
    }

    /// The root folder of the app on the file system.
    pub fn folder(&self) -> String {
        format!("/apps/{}", self.app)
    }

    /// The token of the app's access point.
    pub fn access_point(&self) -> String {
        self.app.clone()
    }

    /// The environment's secret: its database's address, its first administrator's password.
    pub fn secret(&self) -> String {
        format!("slipform/{}/{}", self.scope.installation, self.environment)
    }

    /// The bucket of the web assets. Names of buckets are unique in the world, so the account is part of it. At most 63 characters.
    pub fn bucket(&self, account: &str) -> String {
        format!("{}-{account}", self.environment)
    }

    /// The target group. At most 32 characters.
    pub fn target_group(&self) -> String {
        self.environment.clone()
    }

    /// The ECS service and the family of its task definitions.
    pub fn service(&self) -> String {
        self.environment.clone()
    }

    /// Reference and comment of the distribution.
    pub fn distribution(&self) -> String {
        self.environment.clone()
    }

    /// The alarm on `what`.
    pub fn alarm(&self, what: &str) -> String {
        format!("{}-{what}", self.environment)
    }

    /// The user and group that own the app's folder: the same for its lifetime, and hardly another app's.
    pub fn posix_id(&self) -> u32 {
        let digest = Sha256::digest(format!("posix {} {}", self.scope.organization, self.scope.app));
        100_000 + u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) % 1_000_000_000
    }

    /// The tags of everything.
    pub fn tags(&self) -> [(&'static str, String); 4] {
        [
            ("slipform:installation", self.scope.installation.clone()),
            ("slipform:organization", self.scope.organization.clone()),
            ("slipform:app", self.scope.app.clone()),
            ("slipform:environment", self.scope.environment.clone()),
        ]
    }

    /// The tags of what the environments of an app share.
    pub fn shared_tags(&self) -> [(&'static str, String); 3] {
        let [installation, organization, app, _] = self.tags();
        [installation, organization, app]
    }

    /// Whose things these are.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

/// Lower-case letters and digits, which every service takes.
fn hash(parts: &[&str]) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().iter().take(HASH).map(|byte| LETTERS[usize::from(byte & 31)] as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(app_slug: &str, environment: &str, production: bool) -> Scope {
        Scope {
            installation: "slipform".into(),
            organization: "0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f11".into(),
            app: "0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f12".into(),
            app_slug: app_slug.into(),
            environment: environment.into(),
            environment_slug: if production { "production".into() } else { "next".into() },
            production,
        }
    }

    #[test]
    fn names_fit_into_the_limits_of_their_services_whatever_the_slug() {
        for slug in ["a", "car-rental", &"a".repeat(40), "abcdefghijklmno-pqr", "0-0-0-0-0-0-0-0-0-0"] {
            let names = Names::new(&scope(slug, "e1", true));
            let fits = |name: &str, most: usize| {
                let fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
                assert!(name.len() <= most && name.bytes().all(fine) && !name.contains("--") && !name.ends_with('-'), "{name}");
            };
            fits(&names.target_group(), 32);
            fits(&names.bucket("123456789012"), 63);
            for stage in STAGES {
                fits(&names.function(stage), 64);
            }
            for role in [names.function_role(), names.task_role(), names.execution_role()] {
                fits(&role, 64);
            }
        }
    }

    #[test]
    fn production_and_previews_stay_apart_and_previews_share_their_functions() {
        let (production, one, two) = (Names::new(&scope("a", "e1", true)), Names::new(&scope("a", "e2", false)), Names::new(&scope("a", "e3", false)));
        assert_eq!(one.function("bundle"), two.function("bundle"));
        assert_ne!(one.function("bundle"), production.function("bundle"));
        assert_ne!(one.bucket("1"), two.bucket("1"));
        assert_eq!((production.folder(), production.posix_id()), (one.folder(), one.posix_id()));
        assert!(one.secret().contains(&format!("/{}-", one.set())) && one.bucket("1").starts_with(&format!("{}-", one.set())));
        assert!(!production.bucket("1").starts_with(one.set()), "the functions of previews reach nothing of production");
        let twin = Scope { app: "0199aa2e-5a4b-7cc1-8d5e-3f1f6f0f8f13".into(), ..scope("a", "e2", false) };
        assert_ne!(Names::new(&twin).set(), one.set(), "nor of another organization's app of the same name");
        let elsewhere = Scope { installation: "other".into(), ..scope("a", "e1", true) };
        assert_ne!(Names::new(&elsewhere).target_group(), production.target_group());
    }
}
