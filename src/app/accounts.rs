//! AWS accounts of an organization: its apps can run in one of them, reached by a role that trusts the installation.

use super::change::{Answered, Begun, Once, Told};
use super::input::Check;
use super::page::{Page, PageRequest};
use super::{App, conflict, not_found};
use crate::auth::{Actor, Operation};
use crate::domain::AccountId;
use crate::domain::error::Result;
use crate::store::{Position, TenantTx, accounts};
use serde_json::json;

pub use crate::store::accounts::Account;

/// What the audit log calls it.
const SUBJECT: &str = "account";

/// An account that is wanted.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Wish {
    pub name: String,
    pub region: String,
    pub stack: String,
    pub domain: String,
    pub role_arn: String,
    pub default: bool,
}

/// Adds one. Its external id is made here: whoever sets up the role lets it trust nobody who does not tell that id, so that an
/// organization cannot have its apps made in the account of another (AWS IAM user guide, "The confused deputy problem").
pub async fn create(app: &App, actor: &Actor, wish: &Wish, once: Option<&Once>, render: impl FnOnce(&Account) -> Result<Answered> + Send) -> Result<Answered> {
    actor.may(Operation::CreateAccount)?;
    if !app.settings.has_aws {
        return Err(conflict("aws-not-available", "This installation does not reach AWS. Ask the operator to set SLIPFORM_AWS_REGION."));
    }
    let label = |l: &str| (1..=63).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let region = |r: &str| (5..=25).contains(&r.len()) && r.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let stack =
        |s: &str| (1..=32).contains(&s.len()) && s.starts_with(|c: char| c.is_ascii_alphabetic()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    Check::default()
        .slug(&wish.name, "/name", 40)
        .that(region(&wish.region), "/region", "This must be a region such as eu-central-1.")
        .that(stack(&wish.stack), "/stack", "This must be the name of a stack: at most 32 letters, digits and hyphens, a letter first.")
        .that(
            wish.domain.len() <= 180 && wish.domain.contains('.') && wish.domain.split('.').all(label),
            "/domain",
            "This must be the domain of the account's foundation in lower case, such as apps.example.com.",
        )
        .that(is_role(&wish.role_arn), "/roleArn", "This must be the ARN of a role, such as arn:aws:iam::111122223333:role/slipform.")
        .done("The account cannot be added like this.")?;
    let id = AccountId::new();
    let external_id = format!("slipform-{}", uuid::Uuid::new_v4().simple());
    let new = accounts::NewAccount {
        id,
        name: &wish.name,
        region: &wish.region,
        stack: &wish.stack,
        domain: &wish.domain,
        role_arn: &wish.role_arn,
        external_id: &external_id,
        is_default: wish.default,
        created_by: actor.user(),
    };
    let mut change = match app.change_once(actor, Operation::CreateAccount, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    if !accounts::insert(change.connection(), actor.organization, &new).await? {
        return Err(conflict("account-name-taken", format!("This organization has an account `{}` already. Choose another name.", wish.name)));
    }
    let made = find(&mut change.tx, &wish.name).await?;
    let told = json!({ "region": made.region, "stack": made.stack, "domain": made.domain, "roleArn": made.role_arn, "default": made.is_default });
    let told = Told::about(SUBJECT, made.id.0, &made.name).after(told);
    change.answer(Some(told), render(&made)?).await
}

/// `arn:<partition>:iam::<account>:role/<path and name>`
fn is_role(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [first, partition, "iam", "", account, role] = parts[..] else { return false };
    let name = role.strip_prefix("role/").unwrap_or_default();
    let letters = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@-_/".contains(&b));
    first == "arn"
        && partition.starts_with("aws")
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        && (1..=512).contains(&name.len())
        && letters
}

/// Accounts of the organization, the newest first.
pub async fn list(app: &App, actor: &Actor, request: &PageRequest) -> Result<Page<Account>> {
    actor.may(Operation::ShowAccounts)?;
    let reading = app.read_page(actor.organization, &"accounts", request)?;
    let mut tx = app.tenant(actor).await?;
    let rows = accounts::list(tx.connection(), actor.organization, reading.slice).await?;
    Ok(reading.page(rows, |a| Position { at: a.created_at, id: a.id.0 }))
}

/// The account of this name.
pub async fn show(app: &App, actor: &Actor, name: &str) -> Result<Account> {
    actor.may(Operation::ShowAccounts)?;
    find(&mut app.tenant(actor).await?, name).await
}

/// Chooses whether new apps run there. Those that exist stay where they are. `fresh` is asked with the account as it is now, while nobody
/// else can change it.
pub async fn update(app: &App, actor: &Actor, name: &str, default: bool, fresh: impl FnOnce(&Account) -> Result<()> + Send) -> Result<Account> {
    let mut change = app.change(actor, Operation::UpdateAccount).await?;
    let before = held(&mut change.tx, name).await?;
    fresh(&before)?;
    accounts::set_default(change.connection(), actor.organization, name, default).await?;
    let now = find(&mut change.tx, name).await?;
    let told = Told::about(SUBJECT, now.id.0, &now.name).before(json!({ "default": before.is_default })).after(json!({ "default": now.is_default }));
    change.commit(told).await?;
    Ok(now)
}

/// Forgets an account in which no app runs. Nothing is changed in it.
pub async fn delete(app: &App, actor: &Actor, name: &str, fresh: impl FnOnce(&Account) -> Result<()> + Send) -> Result<()> {
    let mut change = app.change(actor, Operation::DeleteAccount).await?;
    let found = held(&mut change.tx, name).await?;
    fresh(&found)?;
    let apps = accounts::apps(change.connection(), actor.organization, found.id).await?;
    if apps > 0 {
        return Err(conflict("account-in-use", format!("{apps} apps run in the account `{name}`. Delete them first.")));
    }
    accounts::delete(change.connection(), actor.organization, found.id).await?;
    change.commit(Told::about(SUBJECT, found.id.0, &found.name).before(json!({ "roleArn": found.role_arn }))).await
}

/// The account of this name.
pub(super) async fn find(tx: &mut TenantTx, name: &str) -> Result<Account> {
    let organization = tx.organization();
    accounts::find(tx.connection(), organization, name).await?.ok_or_else(|| not_found("account"))
}

/// The same, held until the transaction ends.
async fn held(tx: &mut TenantTx, name: &str) -> Result<Account> {
    let organization = tx.organization();
    let id = find(tx, name).await?.id;
    if !accounts::hold(tx.connection(), organization, id).await? {
        return Err(not_found("account"));
    }
    find(tx, name).await
}

/// The account of the organization's new apps, if it has chosen one.
pub(super) async fn default(tx: &mut TenantTx) -> Result<Option<Account>> {
    let organization = tx.organization();
    Ok(accounts::default(tx.connection(), organization).await?)
}

#[cfg(test)]
mod tests {
    use super::is_role;

    #[test]
    fn only_arns_of_roles_are_taken() {
        assert!(is_role("arn:aws:iam::111122223333:role/slipform") && is_role("arn:aws-cn:iam::111122223333:role/path/slip_form"));
        for arn in [
            "",
            "slipform",
            "arn:aws:iam::1111:role/a",
            "arn:aws:iam::111122223333:user/a",
            "arn:aws:sts::111122223333:role/a",
            "arn:aws:iam::111122223333:role/",
            "arn:aws:iam::111122223333:role/a b",
        ] {
            assert!(!is_role(arn), "{arn}");
        }
    }
}
