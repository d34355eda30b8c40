//! Settings, one struct a section, and the only reader of the environment. `.env.example` documents each line.

mod aws;
mod oidc;
mod quotas;
mod telemetry;

pub use aws::{Aws, EmulatedAws};
pub use oidc::{Algorithm, OidcIssuer};
pub use telemetry::Telemetry;

use crate::domain::TargetKind;
use crate::domain::networks::{Networks, NetworksError};
use crate::domain::origins::Origins;
use crate::domain::proxies::TrustedProxies;
use crate::domain::quotas::Quotas;
use crate::domain::seal::Keyring;
use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// All settings of one process.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where state is kept: `SLIPFORM_HOME`.
    pub home: PathBuf,
    /// The REST API.
    pub api: Api,
    /// The router of live apps.
    pub edge: Edge,
    /// Postgres.
    pub postgres: Postgres,
    /// The key that seals secrets: `SLIPFORM_KEY`, else the file `key` in the home folder, made at first use.
    pub key: Option<Keyring>,
    /// What an organization may have, unless the operator has set something else for it.
    pub quotas: Quotas,
    /// Builds.
    pub workers: Workers,
    /// Live apps.
    pub apps: Apps,
    /// Events that are sent to receivers.
    pub webhooks: Webhooks,
    /// The operator's AWS account, where `SLIPFORM_AWS_REGION` names a region.
    pub aws: Option<Aws>,
    /// `SLIPFORM_EXAMPLE`: the design that `up` builds on an empty installation.
    pub example: Option<Example>,
    /// `SLIPFORM_LOG`: a `tracing` filter.
    pub log: String,
    /// What operators see of this process.
    pub telemetry: Telemetry,
}

/// The REST API.
#[derive(Debug, Clone)]
pub struct Api {
    /// `SLIPFORM_BIND`: the address that the API and the edge listen on.
    pub bind: IpAddr,
    /// `SLIPFORM_PORT`: 0 for any free one.
    pub port: u16,
    /// `SLIPFORM_TRUSTED_PROXIES`: the reverse proxies in front of the API and the edge.
    pub trusted_proxies: TrustedProxies,
    /// `SLIPFORM_CORS_ORIGINS`: the origins whose pages may call the API from a browser.
    pub cors: Origins,
    /// `SLIPFORM_STREAMS`: how many followers of one organization each `serve` answers at once.
    pub streams: u32,
    /// `SLIPFORM_PUBLIC_URL`: where clients reach the API, without a slash at its end.
    pub public_url: Option<String>,
    /// `SLIPFORM_OIDC_ISSUERS`: who else may say who somebody is.
    pub oidc_issuers: Vec<OidcIssuer>,
}

/// The router of live apps.
#[derive(Debug, Clone)]
pub struct Edge {
    /// `SLIPFORM_EDGE_PORT`: 0 for any free one.
    pub port: u16,
    /// `SLIPFORM_APPS_DOMAIN`: apps answer at `<app>.<domain>`.
    pub apps_domain: String,
    /// `SLIPFORM_EDGE_TLS_CERT` and `SLIPFORM_EDGE_TLS_KEY`: PEM files.
    pub tls: Option<Tls>,
}

/// A certificate chain and its key, as PEM files.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Tls {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// Postgres.
#[derive(Debug, Clone)]
pub struct Postgres {
    /// `DATABASE_URL`: the operator's own server; without it a private cluster in the home folder.
    pub url: Option<Secret>,
    /// `SLIPFORM_POSTGRES_BIN`: the folder of `initdb` and `postgres`, when they are not in a usual place.
    pub bin: Option<PathBuf>,
}

/// Builds.
#[derive(Debug, Clone)]
pub struct Workers {
    /// `SLIPFORM_WORKERS`: how many builds run at once.
    pub concurrency: usize,
    /// `SLIPFORM_TARGET`: where new apps run.
    pub target: TargetKind,
    /// `SLIPFORM_TOOLKIT`: the folder of the pinned npm packages.
    pub toolkit: PathBuf,
    /// `SLIPFORM_RELEASES`: how many releases of an environment are kept to roll back to, the live one included.
    pub releases_kept: usize,
}

/// Live apps.
#[derive(Debug, Clone)]
pub struct Apps {
    /// `SLIPFORM_NODE`: the Node binary that runs them.
    pub node: PathBuf,
    /// `SLIPFORM_APP_MEMORY_MB`: the most memory that one app's server may use.
    pub memory_mb: u64,
}

