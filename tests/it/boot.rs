//! The folder, the key, Postgres.

use crate::harness::TestDatabase;

#[tokio::test]
async fn the_narrow_roles_own_nothing_and_see_one_organization_at_a_time() {
    let database = TestDatabase::create().await;
    let pools = database.prepare().await;
    // A second start on the same database finds everything as it was.
    database.prepare().await;

    let mut owner = database.owner().await;
    let (a, b) = (uuid::Uuid::now_v7(), uuid::Uuid::now_v7());
    for (id, slug) in [(a, "a"), (b, "b")] {
        sqlx::query("insert into organizations (id, slug, name) values ($1, $2, $2)").bind(id).bind(slug).execute(&mut owner).await.unwrap();
    }
    let count = "select count(*) from organizations";
    let mut tx = slipform::store::TenantTx::begin(&pools.application, a.into()).await.unwrap();
    let seen: i64 = sqlx::query_scalar(count).fetch_one(tx.connection()).await.unwrap();
    assert_eq!(seen, 1);
    drop(tx);

    // The next user of the same connection sees nothing of it, although the transaction was dropped and not ended.
    for _ in 0..30 {
        let seen: i64 = sqlx::query_scalar(count).fetch_one(&pools.application).await.unwrap();
        assert_eq!(seen, 0);
    }
    let possessions: i64 = sqlx::query_scalar("select count(*) from pg_class where relowner in (select oid from pg_roles where rolname = current_user)")
        .fetch_one(&pools.application)
        .await
        .unwrap();
    assert_eq!(possessions, 0);
    let bypass: bool =
        sqlx::query_scalar("select rolsuper or rolbypassrls from pg_roles where rolname = current_user").fetch_one(&pools.application).await.unwrap();
    assert!(!bypass);
}

#[tokio::test]
async fn processes_that_start_together_on_an_empty_database_wait_for_each_other() {
    let database = TestDatabase::create().await;
    let starts = futures::future::join_all((0..8).map(|_| database.prepare())).await;
    for pools in starts {
        for pool in [pools.application, pools.worker, pools.host] {
            sqlx::query("select 1").execute(&pool).await.unwrap();
        }
    }
}
