//! Texts that try to break out of their place, and every place of the format that holds a text.

use serde_json::{Value, json};
use slipform_codegen::design::json_schema;
use std::collections::BTreeSet;

/// What to put where a text belongs.
pub fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "\"; drop table x; --",
        "'; drop table x; --",
        "\\'; drop table x; --",
        "$$; drop table x; $$",
        "$body$ drop",
        "</script><script>alert(1)</script>",
        "</style><img src=x onerror=alert(1)>",
        "<!--",
        "]]>",
        "-->",
        "${process.exit()}",
        "`${process.exit()}`",
        "../../etc/passwd",
        "..\\..\\windows",
        "/etc/passwd",
        "{{7*7}}",
        "{{=1}} [%",
        "{% raw %}",
        "[= 7*7 =]",
        "<%= 7*7 %>",
        "#{7*7}",
        "\u{2028}",
        "\u{2029}x",
        "a\u{2028}b",
        "\"",
        "'",
        "`",
        "\\",
        "\\\"",
        "\\u0022",
        "\\n",
        "a\nb",
        "a\r\nb",
        "\t",
        "\u{0}",
        "a\u{0}b",
        "\u{1b}[31m",
        "*/",
        "/* */",
        "//",
        "--",
        "#",
        ";",
        "%s",
        "%",
        "%00",
        "$1",
        "?",
        ":name",
        "@x",
        "&lt;",
        "&amp;",
        "&#0;",
        "\u{200f}שלום",
        "\u{202e}abc",
        "\u{2066}abc\u{2069}",
        "\u{feff}",
        "\u{fffd}",
        "\u{fffe}",
        "é",
        "e\u{301}",
        "ß",
        "İ",
        "ǅ",
        "ﬃ",
        "漢字",
        "😀",
        "👩‍👩‍👧",
        "constructor",
        "prototype",
        "__proto__",
        "toString",
        "hasOwnProperty",
        "valueOf",
        "then",
        "class",
        "select",
        "table",
        "user",
        "order",
        "group",
        "default",
        "null",
        "undefined",
        "NaN",
        "true",
        "0",
        "-1",
        "1e400",
        "CON",
        "nul",
        "aux.txt",
        ".",
        "..",
        "~",
        " ",
        "",
        "  padded  ",
        "use strict",
        "import x from 'y'",
        "@import url(x)",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://example.com/\"onload=x",
        "x'||pg_sleep(9)||'",
        "a@b.de'--",
        "+49'",
        "red; background: url(x)",
        "expression(alert(1))",
        "$(reboot)",
        "`reboot`",
        "| reboot",
        "&& reboot",
        "\u{ff07}",
        "E'\\x27'",
        "U&\"\\0022\"",
        "\u{85}",
        "\u{a0}",
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    texts.push("long ".repeat(50_000));
    texts.push("a".repeat(40));
    texts.push("Z".repeat(41));
    texts.push("'".repeat(100));
    texts.push("\\".repeat(99));
    texts
}

/// JSON Pointers of all texts of a document.
pub fn places(document: &Value) -> Vec<String> {
    let mut all = Vec::new();
    walk(document, String::new(), &mut all);
    all
}

fn walk(value: &Value, at: String, all: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, member)| walk(member, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), all)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, item)| walk(item, format!("{at}/{index}"), all)),
        Value::String(_) => all.push(at),
        _ => {}
    }
}

/// `Type.key` of every key of the format that the document does not use. Found by walking the schema beside it.
pub fn unused(document: &Value) -> BTreeSet<String> {
    let schema = json_schema();
    let mut unused: BTreeSet<String> = BTreeSet::new();
    for (name, definition) in schema["$defs"].as_object().unwrap().iter().map(|(name, definition)| (name.as_str(), definition)).chain([("Design", &schema)]) {
        unused.extend(definition["properties"].as_object().into_iter().flatten().map(|(key, _)| format!("{name}.{key}")));
        unused.extend(words(definition).into_iter().map(|word| format!("{name}={word}")));
    }
    visit(&schema, &schema, "Design", document, &mut unused);
    unused
}

/// The words of an enumeration.
fn words(definition: &Value) -> Vec<String> {
    let listed = definition["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let explained = definition["oneOf"].as_array().into_iter().flatten().flat_map(|one| one["const"].as_str().map(str::to_owned).into_iter().chain(words(one)));
    listed.chain(explained).collect()
}

fn visit(schema: &Value, root: &Value, name: &str, value: &Value, unused: &mut BTreeSet<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.strip_prefix("#/$defs/").unwrap();
        return visit(&root["$defs"][name], root, name, value, unused);
    }
    if let Some(alternatives) = schema["anyOf"].as_array() {
        return alternatives.iter().for_each(|one| visit(one, root, name, value, unused));
    }
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                if unused.remove(&format!("{name}.{key}")) || !schema["properties"][key].is_null() {
                    visit(&schema["properties"][key], root, name, member, unused);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| visit(&schema["items"], root, name, item, unused)),
        Value::String(word) => drop(unused.remove(&format!("{name}={word}"))),
        _ => {}
    }
}

/// A text as it stands in a document.
pub fn as_json(text: &str) -> Value {
    json!(text)
}
