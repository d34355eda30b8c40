"""How a story goes on: what chance makes up is replaced by what leads to the next link. What a link has given stays as it is."""

import json
import os
from typing import Any

from asking import DESIGN, ID_TOKENS, NEIGHBOUR, NUMBERS, TOLD, ask, dice, ended, made, name, new_domain, new_member, operation_id
from schemathesis import Case
from world import PASSWORD

# Operations that need a release which is live.
OF_WHAT_IS_LIVE = {"showAdministrator", "repairEnvironment", "listReleases", "readAppLog", "rollBack"}


def lead_on(case: Case) -> None:
    leave_out_what_is_optional(case)
    if case.path_parameters.get("org", "default") not in TOLD.words:
        case.path_parameters["org"] = "default"
    if isinstance(case.body, dict):
        case.body = body(case, operation_id(case), case.body)
    prepare(case, operation_id(case))


def leave_out_what_is_optional(case: Case) -> None:
    """Filters that nothing passes, conditions that are met, cursors of nothing. Pages are short, so that there is a next one."""
    wanted = {parameter.name for parameter in case.operation.query if parameter.is_required}
    cursor = case.query.get("cursor")
    case.query = {key: value for key, value in case.query.items() if key in wanted}
    if cursor in TOLD.words:
        case.query["cursor"] = cursor
    if any(parameter.name == "limit" for parameter in case.operation.query):
        case.query["limit"] = 1
    for header in ("If-None-Match", "Last-Event-ID", "Prefer"):
        case.headers.pop(header, None)


def body(case: Case, operation: str, given: dict[str, Any]) -> dict[str, Any]:
    if operation in ("createOrganization", "createEnvironment"):
        return {**given, "slug": name()}
    if operation == "createApp":
        return {"slug": name(), "name": given.get("name", "Short-lived")}
    if operation == "createInvitation":
        return {**given, "email": f"{name()}@example.com"}
    if operation == "createToken":
        return {"name": given.get("name", "Short-lived"), "role": given.get("role", "viewer")}
    if operation == "addDomain":
        return new_domain()
    if operation == "renewDomain" and "SLIPFORM_CERTIFICATE" in os.environ:
        return {key: value for key, value in new_domain().items() if key != "name"}
    if operation == "signUp":
        return {"invitation": given.get("invitation", "nothing"), "name": "Short-lived", "password": PASSWORD}
    if operation == "signIn":
        return {"email": os.environ["SLIPFORM_EMAIL"], "password": os.environ["SLIPFORM_PASSWORD"]}
    if operation == "exchangeToken":
        return {"idToken": ID_TOKENS[0]}
    if operation == "addIdentity":
        return {"idToken": ID_TOKENS[1 + next(NUMBERS) % (len(ID_TOKENS) - 1)]}
    if operation == "refreshSession" and given.get("refreshToken") not in TOLD.words:
        session = ask(case, "POST", "/v1/auth/sign-in", {"email": os.environ["SLIPFORM_EMAIL"], "password": os.environ["SLIPFORM_PASSWORD"]})
        return {"refreshToken": session.json()["refreshToken"]}
    if operation == "pushDesign":
        design = {**DESIGN, "app": {**DESIGN["app"], "description": name()}}
        if len(repr(given)) % 2:
            # The same again is answered with what is there.
            ask(case, "POST", f"{at(case)}/designs", design)
        return design
    if operation == "createBuild":
        known = {"environment": given.get("environment") in TOLD.words, "designVersion": (at(case), given.get("designVersion")) in TOLD.versions}
        return {key: value for key, value in given.items() if known.get(key)}
    return given


def at(case: Case) -> str:
    """The app that a request is about."""
    return "/v1/organizations/{org}/apps/{app}".format(**case.path_parameters)


def prepare(case: Case, operation: str) -> None:
    """Makes what a step needs beside what the link leads to."""
    if operation == "createBuild":
        have_a_design(case)
    elif operation in OF_WHAT_IS_LIVE:
        let_live(case, operation)
    elif operation == "showEnvironment" and dice(case, "preview") % 2:
        # Production stays as long as its app.
        case.path_parameters["env"] = made(case, f"{at(case)}/environments", {"slug": name()}, "slug")
    elif operation == "listMembers":
        # The newest one comes first: not the last owner, who must stay.
        new_member(case, case.path_parameters["org"])
    elif operation == "listBuilds":
        # The newest one comes first: one that can be retried.
        have_a_design(case)
        cancel(case, made(case, f"{at(case)}/builds", {}, "number"))
    elif operation == "retryBuild":
        cancel(case, case.path_parameters["build"])
    elif operation == "leaveOrganization" and case.path_parameters["org"] != "default":
        NEIGHBOUR.inherit(case, case.path_parameters["org"])


def have_a_design(case: Case) -> None:
    if not ask(case, "GET", f"{at(case)}/designs?limit=1").json().get("items"):
        ask(case, "POST", f"{at(case)}/designs", DESIGN)


def let_live(case: Case, operation: str) -> None:
    """Builds what is not live yet; twice where one release is not enough, and once more what shall be gone back to."""
    environment = case.path_parameters["env"]
    found = ask(case, "GET", f"{at(case)}/environments/{environment}")
    live = found.json()["liveRelease"] or 0 if found.ok and found.json()["state"] == "active" else 2
    back = case.body.get("release") if isinstance(case.body, dict) else None
    wanted = live + 1 if back == live else 2 if operation == "listReleases" else 1
    for _ in range(live, wanted):
        have_a_design(case)
        built = ask(case, "POST", f"{at(case)}/builds", {"environment": environment})
        if built.ok:
            ended(case, f"{at(case)}/builds", built.json()["number"])


def cancel(case: Case, number: Any) -> None:
    """So that it can be retried: in a moment it would have succeeded."""
    builds = f"{at(case)}/builds"
    ask(case, "POST", f"{builds}/{number}/cancel")
    ended(case, builds, number)


def after(case: Case, response: Any) -> None:
    if operation_id(case) == "createBuild" and response.status_code == 202 and len(repr(case.body)) % 2:
        cancel(case, json.loads(response.content)["number"])
