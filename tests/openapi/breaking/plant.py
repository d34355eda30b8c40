#!/usr/bin/env python3
"""Plants one change at a time into the OpenAPI document and writes base and revision of each, with a list of them.

    plant.py DOCUMENT FOLDER

Each is `breaking` or `compatible`; some need a base that today's document does not have, so each has a base of its own.
"""
import copy
import json
import pathlib
import sys

PLANTS = []


def plant(kind, name, base=None):
    def add(change):
        PLANTS.append((kind, name, base, change))
        return change
    return add


def op(d, method, path):
    return d["paths"][path][method]


ORG = "/v1/organizations/{org}"
APP = ORG + "/apps/{app}"
ENV = APP + "/environments/{env}"


def schema(d, name):
    return d["components"]["schemas"][name]


def props(d, name):
    return schema(d, name)["properties"]


def own(d, name):
    """What a schema has besides the one that it extends."""
    return next(part["properties"] for part in schema(d, name)["allOf"] if "properties" in part)


def parameter(operation, name):
    return next(p for p in operation["parameters"] if p["name"] == name)


def drop_parameter(operation, name):
    operation["parameters"] = [p for p in operation["parameters"] if p["name"] != name]


def extra(name, required, where="query", **schema):
    return {"name": name, "in": where, "required": required, "description": "New.", "schema": schema or {"type": "string"}}


B, C = "breaking", "compatible"


# --- Operations ------------------------------------------------------------------------------------------------------------
@plant(B, "removed path")
def _(d): del d["paths"][APP + "/designs/diff"]
@plant(B, "removed operation")
def _(d): del d["paths"][APP]["delete"]
@plant(C, "added operation")
def _(d): d["paths"]["/v1/new"] = {"get": {"operationId": "showNew", "responses": {"200": {"description": "New."}}}}
@plant(B, "operationId changed (names of generated clients)")
def _(d): op(d, "post", APP + "/builds")["operationId"] = "startBuild"
@plant(C, "description changed")
def _(d): op(d, "post", APP + "/builds")["description"] = "Other words."


# --- Parameters ------------------------------------------------------------------------------------------------------------
@plant(B, "new required query parameter")
def _(d): op(d, "get", APP + "/builds")["parameters"].append(extra("since", True))
@plant(C, "new optional query parameter")
def _(d): op(d, "get", APP + "/builds")["parameters"].append(extra("since", False))
@plant(B, "new required header")
def _(d): op(d, "post", APP + "/builds")["parameters"].append(extra("Idempotency-Key", True, "header"))
@plant(B, "query parameter became required")
def _(d): parameter(op(d, "get", APP + "/builds"), "environment")["required"] = True
@plant(B, "removed query parameter")
def _(d): drop_parameter(op(d, "get", APP + "/builds"), "state")
@plant(B, "changed parameter name (query)")
def _(d): parameter(op(d, "get", APP + "/builds"), "cursor")["name"] = "after"
@plant(B, "parameter moved from query to header")
def _(d): parameter(op(d, "get", APP + "/builds"), "cursor")["in"] = "header"
@plant(C, "path parameter renamed in the template")
def _(d):
    item = d["paths"].pop(ORG + "/tokens/{token}")
    for operation in item.values():
        parameter(operation, "token")["name"] = "id"
    d["paths"][ORG + "/tokens/{id}"] = item
@plant(B, "smaller maximum of a parameter")
def _(d): parameter(op(d, "get", APP + "/builds"), "limit")["schema"]["maximum"] = 50
@plant(C, "larger maximum of a parameter")
def _(d): parameter(op(d, "get", APP + "/builds"), "limit")["schema"]["maximum"] = 200
@plant(B, "larger minimum of a parameter")
def _(d): parameter(op(d, "get", APP + "/builds"), "limit")["schema"]["minimum"] = 10
@plant(B, "new maxLength of a parameter")
def _(d): parameter(op(d, "get", APP + "/builds"), "cursor")["schema"]["maxLength"] = 10
@plant(B, "type of a parameter changed")
def _(d): parameter(op(d, "get", APP + "/builds/{build}"), "build")["schema"] = {"type": "string"}
@plant(B, "default of a parameter changed")
def _(d): parameter(op(d, "get", APP + "/builds"), "limit")["schema"]["default"] = 10
@plant(B, "removed enum value of a parameter (inline)", lambda d: parameter(op(d, "get", APP + "/builds"), "state").update(schema={"type": "string", "enum": ["queued", "running", "failed"]}))
def _(d): parameter(op(d, "get", APP + "/builds"), "state")["schema"]["enum"].remove("failed")