/// Events that are sent to receivers.
#[derive(Debug, Clone)]
pub struct Webhooks {
    /// `SLIPFORM_WEBHOOK_NETWORKS`: networks that are not public and are sent to all the same, also without TLS.
    pub networks: Networks,
}

/// A design of `examples/`.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Example {
    pub name: String,
    pub file: PathBuf,
}

/// A value that never appears in logs.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{name}: {detail}")]
pub struct ConfigError {
    /// Its name in the environment.
    pub name: &'static str,
    /// What is wrong with it, and what would be accepted.
    pub detail: String,
}

impl Config {
    /// Reads the environment of this process.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(&std::env::vars().collect(), &std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")))
    }

    /// Reads given variables; relative paths begin at `base`.
    pub fn read(vars: &HashMap<String, String>, base: &Path) -> Result<Self, ConfigError> {
        let text = |name: &'static str| vars.get(name).map(|v| v.trim()).filter(|v| !v.is_empty());
        let path = |name| text(name).map(|p| base.join(p));
        let tls = match (path("SLIPFORM_EDGE_TLS_CERT"), path("SLIPFORM_EDGE_TLS_KEY")) {
            (Some(certificate), Some(key)) => Some(Tls { certificate, key }),
            (None, None) => None,
            _ => return Err(bad("SLIPFORM_EDGE_TLS_CERT", "a certificate needs SLIPFORM_EDGE_TLS_KEY too, and the other way round")),
        };
        let domain = text("SLIPFORM_APPS_DOMAIN").unwrap_or("localhost").trim_matches('.').to_ascii_lowercase();
        if !is_domain(&domain) {
            return Err(bad("SLIPFORM_APPS_DOMAIN", "must be a host name such as apps.example.com"));
        }
        let aws = aws::read(&text, base)?;
        let public_url = text("SLIPFORM_PUBLIC_URL").map(public_url).transpose()?;
        let url = text("DATABASE_URL");
        if url.is_some_and(|u| !u.starts_with("postgres://") && !u.starts_with("postgresql://")) {
            return Err(bad("DATABASE_URL", "must begin with postgres://"));
        }
        Ok(Self {
            home: path("SLIPFORM_HOME").unwrap_or_else(|| default_home(base)),
            api: Api {
                bind: number(text("SLIPFORM_BIND"), "SLIPFORM_BIND", IpAddr::from([127, 0, 0, 1]), "an IP address")?,
                port: number(text("SLIPFORM_PORT"), "SLIPFORM_PORT", 8400, "a port, 0 for any free one")?,
                trusted_proxies: number(
                    text("SLIPFORM_TRUSTED_PROXIES"),
                    "SLIPFORM_TRUSTED_PROXIES",
                    TrustedProxies::default(),
                    "addresses or networks such as 10.0.0.7 or 10.0.0.0/8, separated by commas",
                )?,
                cors: text("SLIPFORM_CORS_ORIGINS").map_or(Ok(Origins::default()), str::parse).map_err(|e| bad("SLIPFORM_CORS_ORIGINS", &e.to_string()))?,
                streams: within(text("SLIPFORM_STREAMS"), "SLIPFORM_STREAMS", 1_000, 1..=16_000)?,
                oidc_issuers: oidc::read(text("SLIPFORM_OIDC_ISSUERS"), public_url.as_deref())?,
                public_url,
            },
            edge: Edge { port: number(text("SLIPFORM_EDGE_PORT"), "SLIPFORM_EDGE_PORT", 8480, "a port, 0 for any free one")?, apps_domain: domain, tls },
            postgres: Postgres { url: url.map(Secret::new), bin: path("SLIPFORM_POSTGRES_BIN") },
            key: text("SLIPFORM_KEY").map(Keyring::from_str).transpose().map_err(|e| bad("SLIPFORM_KEY", &e.to_string()))?,
            aws: aws.clone(),
            quotas: quotas::read(&text)?,
            workers: Workers {
                concurrency: within(text("SLIPFORM_WORKERS"), "SLIPFORM_WORKERS", 2, 1..=64)?,
                target: number(text("SLIPFORM_TARGET"), "SLIPFORM_TARGET", TargetKind::Local, "`local` or `aws`").and_then(|target| match target {
                    TargetKind::Aws if aws.is_none() => Err(bad("SLIPFORM_TARGET", "`aws` needs SLIPFORM_AWS_REGION and SLIPFORM_AWS_DOMAIN")),
                    _ => Ok(target),
                })?,
                toolkit: path("SLIPFORM_TOOLKIT").unwrap_or_else(|| shipped("toolkit", base)),
                releases_kept: within(text("SLIPFORM_RELEASES"), "SLIPFORM_RELEASES", 5, 2..=100)?,
            },
            apps: Apps {
                node: path("SLIPFORM_NODE").unwrap_or_else(|| find_program("node", vars.get("PATH")).unwrap_or_else(|| "node".into())),
                memory_mb: within(text("SLIPFORM_APP_MEMORY_MB"), "SLIPFORM_APP_MEMORY_MB", 256, 64..=65_536)?,
            },
            webhooks: Webhooks {
                networks: text("SLIPFORM_WEBHOOK_NETWORKS").map_or(Ok(Networks::default()), |networks| {
                    networks.parse().map_err(|error: NetworksError| bad("SLIPFORM_WEBHOOK_NETWORKS", &error.to_string()))
                })?,
            },
            example: example(vars.get("SLIPFORM_EXAMPLE").map_or("car-rental", |name| name.trim()), base)?,
            log: text("SLIPFORM_LOG").unwrap_or("info").to_owned(),
            telemetry: telemetry::read(&text)?,
        })
    }

    /// Settings for a test: everything below `home`, any free ports.
    pub fn for_testing(home: &Path, database_url: &str, toolkit: &Path) -> Self {
        let vars = HashMap::from([
            ("SLIPFORM_HOME".to_owned(), home.display().to_string()),
            ("DATABASE_URL".to_owned(), database_url.to_owned()),
            ("SLIPFORM_TOOLKIT".to_owned(), toolkit.display().to_string()),
            ("SLIPFORM_PORT".to_owned(), "0".to_owned()),
            ("SLIPFORM_EDGE_PORT".to_owned(), "0".to_owned()),
            ("PATH".to_owned(), std::env::var("PATH").unwrap_or_default()),
        ]);
        Self::read(&vars, home).expect("the settings of a test are right")
    }
}

