"""Requests beside those of schemathesis: what the API has told, and what is made so that a request leads somewhere."""

import itertools
import json
import os
import time
import zlib
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import requests
from schemathesis import Case
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase
from world import PASSWORD, STRANGER, Person, domain

API = os.environ["SLIPFORM_API"]
DESIGN = json.loads(Path(os.environ["SLIPFORM_DESIGN"]).read_text(encoding="utf-8"))
# What all other requests are about.
FIXTURES = set(json.loads(Path(os.environ["SLIPFORM_FIXTURES"]).read_text(encoding="utf-8")))
HTTP = requests.Session()
HTTP.trust_env = False
# The server ends connections on which nothing has come for a while, perhaps just when the next request is sent.
HTTP.headers["connection"] = "close"

# Somebody at the issuer that the installation trusts: the first one is an identity of the owner for good.
ID_TOKENS = os.environ["SLIPFORM_ID_TOKENS"].split()
HERE = "/v1/organizations/default"
CAR_RENTAL = f"{HERE}/apps/car-rental"
# Of things that are made to be taken away.
NUMBERS = itertools.count(time.time_ns() // 1_000_000 % 100_000_000)


def operation_id(case: Case) -> str:
    return str(case.operation.definition.raw.get("operationId"))


def is_valid(case: Case, location: ParameterLocation) -> bool:
    """Whether the document promises that this part is well formed: only then it may be made to fit what there is."""
    return case.meta is not None and not case.meta.is_negative_at(location)


def is_in_a_story(case: Case) -> bool:
    """Whether it follows the links of answers. There nothing is left to chance: Hypothesis ends stories whose beginnings go on differently."""
    return case.meta is not None and case.meta.phase.name == TestPhase.STATEFUL


def dice(case: Case, what: str) -> int:
    """A number that is the same whenever a case is sent again, and another one for another question."""
    return zlib.crc32(repr((what, case.operation.label, case.path_parameters, case.query, case.body)).encode())


class Told:
    """What the API has said in answers, so that a request which has it from there is not taken for made up."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        # With the list that each is good for.
        self.cursors: set[tuple[str, str]] = set()
        # With the app that each belongs to.
        self.versions: set[tuple[str, int]] = set()
        # The ids of invitations by their secrets, and those that somebody has accepted.
        self.invitations: dict[str, str] = {}
        self.accepted: set[str] = set()
        # Organizations that who sends the requests has left.
        self.left: set[str] = set()
        # Addresses of what was deleted, within the organization; schemathesis sees only what one chain of links has deleted.
        self.deleted: set[str] = set()
        # The requests that each key was sent with.
        self.keys: dict[str, set[str]] = {}

    def hear(self, case: Case, response: Any) -> None:
        if not 200 <= response.status_code < 300:
            return
        self.words.update(response.headers.get("etag", []))
        operation, body = operation_id(case), case.body if isinstance(case.body, dict) else {}
        said = json.loads(response.content) if "application/json" in response.headers.get("content-type", [""])[0] else None
        for thing in said.get("items", [said]) if isinstance(said, dict) else []:
            self.words.update(str(thing[key]) for key in ("id", "slug", "refreshToken", "environment") if isinstance(thing, dict) and key in thing)
        if isinstance(said, dict) and said.get("nextCursor"):
            self.words.add(said["nextCursor"])
            self.cursors.add((case.formatted_path, said["nextCursor"]))
        if operation == "pushDesign" and isinstance(said, dict):
            self.versions.add((case.formatted_path.removesuffix("/designs"), said["number"]))
        if operation == "createInvitation" and isinstance(said, dict):
            self.invitations[said["secret"]] = said["id"]
        elif operation in ("signUp", "acceptInvitation"):
            self.accepted.add(self.invitations.get(body.get("invitation", body.get("secret", "")), ""))
        elif operation == "leaveOrganization":
            self.left.add(case.path_parameters["org"])
        if case.method == "DELETE":
            self.deleted.add(within(case))

    def send(self, case: Case) -> None:
        """Remembers the key that goes with a request."""
        self.keys.setdefault(key(case), set()).add(repr((case.method, case.formatted_path, case.query, case.body)))

    def was_sent_with_another(self, case: Case) -> bool:
        return len(self.keys.get(key(case), ())) > 1


def within(case: Case) -> str:
    """The address without the organization, which has two names: an id and a slug."""
    return case.formatted_path.removeprefix(f"/v1/organizations/{case.path_parameters.get('org')}")


def key(case: Case) -> str:
    return str(case.headers["Idempotency-Key"]).strip().strip('"')


TOLD = Told()


def ask(case: Case, method: str, path: str, body: Any = None, if_match: str | None = None) -> requests.Response:
    """Another request of whoever sends this one."""
    headers = {"authorization": str(case.headers.get("Authorization")), "x-forwarded-for": address(), "if-match": if_match}
    return HTTP.request(method, API + path, json=body, headers=headers, timeout=30)


def address() -> str:
    return str(IPv4Address("10.0.0.0") + next(NUMBERS) % 2**24)


def name() -> str:
    return f"short-{next(NUMBERS)}"


def items(case: Case, path: str) -> list[dict[str, Any]]:
    found = ask(case, "GET", f"{path}?limit=100")
    return found.json()["items"] if found.ok else []


def made(case: Case, path: str, body: dict[str, Any], key: str) -> str:
    answer = ask(case, "POST", path, body)
    return str(answer.json()[key]) if answer.ok else "nothing"


def me(case: Case, kind: str) -> str | None:
    """The id of who sends this, if they are a `user` or a `token`."""
    answer = ask(case, "GET", "/v1/me")
    return answer.json().get(kind, {}).get("id") if answer.ok else None


def new_member(case: Case, organization: str = "default") -> str:
    secret = made(case, f"/v1/organizations/{organization}/invitations", {"email": f"{name()}@example.com", "role": "viewer"}, "secret")
    answer = ask(case, "POST", "/v1/auth/sign-up", {"invitation": secret, "name": "Short-lived", "password": PASSWORD})
    return str(answer.json()["user"]["id"]) if answer.ok else "nothing"


def new_domain() -> dict[str, str]:
    return domain(f"{name()}.example.com")


class Stranger:
    """Somebody with organizations of their own, into which they invite who sends the requests, and who comes when they are invited."""

    def __init__(self) -> None:
        self.known: Person | None = None

    def person(self) -> Person:
        self.known = self.known or Person(STRANGER, PASSWORD)
        return self.known

    def invitation(self) -> tuple[str, str]:
        """A new organization, and the secret by which the owner of `default` comes into it."""
        organization = name()
        invitations = f"{self.person().organization(organization)}/invitations"
        return organization, self.person().ask("POST", invitations, {"email": os.environ["SLIPFORM_EMAIL"], "role": "viewer"})["secret"]

    def inherit(self, case: Case, organization: str) -> None:
        """Becomes another owner of it."""
        secret = made(case, f"/v1/organizations/{organization}/invitations", {"email": STRANGER, "role": "owner"}, "secret")
        if secret != "nothing":
            self.person().ask("POST", "/v1/me/invitations", {"secret": secret})


NEIGHBOUR = Stranger()


def ended(case: Case, builds: str, number: Any) -> str | None:
    """The state in which a build has ended."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        state = ask(case, "GET", f"{builds}/{number}").json().get("state")
        if state not in ("queued", "running"):
            return state
        time.sleep(0.05)
    return None
