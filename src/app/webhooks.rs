//! Webhooks: where events go, their secrets, and the log of deliveries. Sending is the workers' part.

use super::change::{Answered, Begun, Change, Once, Told};
use super::input::Check;
use super::page::{Page, PageRequest};
use super::{App, conflict, not_found};
use crate::auth::{Actor, Operation};
use crate::domain::destination::{self, Destination};
use crate::domain::error::{Error, Result};
use crate::domain::event::Event;
use crate::domain::sign::{self, Secret};
use crate::domain::{DeliveryId, EndpointState, EventKind, WebhookId};
use crate::queue;
use crate::store::webhooks::Settings;
use crate::store::{Position, TenantTx, deliveries, webhooks};
use serde_json::{Value, json};
use std::time::Duration;

pub use crate::store::deliveries::{Attempt, Delivery, Filter};
pub use crate::store::webhooks::Webhook;

/// How many an organization may have: each event is sent to each of them.
const MOST: i64 = 20;
/// How many kinds of events can be named; there are fewer.
const MOST_TYPES: usize = 30;
/// How long the secret before signs too.
const OVERLAP: Duration = Duration::from_hours(24);
/// How many attempts of a delivery are shown: one that is sent again and again has more.
const ATTEMPTS: i64 = 100;
/// What the audit log calls one.
const SUBJECT: &str = "webhook";

/// A webhook that is wanted, or what shall change of one; what is absent stays.
#[derive(Debug, Default)]
#[allow(missing_docs)]
pub struct Wish {
    pub url: Option<String>,
    pub description: Option<String>,
    /// Empty: all.
    pub types: Option<Vec<EventKind>>,
    pub state: Option<EndpointState>,
}

/// A delivery with everything that is known of it.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Logged {
    pub delivery: Delivery,
    pub event: Event,
    pub attempts: Vec<Attempt>,
}