# --- Bodies of requests ----------------------------------------------------------------------------------------------------
@plant(B, "new required property in a request")
def _(d):
    props(d, "NewBuild")["reason"] = {"type": "string"}
    schema(d, "NewBuild")["required"] = ["reason"]
@plant(C, "new optional property in a request")
def _(d): props(d, "NewBuild")["reason"] = {"type": "string"}
@plant(B, "optional property became required in a request")
def _(d): schema(d, "NewBuild")["required"] = ["designVersion"]
@plant(C, "required property became optional in a request")
def _(d): schema(d, "NewApp")["required"].remove("name")
@plant(B, "removed property of a request that refuses unknown ones")
def _(d): del props(d, "NewApp")["account"]
@plant(B, "type changed in a request")
def _(d): props(d, "NewBuild")["designVersion"] = {"type": "string"}
@plant(B, "type narrowed in a request (number to integer)", lambda d: props(d, "NewBuild").update(weight={"type": "number"}))
def _(d): props(d, "NewBuild")["weight"] = {"type": "integer"}
@plant(C, "type widened in a request (integer to number)", lambda d: props(d, "NewBuild").update(weight={"type": "integer"}))
def _(d): props(d, "NewBuild")["weight"] = {"type": "number"}
@plant(B, "type array narrowed in a request ([string,null] to string)", lambda d: props(d, "NewApp").update(account={"type": ["string", "null"]}))
def _(d): props(d, "NewApp")["account"] = {"type": "string"}
@plant(C, "type array widened in a request (string to [string,null])")
def _(d): props(d, "NewApp")["account"]["type"] = ["string", "null"]
@plant(C, "type array in another order", lambda d: props(d, "NewApp").update(account={"type": ["string", "null"]}))
def _(d): props(d, "NewApp")["account"] = {"type": ["null", "string"]}
@plant(B, "null branch of oneOf removed in a request", lambda d: props(d, "NewApp").update(target={"oneOf": [{"$ref": "#/components/schemas/TargetKind"}, {"type": "null"}]}))
def _(d): props(d, "NewApp")["target"] = {"$ref": "#/components/schemas/TargetKind"}
@plant(B, "removed enum value in a request (through $ref)")
def _(d): schema(d, "TargetKind")["enum"].remove("aws")
@plant(C, "added enum value in a request only", lambda d: props(d, "NewBuild").update(kind={"type": "string", "enum": ["fast"]}))
def _(d): props(d, "NewBuild")["kind"]["enum"].append("slow")
@plant(B, "smaller maxLength in a request")
def _(d): props(d, "NewApp")["name"]["maxLength"] = 50
@plant(C, "larger maxLength in a request")
def _(d): props(d, "NewApp")["name"]["maxLength"] = 200
@plant(B, "new pattern in a request")
def _(d): props(d, "NewApp")["name"]["pattern"] = "^[a-z]+$"
@plant(B, "larger minimum in a request")
def _(d): props(d, "NewBuild")["designVersion"]["minimum"] = 2
@plant(B, "new maximum in a request")
def _(d): props(d, "NewBuild")["designVersion"]["maximum"] = 1000
@plant(B, "new format in a request")
def _(d): props(d, "NewBuild")["environment"]["format"] = "uuid"
@plant(B, "additionalProperties became false in a request", lambda d: schema(d, "NewBuild").pop("additionalProperties"))
def _(d): schema(d, "NewBuild")["additionalProperties"] = False
@plant(B, "allOf with a new required property in a request")
def _(d):
    body = op(d, "post", APP + "/builds")["requestBody"]["content"]["application/json"]
    body["schema"] = {"allOf": [body["schema"], {"type": "object", "required": ["designVersion"]}]}
@plant(B, "branch of oneOf removed in a request", lambda d: props(d, "NewBuild").update(designVersion={"oneOf": [{"type": "integer"}, {"type": "string"}]}))
def _(d): props(d, "NewBuild")["designVersion"] = {"oneOf": [{"type": "integer"}]}
@plant(B, "body of a request became required", lambda d: op(d, "post", ENV + "/rollback")["requestBody"].update(required=False))
def _(d): op(d, "post", ENV + "/rollback")["requestBody"]["required"] = True
@plant(B, "body of a request added, required")
def _(d): op(d, "post", APP + "/builds/{build}/cancel")["requestBody"] = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
@plant(B, "media type of a request changed")
def _(d):
    content = op(d, "patch", APP)["requestBody"]["content"]
    content["application/merge-patch+json"] = content.pop("application/json")
