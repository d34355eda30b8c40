"""What schemathesis cannot know of this API."""

import hashlib
import itertools
import json
import os
import re
import time
import zlib
from collections import Counter
from datetime import date, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import requests
import schemathesis
from schemathesis import Case, HookContext
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import EnsureResourceAvailability, MissingHeaderNotRejected, RejectedPositiveData, UseAfterFree

API = os.environ["SLIPFORM_API"]
DESIGN = json.loads(Path(os.environ["SLIPFORM_DESIGN"]).read_text(encoding="utf-8"))
HTTP = requests.Session()
HTTP.trust_env = False
# The server ends connections on which nothing has come for a while, perhaps just when the next request is sent.
HTTP.headers["connection"] = "close"

# Somebody at the issuer that the installation trusts: the first one is an identity of the owner for good.
ID_TOKENS = os.environ["SLIPFORM_ID_TOKENS"].split()
# Nobody listens there: each delivery is tried once more, and no request leaves the machine.
RECEIVER = "https://127.0.0.1:1024/hooks"
CAR_RENTAL = "/v1/organizations/default/apps/car-rental"
UUID = re.compile("[0-9a-fA-F-]{32,36}")
# Of things that are made to be taken away.
NUMBERS = itertools.count(time.time_ns() // 1_000_000 % 100_000_000)

# What one person on an installation without AWS and TLS cannot do.
OUT_OF_REACH = {
    **dict.fromkeys(["createAccount", "showAccount", "updateAccount", "deleteAccount"], "the installation has no AWS"),
    "renewDomain": "the installation speaks plain HTTP",
    "acceptInvitation": "an invitation is for somebody else",
    "leaveOrganization": "the last owner stays",
    "showIssuer": "the installation has no address on the internet",
}
if "SLIPFORM_TOKEN" in os.environ:
    OUT_OF_REACH["createOrganization"] = "a token belongs to one organization"
    OUT_OF_REACH |= dict.fromkeys(["listIdentities", "addIdentity", "removeIdentity"], "a token is no person")
DELETED_BY_A_JOB = {
    "DELETE /v1/organizations/{org}/apps/{app}",
    "DELETE /v1/organizations/{org}/apps/{app}/environments/{env}",
    "DELETE /v1/organizations/{org}/apps/{app}/environments/{env}/domains/{domain}",
}

# Where ids are told that nobody can guess, or write into the configuration.
IDS = {
    "user": "/v1/organizations/default/members",
    "token": "/v1/organizations/default/tokens",
    "invitation": "/v1/organizations/default/invitations",
    "webhook": "/v1/organizations/default/webhooks",
    "delivery": "/v1/organizations/default/webhooks/{webhook}/deliveries",
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
BODIES = {
    ("pushDesign", "createBuild"): {"designVersion": "/number"},
    ("showEnvironment", "createBuild"): {"environment": "/slug"},
    ("listReleases", "rollBack"): {"release": "/items/0/number"},
    ("createInvitation", "signUp"): {"invitation": "/secret"},
    ("createInvitation", "acceptInvitation"): {"secret": "/secret"},
    ("signIn", "refreshSession"): {"refreshToken": "/refreshToken"},
    ("signIn", "signOut"): {"refreshToken": "/refreshToken"},
    ("exchangeToken", "refreshSession"): {"refreshToken": "/refreshToken"},
    ("exchangeToken", "signOut"): {"refreshToken": "/refreshToken"},
    ("refreshSession", "signOut"): {"refreshToken": "/refreshToken"},
}

URL = "what a URL is, and to which networks events are sent"
CERTIFICATE = "whether the installation uses certificates, and what one is"
# What is well formed after the document and refused all the same, because it contradicts what there is or itself: the places that an answer
# names, by operation. Everything else that is well formed must not be refused as malformed.
BEYOND_THE_DOCUMENT = {
    "*": {
        "/query/cursor": "a cursor is what a list has given",
        "/header/Idempotency-Key": "a key belongs to the request that it was sent with first",
    },
    "createApp": {"/account": "which targets have accounts, and which accounts there are", "/target": "which targets there are"},
    "createBuild": {"/designVersion": "which versions there are", "/environment": "which environments there are"},
    "rollBack": {"/release": "which releases there are"},
    "createToken": {"/expiresAt": "what time it is", "/scopes/*": "which scopes are of use to the role"},
    "addDomain": {"/name": "which names belong to the installation", "/certificate": CERTIFICATE, "/privateKey": CERTIFICATE},
    "renewDomain": {"/certificate": CERTIFICATE, "/privateKey": CERTIFICATE},
    "createWebhook": {"/url": URL},
    "updateWebhook": {"/url": URL},
    "showUsage": {"/query/since": "how many days there are between", "/query/until": "that it is not before `since`"},
    "listAudit": {"/query/until": "that it is later than `since`"},
    "exportAudit": {"/query/until": "that it is later than `since`"},
    # What makes a design is described by openapi/design.schema.json, and by far more than a schema can say.
    "pushDesign": {"": "what makes a design", "/**": "what makes a design"},
}


def operation_id(case: Case) -> str:
    return str(case.operation.definition.raw.get("operationId"))


def is_valid(case: Case, location: ParameterLocation) -> bool:
    """Whether the document promises that this part is well formed: only then it may be made to fit what there is."""
    return case.meta is not None and not case.meta.is_negative_at(location)


def is_in_a_story(case: Case) -> bool:
    """Whether it follows the links of answers. There nothing is left to chance: Hypothesis ends stories whose beginnings go on differently."""
    return case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL


def chance(case: Case, of: int) -> bool:
    """True for one of so many cases, the same whenever a case is sent again."""
    return not is_in_a_story(case) and zlib.crc32(repr((case.operation.label, case.path_parameters, case.query, case.body)).encode()) % of == 0


@schemathesis.hook
def before_load_schema(context: HookContext, raw_schema: Any) -> None:
    """Says what the document cannot say, or not to everybody who reads it."""
    for item in raw_schema["paths"].values():
        for operation in item.values():
            for answer in operation["responses"].values():
                if "text/event-stream" in answer.get("content", {}):
                    answer["content"]["text/event-stream"]["schema"] = EVENT
                for target, link in answer.get("links", {}).items():
                    body = BODIES.get((operation["operationId"], target))
                    if body:
                        link["requestBody"] = {key: f"$response.body#{pointer}" for key, pointer in body.items()}


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    if operation_id(case) == "readAppLog" and str(case.query.get("follow")).lower() == "true":
        # Lines that are followed never end; schemathesis leaves a stream only if it is one of events.
        case.headers["Accept"] = "text/event-stream"
    come_from_somewhere(case)
    if is_valid(case, ParameterLocation.PATH):
        name_what_is_there(case)
        spare_what_the_run_needs(case)
        begin_what_is_ended(case)
    if is_valid(case, ParameterLocation.QUERY) and operation_id(case) == "showUsage" and case.query and not chance(case, of=3):
        ask_for_few_days(case)
    if is_valid(case, ParameterLocation.BODY) and not chance(case, of=3):
        send_what_means_something(case)
    if is_valid(case, ParameterLocation.HEADER):
        if "Idempotency-Key" in case.headers:
            take_a_key_of_its_own(case)
        if "If-Match" in case.operation.headers:
            match_what_is_there(case)


def ask(case: Case, method: str, path: str, body: Any = None, if_match: str | None = None) -> requests.Response:
    """Another request of whoever sends this one."""
    headers = {"authorization": str(case.headers.get("Authorization")), "x-forwarded-for": address(), "if-match": if_match}
    return HTTP.request(method, API + path, json=body, headers=headers, timeout=30)


def come_from_somewhere(case: Case) -> None:
    """Failed attempts from one address become slower. That is met now and then; most come from elsewhere, and whoever signs in from nowhere."""
    case.headers["X-Forwarded-For"] = "192.0.2.1" if chance(case, of=4) else address()


def address() -> str:
    return str(IPv4Address("10.0.0.0") + next(NUMBERS) % 2**24)


def spare_what_the_run_needs(case: Case) -> None:
    """What would take away a thing that all other requests are about takes away one that is made for it."""
    operation, at = operation_id(case), case.path_parameters
    if operation == "deleteApp" and is_the_app(case):
        at["app"] = made(case, "/v1/organizations/default/apps", {"slug": name(), "name": "Short-lived"}, "slug")
    elif operation == "deleteEnvironment" and is_the_app(case) and (at.get("env") == "blue" or chance(case, of=2)):
        at["env"] = made(case, f"{CAR_RENTAL}/environments", {"slug": name()}, "slug")
    elif operation == "removeDomain" and is_the_app(case) and (at.get("domain") == "www.example.com" or chance(case, of=2)):
        at |= {"env": "production", "domain": another_domain(case, f"{CAR_RENTAL}/environments/production/domains")}
    elif operation == "revokeToken" and is_there(case, "token"):
        at["token"] = made(case, IDS["token"], {"name": "Short-lived", "role": "viewer"}, "id")
    elif operation == "revokeInvitation" and is_there(case, "invitation"):
        at["invitation"] = made(case, IDS["invitation"], {"email": f"{name()}@example.com", "role": "viewer"}, "id")
    elif operation == "deleteWebhook" and is_there(case, "webhook"):
        at["webhook"] = made(case, IDS["webhook"], {"url": RECEIVER}, "id")
    elif operation == "createWebhook":
        make_room(case)
    elif operation == "removeIdentity" and is_there(case, "identity"):
        at["identity"] = made(case, IDS["identity"], {"idToken": ID_TOKENS[-1]}, "id")
    elif operation == "removeMember" and is_there(case, "user"):
        at["user"] = new_member(case)
    elif operation in ("updateMember", "removeMember", "leaveOrganization"):
        keep_in(case)


def name_what_is_there(case: Case) -> None:
    """The newest one of its kind, or the oldest."""
    at = case.path_parameters
    if at.get("org", "default") != "default" or chance(case, of=4) or is_in_a_story(case):
        return
    for kind, lists in IDS.items():
        if kind in at:
            found = ask(case, "GET", lists.format(**at) + "?limit=100")
            items = found.json()["items"] if found.ok else []
            if items:
                at[kind] = items[chance(case, of=4) - 1 if "If-Match" not in case.operation.headers else 0]["id"]


def send_what_means_something(case: Case) -> None:
    """Most objects are no designs, most words no credentials, most times past, and in a story nothing has been taken before."""
    operation, body = operation_id(case), case.body if isinstance(case.body, dict) else {}
    if operation in ("pushDesign", "validateDesign"):
        description = name() if is_in_a_story(case) else hashlib.sha256(repr(body).encode()).hexdigest()
        case.body = {**DESIGN, "app": {**DESIGN["app"], "description": description}}
    elif operation == "signIn":
        case.body = {"email": os.environ["SLIPFORM_EMAIL"], "password": os.environ["SLIPFORM_PASSWORD"]}
    elif operation == "createToken" and "expiresAt" in body:
        case.body = {**body, "expiresAt": "2999-12-31T23:59:59Z"}
    elif operation in ("addIdentity", "exchangeToken"):
        known = operation == "exchangeToken" or is_in_a_story(case)
        case.body = {"idToken": ID_TOKENS[0] if known else ID_TOKENS[zlib.crc32(repr(body).encode()) % len(ID_TOKENS)]}
    elif operation in ("createWebhook", "updateWebhook") and "url" in body:
        case.body = {**body, "url": RECEIVER}
    elif operation == "signUp" and not is_in_a_story(case):
        invitation = {"email": f"{name()}@example.com", "role": "viewer"}
        case.body = {**body, "invitation": made(case, IDS["invitation"], invitation, "secret")}
    elif is_in_a_story(case) and operation in ("createOrganization", "createApp", "createEnvironment"):
        case.body = {**body, "slug": name()}
    elif is_in_a_story(case) and operation == "createInvitation":
        case.body = {**body, "email": f"{name()}@example.com"}
    elif is_in_a_story(case) and operation == "addDomain":
        case.body = {"name": f"{name()}.example.com"}


def ask_for_few_days(case: Case) -> None:
    """Between most days there are more than are told at once."""
    asked = zlib.crc32(repr(case.query).encode())
    until = date.today() - timedelta(days=asked % 7)
    known = {"since": until - timedelta(days=asked // 7 % 60), "until": until}
    case.query |= {which: str(day) for which, day in known.items() if which in case.query}


def begin_what_is_ended(case: Case) -> None:
    """Builds end too soon to be cancelled by chance, and few of them fail so that they can be retried."""
    operation = operation_id(case)
    if operation in ("cancelBuild", "retryBuild") and case.path_parameters.get("app") == "car-rental" and not chance(case, of=3):
        number = made(case, f"{CAR_RENTAL}/builds", {}, "number")
        case.path_parameters["build"] = number
        if operation == "retryBuild":
            ask(case, "POST", f"{CAR_RENTAL}/builds/{number}/cancel")
            wait_for(case, number)


def wait_for(case: Case, number: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and ask(case, "GET", f"{CAR_RENTAL}/builds/{number}").json().get("state") in ("queued", "running"):
        time.sleep(0.05)


def is_there(case: Case, kind: str) -> bool:
    """Whether what a request is about is in the list of its kind."""
    at = case.path_parameters
    found = ask(case, "GET", IDS[kind] + "?limit=100") if at.get("org", "default") == "default" else None
    return found is not None and found.ok and at.get(kind) in [item["id"] for item in found.json()["items"]]


def make_room(case: Case) -> None:
    """An organization has twenty webhooks at most. The first one stays: it has deliveries; and the newest, of which a story may go on."""
    found = ask(case, "GET", IDS["webhook"] + "?limit=100")
    for webhook in found.json()["items"][5:-1] if found.ok and len(found.json()["items"]) >= 20 else []:
        ask(case, "DELETE", f"{IDS['webhook']}/{webhook['id']}", if_match="*")


def is_the_app(case: Case) -> bool:
    """Whether a request is about the app that is live, by whatever name."""
    app = str(case.path_parameters.get("app"))
    return app == "car-rental" or UUID.fullmatch(app) is not None and ask(case, "GET", CAR_RENTAL).json().get("id") == app


def name() -> str:
    return f"short-{next(NUMBERS)}"


def made(case: Case, path: str, body: dict[str, str], key: str) -> str:
    answer = ask(case, "POST", path, body)
    return str(answer.json()[key]) if answer.ok else "nothing"


def new_member(case: Case) -> str:
    secret = made(case, IDS["invitation"], {"email": f"{name()}@example.com", "role": "viewer"}, "secret")
    answer = ask(case, "POST", "/v1/auth/sign-up", {"invitation": secret, "name": "Short-lived", "password": "correct horse battery staple"})
    return str(answer.json()["user"]["id"]) if answer.ok else "nothing"


def another_domain(case: Case, path: str) -> str:
    """One that is there already, since an app has no room for many."""
    found = ask(case, "GET", path)
    others = [domain["name"] for domain in found.json()["items"] if domain["name"] != "www.example.com"] if found.ok else []
    return others[0] if others else made(case, path, {"name": f"{name()}.example.com"}, "name")


def me(case: Case, kind: str) -> str | None:
    """The id of who sends this, if they are a `user` or a `token`."""
    answer = ask(case, "GET", "/v1/me")
    return answer.json().get(kind, {}).get("id") if answer.ok else None


def keep_in(case: Case) -> None:
    """Who sends the requests stays owner of `default`: only the last one is refused to go, so another one goes in their stead."""
    user, at = me(case, "user"), case.path_parameters
    if user is None:
        return
    members = ask(case, "GET", "/v1/organizations/default/members?limit=100").json()["items"]
    others = [member["id"] for member in members if member["role"] == "owner" and member["id"] != user]
    if others and at.get("user") == user:
        at["user"] = others[0]
    elif others and "user" not in at:
        at["org"] = "nothing"


def take_a_key_of_its_own(case: Case) -> None:
    """The same request again has the same key, most others another one; in a story nothing is answered as before."""
    if is_in_a_story(case):
        case.headers["Idempotency-Key"] = name()
    elif not chance(case, of=10):
        case.headers["Idempotency-Key"] = hashlib.sha256(repr((case.path, case.path_parameters, case.body)).encode()).hexdigest()


def match_what_is_there(case: Case) -> None:
    """Most changes are meant for the resource as it is now, the others for whatever was made up."""
    if chance(case, of=5):
        return
    # A certificate is a part of its domain.
    found = ask(case, "GET", case.formatted_path.removesuffix("/certificate"))
    if found.ok and "etag" in found.headers:
        case.headers["If-Match"] = found.headers["etag"]


@schemathesis.hook
def filter_failure(context: HookContext, failure: Any, case: Case, response: Any) -> bool:
    if isinstance(failure, RejectedPositiveData):
        return not is_beyond_the_document(case, response)
    if isinstance(failure, UseAfterFree):
        # It is being deleted (202), and there until a job has removed everything that it consists of.
        return failure.operation not in DELETED_BY_A_JOB
    if isinstance(failure, MissingHeaderNotRejected):
        # Whatever is below an app that is being deleted is refused before its version is asked for.
        return b'"urn:slipform:problem:app-deleting"' not in response.content
    if isinstance(failure, EnsureResourceAvailability):
        # It is over once somebody has accepted it.
        return failure.not_available_with != "DELETE /v1/organizations/{org}/invitations/{invitation}"
    return True


def is_beyond_the_document(case: Case, response: Any) -> bool:
    if response.status_code == 412:
        return "If-Match" in case.operation.headers
    if response.status_code != 422:
        return False
    known = BEYOND_THE_DOCUMENT["*"] | BEYOND_THE_DOCUMENT.get(operation_id(case), {})
    places = [error["pointer"] for error in json.loads(response.content).get("errors", [])]
    return bool(places) and all(is_known(place, known) for place in places)


def is_known(place: str, known: dict[str, str]) -> bool:
    of_parameter = place.startswith(("/query/", "/header/"))
    return place in known or place.rpartition("/")[0] + "/*" in known or ("/**" in known and not of_parameter)


@schemathesis.check
class EveryOperationSucceeds:
    """What never succeeds was hardly tested, nor what is nearly always meant for another version. A short run need not come everywhere."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.succeeded: Counter[str] = Counter()
        self.meant: set[str] = set()

    def after_response(self, ctx: Any, response: Any, case: Case) -> None:
        if is_in_a_story(case) or case.meta is None or not case.meta.generation.mode.is_positive:
            return
        operation = operation_id(case)
        self.asked[operation] += 1
        self.succeeded[operation] += 200 <= response.status_code < 300
        if "If-Match" in case.operation.headers:
            self.meant.add(operation)

    def after_run(self, ctx: Any) -> None:
        long = int(os.environ["SLIPFORM_EXAMPLES"]) >= 50
        reached = self.asked.keys() - OUT_OF_REACH.keys()
        never = sorted(operation for operation in reached if not self.succeeded[operation])
        assert len(never) <= (0 if long else len(self.asked) // 10), f"never succeeded: {', '.join(never)}"
        rarely = sorted(operation for operation in reached & self.meant if 5 * self.succeeded[operation] < self.asked[operation])
        assert not (long and rarely), f"succeeded in less than a fifth of what was well formed: {', '.join(rarely)}"
