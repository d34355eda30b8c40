//! The audit log is complete: every operation of the document that changes something leaves one line, of whoever did it, and what is
//! refused, repeated or only read leaves none. No secret stands in it. The operations come from the document, so that none is forgotten.

use super::oidc::issuer::{Issuer, Signer};
use super::{Api, HERE};
use crate::harness::Client;
use crate::harness::client::Answer;
use crate::harness::story::notes;
use reqwest::Method;
use serde_json::{Value, json};
use slipform::domain::local::{EnvironmentSecrets, secrets_context};
use slipform::domain::seal::Keyring;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An operation of the document.
#[derive(Default)]
struct Operation {
    id: String,
    method: Method,
    path: String,
    /// As the document gives it.
    example: Option<Value>,
    /// What the table of permissions calls it.
    name: Option<String>,
    role: Option<String>,
    /// Whether it refuses a body.
    refuses: bool,
}

fn operations() -> Vec<Operation> {
    let document = slipform::http::openapi();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schema = operation.pointer("/requestBody/content/application~1json/schema/$ref").and_then(Value::as_str);
            let example = schema.map(|name| {
                let schema = &document["components"]["schemas"][name.rsplit('/').next().unwrap()];
                if name.ends_with("/Design") { notes() } else { schema["example"].clone() }
            });
            let text = |name: &str| operation[name].as_str().map(str::to_owned);
            found.push(Operation {
                id: text("operationId").unwrap(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                example,
                name: text("x-slipform-operation"),
                role: text("x-slipform-role"),
                refuses: operation["responses"].get("422").is_some(),
            });
        }
    }
    found
}

/// What no line tells of, one operation a line.
fn without_line() -> Vec<&'static str> {
    let lines = include_str!("without_line.txt").lines().map(|line| line.split_once('#').map_or((line, ""), |(id, reason)| (id, reason)));
    let lines = lines.map(|(id, reason)| (id.trim(), reason.trim())).filter(|(id, _)| !id.is_empty());
    lines.inspect(|(id, reason)| assert!(!reason.is_empty(), "{id}: say why")).map(|(id, _)| id).collect()
}

/// Two organizations, `default` and `other`, of one owner.
struct World {
    api: Api,
    /// The owner, signed in, and with an API token.
    person: (Client, Value),
    token: (Client, Value),
    viewer: Client,
    /// Who else says who somebody is.
    issuer: (Issuer, Signer),
    /// Every line that was looked at.
    seen: BTreeSet<Uuid>,
    /// Every secret that was given or answered.
    secrets: BTreeSet<String>,
    number: usize,
}

/// What one operation is tried on: everything is its own, so that none stands in another's way.
struct Stage {
    names: BTreeMap<&'static str, String>,
    /// The ids of what some of the names name.
    ids: BTreeMap<&'static str, Value>,
    /// Somebody who has nothing but an account and the role `viewer`, where one is needed.
    somebody: Option<(Client, Value)>,
    body: Option<Value>,
}

impl World {
    async fn new() -> Self {
        // The edge speaks TLS, so that domains have certificates.
        let signer = Signer::elliptic("1");
        let issuer = Issuer::start(&[&signer]).await;
        let trusted = issuer.setting();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let api = Api::start_where(move |settings| {
            settings.addresses.tls = true;
            settings.oidc.issuers = vec![trusted.clone()];
        })
        .await;
        let session = api.session().await;
        let person = api.client().with_token(session["accessToken"].as_str().unwrap());
        person.post("/v1/organizations", &json!({ "slug": "other", "name": "Other" })).await.expect(201);
        let token = api.client().get("/v1/me").await.expect(200)["token"]["id"].clone();
        let viewer = api.with_role("viewer").await;
        let mut world = Self {
            person: (person, session["user"]["id"].clone()),
            token: (api.client(), token),
            viewer,
            issuer: (issuer, signer),
            seen: BTreeSet::new(),
            secrets: BTreeSet::from([api.owner.token.clone(), api.owner.password.clone()]),
            number: 0,
            api,
        };
        collect(&session, &mut world.secrets);
        world
    }

