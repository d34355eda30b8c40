"""What schemathesis cannot know of this API: what of a request must be replaced so that it leads somewhere, and leaves standing what the run needs.

`stories` says how stories go on, `excuses` what is no failure, `success` what a run must have reached.
"""

import hashlib
import json
import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import excuses
import schemathesis
import stories
import success
from asking import (
    CAR_RENTAL,
    DESIGN,
    FIXTURES,
    HERE,
    ID_TOKENS,
    NEIGHBOUR,
    TOLD,
    address,
    ask,
    dice,
    ended,
    is_in_a_story,
    is_valid,
    items,
    made,
    me,
    name,
    new_domain,
    new_member,
    operation_id,
)
from schemathesis import Case, HookContext
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase

# Nobody listens there: each delivery is tried once more, and no request leaves the machine.
RECEIVER = "https://127.0.0.1:1024/hooks"

# Where ids are told that nobody can guess, or write into the configuration.
IDS = {
    "user": f"{HERE}/members",
    "token": f"{HERE}/tokens",
    "invitation": f"{HERE}/invitations",
    "webhook": f"{HERE}/webhooks",
    "delivery": f"{HERE}/webhooks/{{webhook}}/deliveries",
    "identity": "/v1/me/identities",
}

# schemathesis checks a stream event by event; items can be described from OpenAPI 3.2 on.
EVENT = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9]+$"},
        "event": {"enum": ["build", "step", "log"]},
        "data": {"type": "string", "pattern": r"^\{.*\}$"},
    },
    "required": ["event", "data"],
    "additionalProperties": False,
}

# Bodies that are made of an answer, by both ends of a link. Not in the document: openapi-generator takes links for malformed that have one.
BODIES = json.loads((Path(__file__).parent.parent / "link_bodies.json").read_text(encoding="utf-8"))


def chance(case: Case, of: int, what: str) -> bool:
    """True for one of so many cases, once the operation has succeeded. In a story nothing is left to chance."""
    return not is_in_a_story(case) and success.of(case) and dice(case, what) % of == 0


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: Any) -> None:
    """Says what the document cannot say, or not to everybody who reads it."""
    success.expect(raw_schema)
    for item in raw_schema["paths"].values():
        for operation in item.values():
            for answer in operation["responses"].values():
                if "text/event-stream" in answer.get("content", {}):
                    answer["content"]["text/event-stream"]["schema"] = EVENT
                for link in answer.get("links", {}).values():
                    body = BODIES.get(operation["operationId"], {}).get(link["operationId"])
                    if body:
                        link["requestBody"] = {key: f"$response.body#{pointer}" for key, pointer in body.items()}


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    if operation_id(case) == "readAppLog" and str(case.query.get("follow")).lower() == "true":
        # Lines that are followed never end; schemathesis leaves a stream only if it is one of events.
        case.headers["Accept"] = "text/event-stream"
    # Failed attempts from one address become slower. That is met now and then; most come from elsewhere, and whoever signs in from nowhere.
    case.headers["X-Forwarded-For"] = "192.0.2.1" if chance(case, of=4, what="address") else address()
    if is_in_a_story(case):
        stories.lead_on(case)
    if is_valid(case, ParameterLocation.PATH):
        name_what_is_there(case)
        spare_what_the_run_needs(case)
        begin_what_is_ended(case)
    if is_valid(case, ParameterLocation.QUERY) and operation_id(case) == "showUsage" and case.query and not chance(case, of=3, what="days"):
        ask_for_few_days(case)
    if is_valid(case, ParameterLocation.BODY) and not chance(case, of=3, what="body"):
        send_what_means_something(case)
    if is_valid(case, ParameterLocation.HEADER):
        take_a_key(case)
        if "If-Match" in case.operation.headers:
            match_what_is_there(case)


@schemathesis.hook
def after_call(context: HookContext, case: Case, response: Any) -> None:
    TOLD.hear(case, response)
    if is_in_a_story(case):
        stories.after(case, response)