/// Adds one; its secret is shown here and never again.
pub async fn create(
    app: &App,
    actor: &Actor,
    wish: Wish,
    once: Option<&Once>,
    render: impl FnOnce(Webhook, String) -> Result<Answered> + Send,
) -> Result<Answered> {
    actor.may(Operation::CreateWebhook)?;
    let nothing = Settings { url: String::new(), description: String::new(), types: Vec::new(), state: EndpointState::Enabled };
    let settings = settings(app, nothing, wish)?;
    let mut change = match app.change_once(actor, Operation::CreateWebhook, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    if webhooks::count(change.connection(), actor.organization).await? >= MOST {
        return Err(conflict("too-many-webhooks", format!("An organization can have {MOST} webhooks. Remove one first.")));
    }
    let (id, secret) = (WebhookId::new(), Secret::generate());
    let made = webhooks::insert(change.connection(), actor.organization, (id, &settings), &seal(app, id, &secret), actor.user()).await?;
    change.answer(Some(told(&made).after(seen(&made))), render(made, secret.reveal())?).await
}

/// Webhooks of the organization, the newest first.
pub async fn list(app: &App, actor: &Actor, request: &PageRequest) -> Result<Page<Webhook>> {
    actor.may(Operation::ShowWebhooks)?;
    let reading = app.read_page(actor.organization, &"webhooks", request)?;
    let mut tx = app.tenant(actor).await?;
    let rows = webhooks::list(tx.connection(), actor.organization, reading.slice).await?;
    Ok(reading.page(rows, |webhook| Position { at: webhook.created_at, id: webhook.id.0 }))
}

/// The webhook.
pub async fn show(app: &App, actor: &Actor, id: WebhookId) -> Result<Webhook> {
    actor.may(Operation::ShowWebhooks)?;
    find(&mut app.tenant(actor).await?, id).await
}

/// Changes one. What waits for one that is enabled again goes out now.
pub async fn update(app: &App, actor: &Actor, id: WebhookId, wish: Wish, fresh: impl FnOnce(&Webhook) -> Result<()> + Send) -> Result<Webhook> {
    let mut change = app.change(actor, Operation::UpdateWebhook).await?;
    let before = held(&mut change.tx, id).await?;
    fresh(&before)?;
    let now = Settings { url: before.url.clone(), description: before.description.clone(), types: before.types.clone(), state: before.state };
    let settings = settings(app, now.clone(), wish)?;
    if settings == now {
        return Ok(before);
    }
    webhooks::update(change.connection(), actor.organization, id, &settings).await?;
    if settings.state == EndpointState::Enabled && before.state == EndpointState::Disabled {
        deliveries::hurry(change.connection(), actor.organization, id).await?;
        queue::deliveries::wake(change.connection()).await?;
    }
    let after = find(&mut change.tx, id).await?;
    change.commit(told(&after).before(seen(&before)).after(seen(&after))).await?;
    Ok(after)
}

/// Removes one with its deliveries.
pub async fn delete(app: &App, actor: &Actor, id: WebhookId, fresh: impl FnOnce(&Webhook) -> Result<()> + Send) -> Result<()> {
    let mut change = app.change(actor, Operation::DeleteWebhook).await?;
    let before = held(&mut change.tx, id).await?;
    fresh(&before)?;
    webhooks::delete(change.connection(), actor.organization, id).await?;
    change.commit(told(&before).before(seen(&before))).await
}

/// Gives one another secret, which is shown here and never again. The one before signs too for a day.
pub async fn rotate(
    app: &App,
    actor: &Actor,
    id: WebhookId,
    once: Option<&Once>,
    render: impl FnOnce(Webhook, String) -> Result<Answered> + Send,
) -> Result<Answered> {
    let mut change = match app.change_once(actor, Operation::RotateWebhookSecret, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(answered),
    };
    held(&mut change.tx, id).await?;
    let secret = Secret::generate();
    webhooks::rotate(change.connection(), actor.organization, id, &seal(app, id, &secret), OVERLAP).await?;
    let after = find(&mut change.tx, id).await?;
    let told = told(&after).after(json!({ "previousSecretUntil": after.previous_until }));
    change.answer(Some(told), render(after, secret.reveal())?).await
}

/// Sends an event of the kind `test` to one webhook alone.
pub async fn test(app: &App, actor: &Actor, id: WebhookId, once: Option<&Once>, render: impl FnOnce(&Delivery) -> Result<Answered> + Send) -> Result<Answered> {
    let (mut change, webhook) = match sending(app, actor, id, once).await? {
        Sending::Now(change, webhook) => (change, webhook),
        Sending::Before(answered) => return Ok(answered),
    };
    let data = json!({ "webhook": { "id": id, "description": webhook.description } });
    let made = deliveries::insert(change.connection(), actor.organization, id, EventKind::Test, &data).await?;
    queue::deliveries::wake(change.connection()).await?;
    let delivery = delivery(&mut change.tx, id, made).await?;
    change.answer(Some(told(&webhook).after(json!({ "delivery": made, "type": EventKind::Test }))), render(&delivery)?).await
}

/// Sends a delivery once more: the same event with the same id, from its first attempt on.
pub async fn redeliver(
    app: &App,
    actor: &Actor,
    (id, which): (WebhookId, DeliveryId),
    once: Option<&Once>,
    render: impl FnOnce(&Delivery) -> Result<Answered> + Send,
) -> Result<Answered> {
    let (mut change, webhook) = match sending(app, actor, id, once).await? {
        Sending::Now(change, webhook) => (change, webhook),
        Sending::Before(answered) => return Ok(answered),
    };
    let before = delivery(&mut change.tx, id, which).await?;
    if !deliveries::again(change.connection(), actor.organization, which).await? {
        return Err(conflict("delivery-running", "It is being sent just now. Look at what comes of it."));
    }
    queue::deliveries::wake(change.connection()).await?;
    let after = delivery(&mut change.tx, id, which).await?;
    let told = told(&webhook).before(json!({ "delivery": which, "state": before.state })).after(json!({ "delivery": which, "state": after.state }));
    change.answer(Some(told), render(&after)?).await
}

/// What went, or shall go, to a webhook, the newest first.
pub async fn deliveries(app: &App, actor: &Actor, id: WebhookId, filter: &Filter, request: &PageRequest) -> Result<Page<Delivery>> {
    actor.may(Operation::ShowWebhooks)?;
    let reading = app.read_page(actor.organization, &("deliveries", id, filter), request)?;
    let mut tx = app.tenant(actor).await?;
    find(&mut tx, id).await?;
    let rows = deliveries::list(tx.connection(), actor.organization, id, filter, reading.slice).await?;
    Ok(reading.page(rows, |delivery| Position { at: delivery.created_at, id: delivery.id.0 }))
}

/// The delivery, with what was sent and what was answered.
pub async fn show_delivery(app: &App, actor: &Actor, id: WebhookId, which: DeliveryId) -> Result<Logged> {
    actor.may(Operation::ShowWebhooks)?;
    let mut tx = app.tenant(actor).await?;
    let delivery = delivery(&mut tx, id, which).await?;
    let event = deliveries::event(tx.connection(), actor.organization, delivery.event).await?.ok_or_else(|| not_found("delivery"))?;
    let attempts = deliveries::attempts(tx.connection(), actor.organization, which, ATTEMPTS).await?;
    Ok(Logged { delivery, event, attempts })
}

/// Something that is about to be sent on request, or that was before.
enum Sending<'a> {
    Now(Change<'a>, Webhook),
    Before(Answered),
}

async fn sending<'a>(app: &'a App, actor: &'a Actor, id: WebhookId, once: Option<&'a Once>) -> Result<Sending<'a>> {
    let mut change = match app.change_once(actor, Operation::SendToWebhook, once).await? {
        Begun::Now(change) => change,
        Begun::Before(answered) => return Ok(Sending::Before(answered)),
    };
    let webhook = held(&mut change.tx, id).await?;
    if webhook.state == EndpointState::Disabled {
        return Err(conflict("webhook-disabled", "Nothing is sent to a webhook that is disabled. Enable it first."));
    }
    Ok(Sending::Now(change, webhook))
}

