//! Arbitrary valid designs. A recipe of small numbers is generated, and shrunk, by proptest; a builder makes of each
//! recipe a design that `Model::check` must accept.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

const TYPES: &[&str] = &[
    "string", "text", "integer", "bigint", "decimal", "money", "boolean", "date", "datetime", "duration", "enum", "uuid", "email", "url", "phone", "slug",
    "json",
];

/// Words that are names of something else nearly everywhere.
const WORDS: &[&str] = &[
    "title",
    "class",
    "default",
    "order",
    "group",
    "table",
    "user",
    "from",
    "HTTPServer",
    "x",
    "record",
    "await",
    "Date",
    "null",
    "primary",
    "references",
    "type",
    "enum",
    "offset",
    "end",
    "index",
    "name",
    "status",
    "data",
    "window",
    "people",
];

#[derive(Debug, Clone)]
pub struct FieldRecipe {
    ty: usize,
    flags: u16,
    word: usize,
    label: Option<String>,
}

#[derive(Debug, Clone)]
pub struct RelationRecipe {
    kind: u8,
    target: usize,
    flags: u8,
}

#[derive(Debug, Clone)]
pub struct EntityRecipe {
    fields: Vec<FieldRecipe>,
    relations: Vec<RelationRecipe>,
    flags: u16,
    word: usize,
    label: Option<String>,
    grants: [u8; 4],
    seeds: u8,
}

/// Texts that people read, with whatever may stand in them.
pub fn label() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z ]{0,20}[a-z]",
        "\\PC{0,30}[\\-`'\"${}<>/*\\\\;%]{1,5}".prop_map(|text| text.chars().filter(|letter| !matches!(letter, '\u{2028}' | '\u{2029}')).collect()),
        Just("</script><script>alert(1)</script>".to_owned()),
        Just("'; drop table x; --".to_owned()),
        Just("${process.exit()} `*/ {{7*7}}".to_owned()),
    ]
}

fn field() -> impl Strategy<Value = FieldRecipe> {
    (0..TYPES.len(), any::<u16>(), 0..WORDS.len(), proptest::option::of(label())).prop_map(|(ty, flags, word, label)| FieldRecipe { ty, flags, word, label })
}

fn relation() -> impl Strategy<Value = RelationRecipe> {
    (0..3_u8, 0..6_usize, any::<u8>()).prop_map(|(kind, target, flags)| RelationRecipe { kind, target, flags })
}

fn entity() -> impl Strategy<Value = EntityRecipe> {
    (
        proptest::collection::vec(field(), 1..7),
        proptest::collection::vec(relation(), 0..4),
        any::<u16>(),
        0..WORDS.len(),
        proptest::option::of(label()),
        any::<[u8; 4]>(),
        0..3_u8,
    )
        .prop_map(|(fields, relations, flags, word, label, grants, seeds)| EntityRecipe { fields, relations, flags, word, label, grants, seeds })
}

/// A design that is accepted, as JSON.
pub fn design() -> impl Strategy<Value = Value> {
    (label(), proptest::collection::vec(entity(), 1..5)).prop_map(|(name, entities)| build(&name, &entities))
}

fn bit(flags: u16, place: u8) -> bool {
    flags >> place & 1 == 1
}

fn build(name: &str, entities: &[EntityRecipe]) -> Value {
    let built: Vec<_> = entities.iter().enumerate().map(|(index, recipe)| one(index, recipe, entities)).collect();
    let pages: Vec<_> = built.iter().enumerate().flat_map(|(index, entity)| pages(index, entity, entities[index].flags)).collect();
    let navigation: Vec<_> = built.iter().enumerate().map(|(index, _)| json!({"id": format!("n{index}"), "page": format!("list{index}")})).collect();
    let records: Vec<_> = built.iter().enumerate().flat_map(|(index, entity)| seeds(index, entity, entities[index].seeds)).collect();
    json!({
        "formatVersion": 1,
        "app": {"name": name},
        "roles": [{"id": "member", "name": "member", "signUp": true}, {"id": "chief", "name": "chief", "admin": true}],
        "enums": [{"id": "color", "name": "ShadeOfColor", "values": [{"id": "red", "name": "Red"}, {"id": "blue", "name": "class", "label": "</b>"}]}],
        "entities": built,
        "pages": pages,
        "navigation": navigation,
        "seeds": {"users": [{"id": "ada", "email": "ada@example.com", "name": "Ada"}], "records": records},
    })
}

