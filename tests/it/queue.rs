//! The build queue on a real Postgres: fairness, fences, races, and counters that never drift.

use crate::harness::TestDatabase;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use slipform::domain::{AppId, BuildId, BuildState, DesignVersionId, EnvironmentId, OrganizationId, StepName, TraceParent};
use slipform::queue::{self, BuildKind, CancelOutcome, Claim, Ended, Ending, Enqueued, Failure, Hold, NewBuild};
use slipform::store::{Database, TenantTx, pipeline};
use sqlx::PgPool;
use std::time::Duration;
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(15);

/// An organization with environments that can be built.
pub struct Tenant {
    pub organization: OrganizationId,
    pub app: AppId,
    pub design: DesignVersionId,
    pub environments: Vec<EnvironmentId>,
}

/// A migrated database with the owner's view of it.
pub struct World {
    pub database: Database,
    pub owner: PgPool,
    _scope: TestDatabase,
}

impl World {
    pub async fn new() -> Self {
        let scope = TestDatabase::create().await;
        let database = scope.prepare().await;
        let owner = PgPool::connect(&scope.url).await.expect("the owner connects");
        Self { database, owner, _scope: scope }
    }

    pub async fn tenant(&self, slug: &str, environments: usize) -> Tenant {
        let (organization, app, design) = (OrganizationId::new(), AppId::new(), DesignVersionId::new());
        let ids: Vec<Uuid> = (0..environments).map(|_| Uuid::now_v7()).collect();
        sqlx::query("insert into organizations (id, slug, name) values ($1, $2, $2)")
            .bind(organization)
            .bind(slug)
            .execute(&self.owner)
            .await
            .expect("organization");
        sqlx::query("insert into apps (id, organization_id, slug, name, host_label, target) values ($1, $2, $3, $3, $3, 'local')")
            .bind(app)
            .bind(organization)
            .bind(slug)
            .execute(&self.owner)
            .await
            .expect("app");
        sqlx::query("insert into design_versions (id, organization_id, app_id, number, hash, document) values ($1, $2, $3, 1, 'x', '{}')")
            .bind(design)
            .bind(organization)
            .bind(app)
            .execute(&self.owner)
            .await
            .expect("design");
        sqlx::query("insert into environments (id, organization_id, app_id, slug, kind) select id, $2, $3, 'e' || n, 'preview' from unnest($1::uuid[]) with ordinality as e (id, n)")
            .bind(&ids).bind(organization).bind(app).execute(&self.owner).await.expect("environments");
        Tenant { organization, app, design, environments: ids.into_iter().map(EnvironmentId).collect() }
    }

    pub async fn enqueue(&self, tenant: &Tenant, environment: usize) -> (BuildId, Enqueued) {
        self.enqueue_in(tenant, environment, None).await
    }

    /// The same, asked for in a trace.
    pub async fn enqueue_in(&self, tenant: &Tenant, environment: usize, trace: Option<TraceParent>) -> (BuildId, Enqueued) {
        let new = NewBuild {
            id: BuildId::new(),
            organization: tenant.organization,
            app: tenant.app,
            environment: tenant.environments[environment],
            kind: BuildKind::Build,
            design_version: tenant.design,
            release: None,
            created_by: None,
            trace_parent: trace,
            priority: 0,
        };
        let mut tx = TenantTx::begin_traced(&self.database.application, tenant.organization, trace).await.expect("begin");
        let enqueued = queue::enqueue(tx.connection(), &new).await.expect("enqueue");
        tx.commit().await.expect("commit");
        (new.id, enqueued)
    }

    pub async fn claim(&self, lo: i64) -> Option<Claim> {
        queue::claim(&self.database.worker, "test", LEASE, lo).await.expect("claim")
    }

    pub async fn finish(&self, hold: Hold, ending: Ending) -> Option<Ended> {
        let mut tx = self.database.worker.begin().await.expect("begin");
        let ended = queue::finish(&mut tx, hold, ending).await.expect("finish");
        tx.commit().await.expect("commit");
        ended
    }

