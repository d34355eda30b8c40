//! Every link of the document is followed once, from an answer that was a success: the answer says all that the link takes of it, and what it
//! leads to succeeds. schemathesis tells whole stories by the same links (`openapi_fuzz`), as chance has it.

use super::HERE;
use super::operations::{self, Operation};
use super::world::{Stage, World, certificate, request};
use crate::harness::Client;
use crate::harness::client::Answer;
use crate::harness::story::notes;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Where a link leads to something else than a success, and to what.
const NOT_TO_A_SUCCESS: &[(&str, &str, u16)] = &[
    // It is gone.
    ("removeMember", "showMember", 404),
    // What runs and what was built is on the machine of a worker, which is not here. The stories of schemathesis must have come there.
    ("listEnvironments", "readAppLog", 503),
    ("listReleases", "downloadCode", 503),
];

struct Link {
    from: Operation,
    status: u16,
    name: String,
    to: Operation,
    parameters: BTreeMap<String, String>,
}

impl Link {
    fn is(&self, from: &str, to: &str) -> bool {
        self.from.id == from && self.to.id == to
    }

    /// For a list with a next page, one page is short.
    fn query(&self) -> &'static [(&'static str, &'static str)] {
        if self.name == "next" { &[("limit", "1")] } else { &[] }
    }
}

fn links() -> Vec<Link> {
    let (document, operations) = (slipform::http::openapi(), operations::all());
    let named = |id: &Value| operations.iter().find(|operation| operation.id == *id).unwrap_or_else(|| panic!("{id}: there is no such operation")).clone();
    let mut found = Vec::new();
    for operation in document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values()) {
        for (status, answer) in operation["responses"].as_object().unwrap() {
            for (name, link) in answer["links"].as_object().into_iter().flatten() {
                let parameters = link["parameters"].as_object().into_iter().flatten();
                found.push(Link {
                    from: named(&operation["operationId"]),
                    status: status.parse().unwrap(),
                    name: name.clone(),
                    to: named(&link["operationId"]),
                    parameters: parameters.map(|(name, expression)| (name.clone(), expression.as_str().unwrap().to_owned())).collect(),
                });
            }
        }
    }
    found
}

/// A body with names that nothing else has.
fn fresh(operation: &Operation, mut body: Value, domain: Option<&str>) -> Value {
    let name = format!("new-{}", &Uuid::now_v7().simple().to_string()[16..]);
    match operation.id.as_str() {
        "createOrganization" | "createApp" | "createEnvironment" => body["slug"] = json!(name),
        "createAccount" => body["name"] = json!(name),
        "createInvitation" => body["email"] = json!(format!("{name}@example.com")),
        "addDomain" => {
            let domain = format!("{name}.example.com");
            let (certificate, key) = certificate(&domain);
            body = json!({ "name": domain, "certificate": certificate, "privateKey": key });
        }
        "renewDomain" => {
            let (certificate, key) = certificate(domain.unwrap());
            body = json!({ "certificate": certificate, "privateKey": key });
        }
        _ => {}
    }
    body
}

impl World {
    /// Makes what both ends of a link are about.
    async fn set(&mut self, link: &Link) -> Stage {
        self.make_room().await;
        // What is made by the first end need not be there before.
        let about = if link.from.method == Method::GET { format!("{}{}", link.from.path, link.to.path) } else { link.from.path.clone() };
        let about = if about.contains("{identity}") { about + "{user}" } else { about };
        let mut stage = self.stage(&Operation { path: about, ..link.from.clone() }).await;
        stage.body = stage.body.map(|body| fresh(&link.from, body, stage.names.get("domain").map(String::as_str)));
        match (link.from.id.as_str(), link.to.id.as_str()) {
            // Production stays as long as its app.
            ("showEnvironment", "deleteEnvironment") => drop(stage.names.insert("env", "green".to_owned())),
            // The newest build is the first of its list: one that has not succeeded.
            ("listBuilds", "retryBuild") => {
                let builds = stage.path(&link.from);
                let number = self.post(&builds, &json!({}), 202).await["number"].clone();
                self.post(&format!("{builds}/{number}/cancel"), &json!({}), 202).await;
            }
            // Not the newest release is live.
            ("listReleases", "rollBack") => {
                let sql = "update environments e set live_release_id = r.id from releases r join apps a on a.id = r.app_id
                    where r.environment_id = e.id and r.number = 1 and a.slug = $1";
                sqlx::query(sql).bind(&stage.names["app"]).execute(&mut self.api.database.owner().await).await.unwrap();
            }
            // A second one, for a second page.
            ("listDesigns", "listDesigns") => {
                let mut design = notes();
                design["app"]["description"] = json!("Another version.");
                self.post(&stage.path(&link.from), &design, 201).await;
            }
            ("listDeliveries", "listDeliveries") => {
                self.post(&format!("{HERE}/webhooks/{}/test", stage.names["webhook"]), &json!({}), 202).await;
            }
            // An invitation is accepted by whom it is for, who belongs to another organization until then.
            ("createInvitation", "acceptInvitation") => {
                let email = stage.body.as_ref().unwrap()["email"].as_str().unwrap().to_owned();
                stage.somebody = Some(self.somebody(&email).await);
                stage.names.insert("org", "other".to_owned());
            }
            _ => {}
        }
        stage
    }

    /// An organization has twenty webhooks at most.
    async fn make_room(&mut self) {
        let webhooks = self.person.0.get(&format!("{HERE}/webhooks")).await.expect(200);
        for webhook in webhooks["items"].as_array().unwrap().iter().skip(2) {
            self.person.0.delete(&format!("{HERE}/webhooks/{}", webhook["id"].as_str().unwrap())).await.expect(204);
        }
    }