@schemathesis.hook
def filter_failure(context: HookContext, failure: Any, case: Case, response: Any) -> bool:
    return not excuses.is_excused(failure, case, response)


def name_what_is_there(case: Case) -> None:
    """The oldest one of its kind, or the newest."""
    at = case.path_parameters
    if at.get("org", "default") != "default" or is_in_a_story(case) or chance(case, of=4, what="name"):
        return
    for kind, lists in IDS.items():
        if kind in at:
            found = items(case, lists.format(**at))
            if found:
                newest = "If-Match" in case.operation.headers or chance(case, of=4, what="newest")
                at[kind] = found[0 if newest else -1]["id"]


def spare_what_the_run_needs(case: Case) -> None:
    """What would take away a thing that all other requests are about takes away one that is made for it."""
    operation, at = operation_id(case), case.path_parameters
    if operation == "createWebhook":
        make_room(case)
    elif at.get("org", "default") not in FIXTURES or at.get("app", "car-rental") not in FIXTURES:
        return
    elif operation == "leaveOrganization":
        go_into_another(case)
    elif operation in ("updateMember", "removeMember") and at["user"] == me(case, "user"):
        keep_in(case)
    elif operation == "deleteApp":
        at["app"] = made(case, f"{HERE}/apps", {"slug": name(), "name": "Short-lived"}, "slug")
    elif operation == "deleteEnvironment" and (at["env"] != "production" or chance(case, of=2, what="production")) and at["env"] in FIXTURES:
        at["env"] = made(case, f"{CAR_RENTAL}/environments", {"slug": name()}, "slug")
    elif operation == "removeDomain" and at["domain"] in FIXTURES:
        at |= {"env": "production", "domain": another_domain(case)}
    elif operation == "revokeToken" and at["token"] in FIXTURES:
        at["token"] = made(case, IDS["token"], {"name": "Short-lived", "role": "viewer"}, "id")
    elif operation == "revokeInvitation" and at["invitation"] in FIXTURES:
        at["invitation"] = made(case, IDS["invitation"], {"email": f"{name()}@example.com", "role": "viewer"}, "id")
    elif operation == "deleteWebhook" and at["webhook"] in FIXTURES:
        at["webhook"] = made(case, IDS["webhook"], {"url": RECEIVER}, "id")
    elif operation == "removeIdentity" and at["identity"] in FIXTURES:
        at["identity"] = made(case, IDS["identity"], {"idToken": ID_TOKENS[-1]}, "id")
    elif operation == "removeMember" and at["user"] in FIXTURES:
        at["user"] = new_member(case)


def send_what_means_something(case: Case) -> None:
    """Most objects are no designs, most words no credentials, and most times past."""
    operation, body = operation_id(case), case.body if isinstance(case.body, dict) else {}
    if operation in ("createWebhook", "updateWebhook") and "url" in body:
        case.body = {**body, "url": RECEIVER}
    elif is_in_a_story(case):
        return
    elif operation in ("pushDesign", "validateDesign"):
        description = hashlib.sha256(repr(body).encode()).hexdigest()
        case.body = {**DESIGN, "app": {**DESIGN["app"], "description": description}}
    elif operation == "signIn":
        case.body = {"email": os.environ["SLIPFORM_EMAIL"], "password": os.environ["SLIPFORM_PASSWORD"]}
    elif operation == "createToken" and "expiresAt" in body:
        case.body = {**body, "expiresAt": "2999-12-31T23:59:59Z"}
    elif operation == "exchangeToken":
        case.body = {"idToken": ID_TOKENS[0]}
    elif operation == "addIdentity":
        case.body = {"idToken": ID_TOKENS[dice(case, "identity") % len(ID_TOKENS)]}
    elif operation == "signUp":
        invitation = {"email": f"{name()}@example.com", "role": "viewer"}
        case.body = {**body, "invitation": made(case, IDS["invitation"], invitation, "secret")}
    elif operation == "acceptInvitation":
        case.body = {"secret": NEIGHBOUR.invitation()[1]}
    elif operation == "addDomain" and "SLIPFORM_CERTIFICATE" in os.environ:
        case.body = new_domain()
    elif operation == "renewDomain" and "SLIPFORM_CERTIFICATE" in os.environ:
        case.body = {key: value for key, value in new_domain().items() if key != "name"}