    /// The lines that were added since the last look.
    async fn new_lines(&mut self) -> Vec<Value> {
        let lines: Vec<Value> =
            sqlx::query_scalar("select to_jsonb(a) from audit_log a order by id").fetch_all(&mut self.api.database.owner().await).await.unwrap();
        lines.into_iter().filter(|line| self.seen.insert(line["id"].as_str().unwrap().parse().unwrap())).collect()
    }

    async fn post(&mut self, path: &str, body: &Value, status: u16) -> Value {
        collect(body, &mut self.secrets);
        let made = self.person.0.post(path, body).await.expect(status);
        collect(&made, &mut self.secrets);
        made
    }

    /// Somebody new, a viewer of `default`.
    async fn somebody(&mut self, email: &str) -> (Client, Value) {
        let invited = self.post(&format!("{HERE}/invitations"), &json!({ "email": email, "role": "viewer" }), 201).await;
        let wish = json!({ "invitation": invited["secret"], "name": "Somebody", "password": format!("password of {email}") });
        let signed_up = self.post("/v1/auth/sign-up", &wish, 201).await;
        (self.api.client().with_token(signed_up["accessToken"].as_str().unwrap()), signed_up["user"]["id"].clone())
    }

    /// Makes what an operation is about.
    async fn stage(&mut self, operation: &Operation) -> Stage {
        self.number += 1;
        let n = self.number;
        let mut stage = Stage { names: BTreeMap::from([("org", "default".to_owned())]), ids: BTreeMap::new(), somebody: None, body: operation.example.clone() };
        let about = |name: &str| operation.path.contains(&format!("{{{name}}}"));
        let email = format!("somebody-{n}@example.com");
        if about("user") || matches!(operation.id.as_str(), "acceptInvitation" | "leaveOrganization" | "addIdentity" | "removeIdentity" | "exchangeToken") {
            let somebody = self.somebody(&email).await;
            stage.name("user", somebody.1.as_str().unwrap().to_owned(), &somebody.1);
            stage.somebody = Some(somebody);
        }
        if about("identity") || operation.id == "exchangeToken" {
            let (client, _) = stage.somebody.clone().unwrap();
            let made = client.post("/v1/me/identities", &json!({ "idToken": self.id_token(&email) })).await.expect(201);
            stage.name("identity", made["id"].as_str().unwrap().to_owned(), &made["id"]);
        }
        if about("invitation") || operation.id == "signUp" {
            let invited = self.post(&format!("{HERE}/invitations"), &json!({ "email": format!("new-{n}@example.com"), "role": "viewer" }), 201).await;
            stage.name("invitation", invited["id"].as_str().unwrap().to_owned(), &invited["id"]);
            stage.names.insert("secret", invited["secret"].as_str().unwrap().to_owned());
        }
        if about("token") {
            let made = self.post(&format!("{HERE}/tokens"), &json!({ "name": format!("Token {n}"), "role": "viewer" }), 201).await;
            stage.name("token", made["id"].as_str().unwrap().to_owned(), &made["id"]);
        }
        if about("account") {
            let account = json!({ "name": format!("account-{n}"), "region": "eu-central-1", "domain": "apps.example.com", "roleArn": "arn:aws:iam::111122223333:role/slipform" });
            let made = self.post(&format!("{HERE}/accounts"), &account, 201).await;
            stage.name("account", format!("account-{n}"), &made["id"]);
        }
        if about("webhook") {
            let wanted = json!({ "url": format!("https://example.com/hooks/{n}"), "types": ["test"] });
            let made = self.post(&format!("{HERE}/webhooks"), &wanted, 201).await;
            let webhook = made["id"].as_str().unwrap().to_owned();
            let delivery = self.post(&format!("{HERE}/webhooks/{webhook}/test"), &json!({}), 202).await;
            stage.name("webhook", webhook, &made["id"]);
            stage.name("delivery", delivery["id"].as_str().unwrap().to_owned(), &made["id"]);
        }
        if about("app") {
            self.app(&mut stage, operation, n).await;
        }
        self.body(&mut stage, operation, &email).await;
        stage
    }

