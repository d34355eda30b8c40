//! Stories of the API alone: a server in this process, and a database of its own. What workers would do, the stories do.

mod accounts;
mod apps;
mod audit;
mod builds;
mod designs;
mod document;
mod domains;
mod follow;
mod identity;
mod isolation;
mod keys;
mod limits;
mod links;
mod long;
mod matrix;
mod meant;
mod members;
pub mod oidc;
mod operations;
mod pages;
mod polls;
mod problems;
mod quotas;
mod repeated;
mod standing;
mod tags;
mod webhooks;
mod world;

use crate::harness::story::notes;
use crate::harness::{Client, TestDatabase};
use serde_json::{Value, json};
use slipform::app::setup::{FirstOwner, first_owner};
use slipform::app::{App, Settings};
use slipform::domain::TargetKind;
use slipform::domain::local::Addresses;
use slipform::domain::quotas::Quotas;
use slipform::http;
use slipform::store::Database;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The organization of the first owner.
const HERE: &str = "/v1/organizations/default";

struct Api {
    database: TestDatabase,
    pools: Database,
    app: Arc<App>,
    owner: FirstOwner,
    origin: String,
    home: tempfile::TempDir,
    shutdown: CancellationToken,
    tune: Tune,
}

/// What is set differently from an installation that nobody has set anything of.
type Tune = Arc<dyn Fn(&mut Settings) + Send + Sync>;

impl Api {
    async fn start() -> Self {
        Self::start_allowing(ENOUGH).await
    }

    /// One that answers so many requests a minute.
    async fn start_with(requests: i64) -> Self {
        Self::start_allowing(Quotas { requests, ..ENOUGH }).await
    }

    /// One in which each organization may have so much.
    async fn start_allowing(quotas: Quotas) -> Self {
        Self::start_where(move |settings| settings.quotas = quotas).await
    }

    /// One with other settings.
    async fn start_where(adjust: impl Fn(&mut Settings) + Send + Sync + 'static) -> Self {
        let tune: Tune = Arc::new(adjust);
        let database = TestDatabase::create().await;
        let pools = database.prepare().await;
        let home = tempfile::tempdir().unwrap();
        let shutdown = CancellationToken::new();
        let (app, origin) = serve(&database, &pools, &home, &shutdown, &tune);
        let owner = first_owner(&app, "Owner@Example.com", "default", "Default", |_| Ok(())).await.unwrap().expect("nobody was there");
        Self { database, pools, app, owner, origin, home, shutdown, tune }
    }

    /// Another process of the same installation.
    fn second(&self) -> Client {
        self.another().1
    }

    fn another(&self) -> (Arc<App>, Client) {
        let (app, origin) = serve(&self.database, &self.pools, &self.home, &self.shutdown, &self.tune);
        (app, Client::new(&origin, &self.owner.token))
    }

    /// With the first API token.
    fn client(&self) -> Client {
        Client::new(&self.origin, &self.owner.token)
    }

    fn anonymous(&self) -> Client {
        Client::anonymous(&self.origin)
    }

    /// Signs in as the owner.
    async fn session(&self) -> Value {
        let credentials = json!({ "email": self.owner.email, "password": self.owner.password });
        self.anonymous().post("/v1/auth/sign-in", &credentials).await.expect(200)
    }

    /// The owner, signed in.
    async fn person(&self) -> Client {
        self.client().with_token(self.session().await["accessToken"].as_str().unwrap())
    }

    /// A program of another organization, `other`.
    async fn stranger(&self) -> Client {
        let person = self.person().await;
        person.post("/v1/organizations", &json!({ "slug": "other", "name": "Other" })).await.expect(201);
        let token = person.post("/v1/organizations/other/tokens", &json!({ "name": "Other", "role": "admin" })).await.expect(201);
        person.with_token(token["secret"].as_str().unwrap())
    }

    /// A program of the first organization with this role.
    async fn with_role(&self, role: &str) -> Client {
        let token = self.client().post(&format!("{HERE}/tokens"), &json!({ "name": role, "role": role })).await.expect(201);
        self.client().with_token(token["secret"].as_str().unwrap())
    }

    /// An app with a design.
    async fn with_notes(&self) -> Client {
        let api = self.client();
        api.post(&format!("{HERE}/apps"), &json!({ "slug": "notes", "name": "Notes" })).await.expect(201);
        api.post(&format!("{HERE}/apps/notes/designs"), &notes()).await.expect(201);
        api
    }

    /// Starts a build of the app with a design; gives its number.
    async fn build(&self) -> i64 {
        let build = self.client().post(&format!("{HERE}/apps/notes/builds"), &json!({})).await.expect(202);
        build["number"].as_i64().unwrap()
    }

    /// As if a worker had built it: a release of the app's only design version, of so many bytes, which is now what is live in production.
    async fn released(&self, app: &str, number: i32, bytes: i64) {
        let id = uuid::Uuid::now_v7();
        let sql = "with place as (
                select e.organization_id as o, e.app_id as a, e.id as e, d.id as d, d.hash from environments e
                join apps a on a.id = e.app_id join design_versions d on d.app_id = a.id where a.slug = $2 and e.kind = 'production'
            ), build as (
                insert into builds (id, organization_id, app_id, environment_id, number, design_version_id, state, finished_at)
                select $1, o, a, e, 1000 + $3, d, 'succeeded', now() from place
            ), live as (
                update environments set live_release_id = $1 from place where id = e
            )
            insert into releases (id, organization_id, app_id, environment_id, number, build_id, design_version_id, design_hash, schema_position, manifest,
                size_bytes, activated_at) select $1, o, a, e, $3, $1, d, hash, 0, '{}', $4, now() from place";
        let done = sqlx::query(sql).bind(id).bind(app).bind(number).bind(bytes).execute(&mut self.database.owner().await).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// More than any story needs.
const ENOUGH: Quotas = Quotas { apps: 1_000, previews: 1_000, running_builds: 2, waiting_builds: 1_000, storage: 1 << 30, requests: 1_000_000 };

fn serve(database: &TestDatabase, pools: &Database, home: &tempfile::TempDir, shutdown: &CancellationToken, tune: &Tune) -> (Arc<App>, String) {
    let mut settings = Settings {
        has_aws: true,
        aws_domain: None,
        home: home.path().to_owned(),
        addresses: Addresses { tls: false, domain: "localhost".into(), port: 8480 },
        target: TargetKind::Local,
        elsewhere: None,
        trusted_proxies: "127.0.0.1".parse().unwrap(),
        quotas: ENOUGH,
        cors: "https://editor.example.com".parse().unwrap(),
        streams: 20,
        webhook_networks: "127.0.0.1".parse().unwrap(),
        public_url: None,
        oidc: slipform::app::oidc::Settings::default(),
        standing_every: slipform::app::standing::EVERY,
        keys_every: slipform::app::keys::EVERY,
    };
    tune(&mut settings);
    let app = App::start(pools.application.clone(), database.key.parse().unwrap(), settings, shutdown.clone()).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let serving = http::serve(app.clone(), listener, shutdown.clone());
    tokio::spawn(async move { serving.await.unwrap() });
    (app, origin)
}