/// Programs of the usual places and of `PATH`.
pub fn find_program(name: &str, path: Option<&String>) -> Option<PathBuf> {
    let from_path = path.into_iter().flat_map(|p| std::env::split_paths(p).collect::<Vec<_>>());
    from_path.chain(["/usr/local/bin".into(), "/usr/bin".into()]).map(|dir: PathBuf| dir.join(name)).find(|file| file.is_file())
}

/// `.slipform` where the program was started; for root in a place that other users cannot reach (`/root/…`), where
/// neither Postgres nor an app could open its own files, `/var/lib/slipform`.
fn default_home(base: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let reachable = base.ancestors().all(|dir| std::fs::metadata(dir).is_ok_and(|m| m.permissions().mode() & 0o001 != 0));
    if nix::unistd::Uid::effective().is_root() && !reachable { PathBuf::from("/var/lib/slipform") } else { base.join(".slipform") }
}

/// A folder of the checkout, or the one installed beside the program.
fn shipped(folder: &str, base: &Path) -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(|dir| dir.join(folder)));
    [Some(base.join(folder)), beside].into_iter().flatten().find(|dir| dir.is_dir()).unwrap_or_else(|| base.join(folder))
}

fn example(name: &str, base: &Path) -> Result<Option<Example>, ConfigError> {
    if name.is_empty() {
        return Ok(None);
    }
    let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let file = shipped("examples", base).join(format!("{name}.json"));
    if !plain {
        return Err(bad("SLIPFORM_EXAMPLE", &format!("{name:?} was found; it must be the name of a file in examples/, without its ending, or empty")));
    }
    Ok(Some(Example { name: name.to_owned(), file }))
}

/// An origin, as browsers write it.
fn public_url(text: &str) -> Result<String, ConfigError> {
    let origin = reqwest::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https")).map(|url| url.origin().ascii_serialization());
    let origin = origin.filter(|origin| origin == text.trim_end_matches('/'));
    origin.ok_or_else(|| bad("SLIPFORM_PUBLIC_URL", &format!("{text:?} was found; it must be an origin such as https://slipform.example.com, in lower case")))
}

fn is_domain(domain: &str) -> bool {
    let label = |l: &str| (1..=63).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    domain.len() <= 180 && domain.split('.').all(label)
}

