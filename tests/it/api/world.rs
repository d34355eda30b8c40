//! An installation in which every operation of the document finds what it is about.

use super::oidc::issuer::{Issuer, Signer};
use super::operations::Operation;
use super::{Api, HERE};
use crate::harness::Client;
use crate::harness::story::notes;
use serde_json::{Value, json};
use slipform::domain::local::{EnvironmentSecrets, secrets_context};
use slipform::domain::seal::Keyring;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Under which names secrets are asked for and answered.
pub const SECRETS: [&str; 7] = ["secret", "password", "accessToken", "refreshToken", "idToken", "invitation", "privateKey"];

/// Two organizations, `default` and `other`, of one owner.
pub struct World {
    pub api: Api,
    /// The owner, signed in, and with an API token.
    pub person: (Client, Value),
    pub token: (Client, Value),
    pub viewer: Client,
    /// Who else says who somebody is.
    issuer: (Issuer, Signer),
    /// Every line that was looked at.
    pub seen: BTreeSet<Uuid>,
    /// Every secret that was given or answered.
    pub secrets: BTreeSet<String>,
    number: usize,
}

/// What one operation is tried on: everything is its own, so that none stands in another's way.
pub struct Stage {
    pub names: BTreeMap<&'static str, String>,
    /// The ids of what some of the names name.
    pub ids: BTreeMap<&'static str, Value>,
    /// Somebody who has nothing but an account and the role `viewer`, where one is needed.
    pub somebody: Option<(Client, Value)>,
    pub body: Option<Value>,
}

impl World {
    pub async fn new() -> Self {
        // The edge speaks TLS, so that domains have certificates.
        let signer = Signer::elliptic("1");
        let issuer = Issuer::start(&[&signer]).await;
        let trusted = issuer.setting();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let api = Api::start_where(move |settings| {
            settings.addresses.tls = true;
            settings.public_url = Some("https://slipform.example.com".into());
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

    pub async fn post(&mut self, path: &str, body: &Value, status: u16) -> Value {
        collect(body, &mut self.secrets);
        let made = self.person.0.post(path, body).await.expect(status);
        collect(&made, &mut self.secrets);
        made
    }

    /// Somebody new, a viewer of `default`.
    pub async fn somebody(&mut self, email: &str) -> (Client, Value) {
        let invited = self.post(&format!("{HERE}/invitations"), &json!({ "email": email, "role": "viewer" }), 201).await;
        let wish = json!({ "invitation": invited["secret"], "name": "Somebody", "password": format!("password of {email}") });
        let signed_up = self.post("/v1/auth/sign-up", &wish, 201).await;
        (self.api.client().with_token(signed_up["accessToken"].as_str().unwrap()), signed_up["user"]["id"].clone())
    }

    /// Makes what an operation is about.
    pub async fn stage(&mut self, operation: &Operation) -> Stage {
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

    /// Nothing that was a secret before is told now.
    pub fn keeps_its_secrets(&self, whose: &str, text: &str) {
        let told: Vec<_> = self.secrets.iter().filter(|secret| text.contains(*secret)).collect();
        assert!(told.is_empty(), "{whose}: {told:?} in {text}");
    }

    /// Whoever does it, with their id, and of what kind they are.
    pub fn actor(&self, operation: &Operation, stage: &Stage) -> (Client, &'static str, Value) {
        if let Some((client, id)) = stage.somebody.clone().filter(|_| operation.role().is_none()) {
            return (client, "user", id);
        }
        // A token does every second one, where no person is needed.
        if operation.role().is_some() && self.number.is_multiple_of(2) {
            (self.token.0.clone(), "token", self.token.1.clone())
        } else {
            (self.person.0.clone(), "user", self.person.1.clone())
        }
    }
}

impl Stage {
    fn name(&mut self, parameter: &'static str, name: String, id: &Value) {
        self.names.insert(parameter, name);
        self.ids.insert(parameter, id.clone());
    }

    pub fn path(&self, operation: &Operation) -> String {
        operation.at(&self.names)
    }
}

pub fn request(client: &Client, operation: &Operation, path: &str, body: Option<&Value>) -> reqwest::RequestBuilder {
    let request = client.request(operation.method.clone(), path);
    body.into_iter().fold(request, reqwest::RequestBuilder::json)
}

/// What stands where secrets stand.
pub fn collect(value: &Value, secrets: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let secret = SECRETS.contains(&name.as_str());
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

pub fn certificate(name: &str) -> (String, String) {
    let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}