    pub async fn give_back(&self, hold: Hold) -> Option<Ended> {
        let mut tx = self.database.worker.begin().await.expect("begin");
        let ended = queue::give_back(&mut tx, hold).await.expect("give back");
        tx.commit().await.expect("commit");
        ended
    }

    /// As if its worker had been silent for longer than the lease.
    async fn expire(&self, build: BuildId) {
        sqlx::query("update builds set lease_until = now() - interval '1 second' where id = $1 and state = 'running'")
            .bind(build)
            .execute(&self.owner)
            .await
            .expect("expire");
    }

    async fn rescue(&self, hold: Hold) -> Option<Ended> {
        let mut tx = self.database.worker.begin().await.expect("begin");
        let ended = queue::rescue(&mut tx, hold, 3).await.expect("rescue");
        tx.commit().await.expect("commit");
        ended
    }

    async fn cancel(&self, tenant: &Tenant, build: BuildId) -> CancelOutcome {
        let mut tx = TenantTx::begin(&self.database.application, tenant.organization).await.expect("begin");
        let outcome = queue::cancel(tx.connection(), tenant.organization, build).await.expect("cancel").expect("the build exists");
        tx.commit().await.expect("commit");
        outcome
    }

    pub async fn state(&self, build: BuildId) -> (BuildState, i32, Option<String>) {
        sqlx::query_as("select state, attempt, reason from builds where id = $1").bind(build).fetch_one(&self.owner).await.expect("a build")
    }

    /// What must hold at any time, in one snapshot: counters, pointers, and the last event of each build.
    async fn assert_sound(&self, context: &str) {
        let wrong: Vec<String> = sqlx::query_scalar(
            "select 'drift ' || d::text from queue_drift d
             union all select 'not in line: ' || b.id from builds b left join queue_environments e on e.environment_id = b.environment_id
                 where b.state = 'queued' and e.queued_build is distinct from b.id or b.state = 'running' and e.running_build is distinct from b.id
             union all select 'points nowhere: ' || e.environment_id from queue_environments e
                 where e.queued_build is not null and not exists (select from builds b where b.id = e.queued_build and b.state = 'queued')
                 or e.running_build is not null and not exists (select from builds b where b.id = e.running_build and b.state = 'running')
             union all select 'event: ' || b.id || ' ' || b.state from builds b where b.state is distinct from (
                 select data->>'state' from build_events v where v.build_id = b.id and v.type = 'build' order by v.id desc limit 1)
             union all select 'open step: ' || s.build_id || ' ' || s.name from steps s join builds b on b.id = s.build_id
                 where b.state not in ('queued', 'running') and s.state in ('pending', 'running')
             union all select 'too many: ' || organization_id from queue_organizations where running > max_running",
        )
        .fetch_all(&self.owner)
        .await
        .expect("the invariants can be read");
        assert!(wrong.is_empty(), "{context}: {wrong:#?}");
    }
}

fn failed() -> Ending {
    Ending::Failed(Failure { step: None, code: "x".into(), title: "It broke".into(), detail: String::new(), hint: None, elements: Vec::new() })
}