    /// What has to happen after the first end so that the second one can succeed.
    async fn between(&mut self, link: &Link, stage: &Stage, answer: &Answer) {
        if link.is("createBuild", "retryBuild") {
            self.post(&format!("{}/{}/cancel", stage.path(&link.from), answer.json()["number"]), &json!({}), 202).await;
        }
        if link.is("createOrganization", "leaveOrganization") {
            // The last owner stays.
            let organization = answer.json()["slug"].as_str().unwrap().to_owned();
            let email = format!("heir-of-{organization}@example.com");
            let (heir, _) = self.somebody(&email).await;
            let invited = self.post(&format!("/v1/organizations/{organization}/invitations"), &json!({ "email": email, "role": "owner" }), 201).await;
            heir.post("/v1/me/invitations", &json!({ "secret": invited["secret"] })).await.expect(200);
        }
    }

    /// Whoever sends it: a person, even where a token would do.
    fn sender(&self, stage: &Stage, operation: &Operation) -> Client {
        let somebody = stage.somebody.as_ref().filter(|_| operation.role().is_none());
        somebody.unwrap_or(&self.person).0.clone()
    }

    /// Follows a link; `body` says which parts of the second body stand in the first answer.
    async fn follow(&mut self, link: &Link, body: &Value) -> Result<(), String> {
        let stage = self.set(link).await;
        let (sender, path) = (self.sender(&stage, &link.from), stage.path(&link.from));
        let ask = || sender.send(request(&sender, &link.from, &path, stage.body.as_ref()).query(link.query()).header("if-match", "*"));
        let mut answer = ask().await;
        if answer.status.is_success() && answer.status != link.status {
            // Whoever says it again learns that it is there.
            answer = ask().await;
        }
        if answer.status != link.status {
            return Err(format!("it begins with {} {}", answer.status, answer.text));
        }
        self.between(link, &stage, &answer).await;

        let (mut path, mut query, mut tag) = (link.to.path.clone(), Vec::new(), None);
        for (name, expression) in &link.parameters {
            let Some(value) = value(expression, &stage, link.query(), &answer) else {
                if expression.starts_with("$request.query.") {
                    continue;
                }
                return Err(format!("{expression} is not in {}", answer.text));
            };
            match name.as_str() {
                "If-Match" => tag = Some(value),
                name if path.contains(&format!("{{{name}}}")) => path = path.replace(&format!("{{{name}}}"), &value),
                name => query.push((name, value)),
            }
        }
        let mut wish = link.to.example.clone().map(|wish| fresh(&link.to, wish, path.split('/').rev().nth(1)));
        for (member, pointer) in body.as_object().into_iter().flatten() {
            let said = answer.json().pointer(pointer.as_str().unwrap()).cloned();
            wish.as_mut().unwrap()[member] = said.ok_or_else(|| format!("{pointer} is not in {}", answer.text))?;
        }
        let sender = self.sender(&stage, &link.to);
        let asked = request(&sender, &link.to, &path, wish.as_ref()).query(&query);
        let asked = tag.iter().fold(asked, |asked, tag| asked.header("if-match", tag));
        // A stream of events would not end.
        let done = asked.send().await.unwrap();
        let other = NOT_TO_A_SUCCESS.iter().find(|(from, to, _)| link.is(from, to));
        if other.map_or(done.status().is_success(), |(.., status)| done.status() == *status) {
            Ok(())
        } else {
            Err(format!("{path} is answered with {} {}", done.status(), done.text().await.unwrap()))
        }
    }
}

/// What an expression says of a request and its answer.
fn value(expression: &str, stage: &Stage, query: &[(&str, &str)], answer: &Answer) -> Option<String> {
    if let Some(name) = expression.strip_prefix("$request.path.") {
        return stage.names.get(name).cloned();
    }
    if let Some(name) = expression.strip_prefix("$request.query.") {
        return query.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    }
    if let Some(name) = expression.strip_prefix("$response.header.") {
        return answer.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    }
    let pointer = expression.strip_prefix("$response.body#").unwrap_or_else(|| panic!("{expression}: what does it mean?"));
    answer.json().pointer(pointer).filter(|value| !value.is_null()).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}

#[tokio::test]
async fn every_link_of_the_document_leads_from_a_success_to_a_success() {
    let mut world = World::new().await;
    // No list is without a second page.
    let everything = Operation { path: "{user}{invitation}{token}{account}{webhook}{app}".into(), ..Operation::default() };
    for _ in 0..2 {
        world.stage(&everything).await;
    }
    // schemathesis makes the bodies of its stories by it, too.
    let bodies: Value = serde_json::from_str(include_str!("../../openapi/link_bodies.json")).unwrap();
    let links = links();
    let mut wrong = Vec::new();
    for link in &links {
        if let Err(what) = world.follow(link, &bodies[&link.from.id][&link.to.id]).await {
            wrong.push(format!("{} {} -> {}: {what}", link.from.id, link.status, link.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {} links lead nowhere:\n{}", wrong.len(), links.len(), wrong.join("\n"));
    for (from, to, _) in NOT_TO_A_SUCCESS {
        assert!(links.iter().any(|link| link.is(from, to)), "{from} -> {to}: there is no such link");
    }
    for (from, to) in bodies.as_object().unwrap().iter().flat_map(|(from, tos)| tos.as_object().unwrap().keys().map(move |to| (from, to))) {
        assert!(links.iter().any(|link| link.is(from, to)), "{from} -> {to}: there is no such link");
    }
}
