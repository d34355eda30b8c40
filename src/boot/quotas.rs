//! What the operator allows an organization, from the command line, as the owner's role.

use super::postgres;
use crate::config::Config;
use crate::domain::{OrganizationId, Quota};
use crate::store::audit::{self, NewLine};
use crate::store::quotas::{self, Own};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

/// What an organization may have.
#[derive(Debug, Args)]
pub struct Operate {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Shows what an organization has, and may have.
    Show {
        /// Its slug or id.
        organization: String,
    },
    /// Sets what an organization may have; it holds at once, of requests within a minute.
    ///
    /// What it has already stays; new things are refused while there are more than it may have.
    Set {
        /// Its slug or id.
        organization: String,
        /// Such as `apps=50`, `storage=20GiB`, `requests=default`: apps, previews, running-builds, waiting-builds, storage, requests (a minute).
        #[arg(required = true, value_parser = wish)]
        quotas: Vec<(Quota, Option<i64>)>,
    },
}

/// `apps=50`; `default` is `None`.
fn wish(text: &str) -> Result<(Quota, Option<i64>), String> {
    let known = || Quota::ALL.iter().map(|quota| quota.as_str()).collect::<Vec<_>>().join(", ");
    let (name, value) = text.split_once('=').ok_or_else(|| "a quota is set as in `apps=50`, or `apps=default`".to_owned())?;
    let quota: Quota = name.parse().map_err(|_| format!("`{name}` is no quota; there are {}", known()))?;
    Ok((quota, if value == "default" { None } else { Some(quota.read(value)?) }))
}

impl Operate {
    /// Does it; `json` asks for what programs read.
    pub async fn run(self, config: Config, json: bool) -> anyhow::Result<()> {
        let url = postgres::owner(&config)?;
        let mut connection = PgConnection::connect(url.expose()).await.context("cannot connect to the database as its owner")?;
        let mut tx = connection.begin().await?;
        let (Verb::Show { organization } | Verb::Set { organization, .. }) = &self.verb;
        let Some((id, slug)) = quotas::organization(&mut tx, organization).await? else { bail!("there is no organization {organization:?}") };
        if let Verb::Set { quotas, .. } = &self.verb {
            set(&mut tx, &config, (id, &slug), quotas).await?;
        }
        let own = quotas::own(&mut tx, id).await?;
        let used = quotas::used(&mut tx, id).await?;
        tx.commit().await?;
        let lines = Quota::ALL.iter().map(|quota| Line {
            quota: *quota,
            // Each `serve` counts requests for itself.
            used: (*quota != Quota::Requests).then(|| used.of(*quota)),
            limit: own.over(config.quotas).of(*quota),
            own: own.of(*quota).is_some(),
        });
        if json {
            println!("{}", json!({ "organization": slug, "quotas": lines.map(|line| line.json()).collect::<Vec<_>>() }));
        } else {
            lines.for_each(|line| println!("{}", line.words()));
        }
        Ok(connection.close().await?)
    }
}

/// Sets it together with a line of the organization's audit log.
async fn set(conn: &mut PgConnection, config: &Config, (id, slug): (OrganizationId, &str), wishes: &[(Quota, Option<i64>)]) -> anyhow::Result<()> {
    // Two operators at once: the second one begins with what the first has set.
    quotas::hold(conn, id).await?;
    let before = quotas::own(conn, id).await?;
    let after = wishes.iter().try_fold(before, |own, (quota, value)| own.with(*quota, *value)).context("a value is too large")?;
    quotas::set(conn, id, &after, i32::try_from(after.over(config.quotas).running_builds)?).await?;
    let told = |own: &Own| Value::Object(wishes.iter().map(|(quota, _)| (quota.to_string(), json!(own.of(*quota)))).collect());
    let line = NewLine {
        actor_kind: "operator",
        actor_id: None,
        operation: "SetQuotas",
        subject_kind: "organization",
        subject_id: Some(id.0),
        subject_name: slug,
        before: Some(&told(&before)),
        after: Some(&told(&after)),
        request_id: None,
        address: None,
        user_agent: None,
    };
    Ok(audit::insert(conn, id, &line).await?)
}

struct Line {
    quota: Quota,
    used: Option<i64>,
    limit: i64,
    own: bool,
}

impl Line {
    fn json(&self) -> Value {
        json!({ "name": self.quota, "used": self.used, "limit": self.limit, "default": !self.own })
    }

    fn words(&self) -> String {
        let limit = self.quota.words(self.limit);
        let used = self.used.map_or_else(|| format!("{limit} a minute"), |used| format!("{} of {limit}", self.quota.words(used)));
        format!("{:<15} {used}{}", self.quota.as_str(), if self.own { "" } else { " (default)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_names_a_quota_and_what_it_shall_be() {
        assert_eq!(wish("apps=50"), Ok((Quota::Apps, Some(50))));
        assert_eq!(wish("storage=20GiB"), Ok((Quota::Storage, Some(20 << 30))));
        assert_eq!(wish("requests=default"), Ok((Quota::Requests, None)));
        for (text, said) in [("apps", "`apps=50`"), ("disk=1", "there are apps, previews, running-builds"), ("apps=many", "must be a number from 0")] {
            let refused = wish(text).unwrap_err();
            assert!(refused.contains(said), "{refused}");
        }
    }

    #[test]
    fn an_operator_reads_what_is_used_and_what_is_their_own_setting() {
        let line = |quota, used, limit, own| Line { quota, used, limit, own }.words();
        assert_eq!(line(Quota::Apps, Some(3), 100, false), "apps            3 of 100 (default)");
        assert_eq!(line(Quota::Storage, Some(1536), 20 << 30, true), "storage         1.5 KiB of 20 GiB");
        assert_eq!(line(Quota::Requests, None, 1200, false), "requests        1200 a minute (default)");
    }
}