@plant(B, "schema of a request appeared where anything was allowed",
       lambda d: op(d, "post", APP + "/designs")["requestBody"]["content"]["application/json"].update(schema={}))
def _(d): op(d, "post", APP + "/designs")["requestBody"]["content"]["application/json"]["schema"] = {"type": "object", "required": ["app"]}


# --- Responses -------------------------------------------------------------------------------------------------------------
@plant(B, "removed response status (success)")
def _(d): del op(d, "post", APP + "/designs")["responses"]["200"]
@plant(B, "success status changed")
def _(d):
    responses = op(d, "post", APP + "/builds")["responses"]
    responses["201"] = responses.pop("202")
@plant(B, "removed response status (error)")
def _(d): del op(d, "delete", APP)["responses"]["412"]
@plant(C, "added error response")
def _(d): op(d, "get", APP)["responses"]["410"] = {"$ref": "#/components/responses/Stale"}
@plant(B, "added success response")
def _(d): op(d, "post", APP + "/builds")["responses"]["200"] = {"description": "New."}
@plant(B, "added 304 that nobody asks for")
def _(d): op(d, "get", ENV + "/administrator")["responses"]["304"] = {"description": "New."}
@plant(C, "added 304 with the header that asks for it")
def _(d):
    op(d, "get", ENV + "/administrator")["responses"]["304"] = {"description": "New."}
    op(d, "get", ENV + "/administrator")["parameters"].append(extra("If-None-Match", False, "header"))
@plant(B, "removed response property (direct)")
def _(d): del props(d, "SessionBody")["expiresIn"]; schema(d, "SessionBody")["required"].remove("expiresIn")
@plant(B, "removed response property (behind allOf and $ref)")
def _(d): del props(d, "BuildSummaryBody")["supersededBy"]
@plant(B, "removed response property (items of a list)")
def _(d): schema(d, "ListBuildSummaryBody")["properties"]["items"]["items"] = {"type": "object"}
@plant(C, "new response property")
def _(d): props(d, "BuildSummaryBody")["priority"] = {"type": "integer"}
@plant(B, "property no longer required in responses")
def _(d): schema(d, "SessionBody")["required"].remove("expiresIn")
@plant(B, "property no longer required in responses (behind allOf)")
def _(d): schema(d, "BuildSummaryBody")["required"].remove("number")
@plant(C, "property now required in responses", lambda d: schema(d, "BuildSummaryBody")["required"].remove("release"))
def _(d): schema(d, "BuildSummaryBody")["required"].append("release")
@plant(B, "type widened in responses (integer to number)")
def _(d): props(d, "SessionBody")["expiresIn"] = {"type": "number"}
@plant(B, "type changed in responses")
def _(d): props(d, "SessionBody")["expiresIn"] = {"type": "string"}
@plant(B, "type array widened in responses (string to [string,null])")
def _(d): props(d, "AppSummaryBody")["name"]["type"] = ["string", "null"]
@plant(C, "type array narrowed in responses ([string,null] to string)")
def _(d): props(d, "AppSummaryBody")["account"]["type"] = "string"
@plant(B, "added enum value in responses (through $ref)")
def _(d): schema(d, "StepState")["enum"].append("paused")
@plant(C, "removed enum value in responses only")
def _(d): schema(d, "StepState")["enum"].pop()
@plant(B, "enum of a response dropped (any string)")
def _(d): del schema(d, "StepState")["enum"]
@plant(B, "null branch of oneOf added in responses")
def _(d): props(d, "SessionBody")["user"] = {"oneOf": [{"$ref": "#/components/schemas/UserBody"}, {"type": "null"}]}
@plant(B, "branch of oneOf added in responses")
def _(d): own(d, "EnvironmentBody")["runtime"]["oneOf"].append({"type": "string"})
@plant(B, "response became anything")
def _(d): props(d, "StepBody")["attempt"] = {}
@plant(B, "format of a response dropped")
def _(d): del props(d, "StepBody")["startedAt"]["format"]
@plant(B, "removed response header")
def _(d): del op(d, "post", ORG + "/apps")["responses"]["201"]["headers"]
@plant(B, "removed media type of a response")
def _(d): del op(d, "get", ENV + "/logs")["responses"]["200"]["content"]["text/plain"]
@plant(C, "added media type of a response")
def _(d): op(d, "get", ENV + "/logs")["responses"]["200"]["content"]["text/csv"] = {"schema": {"type": "string"}}
@plant(B, "media type of errors changed")
def _(d):
    content = d["components"]["responses"]["NotFound"]["content"]
    content["application/json"] = content.pop("application/problem+json")