/// What is decided, with a wish heeded.
fn settings(app: &App, now: Settings, wish: Wish) -> Result<Settings> {
    let description = wish.description.unwrap_or(now.description);
    let words = description.trim() == description && description.chars().count() <= 200 && !description.chars().any(char::is_control);
    let few = wish.types.as_ref().is_none_or(|types| types.len() <= MOST_TYPES);
    let url = match wish.url.as_deref() {
        Some(url) => Destination::parse(url, &app.settings.webhook_networks).map(|destination| destination.url().to_string()),
        None => Ok(now.url),
    };
    Check::default()
        .that(words, "/description", "This must have at most 200 characters on one line, without spaces at its ends.")
        .that(few, "/types", &format!("Name at most {MOST_TYPES}."))
        .that(url.is_ok(), "/url", &url.as_ref().err().map(ToString::to_string).unwrap_or_default())
        .done("The webhook cannot be like this.")?;
    // In the order of the catalogue, each once: the same choice is the same list.
    let types = wish.types.map_or(now.types, |types| EventKind::ALL.iter().filter(|kind| types.contains(kind)).map(ToString::to_string).collect());
    Ok(Settings { url: url.map_err(Error::internal)?, description, types, state: wish.state.unwrap_or(now.state) })
}

fn seal(app: &App, id: WebhookId, secret: &Secret) -> Vec<u8> {
    app.keyring.seal(&sign::context(id), secret.reveal().as_bytes())
}

async fn find(tx: &mut TenantTx, id: WebhookId) -> Result<Webhook> {
    let organization = tx.organization();
    webhooks::find(tx.connection(), organization, id).await?.ok_or_else(|| not_found("webhook"))
}

/// The webhook, held until the transaction ends.
async fn held(tx: &mut TenantTx, id: WebhookId) -> Result<Webhook> {
    let organization = tx.organization();
    webhooks::hold(tx.connection(), organization, id).await?;
    find(tx, id).await
}

async fn delivery(tx: &mut TenantTx, id: WebhookId, which: DeliveryId) -> Result<Delivery> {
    let organization = tx.organization();
    deliveries::find(tx.connection(), organization, id, which).await?.ok_or_else(|| not_found("delivery"))
}

fn told(webhook: &Webhook) -> Told {
    Told::about(SUBJECT, webhook.id.0, destination::host(&webhook.url))
}

/// What the audit log tells of one. Whoever knows the path of some receivers may send to them, and nothing is ever taken out of that log.
fn seen(webhook: &Webhook) -> Value {
    json!({ "host": destination::host(&webhook.url), "description": webhook.description, "types": webhook.types, "state": webhook.state })
}
