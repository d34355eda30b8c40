//! Links of the OpenAPI document: what an answer is good for. Programs find by them what they have made, and tests tell whole stories.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// An operation; which parameters its answer gives, with the places where it has them; and the operations that take them. What both have in
/// their paths is carried over, `If-Match` is the tag of the answer (none with a secret has one), and every list leads to its next page, with
/// all that was asked of this one: that need not be said here.
type Row = (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str]);

#[rustfmt::skip]
const LINKS: &[Row] = &[
    ("createOrganization", &[("org", "/id")], &["showOrganization", "createApp", "createInvitation", "createToken", "createWebhook", "createAccount", "listMembers", "leaveOrganization"]),
    ("listOrganizations", &[("org", "/items/0/id")], &["showOrganization"]),
    ("showOrganization", &[], &["listApps", "listMembers", "listInvitations", "listTokens", "listWebhooks", "listAccounts", "listAudit", "showUsage"]),
    ("createAccount", &[("account", "/name")], &["showAccount", "listAccounts", "updateAccount", "deleteAccount"]),
    ("listAccounts", &[("account", "/items/0/name")], &["showAccount"]),
    ("showAccount", &[], &["updateAccount", "deleteAccount"]),
    ("updateAccount", &[], &["showAccount", "updateAccount", "deleteAccount"]),
    ("createApp", &[("app", "/id")], &["showApp", "listApps", "updateApp", "deleteApp", "pushDesign", "createEnvironment", "listEnvironments"]),
    ("listApps", &[("app", "/items/0/id")], &["showApp"]),
    ("showApp", &[], &["updateApp", "deleteApp", "listDesigns", "listBuilds", "listEnvironments"]),
    ("updateApp", &[], &["showApp", "updateApp"]),
    ("deleteApp", &[], &["showApp"]),
    ("pushDesign", &[("number", "/number")], &["showDesign", "showDesignDocument", "listDesigns", "createBuild"]),
    ("pushDesign", &[("from", "/number"), ("to", "/number")], &["diffDesigns"]),
    ("listDesigns", &[("number", "/items/0/number")], &["showDesign", "showDesignDocument"]),
    ("createBuild", &[("build", "/number")], &["showBuild", "followBuild", "readBuildLog", "listBuilds", "cancelBuild", "retryBuild"]),
    ("showBuild", &[("env", "/environment")], &["showEnvironment", "listReleases"]),
    ("cancelBuild", &[("build", "/number")], &["showBuild", "retryBuild"]),
    ("retryBuild", &[("build", "/number")], &["showBuild", "cancelBuild"]),
    ("rollBack", &[("build", "/number")], &["showBuild", "cancelBuild"]),
    ("repairEnvironment", &[("build", "/number")], &["showBuild", "cancelBuild"]),
    ("listBuilds", &[("build", "/items/0/number")], &["showBuild", "followBuild", "readBuildLog", "retryBuild"]),
    ("createEnvironment", &[("env", "/slug")], &["showEnvironment", "deleteEnvironment", "addDomain", "showArchitecture", "drawArchitecture", "readAppLog", "listReleases"]),
    ("listEnvironments", &[("env", "/items/0/slug")], &["showEnvironment", "listReleases", "listDomains", "readAppLog", "showArchitecture"]),
    ("showEnvironment", &[], &["deleteEnvironment", "createBuild", "showAdministrator", "repairEnvironment", "addDomain", "listDomains", "listReleases"]),
    ("deleteEnvironment", &[], &["showEnvironment"]),
    ("addDomain", &[("domain", "/name")], &["showDomain", "listDomains", "removeDomain", "renewDomain"]),
    ("listDomains", &[("domain", "/items/0/name")], &["showDomain"]),
    ("showDomain", &[], &["removeDomain", "renewDomain"]),
    ("removeDomain", &[], &["showDomain"]),
    ("listReleases", &[("number", "/items/0/number")], &["showRelease", "downloadCode", "rollBack"]),
    ("createToken", &[("token", "/id")], &["listTokens", "revokeToken"]),
    ("listTokens", &[("token", "/items/0/id")], &["revokeToken"]),
    ("createInvitation", &[("invitation", "/id")], &["listInvitations", "revokeInvitation", "signUp", "acceptInvitation"]),
    ("listInvitations", &[("invitation", "/items/0/id")], &["revokeInvitation"]),
    ("listMembers", &[("user", "/items/0/id")], &["showMember"]),
    ("showMember", &[], &["updateMember", "removeMember"]),
    ("updateMember", &[], &["showMember", "updateMember"]),
    ("removeMember", &[], &["showMember"]),
    ("createWebhook", &[("webhook", "/id")], &["showWebhook", "listWebhooks", "sendTestEvent", "rotateWebhookSecret", "listDeliveries"]),
    ("listWebhooks", &[("webhook", "/items/0/id")], &["showWebhook", "listDeliveries"]),
    ("showWebhook", &[], &["updateWebhook", "deleteWebhook"]),
    ("updateWebhook", &[], &["showWebhook", "updateWebhook", "deleteWebhook", "sendTestEvent"]),
    ("rotateWebhookSecret", &[], &["showWebhook", "sendTestEvent"]),
    ("sendTestEvent", &[("delivery", "/id")], &["showDelivery", "redeliver", "listDeliveries"]),
    ("listDeliveries", &[("delivery", "/items/0/id")], &["showDelivery", "redeliver"]),
    ("redeliver", &[], &["showDelivery"]),
    ("addIdentity", &[("identity", "/id")], &["listIdentities", "removeIdentity"]),
    ("listIdentities", &[("identity", "/items/0/id")], &["removeIdentity"]),
    ("signIn", &[], &["refreshSession", "signOut"]),
    ("exchangeToken", &[], &["refreshSession", "signOut"]),
    ("refreshSession", &[], &["signOut"]),
];

