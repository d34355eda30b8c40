#!/usr/bin/env python3
"""The rules of RULES.md as a program: what in REVISION breaks a client that was made for BASE.

    rules.py BASE REVISION        prints each breakage; ends with 1 if there is one
    rules.py --plants FOLDER      runs over what plant.py wrote; ends with 1 if one is missed or a compatible one is reported
"""
import json
import pathlib
import re
import sys

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
WORDS = {"title", "description", "summary", "example", "examples", "deprecated", "externalDocs", "xml", "$comment"}
KNOWN = {"type", "enum", "const", "format", "pattern", "contentEncoding", "contentMediaType", "minimum", "maximum", "exclusiveMinimum",
         "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "multipleOf",
         "uniqueItems", "items", "prefixItems", "properties", "required", "additionalProperties", "default", "readOnly", "writeOnly",
         "allOf", "oneOf", "anyOf", "$ref"}
TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
OF = {"string": {"pattern", "minLength", "maxLength", "contentEncoding", "contentMediaType"},
      "array": {"items", "prefixItems", "minItems", "maxItems", "uniqueItems"},
      "object": {"properties", "required", "additionalProperties", "minProperties", "maxProperties"},
      "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}}
OF["integer"] = OF["number"]
FORMATS = {("int32", "int64"), ("float", "double")}          # the first is a part of the second
ROLES = {None: 0, "viewer": 1, "editor": 2, "admin": 3, "owner": 4}


class Side:
    """One of the two documents."""

    def __init__(self, document):
        self.document = document

    def at(self, value):
        """What a reference leads to, through any number of them; for what is no schema."""
        while isinstance(value, dict) and "$ref" in value:
            value = self.target(value["$ref"])
        return value

    def target(self, reference):
        assert reference.startswith("#/"), reference
        value = self.document
        for part in reference[2:].split("/"):
            value = value[part.replace("~1", "/").replace("~0", "~")]
        return value

    def alternatives(self, schema, trail=()):
        """A schema as a list of schemas without $ref, allOf, oneOf, anyOf and with one type each (or none: anything)."""
        if schema is True or schema is None:
            schema = {}
        if schema is False:
            return []
        schema = {k: v for k, v in schema.items() if k not in WORDS and not k.startswith("x-")}
        if "$ref" in schema:
            reference = schema.pop("$ref")
            if reference in trail:
                return []                                     # a schema that consists of itself allows nothing more
            return self.both(self.alternatives(self.target(reference), (*trail, reference)), self.alternatives(schema, trail) if schema else [{}])
        parts = schema.pop("allOf", [])
        unions = [schema.pop(word) for word in ("oneOf", "anyOf") if word in schema]
        found = self.split(schema)
        for part in parts:
            found = self.both(found, self.alternatives(part, trail))
        for union in unions:
            found = self.both(found, [one for part in union for one in self.alternatives(part, trail)])
        return found

    def split(self, schema):
        types = schema.get("type")
        if types is None and ("enum" in schema or "const" in schema):
            types = sorted({kind(v) for v in schema.get("enum", [schema.get("const")])})
        if types is None:
            return [schema]
        found = []
        for one in [types] if isinstance(types, str) else types:
            other = set().union(*(words for name, words in OF.items() if name != one)) - OF.get(one, set())
            part = {k: v for k, v in schema.items() if k not in other} | {"type": one}
            if one == "null":
                part.pop("format", None)
            if "enum" in part:
                part["enum"] = [v for v in part["enum"] if fits(kind(v), one)]
                if not part["enum"]:
                    continue
            found.append(part)
        return found

    def both(self, left, right):
        """What is allowed by one of `left` and by one of `right`."""
        return [one for a in left for b in right if (one := self.merged(a, b)) is not None]

    def merged(self, a, b):
        one = {**a, **b}
        if "type" in a and "type" in b:
            if fits(a["type"], b["type"]):
                one["type"] = a["type"]
            elif fits(b["type"], a["type"]):
                one["type"] = b["type"]
            else:
                return None
        for word in a.keys() & b.keys():
            x, y = a[word], b[word]
            if word == "enum":
                one[word] = [v for v in x if v in y]
                if not one[word]:
                    return None
            elif word == "required":
                one[word] = [*x, *(v for v in y if v not in x)]
            elif word == "properties":
                one[word] = {**x, **y, **{k: {"allOf": [x[k], y[k]]} for k in x.keys() & y.keys()}}
            elif word in ("items", "additionalProperties"):
                one[word] = False if x is False or y is False else {"allOf": [x, y]}
            elif word in LOWER:
                one[word] = max(x, y)
            elif word in UPPER:
                one[word] = min(x, y)
            elif word == "uniqueItems":
                one[word] = x or y
            elif word != "type" and x != y:
                one["not compared " + word] = [x, y]
        # `additionalProperties: false` of one part knows the properties of that part alone; with allOf that is a mistake of the
        # document, so the properties of both are allowed here.
        return one


def kind(value):
    if value is None:
        return "null"
    return {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}[type(value)]


def fits(a, b):
    return a == b or (a, b) == ("integer", "number")


class Comparison:
    def __init__(self, base, revision):
        self.base, self.revision = Side(base), Side(revision)
        self.found = []
        self.assumed = set()

    def say(self, place, what):
        self.found.append((place, what))

    # --- Schemas -----------------------------------------------------------------------------------------------------------
    def schema(self, place, base, revision, sent):
        """`sent`: the client sends it, so that all that was good must be good; else it gets it, so that nothing new may come."""
        key = (json.dumps(base, sort_keys=True), json.dumps(revision, sort_keys=True), sent)
        if key in self.assumed:
            return                                            # it is being compared further up, or was: the same again
        self.assumed.add(key)
        old, new = self.base.alternatives(base), self.revision.alternatives(revision)
        inner, outer = (old, new) if sent else (new, old)
        for one in inner:
            attempts = []
            for other in outer:
                # Every attempt on its own: only the best is told.
                before, assumed = self.found, set(self.assumed)
                self.found = []
                self.one(place, one, other, sent)
                attempts.append(self.found)
                self.found, self.assumed = before, assumed
                if not attempts[-1]:
                    break
            if [] in attempts:
                continue
            name = one.get("type", "anything")
            close = [a for a, other in zip(attempts, outer) if fits(one.get("type"), other.get("type")) or other.get("type") is None]
            if close:
                self.found += min(close, key=len)
            else:
                self.say(place, f"{name} is no longer taken" if sent else f"{name} may come now")

    def one(self, place, one, other, sent):
        if other.get("type") is not None and (one.get("type") is None or not fits(one["type"], other["type"])):
            return self.say(place, f"{one.get('type', 'anything')} is not {other['type']}")
        values = lambda s: s.get("enum", [s["const"]] if "const" in s else None)
        mine, allowed = values(one), values(other)
        if allowed is not None and (mine is None or any(v not in allowed for v in mine)):
            extra = "any value" if mine is None else ", ".join(json.dumps(v) for v in mine if v not in allowed)
            self.say(place, f"{extra} is no longer taken" if sent else f"{extra} may come now")
        for word in ("format", "pattern", "contentEncoding", "contentMediaType"):
            x, y = one.get(word), other.get(word)
            if y is not None and x != y and (x, y) not in FORMATS and allowed is None:
                self.say(place, f"{word} was {x}, is {y}" if sent else f"{word} was {y}, is {x}")
        if sent:
            for word in LOWER:
                if word in other and (mine is None) and other[word] > one.get(word, 0 if word in ("minLength", "minItems", "minProperties") else float("-inf")):
                    self.say(place, f"{word} is {other[word]}, was {one.get(word)}")
            for word in UPPER:
                if word in other and (mine is None) and other[word] < one.get(word, float("inf")):
                    self.say(place, f"{word} is {other[word]}, was {one.get(word)}")
            if other.get("multipleOf") and (not one.get("multipleOf") or one["multipleOf"] % other["multipleOf"]):
                self.say(place, f"multipleOf is {other['multipleOf']}, was {one.get('multipleOf')}")
            if other.get("uniqueItems") and not one.get("uniqueItems"):
                self.say(place, "items must be unique now")
            if "default" in one and one["default"] != other.get("default"):
                self.say(place, f"the default was {json.dumps(one['default'])}, is {json.dumps(other.get('default'))}")
        for word in sorted((one.keys() | other.keys()) - KNOWN):
            if one.get(word) != other.get(word):
                self.say(place, f"{word} changed; this cannot be compared")
        old, new = (one, other) if sent else (other, one)
        if "items" in other or ("items" in one and other.get("type") == "array"):
            self.schema(f"{place}/items", old.get("items", {}), new.get("items", {}), sent)
        if one.get("prefixItems") != other.get("prefixItems"):
            for i, (x, y) in enumerate(zip(old.get("prefixItems", []), new.get("prefixItems", []))):
                self.schema(f"{place}/prefixItems/{i}", x, y, sent)
            if len(old.get("prefixItems", [])) != len(new.get("prefixItems", [])):
                self.say(place, "prefixItems changed in number")
        if "object" in (old.get("type"), new.get("type")):
            self.members(place, old, new, sent)

    def members(self, place, old, new, sent):
        # What only answers is no part of a request, and the other way round.
        hidden = "readOnly" if sent else "writeOnly"
        seen = lambda side, s: {k: v for k, v in s.get("properties", {}).items() if not (isinstance(side.at(v), dict) and side.at(v).get(hidden))}
        before, now = seen(self.base, old), seen(self.revision, new)
        if sent:
            for name in new.get("required", []):
                if name not in old.get("required", []) and name in (now if new.get("properties", {}).get(name) else [name]):
                    self.say(f"{place}/{name}", "is required now")
        else:
            for name in old.get("required", []):
                if name not in new.get("required", []) and name in now:
                    self.say(f"{place}/{name}", "is not always there any more")
        for name in before:
            if name in now:
                self.schema(f"{place}/{name}", before[name], now[name], sent)
            else:
                self.say(f"{place}/{name}", "is gone")
        rest = lambda s: s.get("additionalProperties", True)
        if sent:
            if rest(new) is False and rest(old) is not False:
                self.say(place, "unknown keys are refused now")
            elif rest(old) is not False and isinstance(rest(new), dict):
                self.schema(f"{place}/*", rest(old), rest(new), sent)
        elif isinstance(rest(old), dict) and rest(new) is not False:
            self.schema(f"{place}/*", rest(old), rest(new), sent)

    # --- Operations --------------------------------------------------------------------------------------------------------
    def content(self, place, old, new, sent):
        for media in old or {}:
            if media not in (new or {}):
                self.say(place, f"{media} is gone")
            else:
                self.schema(f"{place} {media}", old[media].get("schema", {}), new[media].get("schema", {}), sent)

    def parameters(self, side, item, operation):
        found = {}
        for one in [*item.get("parameters", []), *operation.get("parameters", [])]:
            one = side.at(one)
            if one["in"] == "header" and one["name"].lower() in ("accept", "content-type", "authorization"):
                continue                                      # OpenAPI says that these are no parameters
            found[one["in"], one["name"].lower() if one["in"] == "header" else one["name"]] = one
        return found

    def operation(self, name, path, old_item, new_item, old, new, sent=True):
        if old.get("operationId") != new.get("operationId"):
            self.say(name, f"operationId was {old.get('operationId')}, is {new.get('operationId')}")
        before, now = self.parameters(self.base, old_item, old), self.parameters(self.revision, new_item, new)
        names = lambda p: re.findall(r"\{([^}]*)\}", p)
        renamed = dict(zip(names(path[0]), names(path[1])))   # path parameters are the same by their place
        for (where, key), one in before.items():
            other = now.get((where, renamed.get(key, key) if where == "path" else key))
            place = f"{name} {where} {key}"
            if other is None:
                self.say(place, "is gone")
                continue
            if other.get("required") and not one.get("required"):
                self.say(place, "is required now")
            for word in ("style", "explode", "allowReserved", "allowEmptyValue"):
                if one.get(word) != other.get(word):
                    self.say(place, f"{word} changed")
            if "schema" in one or "schema" in other:
                self.schema(place, one.get("schema", {}), other.get("schema", {}), sent)
            self.content(place, one.get("content"), other.get("content"), sent)
        for (where, key), other in now.items():
            if where != "path" and other.get("required") and (where, key) not in before:
                self.say(f"{name} {where} {key}", "is new and required")
        old_body, new_body = self.base.at(old.get("requestBody")), self.revision.at(new.get("requestBody"))
        if old_body is None and new_body is not None and new_body.get("required") and sent:
            self.say(f"{name} body", "is new and required")
        if old_body is not None and new_body is None:
            self.say(f"{name} body", "is gone")
        if old_body is not None and new_body is not None:
            if new_body.get("required") and not old_body.get("required") and sent:
                self.say(f"{name} body", "is required now")
            if old_body.get("required") and not new_body.get("required") and not sent:
                self.say(f"{name} body", "is not always there any more")
            self.content(f"{name} body", old_body.get("content"), new_body.get("content"), sent)
        # Who could not ask for it before does not get it now.
        asked = {"304"} if ("header", "if-none-match") in now.keys() - before.keys() else set()
        self.responses(name, old.get("responses", {}), new.get("responses", {}), sent, asked)
        self.security(name, old, new)
        for word in ("x-slipform-role",):
            if ROLES.get(new.get(word), 9) > ROLES.get(old.get(word), 9):
                self.say(name, f"needs the role {new.get(word)}, not {old.get(word)}")
        if old.get("x-slipform-scope") != new.get("x-slipform-scope"):
            self.say(name, f"needs the scope {new.get('x-slipform-scope')}, not {old.get('x-slipform-scope')}")

    def responses(self, name, old, new, sent, asked):
        for status, one in old.items():
            if status not in new:
                self.say(f"{name} {status}", "is gone")
                continue
            one, other = self.base.at(one), self.revision.at(new[status])
            headers = {k.lower(): v for k, v in other.get("headers", {}).items()}
            for header, value in one.get("headers", {}).items():
                place = f"{name} {status} {header}"
                if header.lower() not in headers:
                    self.say(place, "is gone")
                    continue
                value, now = self.base.at(value), self.revision.at(headers[header.lower()])
                if value.get("required") and not now.get("required"):
                    self.say(place, "is not always there any more")
                self.schema(place, value.get("schema", {}), now.get("schema", {}), not sent)
            self.content(f"{name} {status}", one.get("content"), other.get("content"), not sent)
        for status in new:
            if status not in old and status[0] not in "45" and status != "default" and status not in asked:
                self.say(f"{name} {status}", "is a new way to succeed")

    def security(self, name, old, new):
        def needs(side, operation):
            found = operation.get("security", side.document.get("security")) or [{}]
            return [{k: set(v) for k, v in one.items()} for one in found]
        now = needs(self.revision, new)
        for had in needs(self.base, old):
            if not any(all(k in had and scopes <= had[k] for k, scopes in one.items()) for one in now):
                self.say(name, f"{' and '.join(had) or 'no credentials'} is no longer enough")

    def items(self, word, sent):
        before, now = self.base.document.get(word, {}), self.revision.document.get(word, {})
        shape = lambda path: re.sub(r"\{[^}]*\}", "{}", path) if word == "paths" else path
        new_paths = {shape(path): path for path in now}
        for path, item in before.items():
            item, new_path = self.base.at(item), new_paths.get(shape(path))
            other = self.revision.at(now[new_path]) if new_path else {}
            for method in METHODS:
                if method in item:
                    name = f"{method.upper()} {path}"
                    if method in other:
                        self.operation(name, (path, new_path), item, other, item[method], other[method], sent)
                    else:
                        self.say(name, "is gone")

    def run(self):
        self.items("paths", True)
        self.items("webhooks", False)                         # there the server sends and the client answers
        schemes = lambda side: side.document.get("components", {}).get("securitySchemes", {})
        for name, scheme in schemes(self.base).items():
            other = self.revision.at(schemes(self.revision).get(name))
            for word in ("type", "scheme", "in", "name", "flows", "openIdConnectUrl"):
                if self.base.at(scheme).get(word) != (other or {}).get(word):
                    self.say(f"security {name}", f"{word} changed")
        urls = lambda side: [s["url"] for s in side.document.get("servers", [{"url": "/"}])]
        for url in urls(self.base):
            if url not in urls(self.revision):
                self.say(f"server {url}", "is gone")
        return self.found


def main():
    read = lambda file: json.loads(pathlib.Path(file).read_text())
    if sys.argv[1] != "--plants":
        found = Comparison(read(sys.argv[1]), read(sys.argv[2])).run()
        for place, what in found:
            print(f"{place}: {what}")
        sys.exit(bool(found))
    folder, wrong = pathlib.Path(sys.argv[2]), 0
    for one in read(folder / "plants.json"):
        place = folder / f"{one['number']:03}"
        found = Comparison(read(place / "base.json"), read(place / "revision.json")).run()
        bad = bool(found) != (one["kind"] == "breaking")
        wrong += bad
        print(f"{'WRONG ' if bad else ''}{one['number']:3} {one['kind']:10} {one['name']}: " + ("; ".join(f"{p}: {w}" for p, w in found[:2]) + (f"; … {len(found)}" if len(found) > 2 else "") if found else "–"))
    print(wrong, "wrong")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