    /// An app with a preview, builds that wait and that were cancelled, releases to go back to, and a domain.
    async fn app(&mut self, stage: &mut Stage, operation: &Operation, n: usize) {
        let slug = format!("app-{n}");
        let app = format!("{HERE}/apps/{slug}");
        let made = self.post(&format!("{HERE}/apps"), &json!({ "slug": slug, "name": "An app", "target": "local" }), 201).await;
        stage.name("app", slug.clone(), &made["id"]);
        if operation.id == "pushDesign" {
            return;
        }
        self.post(&format!("{app}/designs"), &notes(), 201).await;
        self.post(&format!("{app}/builds"), &json!({}), 202).await;
        self.post(&format!("{app}/builds/1/cancel"), &json!({}), 202).await;
        let waiting = self.post(&format!("{app}/builds"), &json!({}), 202).await;
        for release in 1..=2 {
            self.api.released(&slug, release, 1).await;
        }
        // As if a worker had made it.
        let production = self.person.0.get(&format!("{app}/environments/production")).await.expect(200)["id"].as_str().unwrap().parse::<Uuid>().unwrap();
        let password = format!("administrator of {slug}");
        let secrets = EnvironmentSecrets {
            database_password: format!("database of {slug}"),
            admin_password: password.clone(),
            origin_secret: format!("origin of {slug}"),
        };
        let keyring: Keyring = self.api.database.key.parse().unwrap();
        let sealed = keyring.seal(&secrets_context(production.into()), &serde_json::to_vec(&secrets).unwrap());
        let update = sqlx::query("update environments set sealed_secrets = $2, admin_email = 'ada@example.com' where id = $1").bind(production).bind(sealed);
        update.execute(&mut self.api.database.owner().await).await.unwrap();
        self.secrets.extend([password, secrets.database_password, secrets.origin_secret]);
        let preview = self.post(&format!("{app}/environments"), &json!({ "slug": "green" }), 201).await;
        let domain = format!("d{n}.example.com");
        let (certificate, key) = certificate(&domain);
        let added = json!({ "name": domain, "certificate": certificate, "privateKey": key });
        let added = self.post(&format!("{app}/environments/green/domains"), &added, 201).await;
        stage.name("domain", domain, &added["id"]);
        stage.name("build", if operation.id == "cancelBuild" { "2" } else { "1" }.to_owned(), &waiting["id"]);
        stage.names.insert("number", "1".to_owned());
        // Previews have domains; production has what was built.
        let preview_wanted = operation.path.contains("domain") || operation.id == "deleteEnvironment";
        stage.name("env", if preview_wanted { "green" } else { "production" }.to_owned(), &preview["id"]);
    }

    fn id_token(&self, subject: &str) -> String {
        self.issuer.0.token(&self.issuer.1, subject)
    }

    /// Bodies that the document cannot know.
    async fn body(&mut self, stage: &mut Stage, operation: &Operation, email: &str) {
        let session = || self.api.session();
        let body = match operation.id.as_str() {
            "signIn" => json!({ "email": self.api.owner.email, "password": self.api.owner.password }),
            "refreshSession" | "signOut" => json!({ "refreshToken": session().await["refreshToken"] }),
            "signUp" => json!({ "invitation": stage.names["secret"], "name": "Ada", "password": format!("password of new {email}") }),
            "addIdentity" | "exchangeToken" => json!({ "idToken": self.id_token(email) }),
            "acceptInvitation" => {
                let invited = self.post("/v1/organizations/other/invitations", &json!({ "email": email, "role": "viewer" }), 201).await;
                json!({ "secret": invited["secret"] })
            }
            "addDomain" => {
                let (certificate, key) = certificate("www.example.com");
                json!({ "name": "www.example.com", "certificate": certificate, "privateKey": key })
            }
            "renewDomain" => {
                let (certificate, key) = certificate(&stage.names["domain"]);
                json!({ "certificate": certificate, "privateKey": key })
            }
            _ => return,
        };
        collect(&body, &mut self.secrets);
        stage.body = Some(body);
    }

    /// Whoever does it, with their id, and of what kind they are.
    fn actor(&self, operation: &Operation, stage: &Stage) -> (Client, &'static str, Value) {
        if let Some((client, id)) = stage.somebody.clone().filter(|_| operation.role.is_none()) {
            return (client, "user", id);
        }
        // A token does every second one, where no person is needed.
        if operation.role.is_some() && self.number.is_multiple_of(2) {
            (self.token.0.clone(), "token", self.token.1.clone())
        } else {
            (self.person.0.clone(), "user", self.person.1.clone())
        }
    }

