//! Words that mean something elsewhere, and English words that do not follow the rule.

/// Words that every JavaScript object already answers to. No name and no id may be one of them.
#[rustfmt::skip]
pub const OBJECT_WORDS: &[&str] = &[
    "constructor", "prototype", "__proto__", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "__lookupSetter__", "hasOwnProperty",
    "isPrototypeOf", "propertyIsEnumerable", "toLocaleString", "toString", "valueOf", "toJSON", "then", "arguments", "caller", "callee",
];

/// Words that cannot name a variable in TypeScript, or that generated modules use for something else.
#[rustfmt::skip]
pub(super) const VALUE_WORDS: &[&str] = &[
    // The language.
    "abstract", "any", "as", "async", "await", "boolean", "break", "case", "catch", "class", "const", "continue", "debugger", "declare", "default",
    "delete", "do", "else", "enum", "eval", "export", "extends", "false", "finally", "for", "from", "function", "get", "if", "implements", "import",
    "in", "infinity", "instanceof", "interface", "is", "keyof", "let", "module", "namespace", "nan", "never", "new", "null", "number", "object", "of",
    "package", "private", "protected", "public", "readonly", "require", "return", "set", "static", "string", "super", "switch", "symbol", "this",
    "throw", "true", "try", "type", "typeof", "undefined", "unique", "unknown", "using", "var", "void", "while", "with", "yield",
    // The platform.
    "alert", "buffer", "confirm", "console", "crypto", "document", "event", "exports", "fetch", "global", "history", "location", "name", "navigator",
    "node", "process", "prompt", "screen", "self", "status", "top", "url", "window",
    // What generated modules call their own things.
    "api", "app", "auth", "body", "config", "context", "cursor", "custom", "data", "db", "env", "error", "errors", "filter", "filters", "form",
    "hono", "hooks", "http", "id", "input", "item", "items", "key", "limit", "log", "next", "options", "page", "params", "path", "permissions",
    "postgres", "problem", "props", "queries", "query", "react", "record", "records", "request", "response", "result", "role", "roles", "route",
    "routes", "router", "row", "rows", "schema", "schemas", "search", "select", "session", "sort", "sql", "state", "text", "theme", "user", "users",
    "value", "values", "where", "z",
];

/// Words that cannot name a type or component in TypeScript, or that generated modules import or declare themselves.
#[rustfmt::skip]
pub(super) const TYPE_WORDS: &[&str] = &[
    // The language and its library.
    "Any", "Array", "ArrayBuffer", "Awaited", "Bigint", "BigInt", "Boolean", "Buffer", "DataView", "Date", "Error", "Exclude", "Extract", "Function",
    "Generator", "Infinity", "Intl", "Iterable", "Iterator", "Json", "JSON", "Map", "Math", "NaN", "Never", "NodeJS", "NonNullable", "Null", "Number",
    "Object", "Omit", "Parameters", "Partial", "Pick", "Promise", "PromiseLike", "Proxy", "Readonly", "Record", "Reflect", "RegExp", "Required",
    "ReturnType", "Set", "String", "Symbol", "Undefined", "Unknown", "WeakMap", "WeakRef", "WeakSet",
    // The platform.
    "Abort", "Blob", "Comment", "Document", "Element", "Event", "EventSource", "EventTarget", "File", "FormData", "Headers", "History", "Image",
    "Location", "Lock", "Node", "Notification", "Option", "Plugin", "Range", "Request", "Response", "Screen", "Selection", "Storage", "Text", "Url",
    "URL", "URLSearchParams", "Window", "Worker",
    // What generated modules import or declare.
    "Account", "Activity", "Api", "App", "Badge", "Button", "Card", "Cards", "Client", "Component", "Context", "Cursor", "Database", "Db", "Dialog",
    "Empty", "Env", "Field", "Fields", "Filter", "Filters", "Form", "Fragment", "Hono", "Hooks", "Icon", "Input", "Items", "Label", "Layout", "Link",
    "List", "Me", "Menu", "Meta", "Modal", "NavLink", "Navigate", "Navigation", "Next", "Outlet", "Page", "Pagination", "Permissions", "Person",
    "Picker", "Problem", "Query", "React", "Reference", "Role", "Route", "Router", "Routes", "Row", "Schema", "Search", "Select", "Session", "Shell",
    "Sort", "Sql", "State", "StrictMode", "Suspense", "Table", "Theme", "Toast", "User", "Users", "Value", "Variables", "Where",
];

/// Words that cannot name a file or folder of the code base: another file has it, or Windows keeps it for a device.
#[rustfmt::skip]
pub(super) const FILE_WORDS: &[&str] = &[
    "api", "app", "auth", "aux", "components", "con", "custom", "db", "enums", "env", "gen", "health", "hooks", "http", "index", "main", "meta",
    "migrate", "nul", "openapi", "pages", "permissions", "prn", "queries", "routes", "schema", "seeds", "session", "sessions", "shared", "styles",
    "theme", "user", "users",
];

/// Nouns without a plural of their own.
#[rustfmt::skip]
pub(super) const UNCOUNTABLE: &[&str] = &[
    "advice", "aircraft", "baggage", "cash", "content", "data", "deer", "equipment", "feedback", "fish", "food", "furniture", "health", "homework",
    "information", "inventory", "knowledge", "luggage", "mail", "media", "metadata", "money", "music", "news", "offspring", "research", "rice",
    "series", "sheep", "software", "species", "staff", "stuff", "traffic", "water", "weather", "work",
];

/// Singular and plural, where the rules do not reach.
#[rustfmt::skip]
pub(super) const IRREGULAR: &[(&str, &str)] = &[
    ("person", "people"), ("child", "children"), ("man", "men"), ("woman", "women"), ("mouse", "mice"), ("tooth", "teeth"), ("foot", "feet"),
    ("goose", "geese"), ("ox", "oxen"), ("datum", "data"), ("criterion", "criteria"), ("phenomenon", "phenomena"), ("leaf", "leaves"), ("life",
    "lives"), ("knife", "knives"), ("wife", "wives"), ("half", "halves"), ("shelf", "shelves"), ("wolf", "wolves"), ("loaf", "loaves"), ("thief",
    "thieves"), ("calf", "calves"), ("self", "selves"), ("quiz", "quizzes"), ("hero", "heroes"), ("potato", "potatoes"), ("tomato", "tomatoes"),
    ("echo", "echoes"), ("veto", "vetoes"), ("movie", "movies"), ("cookie", "cookies"), ("shoe", "shoes"), ("cache", "caches"), ("tie", "ties"),
    ("pie", "pies"),
];

/// Singular nouns in a single `s` that would otherwise pass for plurals.
#[rustfmt::skip]
pub(super) const SINGULAR_IN_S: &[&str] = &[
    "alias", "atlas", "bias", "canvas", "christmas", "gas", "lens", "pancreas", "trellis",
];
