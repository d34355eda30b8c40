//! What somebody changed by hand is seen, and mended.

use super::ecs::Ecs;
use super::emulator::Emulator;
use super::story::{installation, visitor};
use crate::harness::story::{ORGANIZATION, build, create_app, finished, log_of, notes, push};
use crate::harness::{Client, Installation, eventually};
use serde_json::{Value, json};
use slipform_aws::Account;

/// Has the environment looked at now, and answers with what was found.
async fn look(installation: &Installation, api: &Client) -> Value {
    let mut owner = installation.database.owner().await;
    let before = api.get(&format!("{ORGANIZATION}/apps/notes/environments/production")).await.expect(200)["drift"]["checkedAt"].clone();
    sqlx::query("update jobs set run_at = now() where kind = 'watch' and state = 'queued'").execute(&mut owner).await.unwrap();
    eventually("the environment is looked at", 30, async || {
        let drift = api.get(&format!("{ORGANIZATION}/apps/notes/environments/production")).await.expect(200)["drift"].clone();
        (!drift.is_null() && drift["checkedAt"] != before).then(|| drift["differences"].clone())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_by_hand_is_shown_and_a_repair_mends_it() {
    let emulator = Emulator::bootstrapped().await;
    let _ecs = Ecs::play(&emulator);
    let installation = installation(&emulator).await;
    let api = installation.client();
    create_app(&api, "notes", &notes()).await;
    let done = build(&api, "notes", "production").await;
    assert_eq!(done["state"], "succeeded", "{}", log_of(&api, "notes", &done).await);
    assert_eq!(look(&installation, &api).await, json!([]));

    let account = &emulator.account;
    let functions = account.lambda.list_functions().send().await.unwrap().functions.unwrap();
    let bundle = functions.into_iter().filter_map(|function| function.function_name).find(|name| name.ends_with("-bundle")).unwrap();
    account.lambda.delete_function().function_name(&bundle).send().await.unwrap();
    let buckets = account.s3.list_buckets().send().await.unwrap().buckets.unwrap();
    let bucket = buckets.into_iter().filter_map(|bucket| bucket.name).find(|name| name.starts_with("slf-")).unwrap();
    account.s3.delete_object().bucket(&bucket).key("web/index.html").send().await.unwrap();
    let groups = account.logs.describe_log_groups().log_group_name_prefix("/slipform/slipform/slf-").send().await.unwrap().log_groups.unwrap();
    let server_log = groups.into_iter().filter_map(|group| group.log_group_name).find(|name| name.ends_with("/server")).unwrap();
    account.logs.delete_log_group().log_group_name(&server_log).send().await.unwrap();

    let found = look(&installation, &api).await;
    let mut kinds: Vec<(&str, &str)> = found.as_array().unwrap().iter().map(|d| (d["kind"].as_str().unwrap(), d["name"].as_str().unwrap())).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, [("bucket", bucket.as_str()), ("function", bundle.as_str()), ("logGroup", server_log.as_str())], "{found:#}");

    let repair = api.post(&format!("{ORGANIZATION}/apps/notes/environments/production/repair"), &json!({})).await.expect(202);
    let repair = finished(&api, "notes", &repair).await;
    assert_eq!((&repair["state"], &repair["kind"]), (&json!("succeeded"), &json!("repair")), "{}", log_of(&api, "notes", &repair).await);
    assert_eq!(look(&installation, &api).await, json!([]));
    assert!(visitor(&emulator, account).await.get("/").await.expect_text(200).contains("<title>Notes"));

    // A worker that died in a rollout whose build was cancelled then has left a server of a release that is not live.
    let mut changed = notes();
    changed["entities"][0]["fields"].as_array_mut().unwrap().push(json!({ "id": "f-done", "name": "done", "type": "boolean", "default": false }));
    push(&api, "notes", &changed).await;
    assert_eq!(build(&api, "notes", "production").await["state"], "succeeded");
    let service = found_service(account).await;
    let first = service.1.rsplit_once(':').map(|(family, _)| format!("{family}:1")).unwrap();
    account.ecs.update_service().cluster(&service.0).service(&service.2).task_definition(&first).send().await.unwrap();
    let found = look(&installation, &api).await;
    assert_eq!(found[0]["detail"], "It runs the server of a release that is not live.", "{found:#}");
    let repair = api.post(&format!("{ORGANIZATION}/apps/notes/environments/production/repair"), &json!({})).await.expect(202);
    assert_eq!(finished(&api, "notes", &repair).await["state"], "succeeded");
    assert_ne!(found_service(account).await.1, first);
    assert_eq!(look(&installation, &api).await, json!([]));

    // A newer Slipform: the functions of apps that nobody builds follow by themselves.
    emulator.upgrade().await;
    let code = async || {
        let outputs = slipform_aws::foundation::outputs(account, "slipform").await.unwrap();
        let function = account.lambda.get_function_configuration().function_name(format!("{bundle}:live")).send().await.unwrap();
        (outputs["StageCodeKey"].clone(), function.environment.unwrap().variables.unwrap()["SLIPFORM_CODE"].clone())
    };
    let (wanted, has) = code().await;
    assert_ne!(wanted, has);
    // What the stack says is believed for two minutes: a worker that starts anew asks.
    let mut installation = installation;
    installation.restart(nix::sys::signal::Signal::SIGTERM).await;
    let api = installation.client();
    assert_eq!(look(&installation, &api).await, json!([]));
    let (wanted, has) = code().await;
    assert_eq!(wanted, has);
    installation.stop().await;
}

/// The cluster, the task definition and the name of the one service.
async fn found_service(account: &Account) -> (String, String, String) {
    let clusters = account.ecs.list_clusters().send().await.unwrap().cluster_arns.unwrap();
    for cluster in clusters {
        let services = account.ecs.list_services().cluster(&cluster).send().await.unwrap().service_arns.unwrap_or_default();
        if let Some(arn) = services.first() {
            let found = account.ecs.describe_services().cluster(&cluster).services(arn).send().await.unwrap().services.unwrap().remove(0);
            return (cluster, found.task_definition.unwrap(), found.service_name.unwrap());
        }
    }
    panic!("no service")
}