# --- Security --------------------------------------------------------------------------------------------------------------
@plant(B, "security added")
def _(d): op(d, "get", "/health/live")["security"] = [{"bearer": []}]
@plant(B, "security added (by leaving out the exception)")
def _(d): op(d, "get", "/health/live").pop("security")
@plant(B, "way to authenticate removed", lambda d: op(d, "get", "/v1/me").update(security=[{"bearer": []}, {"key": []}]))
def _(d): op(d, "get", "/v1/me")["security"] = [{"bearer": []}]
@plant(B, "second credential demanded")
def _(d): op(d, "get", "/v1/me")["security"] = [{"bearer": [], "key": []}]
@plant(B, "scope demanded")
def _(d): op(d, "get", "/v1/me")["security"] = [{"bearer": ["builds:write"]}]
@plant(C, "security removed")
def _(d): op(d, "get", "/v1/me")["security"] = []


# --- The same said in another way --------------------------------------------------------------------------------------------
@plant(C, "$ref written out")
def _(d): props(d, "SessionBody")["user"] = copy.deepcopy(schema(d, "UserBody"))
@plant(C, "component renamed")
def _(d):
    text = json.dumps(d).replace('"#/components/schemas/UserBody"', '"#/components/schemas/Person"')
    d.clear(); d.update(json.loads(text))
    d["components"]["schemas"]["Person"] = d["components"]["schemas"].pop("UserBody")
@plant(C, "allOf written out")
def _(d):
    parts = schema(d, "BuildBody").pop("allOf")
    summary = schema(d, "BuildSummaryBody")
    schema(d, "BuildBody").update(type="object", properties={**summary["properties"], **parts[1]["properties"]}, required=summary["required"] + parts[1]["required"])
@plant(C, "oneOf with null as anyOf")
def _(d):
    runtime = own(d, "EnvironmentBody")["runtime"]
    runtime["anyOf"] = runtime.pop("oneOf")