    /// The same by nobody, by somebody who may not, with a body that is none, of what is not there, and for another version.
    async fn refused(&mut self, operation: &Operation, stage: &Stage, client: &Client) {
        let path = stage.path(&operation.path);
        let mut attempts = Vec::new();
        if operation.role.is_some() {
            attempts.push((&operation.id, request(&self.api.anonymous(), operation, &path, stage.body.as_ref()).header("if-match", "*"), 401));
        }
        if operation.role.as_deref().is_some_and(|role| role != "viewer") {
            attempts.push((&operation.id, request(&self.viewer, operation, &path, stage.body.as_ref()).header("if-match", "*"), 403));
        }
        if operation.example.is_some() && operation.refuses {
            attempts.push((&operation.id, request(client, operation, &path, Some(&json!({ "nonsense": true }))).header("if-match", "*"), 422));
        }
        if operation.path.contains("{app}") {
            let missing = path.replace(&stage.names["app"], "nowhere");
            attempts.push((&operation.id, request(client, operation, &missing, stage.body.as_ref()).header("if-match", "*"), 404));
        }
        let ends = matches!(operation.id.as_str(), "revokeToken" | "revokeInvitation" | "leaveOrganization" | "removeIdentity");
        if operation.method != Method::POST && !ends {
            attempts.push((&operation.id, request(client, operation, &path, stage.body.as_ref()).header("if-match", "\"another\""), 412));
        }
        for (id, request, status) in attempts {
            let answer = client.send(request).await;
            assert_eq!(answer.status, status, "{id}: {}", answer.text);
        }
        let lines = self.new_lines().await;
        assert!(lines.is_empty(), "{}: what was refused left {lines:#?}", operation.id);
    }
}

impl Stage {
    fn name(&mut self, parameter: &'static str, name: String, id: &Value) {
        self.names.insert(parameter, name);
        self.ids.insert(parameter, id.clone());
    }

    fn path(&self, template: &str) -> String {
        let path = self.names.iter().fold(template.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
        assert!(!path.contains('{'), "{path}: make one in `World::stage`");
        path
    }

    /// What the line is about: what was made or changed, which the answer names, or else what the address does.
    fn subject(&self, operation: &Operation, answer: &Answer) -> Value {
        let body: Value = serde_json::from_str(&answer.text).unwrap_or_default();
        let named = operation.path.rsplit('{').next().and_then(|rest| rest.split('}').next()).and_then(|name| self.ids.get(name));
        // The answer is the delivery; what it is done to is the webhook.
        if operation.path.contains("{webhook}") {
            return self.ids["webhook"].clone();
        }
        let answered = [&body["id"], &body["user"]["id"]].into_iter().find(|id| id.is_string());
        answered.or(named).or(self.ids.get("user")).cloned().unwrap_or_else(|| panic!("{}: {}", operation.id, answer.text))
    }
}

fn request(client: &Client, operation: &Operation, path: &str, body: Option<&Value>) -> reqwest::RequestBuilder {
    let request = client.request(operation.method.clone(), path);
    body.into_iter().fold(request, reqwest::RequestBuilder::json)
}

/// What stands where secrets stand.
fn collect(value: &Value, secrets: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let secret = ["secret", "password", "accessToken", "refreshToken", "idToken", "invitation", "privateKey"].contains(&name.as_str());
                match member.as_str() {
                    // Of a key in PEM one line: their ends would be escaped in what is looked through.
                    Some(text) if secret => drop(secrets.insert(text.lines().nth(1).unwrap_or(text).to_owned())),
                    _ => collect(member, secrets),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, secrets)),
        _ => {}
    }
}

fn certificate(name: &str) -> (String, String) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