/// One step of a random schedule. `held` is what this worker believes to hold, rightly or not.
async fn act(world: &World, tenants: &[Tenant], rng: &mut StdRng, held: &mut Vec<Claim>, known: &mut Vec<(usize, BuildId)>) {
    let pick = |rng: &mut StdRng, held: &mut Vec<Claim>| (!held.is_empty()).then(|| rng.random_range(0..held.len())).map(|i| held.swap_remove(i));
    match rng.random_range(0..10) {
        0..3 => {
            let tenant = rng.random_range(0..tenants.len());
            let environment = rng.random_range(0..tenants[tenant].environments.len());
            known.push((tenant, world.enqueue(&tenants[tenant], environment).await.0));
        }
        3..6 => held.extend(world.claim(0).await),
        6 => {
            if let Some(claim) = pick(rng, held) {
                let ending = if rng.random_bool(0.5) { Ending::Succeeded } else { failed() };
                world.finish(claim.hold(), ending).await;
            }
        }
        7 => {
            if let Some(claim) = pick(rng, held) {
                world.give_back(claim.hold()).await;
            }
        }
        8 => {
            if let Some(claim) = pick(rng, held) {
                world.expire(claim.build).await;
                world.rescue(claim.hold()).await;
                // A zombie: it goes on as if nothing had happened.
                held.push(claim);
            }
        }
        _ => {
            if !known.is_empty() {
                let (tenant, build) = known[rng.random_range(0..known.len())];
                world.cancel(&tenants[tenant], build).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_random_schedules_leave_no_drift() {
    let base: u64 = std::env::var("SLIPFORM_TEST_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or_else(|| rand::rng().random());
    println!("SLIPFORM_TEST_SEED={base}");
    let world = World::new().await;
    let tenants = [world.tenant("a", 3).await, world.tenant("b", 2).await, world.tenant("c", 1).await];
    for schedule in 0..1_000 {
        let mut rng = StdRng::seed_from_u64(base.wrapping_add(schedule));
        let (mut held, mut known) = (Vec::new(), Vec::new());
        for _ in 0..rng.random_range(3..12) {
            act(&world, &tenants, &mut rng, &mut held, &mut known).await;
        }
        world.assert_sound(&format!("SLIPFORM_TEST_SEED={base}, schedule {schedule}")).await;
        // The next schedule begins with an empty queue, so that each can be replayed alone.
        for (tenant, build) in known {
            world.cancel(&tenants[tenant], build).await;
        }
        for claim in held {
            world.finish(claim.hold(), Ending::Succeeded).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn schedules_of_many_workers_at_once_neither_drift_nor_deadlock() {
    let base: u64 = rand::rng().random();
    println!("seed {base}");
    let world = std::sync::Arc::new(World::new().await);
    let tenants = std::sync::Arc::new([world.tenant("a", 3).await, world.tenant("b", 2).await]);
    let workers: Vec<_> = (0..6)
        .map(|worker| {
            let (world, tenants) = (world.clone(), tenants.clone());
            tokio::spawn(async move {
                let mut rng = StdRng::seed_from_u64(base.wrapping_add(worker));
                let (mut held, mut known) = (Vec::new(), Vec::new());
                for _ in 0..120 {
                    act(&world, &*tenants, &mut rng, &mut held, &mut known).await;
                }
                world.assert_sound(&format!("seed {base}")).await;
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("no worker failed");
    }
    world.assert_sound(&format!("seed {base}")).await;
}

#[tokio::test]
async fn who_comes_second_waits_for_one_slot_at_most() {
    let world = World::new().await;
    let (a, b) = (world.tenant("a", 2_000).await, world.tenant("b", 1).await);
    for environment in 0..2_000 {
        world.enqueue(&a, environment).await;
    }
    let (first, second) = (world.claim(0).await.expect("a slot"), world.claim(0).await.expect("a slot"));
    assert!(world.claim(0).await.is_none(), "an organization runs no more than its share");
    assert_eq!((first.organization, second.organization), (a.organization, a.organization));

    let (build, enqueued) = world.enqueue(&b, 0).await;
    assert!(enqueued.wake, "idle workers are told");
    world.finish(first.hold(), Ending::Succeeded).await.expect("it held it");
    let next = world.claim(0).await.expect("a free slot");
    assert_eq!(next.build, build, "the first free slot is the newcomer's");
    assert_eq!(world.claim(0).await.expect("and the other one goes on").organization, a.organization);
    world.assert_sound("fairness").await;
}

#[tokio::test]
async fn the_hint_spares_work_and_loses_nobody() {
    let world = World::new().await;
    let (a, b) = (world.tenant("a", 4).await, world.tenant("b", 4).await);
    for environment in 0..4 {
        world.enqueue(&a, environment).await;
        world.enqueue(&b, environment).await;
    }
    let mut lo = 0;
    let mut order = Vec::new();
    while let Some(claim) = world.claim(lo).await {
        lo = claim.turn;
        order.push(claim.organization);
        world.finish(claim.hold(), Ending::Succeeded).await;
    }
    assert_eq!(order.len(), 8);
    assert!(order.chunks(2).all(|pair| pair[0] != pair[1]), "they take turns: {order:?}");
}

#[tokio::test]
async fn a_zombie_changes_nothing() {
    let world = World::new().await;
    let tenant = world.tenant("a", 1).await;
    let (build, _) = world.enqueue(&tenant, 0).await;
    let zombie = world.claim(0).await.expect("work");
    assert!(world.rescue(zombie.hold()).await.is_none(), "a worker that lives keeps its build");
    world.expire(build).await;
    assert_eq!(world.rescue(zombie.hold()).await.expect("it was lost").state, BuildState::Queued);
    assert_eq!(world.rescue(zombie.hold()).await, None, "only once");
    let heir = world.claim(0).await.expect("work");
    assert!(heir.build == build && heir.fence > zombie.fence && heir.attempt == 2);

    let pool = &world.database.worker;
    let mut conn = pool.acquire().await.expect("a connection");
    assert!(queue::heartbeat(pool, &[zombie.hold()], LEASE).await.expect("an answer").is_empty());
    assert_eq!(pipeline::start_step(&mut conn, build, zombie.fence, StepName::Backend).await.expect("an answer"), None);
    let line = ["late".to_owned()];
    assert!(!pipeline::log(&mut conn, build, zombie.fence, StepName::Backend, &["info".to_owned()], &line).await.expect("an answer"));
    assert!(world.finish(zombie.hold(), Ending::Succeeded).await.is_none());
    assert!(world.give_back(zombie.hold()).await.is_none());
    assert_eq!(world.state(build).await.0, BuildState::Running);
    assert_eq!(pipeline::start_step(&mut conn, build, heir.fence, StepName::Backend).await.expect("an answer"), Some(1));
    assert_eq!(world.finish(heir.hold(), Ending::Succeeded).await.expect("the heir holds it").state, BuildState::Succeeded);
    world.assert_sound("zombie").await;
}

#[tokio::test]
async fn a_newer_build_takes_the_place_of_one_that_waits_and_of_one_that_is_given_back() {
    let world = World::new().await;
    let tenant = world.tenant("a", 2).await;
    let (first, _) = world.enqueue(&tenant, 0).await;
    let (second, enqueued) = world.enqueue(&tenant, 0).await;
    assert_eq!((enqueued.superseded, enqueued.number), (Some(first), 2));
    assert_eq!(world.state(first).await.0, BuildState::Superseded);

    let claim = world.claim(0).await.expect("work");
    assert_eq!(claim.build, second);
    assert_eq!(world.give_back(claim.hold()).await.expect("it held it").state, BuildState::Queued);
    assert_eq!(world.state(second).await.1, 0, "giving back on a drain is no attempt");
    let claim = world.claim(0).await.expect("it waits again");
    assert_eq!((claim.build, claim.attempt), (second, 1));

    let (third, _) = world.enqueue(&tenant, 0).await;
    assert!(world.claim(0).await.is_none(), "one build of an environment at a time");
    assert_eq!(world.give_back(claim.hold()).await.expect("it held it").state, BuildState::Superseded);
    let (_, _, reason) = world.state(second).await;
    assert_eq!(reason.as_deref(), Some("Its worker stopped while a newer build was waiting, which takes over."));
    assert_eq!(world.claim(0).await.expect("the newer one").build, third);
    world.assert_sound("supersede").await;
}

#[tokio::test]
async fn three_lost_workers_are_enough_and_a_requested_cancel_is_honoured() {
    let world = World::new().await;
    let tenant = world.tenant("a", 2).await;
    let (build, _) = world.enqueue(&tenant, 0).await;
    for attempt in 1..=3 {
        let claim = world.claim(0).await.expect("work");
        assert_eq!(claim.attempt, attempt);
        world.expire(build).await;
        let state = world.rescue(claim.hold()).await.expect("it was lost").state;
        assert_eq!(state, if attempt < 3 { BuildState::Queued } else { BuildState::Failed });
    }
    let (build, _) = world.enqueue(&tenant, 1).await;
    let claim = world.claim(0).await.expect("work");
    assert_eq!(world.cancel(&tenant, build).await, CancelOutcome::Requested);
    let beats = queue::heartbeat(&world.database.worker, &[claim.hold()], LEASE).await.expect("an answer");
    assert!(beats.iter().all(|beat| beat.cancel) && beats.len() == 1);
    world.expire(build).await;
    assert_eq!(world.rescue(claim.hold()).await.expect("it was lost").state, BuildState::Cancelled);
    assert_eq!(world.cancel(&tenant, build).await, CancelOutcome::AlreadyFinal(BuildState::Cancelled));
    world.assert_sound("rescue").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancel_that_races_a_claim_or_an_end_has_one_outcome() {
    let world = World::new().await;
    let tenant = world.tenant("a", 1).await;
    for _ in 0..60 {
        let (build, _) = world.enqueue(&tenant, 0).await;
        let (claim, outcome) = tokio::join!(world.claim(0), world.cancel(&tenant, build));
        match (&claim, outcome) {
            (None, CancelOutcome::Cancelled) | (Some(_), CancelOutcome::Requested) => {}
            other => panic!("{other:?}"),
        }
        let Some(claim) = claim else { continue };
        world.finish(claim.hold(), failed()).await.expect("it holds it");
        assert_eq!(world.state(build).await.0, BuildState::Cancelled, "a failure after the request is the cancel's");

        let (build, _) = world.enqueue(&tenant, 0).await;
        let claim = world.claim(0).await.expect("work");
        let (ended, outcome) = tokio::join!(world.finish(claim.hold(), Ending::Succeeded), world.cancel(&tenant, build));
        assert_eq!(ended.expect("it holds it").state, BuildState::Succeeded);
        assert!(matches!(outcome, CancelOutcome::Requested | CancelOutcome::AlreadyFinal(BuildState::Succeeded)), "{outcome:?}");
    }
    world.assert_sound("cancel races").await;
}

#[tokio::test]
async fn a_small_job_is_leased_fenced_and_tried_again() {
    let world = World::new().await;
    let pool = &world.database.worker;
    let mut conn = pool.acquire().await.expect("a connection");
    queue::jobs::enqueue(&mut conn, None, "sweep", &serde_json::json!({ "n": 1 })).await.expect("queued");
    let zombie = queue::jobs::claim(pool, "one", Duration::ZERO).await.expect("an answer").expect("a job");
    let heir = queue::jobs::claim(pool, "two", LEASE).await.expect("an answer").expect("its lease was over");
    assert!(heir.id == zombie.id && heir.attempt == 2);
    assert!(!queue::jobs::succeed(pool, &zombie).await.expect("an answer"));
    assert!(queue::jobs::put_off(pool, &heir, "later", Some(Duration::from_millis(50))).await.expect("an answer"));
    assert!(queue::jobs::claim(pool, "two", LEASE).await.expect("an answer").is_none(), "not before its time");
    tokio::time::sleep(Duration::from_millis(80)).await;
    let third = queue::jobs::claim(pool, "two", LEASE).await.expect("an answer").expect("a job");
    assert!(queue::jobs::succeed(pool, &third).await.expect("an answer"));
    assert!(queue::jobs::claim(pool, "two", LEASE).await.expect("an answer").is_none());
}