fn one(index: usize, recipe: &EntityRecipe, all: &[EntityRecipe]) -> Value {
    let mut fields: Vec<Value> = vec![json!({"id": format!("e{index}-name"), "name": "called", "type": "string", "required": true})];
    fields.extend(recipe.fields.iter().enumerate().map(|(place, recipe)| make_field(index, place, recipe)));
    let relations: Vec<_> = recipe.relations.iter().enumerate().map(|(place, recipe)| make_relation(index, place, recipe, all.len())).collect();
    let mut entity = json!({
        "id": format!("e{index}"), "name": format!("{}{index}Kind", upper(WORDS[recipe.word])), "createdBy": bit(recipe.flags, 0), "softDelete": bit(recipe.flags, 1), "version": bit(recipe.flags, 2),
        "fields": fields, "relations": relations,
        "permissions": permissions(recipe),
    });
    if let Some(label) = &recipe.label {
        entity["label"] = json!(label);
    }
    if bit(recipe.flags, 3) {
        entity["constraints"] = json!([{"id": format!("e{index}-u"), "kind": "unique", "fields": [format!("e{index}-name")], "message": "Taken: '"}, {"id": format!("e{index}-i"), "kind": "index", "fields": [format!("e{index}-name")]}]);
    }
    if bit(recipe.flags, 4) {
        let fields = entity["fields"].as_array_mut().unwrap();
        let ty = if bit(recipe.flags, 5) { "date" } else { "datetime" };
        fields.push(json!({"id": format!("e{index}-begin"), "name": "beginsAt", "type": ty, "required": true}));
        fields.push(json!({"id": format!("e{index}-end"), "name": "endsAt", "type": ty, "required": true}));
        fields.push(json!({"id": format!("e{index}-state"), "name": "phase", "type": "enum", "enum": "color"}));
        entity["states"] = json!([{"field": format!("e{index}-state"), "initial": "red", "transitions": [{"id": format!("e{index}-t"), "name": "paint", "from": ["red"], "to": "blue", "allow": [{"role": "signedIn"}]}]}]);
        let constraint = json!({"id": format!("e{index}-o"), "kind": "noOverlap", "start": format!("e{index}-begin"), "end": format!("e{index}-end"), "by": [format!("e{index}-name")], "except": ["blue"]});
        match entity.get_mut("constraints").and_then(Value::as_array_mut) {
            Some(constraints) => constraints.push(constraint),
            None => entity["constraints"] = json!([constraint]),
        }
    }
    entity
}

