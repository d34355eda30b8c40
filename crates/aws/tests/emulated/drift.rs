//! What somebody changed by hand is seen, and nothing is changed by looking.

use crate::emulator::{Calls, Emulator, Faults, scope};
use crate::environment::{reads, wanted};
use slipform_aws::drift::look_only;
use slipform_aws::ledger::InMemory;
use slipform_aws::{Account, Connection, Environment, Names};
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_or_removed_by_hand_is_named_and_only_looked_at() {
    let emulator = Emulator::start().await;
    let (calls, faults) = (Calls::default(), Faults::default());
    let (account, foundation) = Box::pin(emulator.with_foundation(&calls, &faults)).await;
    let (names, ledger) = (Names::new(&scope("e1", true)), InMemory::default());
    let wanted = wanted("car-rental.apps.example.test");
    let made = Environment::new(&account, &foundation, names.clone(), &ledger).ensure(&wanted).await.unwrap();

    let mut connection: Connection = emulator.connection(&calls, &faults);
    connection.interceptors.push(look_only());
    let eyes = Account::connect(&connection).await.unwrap();
    let look = async || {
        let found = Environment::differences(&eyes, &foundation, names.clone(), &ledger, &wanted).await.unwrap();
        found.into_iter().map(|difference| (difference.kind, difference.name)).collect::<BTreeSet<_>>()
    };
    calls.take();
    assert_eq!(look().await, BTreeSet::new());
    let asked = calls.take();
    assert!(asked.len() > 20 && asked.iter().all(|call| reads(call)), "{asked:?}");

    account.logs.delete_log_group().log_group_name(names.server_logs()).send().await.unwrap();
    account.lambda.delete_function().function_name(names.function("bundle")).send().await.unwrap();
    account.iam.delete_role_permissions_boundary().role_name(names.task_role()).send().await.unwrap();
    account.s3.delete_public_access_block().bucket(&made.bucket).send().await.unwrap();
    account.secrets.put_secret_value().secret_id(names.secret()).secret_string("changed").send().await.unwrap();
    let expected: BTreeSet<(String, String)> = [
        ("logGroup", names.server_logs()),
        ("function", names.function("bundle")),
        ("role", names.task_role()),
        ("bucket", made.bucket.clone()),
        ("secret", names.secret()),
    ]
    .map(|(kind, name)| (kind.to_owned(), name))
    .into();
    assert_eq!(look().await, expected);
    assert_eq!(look().await, expected, "looking has mended nothing");
    let told = Environment::differences(&eyes, &foundation, names.clone(), &ledger, &wanted).await.unwrap();
    let of = |kind: &str| told.iter().find(|difference| difference.kind == kind).unwrap().detail.clone();
    assert_eq!(of("function"), "It is missing, or a part of it: lambda:CreateFunction would make it.");
    assert_eq!(of("secret"), "It was changed: secretsmanager:PutSecretValue would mend it.");

    Environment::new(&account, &foundation, names.clone(), &ledger).ensure(&wanted).await.unwrap();
    assert_eq!(look().await, BTreeSet::new());
}
