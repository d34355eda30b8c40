//! Names, addresses and places of the local target: what its workers and its host must agree upon.

use super::{AppId, EnvironmentId, EnvironmentKind, ReleaseId};
use std::path::{Path, PathBuf};

/// How live apps are reached from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// The base domain, in lower case and without a dot at either end: apps answer at `<label>.<domain>`.
    pub domain: String,
    /// The port of the edge.
    pub port: u16,
    /// Whether the edge speaks TLS.
    pub tls: bool,
}

impl Addresses {
    /// The origin of the app with this host label, such as `http://car-rental.localhost:8480`.
    pub fn origin(&self, host_label: &str) -> String {
        let (scheme, default) = if self.tls { ("https", 443) } else { ("http", 80) };
        let port = if self.port == default { String::new() } else { format!(":{}", self.port) };
        format!("{scheme}://{host_label}.{}{port}", self.domain)
    }

    /// The origin of an environment of the app with this label, such as `https://blue--car-rental.apps.example.com`.
    pub fn environment(&self, app_label: &str, environment_slug: &str, kind: EnvironmentKind) -> String {
        self.origin(&host_label(app_label, environment_slug, kind))
    }

    /// The host label that a `Host` header names: any case, with or without a port or a final dot.
    pub fn host_label(&self, host: &str) -> Option<String> {
        let name = host_name(host);
        let label = name.strip_suffix(&self.domain)?.strip_suffix('.')?;
        (!label.is_empty() && !label.contains('.')).then(|| label.to_owned())
    }
}

/// The name in a `Host` header, in lower case: any case, with or without a port or a final dot.
pub fn host_name(host: &str) -> String {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// The first label of an environment's address: `<app>` for production, `<environment>--<app>` for a preview.
pub fn host_label(app_label: &str, environment_slug: &str, kind: EnvironmentKind) -> String {
    match kind {
        EnvironmentKind::Production => app_label.to_owned(),
        EnvironmentKind::Preview => format!("{environment_slug}--{app_label}"),
    }
}

/// The Postgres server that holds the apps' databases, as an app's process reaches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseServer {
    /// Host name or address; apps have no access to Unix sockets outside their own folder.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Whether the connection must be encrypted.
    pub tls: bool,
}

impl DatabaseServer {
    /// The address of an environment's database, as its own role.
    pub fn url(&self, environment: EnvironmentId, password: &str) -> String {
        let name = database_name(environment);
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let tls = if self.tls { "?sslmode=require" } else { "" };
        format!("postgres://{name}:{password}@{host}:{}/{name}{tls}", self.port)
    }
}

/// The name of an environment's database and of its role; made of the id, so that it can be found again.
pub fn database_name(environment: EnvironmentId) -> String {
    format!("app_{}", environment.0.simple())
}

/// What `environments.sealed_secrets` holds, encrypted for the context of [`secrets_context`].
#[derive(Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvironmentSecrets {
    /// Of the role that owns the environment's database. Letters and digits only.
    pub database_password: String,
    /// Of the live app's first administrator.
    pub admin_password: String,
    /// By which a load balancer in the cloud knows the environment's own front door. Absent in those that are older than it.
    #[serde(default)]
    pub origin_secret: String,
}

impl std::fmt::Debug for EnvironmentSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnvironmentSecrets(***)")
    }
}

/// The place that an environment's secrets are bound to when they are sealed.
pub fn secrets_context(environment: EnvironmentId) -> String {
    format!("environment/{environment}")
}

/// The folders below `SLIPFORM_HOME` that apps live in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    home: PathBuf,
}

impl Places {
    /// Below this home folder.
    pub fn new(home: impl Into<PathBuf>) -> Self {
        Self { home: home.into() }
    }

    /// The home folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// All apps' file systems: the workers'.
    pub fn apps(&self) -> PathBuf {
        self.home.join("apps")
    }

    /// An app's file system.
    pub fn app(&self, app: AppId) -> PathBuf {
        self.apps().join(app.to_string())
    }

    /// An environment's part of it: the code of its builds, the owner's own files, artifacts, releases.
    pub fn workspace(&self, app: AppId, environment_slug: &str) -> PathBuf {
        self.app(app).join(environment_slug)
    }

    /// A release, as the publish stage left it.
    pub fn release(&self, app: AppId, environment_slug: &str, release: ReleaseId) -> PathBuf {
        self.workspace(app, environment_slug).join("releases").join(release.to_string())
    }

    /// What the host keeps: one folder an environment.
    pub fn hosted(&self) -> PathBuf {
        self.home.join("host")
    }

    /// What the host keeps for an environment.
    pub fn environment(&self, environment: EnvironmentId) -> PathBuf {
        self.hosted().join(environment.to_string())
    }

    /// The copy of a release that its process runs from.
    pub fn run(&self, environment: EnvironmentId, release: ReleaseId) -> PathBuf {
        self.environment(environment).join(release.to_string())
    }

    /// The app's own files, which outlive its releases.
    pub fn data(&self, environment: EnvironmentId) -> PathBuf {
        self.environment(environment).join("data")
    }

    /// What the app wrote to its outputs: `app.log`, `app.log.1` …
    pub fn logs(&self, environment: EnvironmentId) -> PathBuf {
        self.environment(environment).join("logs")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_host_headers_belong_together() {
        let local = Addresses { domain: "localhost".into(), port: 8480, tls: false };
        assert_eq!(local.origin("car-rental"), "http://car-rental.localhost:8480");
        for host in ["car-rental.localhost:8480", "Car-Rental.LOCALHOST", "car-rental.localhost.", "car-rental.localhost.:1"] {
            assert_eq!(local.host_label(host).as_deref(), Some("car-rental"), "{host}");
        }
        for host in ["localhost", ".localhost", "a.b.localhost", "car-rental.example.com", "carlocalhost", "", "127.0.0.1:8480", "[::1]:8480"] {
            assert_eq!(local.host_label(host), None, "{host}");
        }
        let tls = Addresses { domain: "apps.example.com".into(), port: 443, tls: true };
        assert_eq!(tls.environment("todo", "production", EnvironmentKind::Production), "https://todo.apps.example.com");
        assert_eq!(tls.environment("todo", "beta", EnvironmentKind::Preview), "https://beta--todo.apps.example.com");
    }
}