fn bad(name: &'static str, detail: &str) -> ConfigError {
    ConfigError { name, detail: detail.to_owned() }
}

fn number<T: FromStr>(text: Option<&str>, name: &'static str, default: T, accepted: &str) -> Result<T, ConfigError> {
    text.map_or(Ok(default), |t| t.parse().map_err(|_| bad(name, &format!("{t:?} was found; it must be {accepted}"))))
}

fn within<T: FromStr + PartialOrd + fmt::Display>(
    text: Option<&str>,
    name: &'static str,
    default: T,
    range: std::ops::RangeInclusive<T>,
) -> Result<T, ConfigError> {
    let accepted = format!("a number from {} to {}", range.start(), range.end());
    let value = number(text, name, default, &accepted)?;
    if range.contains(&value) { Ok(value) } else { Err(bad(name, &format!("{value} was found; it must be {accepted}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(&vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(), Path::new("/tmp"))
    }

    #[test]
    fn a_wrong_setting_is_named_with_what_would_be_accepted() {
        assert_eq!(read(&[("SLIPFORM_PORT", "http")]).unwrap_err().to_string(), "SLIPFORM_PORT: \"http\" was found; it must be a port, 0 for any free one");
        assert_eq!(read(&[("SLIPFORM_WORKERS", "0")]).unwrap_err().to_string(), "SLIPFORM_WORKERS: 0 was found; it must be a number from 1 to 64");
        assert_eq!(read(&[("SLIPFORM_EDGE_TLS_CERT", "a.pem")]).unwrap_err().name, "SLIPFORM_EDGE_TLS_CERT");
        assert_eq!(read(&[("SLIPFORM_TARGET", "aws")]).unwrap_err().name, "SLIPFORM_TARGET");
        assert_eq!(read(&[("SLIPFORM_APPS_DOMAIN", "a..b")]).unwrap_err().name, "SLIPFORM_APPS_DOMAIN");
        assert_eq!(
            read(&[("SLIPFORM_CORS_ORIGINS", "editor.example.com")]).unwrap_err().to_string(),
            "SLIPFORM_CORS_ORIGINS: \"editor.example.com\" is no origin such as https://editor.example.com"
        );
        assert_eq!(read(&[("SLIPFORM_WEBHOOK_NETWORKS", "10.1.2.3/16")]).unwrap_err().name, "SLIPFORM_WEBHOOK_NETWORKS");
        assert_eq!(read(&[("SLIPFORM_TRUSTED_PROXIES", "10.0.0.1, proxy.internal")]).unwrap_err().name, "SLIPFORM_TRUSTED_PROXIES");
        for wrong in ["slipform.example.com", "ftp://a", "https://a/b", "https://a?b", "https://u@a", "https://A.example.com", "https://a:443"] {
            assert_eq!(read(&[("SLIPFORM_PUBLIC_URL", wrong)]).unwrap_err().name, "SLIPFORM_PUBLIC_URL", "{wrong}");
        }
        assert_eq!(read(&[("SLIPFORM_PUBLIC_URL", "https://a.example.com:8443/")]).unwrap().api.public_url.as_deref(), Some("https://a.example.com:8443"));
    }

    #[test]
    fn secrets_do_not_appear_when_settings_are_printed() {
        let key = Keyring::generate();
        assert!(read(&[]).unwrap().webhooks.networks.is_empty(), "nothing that is not public is sent to unless somebody says so");
        let config = read(&[("DATABASE_URL", "postgres://u:hunter2@h/d"), ("SLIPFORM_KEY", &key)]).unwrap();
        let printed = format!("{config:?}");
        assert!(!printed.contains("hunter2") && !printed.contains(&key[3..]), "{printed}");
    }

    #[test]
    fn the_example_file_documents_every_setting() {
        let documented = include_str!("../../.env.example");
        let sources = [
            include_str!("mod.rs"),
            include_str!("aws.rs"),
            include_str!("oidc.rs"),
            include_str!("quotas.rs"),
            include_str!("telemetry.rs"),
            include_str!("../cli/mod.rs"),
        ]
        .join("\n");
        let names: std::collections::BTreeSet<&str> = sources
            .split('"')
            .filter(|word| word.len() > 9 && word.starts_with("SLIPFORM_") && word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
            .collect();
        assert!(names.len() > 15, "{names:?}");
        let missing: Vec<_> = names.into_iter().filter(|name| !documented.contains(&format!("#{name}="))).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
