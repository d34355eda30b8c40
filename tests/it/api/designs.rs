use super::{Api, HERE};
use crate::harness::story::notes;
use serde_json::{Value, json};

#[tokio::test]
async fn the_same_design_twice_is_one_version_and_a_version_never_changes() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let path = format!("{HERE}/apps/notes/designs");
    let again = client.post(&path, &notes()).await;
    assert_eq!((again.status.as_u16(), &again.json()["number"]), (200, &json!(1)));
    // White space and the order of keys are no content.
    let text = serde_json::to_string_pretty(&notes()).unwrap();
    let pretty = client.request(reqwest::Method::POST, &path).header("content-type", "application/json").body(text);
    assert_eq!(client.send(pretty).await.expect(200)["number"], 1);

    let mut second = notes();
    second["entities"][0]["fields"][1]["name"] = json!("priority");
    let pushed = client.post(&format!("{path}?message=Rank%20is%20priority"), &second).await.expect(201);
    assert_eq!((&pushed["number"], &pushed["message"]), (&json!(2), &json!("Rank is priority")));
    let diff = client.get(&format!("{path}/diff?from=1&to=2")).await.expect(200);
    let changes = diff["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{diff:#}");
    assert_eq!(changes[0]["summary"], "~ entities › Note › fields › priority › name: \"rank\" → \"priority\"");
    assert_eq!(client.post(&path, &notes()).await.expect(200)["number"], 1);

    let document = client.get(&format!("{path}/1/document")).await;
    assert_eq!(document.json()["entities"][0]["fields"][1]["name"], "rank");
    let tag = document.headers["etag"].clone();
    let same = client.send(client.request(reqwest::Method::GET, &format!("{path}/1/document")).header("if-none-match", &tag)).await;
    assert_eq!((same.status.as_u16(), same.text.as_str()), (304, ""));
    let other = client.send(client.request(reqwest::Method::GET, &format!("{path}/2/document")).header("if-none-match", &tag)).await;
    assert_eq!(other.status, 200);
    client.get(&format!("{path}/3")).await.expect(404);
    client.get(&format!("{path}/first")).await.expect(404);
    assert_eq!(client.get(&path).await.expect(200)["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn twenty_pushes_at_once_get_twenty_numbers() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let path = format!("{HERE}/apps/notes/designs");
    let pushes = (0..20).map(|i| {
        let mut design = notes();
        design["app"]["name"] = json!(format!("Notes {}", i % 10));
        let (client, path) = (client.clone(), path.clone());
        async move { client.post(&path, &design).await }
    });
    let answers = futures::future::join_all(pushes).await;
    let mut numbers: Vec<(u16, i64)> = answers.iter().map(|a| (a.status.as_u16(), a.json()["number"].as_i64().unwrap())).collect();
    numbers.sort_unstable();
    let made: Vec<i64> = numbers.iter().filter(|(status, _)| *status == 201).map(|(_, number)| *number).collect();
    assert_eq!(made, (2..12).collect::<Vec<_>>());
    assert!(numbers.iter().all(|(status, number)| *status == 201 || made.contains(number)));
}

#[tokio::test]
async fn a_design_with_problems_is_refused_and_each_problem_names_its_place() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let mut wrong = notes();
    wrong["entities"][0]["fields"][0]["type"] = json!("strin");
    wrong["entities"][0]["colour"] = json!("red");
    let refused = client.post(&format!("{HERE}/apps/notes/designs"), &wrong).await.expect(422);
    let pointers: Vec<&str> = refused["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    assert!(pointers.iter().any(|p| p.starts_with("/entities/0")), "{refused:#}");

    let checked = client.post(&format!("{HERE}/designs/validate"), &wrong).await.expect(200);
    assert_eq!(checked["valid"], false);
    assert_eq!(checked["problems"], refused["errors"]);
    assert_eq!(client.post(&format!("{HERE}/designs/validate"), &notes()).await.expect(200), json!({ "valid": true, "problems": [] }));
    for wrong in [json!([]), json!({}), json!(null), json!({ "formatVersion": 2 })] {
        assert_eq!(client.post(&format!("{HERE}/designs/validate"), &wrong).await.expect(200)["valid"], false, "{wrong}");
    }
    let broken = client.request(reqwest::Method::POST, &format!("{HERE}/designs/validate")).header("content-type", "application/json").body("{\"app\": ");
    assert_eq!(client.send(broken).await.expect(200)["valid"], false);
}

#[tokio::test]
async fn a_design_of_ten_megabytes_is_too_large() {
    let api = Api::start().await;
    let client = api.with_notes().await;
    let mut large: Value = notes();
    large["app"]["description"] = json!("x".repeat(10 << 20));
    for path in ["apps/notes/designs", "designs/validate"] {
        let refused = client.post(&format!("{HERE}/{path}"), &large).await;
        assert_eq!(refused.expect(413)["type"], "urn:slipform:problem:too-large");
    }
    large["app"]["description"] = json!("x".repeat(5 << 20));
    let refused = client.post(&format!("{HERE}/apps/notes/designs"), &large).await.expect(422);
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains("bytes"), "{}", refused["errors"][0]);
}