#[tokio::test]
async fn every_operation_that_changes_something_leaves_one_line_and_nothing_else_does() {
    let mut world = World::new().await;
    let (operations, without) = (operations(), without_line());
    for id in &without {
        assert!(operations.iter().any(|operation| operation.id == *id && operation.method != Method::GET), "{id}: there is no such change any more");
    }
    let mut tried = 0;
    for operation in operations.iter().filter(|operation| operation.method != Method::GET) {
        let stage = world.stage(operation).await;
        let (client, kind, id) = world.actor(operation, &stage);
        world.new_lines().await;
        world.refused(operation, &stage, &client).await;

        let path = stage.path(&operation.path);
        let doing = || {
            let request = request(&client, operation, &path, stage.body.as_ref()).header("if-match", "*").header("idempotency-key", &operation.id);
            request.header("user-agent", format!("story/{}", operation.id)).header("x-forwarded-for", "192.0.2.7")
        };
        let answer = client.send(doing()).await;
        assert!(answer.status.is_success(), "{}: {} {}", operation.id, answer.status, answer.text);
        if !answer.text.is_empty() {
            collect(&answer.json(), &mut world.secrets);
        }
        let lines = world.new_lines().await;
        if without.contains(&operation.id.as_str()) {
            assert!(lines.is_empty(), "{} stands in without_line.txt and left {lines:#?}", operation.id);
            continue;
        }
        tried += 1;
        let [line] = lines.as_slice() else { panic!("{} left {} lines instead of one: {lines:#?}", operation.id, lines.len()) };
        let name = operation.name.clone().unwrap_or_else(|| match operation.id.as_str() {
            "signUp" => "AcceptInvitation".to_owned(),
            id => id[..1].to_uppercase() + &id[1..],
        });
        let subject = stage.subject(operation, &answer);
        // Who signs up is known by the answer alone.
        let id = if operation.id == "signUp" { subject.clone() } else { id };
        let request_id = json!(answer.headers["x-request-id"].to_str().unwrap());
        assert_eq!(
            (&line["operation"], &line["actor_kind"], &line["actor_id"], &line["subject_id"], &line["request_id"]),
            (&json!(name), &json!(kind), &id, &subject, &request_id),
            "{}: {line:#}",
            operation.id
        );
        assert_eq!((&line["address"], &line["user_agent"]), (&json!("192.0.2.7"), &json!(format!("story/{}", operation.id))));
        assert!([&line["actor_name"], &line["subject_kind"], &line["subject_name"]].iter().all(|text| !text.as_str().unwrap().is_empty()), "{line:#}");
        assert!(!line["before"].is_null() || !line["after"].is_null(), "{} tells neither what was nor what is: {line:#}", operation.id);

        // An answer that is given again was written down when it was given first.
        if operation.method == Method::POST {
            let again = client.send(doing()).await;
            // An identity that is there already is answered as it is.
            let replayed = again.headers.contains_key("idempotency-replayed") || (operation.id == "addIdentity" && again.status == 200);
            let lines = world.new_lines().await;
            assert!(lines.is_empty() && (replayed || again.status.is_client_error()), "{}: {} and {lines:#?}", operation.id, again.status);
        }
    }
    assert!(tried >= 25, "{tried}");
    reads(&mut world, &operations).await;
    no_secret(&mut world).await;
}

/// Whoever reads leaves nothing behind.
async fn reads(world: &mut World, operations: &[Operation]) {
    let everything = Operation { path: "{user}{invitation}{token}{account}{webhook}{app}".into(), ..Operation::default() };
    let stage = world.stage(&everything).await;
    world.new_lines().await;
    let client = world.person.0.clone();
    let mut answered = 0;
    for operation in operations.iter().filter(|operation| operation.method == Method::GET) {
        let environment = if operation.path.contains("{domain}") { "green" } else { "production" };
        let path = stage.path(&operation.path.replace("{env}", environment));
        let answer = client.get(&if path.ends_with("/diff") { path + "?from=1&to=1" } else { path }).await;
        answered += usize::from(answer.status.is_success());
        if answer.headers.get("content-type").is_some_and(|media| media == "application/json") {
            collect(&answer.json(), &mut world.secrets);
        }
    }
    let lines = world.new_lines().await;
    assert!(lines.is_empty(), "reading left {lines:#?}");
    assert!(answered > 30, "{answered}");
}

/// No secret that the API was given or has answered is in any line.
async fn no_secret(world: &mut World) {
    world.seen.clear();
    let lines = world.new_lines().await;
    assert!(lines.len() > 100 && world.secrets.len() > 50, "{} lines, {} secrets", lines.len(), world.secrets.len());
    for line in lines {
        let text = line.to_string();
        let found: Vec<_> = world.secrets.iter().filter(|secret| text.contains(*secret)).collect();
        assert!(found.is_empty(), "{found:?} in {line:#}");
    }
}