fn upper(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

fn permissions(recipe: &EntityRecipe) -> Value {
    let keys = ["read", "create", "update", "delete"];
    let mut permissions = Map::new();
    for (key, grant) in keys.into_iter().zip(recipe.grants) {
        let owned = bit(recipe.flags, 0) && grant & 16 > 0;
        let who = match grant % 4 {
            0 => continue,
            1 if !owned => "everyone",
            2 => "member",
            _ => "signedIn",
        };
        let grant = if owned { json!({"role": who, "owner": "createdBy"}) } else { json!({"role": who}) };
        permissions.insert(key.to_owned(), json!([grant, {"role": "chief"}]));
    }
    Value::Object(permissions)
}

fn make_field(entity: usize, place: usize, recipe: &FieldRecipe) -> Value {
    let ty = TYPES[recipe.ty];
    let mut field = json!({"id": format!("e{entity}-f{place}"), "name": format!("{}{place}", WORDS[recipe.word]), "type": ty});
    let list = bit(recipe.flags, 0) && bit(recipe.flags, 1) && !matches!(ty, "text" | "json" | "slug");
    let sample = sample(ty);
    match ty {
        "decimal" => (field["precision"], field["scale"]) = (json!(10), json!(recipe.flags % 5)),
        "money" => field["currency"] = json!(["EUR", "JPY", "KWD"][usize::from(recipe.flags % 3)]),
        "enum" => field["enum"] = json!("color"),
        "slug" => field["from"] = json!(format!("e{entity}-name")),
        "string" if bit(recipe.flags, 2) => field["pattern"] = json!("[^'\"]*"),
        _ => {}
    }
    let set = |field: &mut Value, key: &str, on: bool| {
        if on {
            field[key] = json!(true);
        }
    };
    set(&mut field, "list", list);
    let unique = bit(recipe.flags, 3) && !list && !matches!(ty, "text" | "json" | "boolean");
    set(&mut field, "unique", unique);
    set(&mut field, "indexed", bit(recipe.flags, 4) && !list && !matches!(ty, "text" | "json"));
    set(&mut field, "searchable", bit(recipe.flags, 5) && !list && matches!(ty, "string" | "text" | "email" | "url" | "phone" | "slug"));
    set(&mut field, "required", bit(recipe.flags, 6));
    set(&mut field, "sensitive", bit(recipe.flags, 7));
    if (bit(recipe.flags, 8) || bit(recipe.flags, 6)) && !unique && ty != "slug" {
        field["default"] = if list { json!([sample]) } else { sample };
    }
    if let Some(label) = &recipe.label {
        field["label"] = json!(label);
        field["help"] = json!(label);
    }
    field
}

/// A value of a type, in the JSON form of the app's API.
fn sample(ty: &str) -> Value {
    match ty {
        "integer" | "duration" => json!(7),
        "bigint" | "decimal" | "money" => json!("7"),
        "boolean" => json!(true),
        "date" => json!("2026-02-28"),
        "datetime" => json!("2026-02-28T23:59:59Z"),
        "enum" => json!("class"),
        "uuid" => json!("6f1c9a52-2f0e-4c1b-9c58-2d1a4f7c0b13"),
        "email" => json!("o.hara@example.com"),
        "url" => json!("https://example.com/?a=1&b=%27"),
        "phone" => json!("+4930123456"),
        "slug" => json!("a-b"),
        "json" => json!({"a": ["</script>", null, 1.5]}),
        _ => json!("a </script> ${x} `b`"),
    }
}

fn make_relation(entity: usize, place: usize, recipe: &RelationRecipe, entities: usize) -> Value {
    let kind = ["manyToOne", "oneToOne", "manyToMany"][usize::from(recipe.kind)];
    // 0: people; else an entity. Required ones point to earlier entities only, so that there is no circle.
    let target = if recipe.target == 0 { None } else { Some((recipe.target - 1) % entities) };
    let required = recipe.flags & 1 > 0 && kind == "manyToOne" && target.is_none_or(|target| target < entity);
    let mut relation = json!({"id": format!("e{entity}-r{place}"), "name": format!("link{place}"), "kind": kind, "target": target.map_or("user".to_owned(), |target| format!("e{target}"))});
    if required {
        relation["required"] = json!(true);
        relation["onDelete"] = json!(["restrict", "cascade"][usize::from(recipe.flags >> 1 & 1)]);
    } else if kind != "manyToMany" {
        relation["onDelete"] = json!(["restrict", "cascade", "setNull"][usize::from(recipe.flags >> 1) % 3]);
    }
    if target.is_some() && recipe.flags & 64 > 0 {
        relation["inverse"] = json!({"name": format!("back{entity}x{place}")});
    }
    relation
}

fn pages(index: usize, entity: &Value, flags: u16) -> Vec<Value> {
    let ids = |filter: &dyn Fn(&Value) -> bool| -> Vec<Value> {
        let members = entity["fields"].as_array().unwrap().iter().chain(entity["relations"].as_array().unwrap());
        members.filter(|member| filter(member)).map(|member| member["id"].clone()).collect()
    };
    let every = ids(&|_| true);
    let inputs = ids(&|member| member["name"] != "phase");
    let filters = ids(&|member| member["type"] != "json");
    let id = format!("e{index}");
    let mut pages = vec![
        json!({"id": format!("list{index}"), "name": format!("List{index}"), "kind": "list", "entity": id, "path": format!("/kind-{index}"), "fields": every, "filters": filters, "layout": if bit(flags, 6) { "cards" } else { "table" }, "sort": {"field": "createdAt", "descending": bit(flags, 7)}}),
    ];
    if bit(flags, 8) {
        pages.push(json!({"id": format!("detail{index}"), "name": format!("Detail{index}"), "kind": "detail", "entity": id, "path": format!("/kind-{index}/:id"), "fields": every}));
    }
    if bit(flags, 9) {
        pages.push(json!({"id": format!("new{index}"), "name": format!("New{index}"), "kind": "form", "entity": id, "path": format!("/kind-{index}/new"), "fields": inputs}));
        pages.push(json!({"id": format!("edit{index}"), "name": format!("Edit{index}"), "kind": "form", "entity": id, "path": format!("/kind-{index}/edit/:id"), "fields": inputs}));
    }
    pages
}

/// Records of entities that need no other record.
fn seeds(index: usize, entity: &Value, count: u8) -> Vec<Value> {
    let needs_other = entity["relations"].as_array().unwrap().iter().any(|relation| relation["required"] == true && relation["target"] != "user");
    if needs_other {
        return Vec::new();
    }
    let record = |number: u8| {
        let mut values = Map::new();
        for field in entity["fields"].as_array().unwrap() {
            let id = field["id"].as_str().unwrap().to_owned();
            let ty = field["type"].as_str().unwrap();
            if ty == "slug" || (field["unique"] == true && number > 0 && field["required"] != true) {
                continue;
            }
            let value = match field["name"].as_str().unwrap() {
                "called" => json!(format!("Number {number}")),
                "pattern" => continue,
                _ if field["pattern"].is_string() => json!("plain"),
                "beginsAt" => json!(if ty == "date" { "2026-01-01" } else { "2026-01-01T00:00:00Z" }),
                "endsAt" => json!(if ty == "date" { "2026-01-02" } else { "2026-01-02T00:00:00Z" }),
                _ => sample(ty),
            };
            values.insert(id, if field["list"] == true { json!([value]) } else { value });
        }
        for relation in entity["relations"].as_array().unwrap().iter().filter(|relation| relation["required"] == true) {
            values.insert(relation["id"].as_str().unwrap().to_owned(), json!("ada"));
        }
        json!({"id": format!("s{index}-{number}"), "entity": format!("e{index}"), "values": values})
    };
    // A second record would share the sample of a required unique field.
    let shares = entity["fields"].as_array().unwrap().iter().any(|field| field["unique"] == true && field["required"] == true);
    (0..if shares { count.min(1) } else { count }).map(record).collect()
}
