//! The audit log is complete: every operation of the document that changes something leaves one line, of whoever did it, and what is
//! refused, repeated or only read leaves none. No secret stands in it, nor in what is kept of answers, nor is one answered again. The
//! operations come from the document, so that none is forgotten.

use super::operations::{self, Operation, listed};
use super::world::{Stage, World, collect, request};
use crate::harness::Client;
use crate::harness::client::Answer;
use reqwest::Method;
use serde_json::{Value, json};

impl World {
    /// The lines that were added since the last look.
    async fn new_lines(&mut self) -> Vec<Value> {
        let lines: Vec<Value> =
            sqlx::query_scalar("select to_jsonb(a) from audit_log a order by id").fetch_all(&mut self.api.database.owner().await).await.unwrap();
        lines.into_iter().filter(|line| self.seen.insert(line["id"].as_str().unwrap().parse().unwrap())).collect()
    }

    /// The same by nobody, by somebody who may not, with a member too many, of what is not there, and for another version.
    async fn refused(&mut self, operation: &Operation, stage: &Stage, client: &Client) {
        let path = stage.path(operation);
        let mut attempts = Vec::new();
        if operation.role().is_some() {
            attempts.push((&operation.id, request(&self.api.anonymous(), operation, &path, stage.body.as_ref()).header("if-match", "*"), 401));
        }
        if operation.role().is_some_and(|role| role != "viewer") {
            attempts.push((&operation.id, request(&self.viewer, operation, &path, stage.body.as_ref()).header("if-match", "*"), 403));
        }
        if let Some(mut body) = stage.body.clone().filter(|_| operation.refuses()) {
            // It would be good without this.
            body["nonsense"] = true.into();
            let answer = client.send(request(client, operation, &path, Some(&body)).header("if-match", "*")).await;
            assert_eq!(answer.expect(422)["errors"][0]["pointer"], "/nonsense", "{}", operation.id);
            self.keeps_its_secrets(&operation.id, &answer.text);
        }
        if operation.path.contains("{app}") {
            let missing = path.replace(&stage.names["app"], "nowhere");
            attempts.push((&operation.id, request(client, operation, &missing, stage.body.as_ref()).header("if-match", "*"), 404));
        }
        if operation.parameter("header", "If-Match").is_some() {
            attempts.push((&operation.id, request(client, operation, &path, stage.body.as_ref()).header("if-match", "\"another\""), 412));
        }
        for (id, request, status) in attempts {
            let answer = client.send(request).await;
            assert_eq!(answer.status, status, "{id}: {}", answer.text);
            self.keeps_its_secrets(id, &answer.text);
        }
        let lines = self.new_lines().await;
        assert!(lines.is_empty(), "{}: what was refused left {lines:#?}", operation.id);
    }
}

impl Stage {
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

#[tokio::test]
async fn every_operation_that_changes_something_leaves_one_line_and_nothing_else_does() {
    let mut world = World::new().await;
    let (readings, changes): (Vec<_>, Vec<_>) = operations::all().into_iter().partition(|operation| operation.method == Method::GET);
    let without = listed("without_line.txt", &changes);
    let mut tried = 0;
    for operation in &changes {
        let stage = world.stage(operation).await;
        let (client, kind, id) = world.actor(operation, &stage);
        world.new_lines().await;
        world.refused(operation, &stage, &client).await;

        let path = stage.path(operation);
        let doing = || {
            let request = request(&client, operation, &path, stage.body.as_ref()).header("if-match", "*").header("idempotency-key", &operation.id);
            request.header("user-agent", format!("story/{}", operation.id)).header("x-forwarded-for", "192.0.2.7")
        };
        let answer = client.send(doing()).await;
        assert!(answer.status.is_success(), "{}: {} {}", operation.id, answer.status, answer.text);
        world.keeps_its_secrets(&operation.id, &answer.text);
        if !answer.text.is_empty() {
            collect(&answer.json(), &mut world.secrets);
        }
        let lines = world.new_lines().await;
        if without.contains(&operation.id) {
            assert!(lines.is_empty(), "{} stands in without_line.txt and left {lines:#?}", operation.id);
            continue;
        }
        tried += 1;
        let [line] = lines.as_slice() else { panic!("{} left {} lines instead of one: {lines:#?}", operation.id, lines.len()) };
        let name = match operation.id.as_str() {
            "signUp" => "AcceptInvitation".to_owned(),
            id => operation.text("x-slipform-operation").map_or_else(|| id[..1].to_uppercase() + &id[1..], str::to_owned),
        };
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
            let lines = world.new_lines().await;
            assert!(lines.is_empty(), "{} sent again left {lines:#?}", operation.id);
            if operation.takes_key() {
                assert_eq!((again.status, &again.text), (answer.status, &answer.text), "{}", operation.id);
                assert_eq!(again.headers["idempotency-replayed"], "true", "{}", operation.id);
            } else {
                assert!(again.status.is_client_error(), "{}: {}", operation.id, again.status);
            }
        }
    }
    assert!(tried >= 25, "{tried}");
    reads(&mut world, &readings).await;
    no_secret(&mut world, changes.iter().filter(|operation| operation.takes_key()).count()).await;
}

/// Whose answers have a secret that was there before.
const TELLS: [&str; 1] = ["showAdministrator"]; // for whoever opens a live app for the first time, and is its first administrator

/// Whoever reads leaves nothing behind, and learns no secret.
async fn reads(world: &mut World, readings: &[Operation]) {
    let everything = Operation { path: "{user}{invitation}{token}{account}{webhook}{app}".into(), ..Operation::default() };
    let mut stage = world.stage(&everything).await;
    world.new_lines().await;
    let client = world.person.0.clone();
    let mut answered = 0;
    for operation in readings {
        // Previews have domains; production has what was built.
        stage.names.insert("env", if operation.path.contains("{domain}") { "green" } else { "production" }.to_owned());
        let answer = client.get(&stage.path(operation)).await;
        answered += usize::from(answer.status.is_success());
        if TELLS.contains(&operation.id.as_str()) {
            assert!(world.secrets.iter().any(|secret| answer.text.contains(secret)), "{} tells none any more", operation.id);
        } else {
            world.keeps_its_secrets(&operation.id, &answer.text);
        }
    }
    let lines = world.new_lines().await;
    assert!(lines.is_empty(), "reading left {lines:#?}");
    assert!(answered > 30, "{answered}");
}

/// No secret that the API was given or has answered is in any line, nor can it be read in what is kept of answers.
async fn no_secret(world: &mut World, kept: usize) {
    world.seen.clear();
    let lines = world.new_lines().await;
    assert!(lines.len() > 100 && world.secrets.len() > 50, "{} lines, {} secrets", lines.len(), world.secrets.len());
    for line in lines {
        world.keeps_its_secrets("the audit log", &line.to_string());
    }
    let answers: Vec<String> = sqlx::query_scalar("select convert_from(coalesce(body, ''), 'UTF8') || k::text from idempotency_keys k")
        .fetch_all(&mut world.api.database.owner().await)
        .await
        .unwrap();
    assert_eq!(answers.len(), kept, "of each operation that takes a key");
    for answer in answers {
        world.keeps_its_secrets("an answer that is kept", &answer);
    }
}
