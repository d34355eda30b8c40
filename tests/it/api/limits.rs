//! How many requests are answered.

use super::{Api, HERE};
use serde_json::json;

#[tokio::test]
async fn each_organization_has_its_own_limit_and_is_told_what_is_left() {
    let api = Api::start_with(20).await;
    let client = api.client();
    let path = format!("{HERE}/apps");
    let first = client.get(&path).await;
    assert_eq!((first.status.as_u16(), &first.headers["ratelimit-policy"]), (200, &"\"requests\";q=20;w=60".parse().unwrap()));
    assert_eq!(first.headers["ratelimit"], "\"requests\";r=19;t=3");
    // Refusals count as well, and say the same.
    assert_eq!(client.get(&format!("{HERE}/apps/none")).await.headers["ratelimit"].to_str().unwrap().split(';').nth(1), Some("r=18"));
    let mut last = client.get(&path).await;
    for _ in 0..20 {
        last = client.get(&path).await;
    }
    let (retry, headers) = (last.headers["retry-after"].clone(), last.headers.clone());
    assert_eq!(last.expect(429)["type"], "urn:slipform:problem:too-many-requests");
    assert!((1..=3).contains(&retry.to_str().unwrap().parse::<u64>().unwrap()) && headers["ratelimit"].to_str().unwrap().contains("r=0;"));
    assert_eq!(client.get("/health/live").await.status, 200, "who watches is not counted");

    // A person, and another organization, have their own.
    let person = api.person().await;
    person.get("/v1/me").await.expect(200);
    person.post("/v1/organizations", &json!({ "slug": "other", "name": "Other" })).await.expect(201);
    person.get("/v1/organizations/other/apps").await.expect(200);
    person.get(&path).await.expect(429);
    // Asking for what is not theirs is counted for the person.
    let mut answers = Vec::new();
    for _ in 0..25 {
        answers.push(person.get("/v1/organizations/none").await.status.as_u16());
    }
    assert!(answers[0] == 404 && answers[24] == 429, "{answers:?}");
    person.get("/v1/organizations/%00").await.expect(429);
}

#[tokio::test]
async fn wrong_credentials_count_against_their_address() {
    let api = Api::start_with(20).await;
    let wrong = api.client().with_token("slip_00000000_wrong");
    let mut answers = Vec::new();
    for _ in 0..25 {
        answers.push(wrong.get(&format!("{HERE}/apps")).await.status.as_u16());
    }
    assert!(answers[..15].iter().all(|status| *status == 401) && answers[22..].iter().all(|status| *status == 429), "{answers:?}");
    // Good credentials from the same address are answered all the same.
    api.client().get(&format!("{HERE}/apps")).await.expect(200);
}
