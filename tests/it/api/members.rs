//! People in organizations: invited, changed, removed, leaving.

use super::{Api, HERE};
use crate::harness::Client;
use serde_json::{Value, json};

/// Invites somebody new, who signs up. Answers with their client and the id of the person.
pub(super) async fn joined(api: &Api, inviting: &Client, email: &str, role: &str) -> (Client, String) {
    let invited = inviting.post(&format!("{HERE}/invitations"), &json!({ "email": email, "role": role })).await.expect(201);
    let wish = json!({ "invitation": invited["secret"], "name": "Somebody", "password": "correct horse battery" });
    let session = api.anonymous().post("/v1/auth/sign-up", &wish).await.expect(201);
    assert_eq!(session["organizations"][0]["role"], role, "{session}");
    (api.client().with_token(session["accessToken"].as_str().unwrap()), session["user"]["id"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn people_are_invited_sign_up_change_their_role_and_leave() {
    let api = Api::start().await;
    let owner = api.person().await;
    let (ada, id) = joined(&api, &owner, "Ada@Example.com", "editor").await;
    assert_eq!(ada.get("/v1/me").await.expect(200)["user"]["email"], "ada@example.com");
    ada.post(&format!("{HERE}/apps"), &json!({ "slug": "hers", "name": "Hers" })).await.expect(201);
    ada.post(&format!("{HERE}/invitations"), &json!({ "email": "bob@example.com", "role": "viewer" })).await.expect(403);

    let members = owner.get(&format!("{HERE}/members")).await.expect(200);
    let roles: Vec<&Value> = members["items"].as_array().unwrap().iter().map(|member| &member["role"]).collect();
    assert_eq!(roles, ["editor", "owner"]);
    let path = format!("{HERE}/members/{id}");
    let changed = owner.patch(&path, &json!({ "role": "viewer" })).await.expect(200);
    assert_eq!(changed["role"], "viewer");
    ada.post(&format!("{HERE}/apps"), &json!({ "slug": "more", "name": "More" })).await.expect(403);

    // She leaves; the organization is none of hers any more.
    ada.delete("/v1/me/organizations/default").await.expect(204);
    ada.get(HERE).await.expect(404);
    assert_eq!(ada.get("/v1/me").await.expect(200)["organizations"], json!([]));
    owner.get(&path).await.expect(404);

    // Invited once more, she signs in and accepts; nobody else can, and nobody twice.
    let invited = owner.post(&format!("{HERE}/invitations"), &json!({ "email": "ada@example.com", "role": "admin" })).await.expect(201);
    let secret = json!({ "secret": invited["secret"] });
    owner.post("/v1/me/invitations", &secret).await.expect(403);
    let wish = json!({ "invitation": invited["secret"], "name": "Ada", "password": "correct horse battery" });
    assert_eq!(api.anonymous().post("/v1/auth/sign-up", &wish).await.expect(409)["type"], "urn:slipform:problem:email-taken");
    assert_eq!(ada.post("/v1/me/invitations", &secret).await.expect(200)[0]["role"], "admin");
    ada.post("/v1/me/invitations", &secret).await.expect(404);
    let told = owner.get(&format!("{HERE}/audit")).await.expect(200);
    let told: Vec<&str> = told["items"].as_array().unwrap().iter().map(|line| line["operation"].as_str().unwrap()).collect();
    assert_eq!(told, ["AcceptInvitation", "Invite", "LeaveOrganization", "ChangeMember", "CreateApp", "AcceptInvitation", "Invite"]);
}

/// What stands around an address would be read as a part of it elsewhere; only a person who signs in is forgiven a space.
#[tokio::test]
async fn an_invitation_is_for_an_address_as_the_document_describes_it() {
    let api = Api::start().await;
    let owner = api.person().await;
    for wrong in [" ada@example.com", "ada@example.com ", "ada@example.com\n", "\u{a0}ada@example.com", "ada @example.com", "ada", "ada@b@c"] {
        let refused = owner.post(&format!("{HERE}/invitations"), &json!({ "email": wrong, "role": "viewer" })).await.expect(422);
        assert_eq!(refused["errors"][0]["pointer"], "/email", "{wrong:?}: {refused}");
        assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("without spaces"), "{refused}");
    }
    joined(&api, &owner, "Ada@Example.com", "viewer").await;
    let typed = json!({ "email": " ada@example.com ", "password": "correct horse battery" });
    api.anonymous().post("/v1/auth/sign-in", &typed).await.expect(200);
}

#[tokio::test]
async fn nobody_rises_above_themselves_and_an_owner_stays() {
    let api = Api::start().await;
    let owner = api.person().await;
    let (admin, admin_id) = joined(&api, &owner, "admin@example.com", "admin").await;
    let refused = admin.post(&format!("{HERE}/invitations"), &json!({ "email": "me@example.com", "role": "owner" })).await.expect(403);
    assert!(refused["detail"].as_str().unwrap().contains("`owner`"), "{refused}");
    let first = format!("{HERE}/members/{}", api.owner.user);
    admin.patch(&first, &json!({ "role": "viewer" })).await.expect(403);
    admin.delete(&first).await.expect(403);
    admin.patch(&format!("{HERE}/members/{admin_id}"), &json!({ "role": "owner" })).await.expect(403);

    for answer in [owner.patch(&first, &json!({ "role": "admin" })).await, owner.delete(&first).await, owner.delete("/v1/me/organizations/default").await] {
        assert_eq!(answer.expect(409)["type"], "urn:slipform:problem:last-owner");
    }
    owner.patch(&format!("{HERE}/members/{admin_id}"), &json!({ "role": "owner" })).await.expect(200);
    // Both owners step down at once: one of them stays.
    let (one, other) = tokio::join!(owner.delete("/v1/me/organizations/default"), admin.delete("/v1/me/organizations/default"));
    let mut answers = [one.status.as_u16(), other.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers, [204, 409]);
}

#[tokio::test]
async fn who_is_removed_takes_their_tokens_along_and_invitations_end() {
    let api = Api::start().await;
    let owner = api.person().await;
    let (admin, id) = joined(&api, &owner, "admin@example.com", "admin").await;
    let made = admin.post(&format!("{HERE}/tokens"), &json!({ "name": "Hers", "role": "admin" })).await.expect(201);
    let program = admin.with_token(made["secret"].as_str().unwrap());
    program.get(&format!("{HERE}/apps")).await.expect(200);
    owner.delete(&format!("{HERE}/members/{id}")).await.expect(204);
    program.get(&format!("{HERE}/apps")).await.expect(401);
    admin.get(&format!("{HERE}/apps")).await.expect(404);

    let invite = async |email: &str| owner.post(&format!("{HERE}/invitations"), &json!({ "email": email, "role": "viewer" })).await.expect(201);
    let sign_up = |secret: &Value| json!({ "invitation": secret, "name": "Bob", "password": "correct horse battery" });
    let (old, new) = (invite("bob@example.com").await, invite("bob@example.com").await);
    api.anonymous().post("/v1/auth/sign-up", &sign_up(&old["secret"])).await.expect(404);
    assert_eq!(owner.get(&format!("{HERE}/invitations")).await.expect(200)["items"].as_array().unwrap().len(), 1);
    owner.delete(&format!("{HERE}/invitations/{}", new["id"].as_str().unwrap())).await.expect(204);
    api.anonymous().post("/v1/auth/sign-up", &sign_up(&new["secret"])).await.expect(404);
    let late = invite("bob@example.com").await;
    sqlx::query("update invitations set expires_at = now()").execute(&mut api.database.owner().await).await.unwrap();
    api.anonymous().post("/v1/auth/sign-up", &sign_up(&late["secret"])).await.expect(404);
    let short = json!({ "invitation": late["secret"], "name": "", "password": "short" });
    assert_eq!(api.anonymous().post("/v1/auth/sign-up", &short).await.expect(422)["errors"].as_array().unwrap().len(), 2);
    owner.post(&format!("{HERE}/invitations"), &json!({ "email": "nobody", "role": "viewer" })).await.expect(422);
}

#[tokio::test]
async fn a_refresh_token_from_long_ago_ends_its_session() {
    let api = Api::start().await;
    let refresh = async |token: &Value| api.anonymous().post("/v1/auth/refresh", &json!({ "refreshToken": token })).await;
    let first = api.session().await;
    let mut now = refresh(&first["refreshToken"]).await.expect(200);
    for _ in 0..3 {
        now = refresh(&now["refreshToken"]).await.expect(200);
    }
    let client = api.client().with_token(now["accessToken"].as_str().unwrap());
    client.get("/v1/me").await.expect(200);
    refresh(&first["refreshToken"]).await.expect(401);
    client.get("/v1/me").await.expect(401);
    refresh(&now["refreshToken"]).await.expect(401);
}
