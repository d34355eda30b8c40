//! What the format will say one day and does not say yet. Such keys and words are refused as any unknown one is; the
//! message tells a maker that it is no mistake.

/// Keys of a type of the document, by the type's name.
pub fn keys(definition: &str) -> &'static [&'static str] {
    match definition {
        "Design" => &["workflows", "settings", "secrets", "components", "partials", "layouts", "memberships", "hooks", "emails", "locales"],
        "App" => &["openId", "signIn", "emailVerification", "logo", "locale"],
        "Theme" => &["dark", "light", "logo", "density"],
        "Role" => &["membership", "permissions"],
        "Entity" => &["check", "checks", "computed", "hooks", "membership", "indexes", "workflows"],
        "Field" => &["computed", "check", "expression", "guard", "visible", "visibleWhen", "requiredWhen", "accept", "maxSize", "encrypted", "cast"],
        "Relation" => &["check", "guard", "where", "orderBy", "through"],
        "Constraint" => &["check", "expression", "where", "range"],
        "States" => &["guard", "final"],
        "Transition" => &["guard", "condition", "where", "set", "workflow"],
        "Grant" => &["where", "when", "condition", "expression", "membership"],
        "Permissions" => &["membership"],
        "Page" => &["components", "guard", "parameters", "params", "content", "groupBy", "chart", "tabs", "slots", "where"],
        "PageAction" => &["workflow", "transition", "confirm", "visible"],
        "NavigationItem" => &["children", "icon", "url", "allow"],
        "SeedRecord" => &["count", "repeat"],
        "MigrationHints" => &["cast", "rename", "sql"],
        _ => &[],
    }
}

/// Words of an enumeration of the document, by the enumeration's name.
pub fn values(definition: &str) -> &'static [&'static str] {
    match definition {
        "FieldType" => &["richText", "file", "image", "geo", "computed"],
        "PageKind" => &["dashboard", "kanban", "calendar", "content", "auth", "custom"],
        "ConstraintKind" => &["check"],
        "ListLayout" => &["kanban", "calendar", "map", "gallery"],
        "RelationKind" => &["oneToMany", "polymorphic"],
        _ => &[],
    }
}