# --- Shared by requests and responses ----------------------------------------------------------------------------------------
@plant(B, "added enum value, schema of a parameter and of responses")
def _(d): schema(d, "BuildState")["enum"].append("paused")
@plant(B, "removed enum value, schema of a request and of responses")
def _(d): schema(d, "MemberRole")["enum"].remove("viewer")
@plant(B, "removed property of every error")
def _(d): del props(d, "Problem")["errors"]
@plant(B, "deep in a response: items of an array behind three $ref")
def _(d): props(d, "CostItemBody").pop(sorted(props(d, "CostItemBody"))[0])
@plant(B, "items of an array changed in responses")
def _(d): props(d, "ArchitectureBody")["layers"]["items"] = {"type": "string"}
@plant(B, "items of an array narrowed in a request", lambda d: props(d, "NewBuild").update(steps={"type": "array", "items": {"type": "string"}}))
def _(d): props(d, "NewBuild")["steps"]["items"]["maxLength"] = 5
@plant(B, "new maxItems in a request", lambda d: props(d, "NewBuild").update(steps={"type": "array", "items": {"type": "string"}}))
def _(d): props(d, "NewBuild")["steps"]["maxItems"] = 5
@plant(B, "uniqueItems in a request", lambda d: props(d, "NewBuild").update(steps={"type": "array", "items": {"type": "string"}}))
def _(d): props(d, "NewBuild")["steps"]["uniqueItems"] = True
@plant(B, "values of a map narrowed in a request", lambda d: props(d, "NewBuild").update(labels={"type": "object", "additionalProperties": {"type": ["string", "number"]}}))
def _(d): props(d, "NewBuild")["labels"]["additionalProperties"] = {"type": "string"}
@plant(B, "values of a map widened in responses", lambda d: props(d, "StepBody").update(labels={"type": "object", "additionalProperties": {"type": "string"}}))
def _(d): props(d, "StepBody")["labels"]["additionalProperties"] = {"type": ["string", "number"]}
@plant(B, "branch of allOf removed in responses")
def _(d): schema(d, "BuildBody")["allOf"].pop()
@plant(B, "branch of allOf removed in responses (the $ref)")
def _(d): schema(d, "BuildBody")["allOf"].pop(0)
@plant(B, "exclusiveMinimum in a request")
def _(d): props(d, "NewBuild")["designVersion"]["exclusiveMinimum"] = 1
@plant(B, "const in a request")
def _(d): props(d, "NewBuild")["environment"]["const"] = "production"
@plant(B, "nothing is allowed any more (false) in a request", lambda d: props(d, "NewBuild").update(any={}))
def _(d): props(d, "NewBuild")["any"] = {"not": {}}
@plant(C, "oneOf in another order")
def _(d): own(d, "EnvironmentBody")["runtime"]["oneOf"].reverse()
@plant(C, "enum in another order")
def _(d): schema(d, "MemberRole")["enum"].reverse()
@plant(C, "one type as an array of one")
def _(d): props(d, "NewApp")["account"]["type"] = ["string"]
@plant(C, "minimum said in a response")
def _(d): props(d, "BuildSummaryBody")["number"]["minimum"] = 1
@plant(C, "example added")
def _(d): props(d, "BuildSummaryBody")["number"]["examples"] = [7]
@plant(C, "description beside a $ref")
def _(d): props(d, "SessionBody")["user"]["description"] = "Other words."
@plant(C, "response header added")
def _(d): op(d, "get", APP)["responses"]["200"]["headers"]["X-New"] = {"schema": {"type": "string"}}
@plant(C, "webhook added")
def _(d): HOOK(d)
@plant(B, "webhook removed", lambda d: HOOK(d))
def _(d): del d["webhooks"]["build.ended"]
@plant(B, "property of a webhook's payload removed", lambda d: HOOK(d))
def _(d): del HOOKED(d)["properties"]["app"]; HOOKED(d)["required"].remove("app")
@plant(B, "property of a webhook's payload no longer required", lambda d: HOOK(d))
def _(d): HOOKED(d)["required"].remove("app")
@plant(B, "enum value added in a webhook's payload", lambda d: HOOK(d))
def _(d): HOOKED(d)["properties"]["state"]["enum"].append("paused")
@plant(B, "type widened in a webhook's payload", lambda d: HOOK(d))
def _(d): HOOKED(d)["properties"]["app"]["type"] = ["string", "null"]
@plant(C, "new required property in a webhook's payload", lambda d: HOOK(d))
def _(d): HOOKED(d)["properties"]["release"] = {"type": "integer"}; HOOKED(d)["required"].append("release")


def HOOK(d):
    d["components"]["schemas"]["BuildEnded"] = {"type": "object", "required": ["app", "state"], "properties": {"app": {"type": "string"}, "state": {"type": "string", "enum": ["succeeded", "failed"]}}}
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/BuildEnded"}}}}
    d["webhooks"]["build.ended"] = {"post": {"operationId": "buildEnded", "requestBody": body, "responses": {"204": {"description": "Received."}}}}


def HOOKED(d):
    return d["components"]["schemas"]["BuildEnded"]


def main():
    document, folder = json.loads(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[2])
    # A second scheme for the plants of security, in every base.
    document["components"]["securitySchemes"]["key"] = {"type": "apiKey", "in": "header", "name": "x-key"}
    listed = []
    PLANTS.insert(0, (C, "nothing changed", None, lambda d: None))
    for number, (kind, name, prepare, change) in enumerate(PLANTS):
        base = copy.deepcopy(document)
        if prepare:
            prepare(base)
        revision = copy.deepcopy(base)
        change(revision)
        assert number == 0 or base != revision, name
        place = folder / f"{number:03}"
        place.mkdir(parents=True, exist_ok=True)
        for file, value in (("base.json", base), ("revision.json", revision)):
            (place / file).write_text(json.dumps(value, indent=2))
        listed.append({"number": number, "kind": kind, "name": name})
    (folder / "plants.json").write_text(json.dumps(listed, indent=1))
    print(len(listed), "plants,", sum(p["kind"] == B for p in listed), "breaking")


main()