/// Adds them to a document.
pub fn links(document: &mut Value) {
    let parameters = parameters(document);
    let mut all: Vec<(&str, &str, Value)> = Vec::new();
    for (from, given, targets) in LINKS {
        all.extend(targets.iter().map(|to| (*from, *to, link(&parameters, to, given))));
    }
    for list in parameters.iter().filter(|(_, taken)| taken.iter().any(|(name, _)| name == "cursor")).map(|(id, _)| id.as_str()) {
        all.push((list, "next", next(&parameters, list)));
    }
    for (from, name, link) in all {
        let operations = super::polish::operations_mut(document);
        let source = operations.filter(|operation| operation["operationId"] == from);
        let answers = source.filter_map(|operation| operation["responses"].as_object_mut()).flatten();
        for (_, answer) in answers.filter(|(status, _)| status.starts_with('2')) {
            if !answer["links"].is_object() {
                answer["links"] = json!({});
            }
            answer["links"][name] = link.clone();
            if link["parameters"]["If-Match"].is_string() {
                super::polish::head(answer, "ETag");
            }
        }
    }
}

/// The parameters of every operation, by its id, each with the place where it stands.
fn parameters(document: &Value) -> BTreeMap<String, Vec<(String, String)>> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let of = |operation: &Value| {
        let taken = operation["parameters"].as_array().into_iter().flatten().map(|parameter| (text(&parameter["name"]), text(&parameter["in"])));
        (text(&operation["operationId"]), taken.collect())
    };
    super::polish::operations(document).iter().map(of).collect()
}

fn link(parameters: &BTreeMap<String, Vec<(String, String)>>, to: &str, given: &[(&str, &str)]) -> Value {
    let mut taken = Map::new();
    for (name, place) in parameters.get(to).into_iter().flatten() {
        let expression = match given.iter().find(|(parameter, _)| parameter == name) {
            Some((_, pointer)) => format!("$response.body#{pointer}"),
            None if place == "path" => format!("$request.path.{name}"),
            None if name == "If-Match" => "$response.header.ETag".to_owned(),
            None => continue,
        };
        taken.insert(name.clone(), expression.into());
    }
    json!({ "operationId": to, "parameters": taken })
}

/// To the next page of a list. A cursor is good for the list that was asked for alone: what filters it goes along, and how long a page is.
fn next(parameters: &BTreeMap<String, Vec<(String, String)>>, list: &str) -> Value {
    let mut link = link(parameters, list, &[("cursor", "/nextCursor")]);
    for (name, _) in parameters.get(list).into_iter().flatten().filter(|(name, place)| place == "query" && name != "cursor") {
        link["parameters"][name] = format!("$request.query.{name}").into();
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_lead_from_operations_to_operations_and_say_each_parameter_of_the_path() {
        let document = crate::http::openapi();
        let parameters = parameters(&document);
        for (from, given, targets) in LINKS {
            let carried: Vec<&str> = parameters[*from].iter().filter(|(_, place)| place == "path").map(|(name, _)| name.as_str()).collect();
            for to in *targets {
                for (name, _) in parameters[*to].iter().filter(|(_, place)| place == "path") {
                    assert!(carried.contains(&name.as_str()) || given.iter().any(|(parameter, _)| parameter == name), "{from} -> {to}: {name}");
                }
            }
        }
        for operation in crate::http::polish::operations(&document) {
            for (from, given, _) in LINKS.iter().filter(|(from, ..)| operation["operationId"] == *from) {
                for (_, answer) in operation["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2')) {
                    for (name, pointer) in *given {
                        let told = answer.pointer(&format!("/content/application~1json/example{pointer}"));
                        assert!(told.is_some(), "{from}: {name} is not at {pointer}");
                    }
                }
            }
        }
        let lists = parameters.iter().filter(|(_, taken)| taken.iter().any(|(name, _)| name == "cursor"));
        for (id, taken) in lists {
            let operation = crate::http::polish::operations(&document).into_iter().find(|operation| operation["operationId"] == **id).unwrap();
            let expected = taken.iter().filter(|(_, place)| place != "header").map(|(name, place)| {
                let expression = if name == "cursor" { "$response.body#/nextCursor".to_owned() } else { format!("$request.{place}.{name}") };
                (name.clone(), expression.into())
            });
            let next = &operation["responses"]["200"]["links"]["next"];
            assert_eq!((&next["operationId"], &next["parameters"]), (&json!(id), &expected.collect::<Map<_, _>>().into()), "{id}");
        }
        let deliveries = document.pointer("/paths/~1v1~1organizations~1{org}~1webhooks~1{webhook}~1deliveries/get/responses/200/links/next").unwrap();
        assert_eq!(deliveries["parameters"]["type"], "$request.query.type", "{deliveries}");
        let made = document.pointer("/paths/~1v1~1organizations~1{org}~1apps/post/responses/201/links/deleteApp").unwrap();
        let expected = json!({ "org": "$request.path.org", "app": "$response.body#/id", "If-Match": "$response.header.ETag" });
        assert_eq!(made["parameters"], expected);
    }
}