def ask_for_few_days(case: Case) -> None:
    """Between most days there are more than are told at once."""
    asked = dice(case, "days")
    until = date.today() - timedelta(days=asked % 7)
    known = {"since": until - timedelta(days=asked // 7 % 60), "until": until}
    case.query |= {which: str(day) for which, day in known.items() if which in case.query}


def begin_what_is_ended(case: Case) -> None:
    """Builds end too soon to be cancelled by chance, and few of them fail so that they can be retried."""
    operation = operation_id(case)
    if operation not in ("cancelBuild", "retryBuild") or case.path_parameters["app"] != "car-rental":
        return
    if is_in_a_story(case) or chance(case, of=3, what="build"):
        return
    builds = f"{CAR_RENTAL}/builds"
    number = made(case, builds, {}, "number")
    case.path_parameters["build"] = number
    if operation == "retryBuild":
        ask(case, "POST", f"{builds}/{number}/cancel")
        ended(case, builds, number)


def make_room(case: Case) -> None:
    """An organization has twenty webhooks at most. The first one stays: it has deliveries; and the newest, of which a story may go on."""
    found = items(case, IDS["webhook"])
    for webhook in found[5:-1] if len(found) >= 20 else []:
        ask(case, "DELETE", f"{IDS['webhook']}/{webhook['id']}", if_match="*")
        TOLD.deleted.add(f"/webhooks/{webhook['id']}")


def another_domain(case: Case) -> str:
    """One that is there already, since an app has no room for many."""
    domains = f"{CAR_RENTAL}/environments/production/domains"
    found = ask(case, "GET", domains)
    others = [domain["name"] for domain in found.json()["items"] if domain["name"] not in FIXTURES] if found.ok else []
    return others[0] if others else made(case, domains, new_domain(), "name")


def keep_in(case: Case) -> None:
    """Who sends the requests stays owner of `default`: only the last one is refused to go, so another one goes in their stead."""
    at = case.path_parameters
    others = [member["id"] for member in items(case, IDS["user"]) if member["role"] == "owner" and member["id"] != at["user"]]
    if others:
        at["user"] = others[0]


def go_into_another(case: Case) -> None:
    """Leaves an organization that is not needed instead."""
    case.path_parameters["org"], secret = NEIGHBOUR.invitation()
    ask(case, "POST", "/v1/me/invitations", {"secret": secret})


def take_a_key(case: Case) -> None:
    """The same request again has the same key, most others another one; in a story nothing is answered as before."""
    if "Idempotency-Key" not in case.headers:
        return
    if is_in_a_story(case):
        case.headers["Idempotency-Key"] = name()
    elif case.meta is not None and case.meta.phase.name != TestPhase.COVERAGE and not chance(case, of=3, what="key"):
        case.headers["Idempotency-Key"] = hashlib.sha256(repr((case.path, case.path_parameters, case.body)).encode()).hexdigest()
    TOLD.send(case)


def match_what_is_there(case: Case) -> None:
    """Most changes are meant for the resource as it is now, the others for whatever was made up. A link gives what an answer has said."""
    if case.headers.get("If-Match") in TOLD.words or chance(case, of=5, what="version"):
        return
    # A certificate is a part of its domain.
    found = ask(case, "GET", case.formatted_path.removesuffix("/certificate"))
    if found.ok and "etag" in found.headers:
        case.headers["If-Match"] = found.headers["etag"]
